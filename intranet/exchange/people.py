"""Brings in the people of a file, with their memberships."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from intranet.accounts.models import User
from intranet.accounts.services import create_account, set_account_active
from intranet.exchange.exceptions import LineRefused
from intranet.exchange.schema import MembershipPart, PersonLine
from intranet.networks import services
from intranet.networks.models import Membership, Network


def check_memberships(line: PersonLine) -> None:
    """One network cannot have two memberships of a person that are not over and share a day.

    Raises:
        LineRefused: it does.
    """
    seen: dict[str, list[tuple[date, date]]] = {}
    for part in line.memberships:
        if _is_over(part.until, part.ended):
            continue
        first, last = part.starts_on or timezone.localdate(), part.until or date.max
        terms = seen.setdefault(part.network, [])
        if any(first <= end and begin <= last for begin, end in terms):
            raise LineRefused(
                _("Two memberships in the network “%(network)s” are not over; only one can be in force.")
                % {"network": part.network}
            )
        terms.append((first, last))


def write_person(line: PersonLine, networks: Mapping[str, Network]) -> str:
    """Create the person or make them what the line says; ``created``, ``updated`` or ``unchanged``.

    Memberships that the line does not name end; those it names as they are stay untouched.
    """
    person = User.objects.filter(email=line.email).first()
    if person is None:
        person = create_account(email=line.email, name=line.name, language=line.language, password=line.password)
        set_account_active(person, line.active)
        _write_memberships(person, line, networks)
        return "created"
    changed = _write_account(person, line)
    changed |= _write_memberships(person, line, networks)
    return "updated" if changed else "unchanged"


def _write_account(person: User, line: PersonLine) -> bool:
    fields: dict[str, Any] = {"name": line.name, "language": line.language}
    changed = [name for name, value in fields.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, fields[name])
    if line.password is not None and not person.check_password(line.password):
        person.set_password(line.password)
        changed.append("password")
    if changed:
        person.save(update_fields=changed)
    if person.is_active != line.active:
        set_account_active(person, line.active)
        return True
    return bool(changed)


def _write_memberships(person: User, line: PersonLine, networks: Mapping[str, Network]) -> bool:
    """``memberships_in`` names the networks that the line speaks of; empty, it speaks of all."""
    rows = Membership.objects.filter(person=person).order_by("pk")
    if line.memberships_in:
        rows = rows.filter(network__slug__in=line.memberships_in)
    held = list(rows)
    missing = []
    for part in line.memberships:
        match = next((row for row in held if _is_same(row, part, networks[part.network].pk)), None)
        if match is None:
            missing.append(part)
        else:
            held.remove(match)
    surplus = [row for row in held if not _is_over(row.until, row.ended_at)]
    for row in surplus:
        services.end_membership(row)
    for part in missing:
        _add(person, part, networks[part.network])
    return bool(surplus or missing)


def _is_same(row: Membership, part: MembershipPart, network_id: int) -> bool:
    """``from`` that is absent is any day: the day of the first import, most often."""
    return (row.network_id, row.role, row.until, row.ended_at) == (
        network_id,
        part.role,
        part.until,
        part.ended,
    ) and part.starts_on in (None, row.starts_on)


def _add(person: User, part: MembershipPart, network: Network) -> None:
    today = timezone.localdate()
    starts_on = part.starts_on or min(today, part.until or today)
    if _is_over(part.until, part.ended):
        services.record_past_membership(
            person=person,
            network=network,
            role=part.role,
            starts_on=starts_on,
            until=part.until,
            ended_at=part.ended,
            reason=part.reason,
        )
        return
    services.add_membership(
        person=person, network=network, role=part.role, starts_on=starts_on, until=part.until, reason=part.reason
    )


def _is_over(until: date | None, ended: object) -> bool:
    return ended is not None or (until is not None and until < timezone.localdate())
