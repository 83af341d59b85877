"""What a person may do with one page, without a query per page."""

from __future__ import annotations

from typing import Any

from wagtail.models import Page
from wagtail.models.pages import PagePermissionTester
from wagtail.permissions import policy_registry

from intranet.networks.access import access_of
from intranet.pages.permissions.moves import has_live_version, refusal_of_move, refusal_of_place
from intranet.pages.permissions.sections import HOME_ACTIONS, SECTION_DEPTH, SECTION_PATH_LENGTH, section_actions


class Untitled:
    """A person as the stock tests should see one: the superuser's title opens nothing."""

    is_superuser = False

    def __init__(self, user: Any) -> None:
        self._user = user

    def __getattr__(self, name: str) -> Any:
        return getattr(self._user, name)

    def __eq__(self, other: object) -> bool:
        return bool(self._user == getattr(other, "_user", other))

    def __hash__(self) -> int:
        return hash(self._user)


class SectionPageTester(PagePermissionTester):
    """Wagtail's tests on the grants of the page's section; homes and section roots stay where they are."""

    def __init__(self, user: Any, page: Page) -> None:
        self.person = user
        self.user = Untitled(user)
        self.permission_policy = policy_registry.get(page)
        self.page = page
        self.page_is_root = page.depth == 1
        self.permissions = self._permissions()

    def _permissions(self) -> frozenset[str]:
        if self.page.depth == 1 or not self.person.is_active:
            return frozenset()
        if self.page.depth == 2:
            return HOME_ACTIONS if access_of(self.person).office_publish else frozenset()
        actions = section_actions(self.person).get(self.page.path[:SECTION_PATH_LENGTH], frozenset())
        if self.page.depth == SECTION_DEPTH and "publish" not in actions:
            return actions - {"change"}
        return actions

    @property
    def is_fixed(self) -> bool:
        """The root, the home pages and the section roots are made and placed by the site alone."""
        return self.page.depth <= SECTION_DEPTH

    def can_edit(self) -> bool:
        if self.is_fixed and "change" not in self.permissions:
            return False
        return bool(super().can_edit())

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """Publishers delete; contributors a draft that nothing hangs below."""
        if self.is_fixed or "change" not in self.permissions or self._is_kept():
            return False
        return "publish" in self.permissions or (not self.page.live and self.page.is_leaf())

    def _is_kept(self) -> bool:
        kind = self.page.specific_class
        kept = kind is not None and getattr(kind, "kept_once_published", False)
        return bool(kept and self.page.first_published_at)

    def can_move(self) -> bool:
        if self.is_fixed or "change" not in self.permissions:
            return False
        return "publish" in self.permissions or (not self.page.live and self.page.is_leaf())

    def can_move_to(self, destination: Page) -> bool:
        """A move takes every language version along: what holds for one must hold for all."""
        if not super().can_move_to(destination) or refusal_of_move(self.page, destination):
            return False
        there = SectionPageTester(self.person, destination).permissions
        return "publish" in (there & self.permissions) or not has_live_version(self.page)

    def can_copy_to(self, destination: Page, recursive: bool = False) -> bool:
        return bool(super().can_copy_to(destination, recursive)) and not refusal_of_place(self.page, destination)

    def can_copy(self) -> bool:
        return not self.is_fixed and self.can_edit()

    def can_unpublish(self) -> bool:
        return not self.is_fixed and bool(super().can_unpublish())

    def can_set_view_restrictions(self) -> bool:
        """Who sees a page is said by its audience, never by Wagtail's privacy."""
        return False
