"""Wagtail's reports, where they name people or pages of the whole site."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from taggit.models import TaggedItem
from wagtail.admin.views.reports.audit_logging import (
    LogEntriesView,
    SiteHistoryReportFilterSet,
    get_users_for_filter,
)
from wagtail.admin.views.reports.locked_pages import LockedPagesReportFilterSet, LockedPagesView
from wagtail.admin.views.reports.workflows import (
    WorkflowReportFilterSet,
    WorkflowTasksReportFilterSet,
    WorkflowTasksView,
    WorkflowView,
)
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.redirects.views import IndexView as RedirectIndexView
from wagtail.models import Page
from wagtail.permissions import policy_registry
from wagtail_localize.models import Translation
from wagtail_localize.views.report import TranslationsReportView

from intranet.accounts.models import User
from intranet.pages.admin.panels import own_workflow_states
from intranet.pages.admin.viewset import own_pages
from intranet.pages.models import GuardedDocument, GuardedImage

MAX_TAGS = 10


def _requesters(request: HttpRequest) -> QuerySet[User]:
    return User.objects.filter(pk__in=own_workflow_states(request.user).order_by().values("requested_by"))


def _lockers(request: HttpRequest) -> QuerySet[User]:
    return User.objects.filter(pk__in=own_pages(request).order_by().values("locked_by"))


class OwnLockedPagesFilterSet(LockedPagesReportFilterSet):
    locked_by = django_filters.ModelChoiceFilter(
        label=_("Locked by"), empty_label=_("Anyone"), field_name="locked_by", queryset=_lockers
    )


class OwnLockedPagesView(LockedPagesView):
    """Without the pages that one locked and may no longer see."""

    filterset_class = OwnLockedPagesFilterSet

    def get_queryset(self) -> QuerySet[Page]:
        pages = super().get_queryset()
        return pages.filter(pk__in=own_pages(self.request).order_by().values("pk"))


class OwnWorkflowFilterSet(WorkflowReportFilterSet):
    requested_by = django_filters.ModelChoiceFilter(field_name="requested_by", queryset=_requesters)


class OwnWorkflowView(WorkflowView):
    filterset_class = OwnWorkflowFilterSet


class OwnWorkflowTasksView(WorkflowTasksView):
    filterset_class = WorkflowTasksReportFilterSet


class OwnHistoryFilterSet(SiteHistoryReportFilterSet):
    """Wagtail's own offers everybody who ever did anything: its ``get_user_choices`` is never called."""

    def get_users_queryset(self) -> QuerySet[User]:
        return get_users_for_filter(self.request.user)


class OwnHistoryView(LogEntriesView):
    filterset_class = OwnHistoryFilterSet


class OwnTranslationsView(TranslationsReportView):
    """Translations of the pages of one's sections."""

    def get_queryset(self) -> QuerySet[Translation]:
        own = own_pages(self.request).filter(translation_key=OuterRef("source__object_id"))
        return super().get_queryset().filter(Exists(own)).order_by("source__object_repr", "pk")


class OwnRedirectsView(RedirectIndexView):
    """Redirects to the pages of one's sections."""

    def get_base_queryset(self) -> QuerySet[Redirect]:
        own = policy_registry.get_by_type(Redirect).instances_user_has_any_permission_for(self.request.user, {"change"})
        return super().get_base_queryset().filter(pk__in=own.values("pk"))


def own_tags(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Suggested tags: those of the documents and images of one's sections."""
    term = request.GET.get("term", "")
    names: set[str] = set()
    for model in (GuardedDocument, GuardedImage):
        files = policy_registry.get_by_type(model).instances_user_has_any_permission_for(request.user, {"choose"})
        tagged = TaggedItem.objects.filter(
            content_type__app_label="pages",
            content_type__model=model._meta.model_name,
            object_id__in=files.values("pk"),
            tag__name__istartswith=term,
        )
        names |= set(tagged.values_list("tag__name", flat=True)[:MAX_TAGS]) if term else set()
    return JsonResponse(sorted(names)[:MAX_TAGS], safe=False)
