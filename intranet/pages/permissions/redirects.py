"""Redirects: those that lead to the pages of one's sections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from wagtail.models import Page
from wagtail.permission_policies.base import BasePermissionPolicy

from intranet.accounts.models import User
from intranet.networks.access import access_of
from intranet.pages.models.querysets import pages_of_networks
from intranet.pages.permissions.sections import people_with
from intranet.pages.sections import network_id_of


class RedirectPolicy(BasePermissionPolicy):
    """A redirect takes effect at once: only publishers of the page it leads to keep it."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return bool(access_of(user).publish)

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        return people_with({"publish"})

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        page = instance.redirect_page
        return page is not None and network_id_of(page) in access_of(user).publish

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Any]:
        publish = access_of(user).publish
        redirects = self.model._default_manager.all()
        if not publish:
            return redirects.none()
        return redirects.filter(redirect_page__in=pages_of_networks(Page.objects.all(), publish).values("pk"))

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: Any) -> QuerySet[User]:
        page = instance.redirect_page
        network_id = network_id_of(page) if page is not None else None
        return people_with({"publish"}, network_id) if network_id else User.objects.none()
