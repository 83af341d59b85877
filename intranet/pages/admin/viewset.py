"""Wagtail's page views, where they are ours."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import MultipleUserFilter
from wagtail.admin.views.pages.choose_parent import GenericChooseParentView
from wagtail.admin.views.pages.listing import EditedByFilter, GenericPageFilterSet
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page, PageLogEntry
from wagtail.permissions import policy_registry

from intranet.accounts.models import User
from intranet.pages.admin.moving import SectionCopyView, SectionMoveConfirmView


def own_pages(request: HttpRequest) -> QuerySet[Page]:
    """The pages of the person's sections and the way there."""
    return policy_registry.get_by_type(Page).explorable_instances(request.user)


def owners(request: HttpRequest) -> QuerySet[User]:
    """People who own a page that is in the person's admin."""
    return User.objects.filter(pk__in=own_pages(request).order_by().values("owner"))


def page_editors(request: HttpRequest) -> QuerySet[User]:
    """People who edited a page that is in the person's admin."""
    entries = PageLogEntry.objects.viewable_by_user(request.user).filter(action="wagtail.edit")
    return User.objects.filter(pk__in=entries.order_by().values("user"))


class SectionPageFilterSet(GenericPageFilterSet):
    """Names of the people of one's own pages alone."""

    owner = MultipleUserFilter(label=_("Owner"), queryset=owners, widget=CheckboxSelectMultiple)
    edited_by = EditedByFilter(label=_("Edited by"), queryset=page_editors, widget=CheckboxSelectMultiple)
    site = None


class SectionChooseParentView(GenericChooseParentView):
    """Places in one's sections, by one condition."""

    def get_valid_parent_pages(self, user: Any) -> QuerySet[Page]:
        types = ContentType.objects.get_for_models(*self.model.allowed_parent_page_models()).values()
        policy = policy_registry.get_by_type(Page)
        places = policy.instances_user_has_permission_for(user, "add").filter(content_type__in=list(types))
        return places.filter(locale=self.locale) if self.locale else places


class SectionPageViewSet(PageViewSet):
    """Stands for Wagtail's own, for pages of every type."""

    model = Page
    filterset_class = SectionPageFilterSet
    choose_parent_view_class = SectionChooseParentView
    copy_view_class = SectionCopyView
    move_confirm_view_class = SectionMoveConfirmView


section_page_viewset = SectionPageViewSet()
