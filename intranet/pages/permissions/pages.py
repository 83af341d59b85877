"""Pages in the admin: one's own sections, and the way to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import GroupPagePermission, Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from intranet.accounts.models import User
from intranet.networks.access import access_of
from intranet.networks.models import Item
from intranet.networks.services import PUBLISHING_ROLES
from intranet.pages.models import HomePage
from intranet.pages.models.querysets import pages_of_networks, with_known_type
from intranet.pages.permissions.sections import (
    HOME_ACTIONS,
    PAGE_ACTIONS,
    may_on_home,
    networks_for,
    office_people,
    people_with,
    section_actions,
)
from intranet.pages.permissions.tester import SectionPageTester

ROOT_PATH = Page._get_path("", 1, 1)
"""Of the tree's one root."""


class SectionPagePolicy(PagePermissionPolicy):
    """Contributors add and change, publishers and coordinators publish, in the sections of their networks."""

    def get_all_permissions_for_user(self, user: Any) -> list[GroupPagePermission]:
        """The person's grants in Wagtail's shape, unsaved: one for each section root and action."""
        by_path = section_actions(user)
        if not by_path:
            return []
        roots = {page.path: page for page in Page.objects.filter(path__in=by_path)}
        return [
            GroupPagePermission(page=roots[path], permission=Permission(codename=f"{action}_page"))
            for path, actions in by_path.items()
            for action in sorted(actions & PAGE_ACTIONS)
        ]

    def get_cached_permissions_for_user(self, user: Any) -> list[GroupPagePermission]:
        return self.get_all_permissions_for_user(user)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        access = access_of(user)
        return bool(networks_for(access, actions)) or may_on_home(access, actions)

    def user_has_any_permission_for_instance(self, user: Any, actions: Iterable[str], instance: Page) -> bool:
        return bool(SectionPageTester(user, instance).permissions & set(actions))

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Page]:
        actions = set(actions)
        access = access_of(user)
        networks = networks_for(access, actions)
        pages = self.model._default_manager.all()
        if not may_on_home(access, actions):
            return pages_of_networks(pages, networks) if networks else pages.none()
        # The home item is the one that belongs to no network.
        items = Item.objects.filter(Q(network__in=networks) | Q(network=None), pk=OuterRef("translation_key"))
        return pages.filter(Exists(items))

    def users_with_any_permission(self, actions: Iterable[str], include_superusers: bool = True) -> QuerySet[User]:
        return people_with(actions)

    def users_with_any_permission_for_instance(
        self, actions: Iterable[str], instance: Page, include_superusers: bool = True
    ) -> QuerySet[User]:
        if instance.depth <= 2:
            office = instance.depth == 2 and HOME_ACTIONS & set(actions)
            return office_people(*PUBLISHING_ROLES) if office else User.objects.none()
        network_id = Item.objects.filter(pk=instance.translation_key).values_list("network_id", flat=True).first()
        return people_with(actions, network_id) if network_id else User.objects.none()

    def instances_with_direct_explore_permission(self, user: Any) -> list[Page]:
        return list(Page.objects.filter(path__in=list(section_actions(user))))

    def explorable_root_instance(self, user: Any) -> Page | None:
        """The tree's root for whoever works in a section: each has a root in both languages."""
        if not access_of(user).contribute:
            return None
        kept: Page | None = getattr(user, "_explorable_root", None)
        if kept is None:
            kept = user._explorable_root = Page.objects.get(path=ROOT_PATH)
        return kept

    def explorable_instances(self, user: Any) -> QuerySet[Page]:
        """The pages of one's sections, and the home pages and the root as the way there."""
        access = access_of(user)
        pages = self.model._default_manager.all()
        if not access.contribute:
            return pages.none()
        own = pages_of_networks(with_known_type(Page.objects.all()), access.contribute)
        homes, root = HomePage.objects.order_by().values("pk"), Page.objects.filter(path=ROOT_PATH)
        # A union of short lists, each by an index: an OR, or the depth, would make the database look at every page.
        way = own.order_by().values("pk").union(homes, root.order_by().values("pk"), all=True)
        return pages.filter(pk__in=way)
