"""What a person may do in which section: the one reading of grants that every policy shares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from wagtail.models import Page

from intranet.accounts.models import User
from intranet.networks.access import Access, access_of
from intranet.networks.models import Membership, Network
from intranet.networks.services import ADMIN_ROLES, PUBLISHING_ROLES
from intranet.pages.models import SectionPage

CONTRIBUTE = frozenset({"add", "change", "choose", "view"})
PUBLISH = frozenset({"publish", "lock", "unlock", "bulk_delete", "delete"})
PAGE_ACTIONS = frozenset({"add", "change", "publish", "lock", "unlock", "bulk_delete"})
HOME_ACTIONS = frozenset({"change", "publish", "lock", "unlock"})
"""What the office's publishers may do with the home pages; sections hang below, so adding is not among it."""

SECTION_DEPTH = 3
SECTION_PATH_LENGTH = SECTION_DEPTH * Page.steplen


def networks_for(access: Access, actions: Iterable[str]) -> frozenset[int]:
    """The networks in whose section a person with ``access`` may do any of ``actions``."""
    wanted = set(actions)
    if wanted & CONTRIBUTE:
        return access.contribute
    return access.publish if wanted & PUBLISH else frozenset()


def may_on_home(access: Access, actions: Iterable[str]) -> bool:
    """Whether a person with ``access`` may do any of ``actions`` with the home pages."""
    return bool(access.office_publish) and bool(HOME_ACTIONS & set(actions))


def section_actions(user: Any) -> dict[str, frozenset[str]]:
    """The actions that ``user`` may do in each section, by the path of its root; one query, kept with the person."""
    access = access_of(user)
    kept = getattr(user, "_section_actions", None)
    if kept is not None and kept[0] == access:
        return kept[1]
    actions: dict[str, frozenset[str]] = {}
    if access.contribute:
        roots = SectionPage.objects.filter(section_network__in=access.contribute)
        for path, network_id in roots.values_list("path", "section_network_id"):
            actions[path] = CONTRIBUTE | PUBLISH if network_id in access.publish else CONTRIBUTE
    user._section_actions = (access, actions)
    return actions


def people_with(actions: Iterable[str], network_id: int | None = None) -> QuerySet[User]:
    """Active people who may do any of ``actions`` in the section of the network, or in any section."""
    wanted = set(actions)
    if wanted & CONTRIBUTE:
        roles = ADMIN_ROLES
    elif wanted & PUBLISH:
        roles = PUBLISHING_ROLES
    else:
        return User.objects.none()
    held = Membership.objects.current().filter(
        person=OuterRef("pk"), role__in=roles, network__state=Network.State.ACTIVE
    )
    if network_id is not None:
        held = held.filter(network=network_id)
    return User.objects.filter(Exists(held), is_active=True)


def office_people(*roles: str) -> QuerySet[User]:
    """Active people who hold one of ``roles`` in the national office."""
    held = Membership.objects.current().filter(
        person=OuterRef("pk"),
        role__in=roles,
        network__kind=Network.Kind.OFFICE,
        network__state=Network.State.ACTIVE,
    )
    return User.objects.filter(Exists(held), is_active=True)
