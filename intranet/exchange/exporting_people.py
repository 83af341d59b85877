"""The lines of networks, topics and people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from intranet.accounts.models import User
from intranet.networks.models import Membership, Network
from intranet.pages.models import Topic


def iso(moment: datetime) -> str:
    """The moment in UTC, as the format has it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def network_line(network: Network) -> dict[str, Any]:
    """The line of a network, each field said."""
    return {
        "type": "network",
        "slug": network.slug,
        "kind": network.kind,
        "code": network.code,
        "listed": network.listed,
        "state": network.state,
        "name": {"en": network.name_en, "fr": network.name_fr},
        "region": network.region,
        "languages": network.languages,
        "time_zone": network.time_zone,
        "joining": network.joining,
        "may_ask_others": network.may_ask_others,
    }


def topic_line(topic: Topic) -> dict[str, Any]:
    """The line of a topic."""
    return {"type": "topic", "slug": topic.slug, "name": {"en": topic.name_en, "fr": topic.name_fr}}


def person_line(person: User, memberships: Iterable[Membership]) -> dict[str, Any]:
    """The line of a person with these memberships, the ended ones too; never the password."""
    return {
        "type": "person",
        "email": person.email,
        "name": person.name,
        "language": person.language,
        "active": person.is_active,
        "memberships": [_membership(held) for held in memberships],
    }


def _membership(held: Membership) -> dict[str, Any]:
    part: dict[str, Any] = {
        "network": held.network.slug,
        "role": held.role,
        "from": held.starts_on.isoformat(),
        "until": held.until.isoformat() if held.until else None,
    }
    if held.ended_at:
        part["ended"] = iso(held.ended_at)
    if held.reason:
        part["reason"] = held.reason
    return part
