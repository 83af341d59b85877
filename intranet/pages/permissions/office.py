"""What the national office keeps for all: topics, accounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from wagtail.permission_policies.base import BasePermissionPolicy

from intranet.accounts.models import User
from intranet.networks.access import access_of
from intranet.networks.models import Role
from intranet.networks.services import PUBLISHING_ROLES
from intranet.pages.permissions.sections import office_people


class OfficePolicy(BasePermissionPolicy):
    """The office's publishers and coordinators do everything with these objects, the others nothing."""

    roles: tuple[str, ...] = PUBLISHING_ROLES

    def user_has_permission(self, user: Any, action: str) -> bool:
        return bool(access_of(user).office_publish)

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        return office_people(*self.roles)

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Any]:
        objects = self.model._default_manager
        return objects.all() if self.user_has_any_permission(user, actions) else objects.none()

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: Any) -> QuerySet[User]:
        return self.users_with_any_permission(actions)


class AccountPolicy(OfficePolicy):
    """Accounts: the office's coordinators and the machine's administrators; deactivated, never deleted."""

    roles = (Role.COORDINATOR,)

    def user_has_permission(self, user: Any, action: str) -> bool:
        if action == "delete" or not user.is_active:
            return False
        return bool(user.is_superuser or access_of(user).office_coordinate)

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        if set(actions) <= {"delete"}:
            return User.objects.none()
        return User.objects.filter(
            Q(pk__in=office_people(*self.roles).values("pk")) | Q(is_superuser=True), is_active=True
        )
