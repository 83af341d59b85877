"""What happened to networks, their people and accounts, in words."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from intranet.accounts.models import AccountEvent, User
from intranet.networks.models import Membership, Network, NetworkEvent, Role
from intranet.networks.models.networks import NetworkQuerySet


@dataclass(frozen=True)
class Line:
    """One thing that happened: when, what, and by whom; ``by`` is None where it was a command or an import."""

    at: datetime.datetime
    words: str
    by: User | None


def events_of(network: Network) -> QuerySet[NetworkEvent]:
    """The history of a network, the latest first."""
    return NetworkEvent.objects.filter(network=network).select_related("person", "by")


def events_of_account(person: User) -> QuerySet[AccountEvent]:
    """The history of an account, the latest first."""
    return AccountEvent.objects.filter(person=person).select_related("by").order_by("-at", "-pk")


def memberships_of(person: User, networks: NetworkQuerySet) -> QuerySet[Membership]:
    """All that the person has or had in ``networks``, the latest first."""
    held = Membership.objects.filter(person=person, network__in=networks)
    return held.select_related("network").order_by("-starts_on", "-pk")


def lines_of(events: Iterable[NetworkEvent | AccountEvent]) -> list[Line]:
    """The events in the language in force; no query but those of ``events``."""
    return [
        Line(event.at, _words_of(event) if isinstance(event, NetworkEvent) else _words_of_account(event), event.by)
        for event in events
    ]


def _words_of_account(event: AccountEvent) -> str:
    return {
        AccountEvent.Kind.CREATED: _("The account was made."),
        AccountEvent.Kind.DEACTIVATED: _("The account was closed."),
        AccountEvent.Kind.REACTIVATED: _("The account was opened again."),
    }[AccountEvent.Kind(event.kind)]


def _words_of(event: NetworkEvent) -> str:
    """A sentence. Rows of earlier versions lack some details: what they do not say is left out."""
    details = event.details
    said = {
        "person": event.person or _("somebody whose account is gone"),
        "role": Role(details["role"]).label if details.get("role") in Role.values else "",
        "first": _day(details.get("starts_on")),
        "last": _day(details.get("until")),
        "reason": details.get("reason", ""),
        "fields": ", ".join(_name_of(name) for name in details.get("fields", [])),
    }
    return _sentence(event, said) % said


def _sentence(event: NetworkEvent, said: dict[str, Any]) -> str:
    kinds = NetworkEvent.Kind
    if event.kind == kinds.MEMBER_ADDED:
        return _sentence_of_term(said)
    if event.kind == kinds.MEMBER_ENDED:
        return _sentence_of_end(event, said)
    if event.kind == kinds.MEMBER_CHANGED:
        if not said["role"]:
            return _("%(person)s: the last day of a membership was changed.")
        if said["last"]:
            return _("%(person)s, %(role)s: the last day is now %(last)s.")
        return _("%(person)s, %(role)s: no end is planned any more.")
    if event.kind == kinds.COORDINATOR_APPOINTED:
        if said["last"]:
            return _("%(person)s was named coordinator by the national office, until %(last)s.")
        return _("%(person)s was named coordinator by the national office.")
    return {
        kinds.CREATED: _("The network was made."),
        kinds.CLOSED: _("The network was closed."),
        kinds.REOPENED: _("The network was opened again."),
        kinds.CHANGED: _("Changed: %(fields)s."),
        kinds.ACCESS_GRANTED: _("Access in need was given to %(person)s (%(role)s) until %(last)s: %(reason)s"),
    }[kinds(event.kind)]


def _sentence_of_term(said: dict[str, Any]) -> str:
    if said["first"] and said["last"]:
        return _("%(person)s became a member (%(role)s), from %(first)s until %(last)s.")
    if said["first"]:
        return _("%(person)s became a member (%(role)s), from %(first)s on.")
    return _("%(person)s became a member (%(role)s).")


def _sentence_of_end(event: NetworkEvent, said: dict[str, Any]) -> str:
    """Whoever changes roles, or has another membership to come, stays: only the role ended."""
    if not said["role"]:
        return _("%(person)s: a membership ended.")
    if event.details.get("starts_on", "") > timezone.localdate(event.at).isoformat():
        return _("%(person)s: the planned membership (%(role)s) was cancelled.")
    return _("%(person)s: the role “%(role)s” ended.")


def _day(value: str | None) -> str:
    return date_format(datetime.date.fromisoformat(value), "DATE_FORMAT") if value else ""


def _name_of(field: str) -> str:
    """A field of a network as forms call it; one that is no more keeps its name in the database."""
    names = {each.name: str(getattr(each, "verbose_name", each.name)) for each in Network._meta.get_fields()}
    return names.get(field, field)
