"""Documents and images in the admin: those of one's own sections' collections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from wagtail.models import Collection
from wagtail.permission_policies.base import BasePermissionPolicy

from intranet.accounts.models import User
from intranet.networks.access import access_of
from intranet.pages.models import SectionCollection
from intranet.pages.permissions.sections import networks_for, people_with


class NobodyPolicy(BasePermissionPolicy):
    """What the site itself keeps: collections come with their network, groups follow from memberships."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return False

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        return User.objects.none()

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Any]:
        return self.model._default_manager.none()

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: Any) -> QuerySet[User]:
        return User.objects.none()

    def collections_user_has_permission_for(self, user: Any, action: str) -> QuerySet[Collection]:
        return Collection.objects.none()

    def collections_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Collection]:
        return Collection.objects.none()


class FilePolicy(BasePermissionPolicy):
    """Contributors add and choose, and change what no live page uses; publishers change and delete."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return self.user_has_any_permission(user, {action})

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return bool(networks_for(access_of(user), actions))

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        return people_with(actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        network_id = self._network_of(instance)
        access = access_of(user)
        if network_id is None or network_id not in networks_for(access, {action}):
            return False
        # What is changed in a file that a live page uses is published at once.
        return action != "change" or network_id in access.publish or not instance.uses.exists()

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Any]:
        networks = networks_for(access_of(user), actions)
        files = self.model._default_manager.all()
        if not networks:
            return files.none()
        return files.filter(collection__in=self._collections(networks).values("pk"))

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: Any) -> QuerySet[User]:
        network_id = self._network_of(instance)
        return people_with(actions, network_id) if network_id else User.objects.none()

    def collections_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Collection]:
        return self._collections(networks_for(access_of(user), actions))

    def collections_user_has_permission_for(self, user: Any, action: str) -> QuerySet[Collection]:
        return self.collections_user_has_any_permission_for(user, {action})

    @staticmethod
    def _collections(networks: frozenset[int]) -> QuerySet[Collection]:
        if not networks:
            return Collection.objects.none()
        return Collection.objects.filter(section_collection__network__in=networks)

    @staticmethod
    def _network_of(instance: Any) -> int | None:
        rows = SectionCollection.objects.filter(collection=instance.collection_id)
        return rows.values_list("network_id", flat=True).first()
