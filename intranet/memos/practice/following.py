"""Three and twelve months after a session, its societies are asked, once and gently, what became of it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from intranet.accounts.models import User
from intranet.memos.models import AttendanceCount, Participation, PracticeMark, PracticeStep, TrainingNotePage
from intranet.memos.models.archives import archived_items
from intranet.memos.practice import access as rights
from intranet.memos.practice.calendar import add_months
from intranet.memos.practice.figures import HORIZONS
from intranet.networks.access import access_of
from intranet.networks.models import Item, Membership, Network
from intranet.networks.services import PUBLISHING_ROLES
from intranet.notifications.kinds import told_of, visible_pages
from intranet.notifications.models import Event
from intranet.plugins import NotificationKind, Obligation, ReminderSource, Told

ASKED_FOR = datetime.timedelta(days=90)
"""How long the home page asks; afterwards it is let be."""
RECENT = datetime.timedelta(days=28)
"""What a society said so shortly before the day answers the question."""


@dataclass(frozen=True)
class Look:
    """A society may look again at a session's steps: ``months`` after it, from ``due_on``."""

    item: uuid.UUID
    network: int
    months: int
    due_on: datetime.date


def looks_due(
    today: datetime.date, *, keys: Collection[uuid.UUID] | None = None, networks: Collection[int] | None = None
) -> list[Look]:
    """What societies that took part have not said since the day, of notes with steps that are live and not archived:
    seven queries at most.

    ``keys``, ``networks``: only of these. A society took part when it counted people, or somebody said so, or when it
    said something of a step before.
    """
    due = _due(today, keys)
    if not due:
        return []
    with_steps = PracticeStep.objects.filter(item__in=due, retired_at=None).values_list("item", flat=True)
    items = set(with_steps)
    last = _last_said(items)
    took_part = _took_part(items) | set(last)
    societies = Network.objects.active().filter(kind=rights.MARKING_KIND, pk__in={pk for _key, pk in took_part})
    if networks is not None:
        societies = societies.filter(pk__in=networks)
    addressed = rights.societies_addressed(items, societies.values_list("pk", flat=True))
    found = []
    for key, network in sorted(took_part, key=lambda pair: (str(pair[0]), pair[1])):
        months, day = due[key]
        said = last.get((key, network))
        if (key, network) in addressed and (said is None or said < day - RECENT):
            found.append(Look(key, network, months, day))
    return sorted(found, key=lambda look: look.due_on)


def _due(today: datetime.date, keys: Collection[uuid.UUID] | None) -> dict[uuid.UUID, tuple[int, datetime.date]]:
    """The horizon that each note has come to, and on which day; only of notes for which it is not long past."""
    notes = TrainingNotePage.objects.filter(live=True, alias_of=None, session_on__isnull=False)
    notes = notes.filter(~Exists(archived_items().filter(pk=OuterRef("translation_key"))))
    if keys is not None:
        notes = notes.filter(translation_key__in=keys)
    first = add_months(today - ASKED_FOR, -max(HORIZONS)) - datetime.timedelta(days=3)
    found: dict[uuid.UUID, tuple[int, datetime.date]] = {}
    held = notes.filter(session_on__gte=first, session_on__lte=today).order_by("-pk")
    for key, day in held.values_list("translation_key", "session_on"):
        for months in HORIZONS:
            due_on = add_months(day, months)
            if due_on <= today <= due_on + ASKED_FOR:
                found[key] = (months, due_on)
    return found


def _took_part(items: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, int]]:
    counted = AttendanceCount.objects.filter(item__in=items).latest_until().filter(people__gt=0)
    said = Participation.objects.filter(item__in=items, network__isnull=False)
    return {pair for rows in (counted, said) for pair in rows.values_list("item", "network").order_by()}


def _last_said(items: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, int], datetime.date]:
    """The day on which each society last said something of a step."""
    last: dict[tuple[uuid.UUID, int], datetime.date] = {}
    marks = PracticeMark.objects.filter(step__item__in=items).latest_until()
    for key, network, at in marks.values_list("step__item", "network", "at").order_by("at"):
        last[key, network] = timezone.localdate(at)
    return last


def looks_of(person: Any, keys: Collection[uuid.UUID] | None = None) -> dict[uuid.UUID, tuple[Look, Any]]:
    """What the person may look at for her societies, with the note's page, by item."""
    publish = access_of(person).publish
    looks = looks_due(timezone.localdate(), keys=keys, networks=publish) if publish else []
    pages = visible_pages(person, {look.item for look in looks}) if looks else {}
    return {look.item: (look, pages[look.item]) for look in looks if look.item in pages}


def told_of_look(look: Look, page: Any) -> Told:
    """What is asked: gently, and of what can be answered in a minute."""
    note = ngettext(
        "The session was %(months)d month ago: what is in practice now?",
        "The session was %(months)d months ago: what is in practice now?",
        look.months,
    ) % {"months": look.months}
    said = told_of(page, label=_("Training in practice"), note=note)
    return Told(**{**vars(said), "url": f"{said.url}#practice"})


class PracticeKind(NotificationKind):
    """Asked of the publishers and coordinators of societies that took part, as long as these have said nothing."""

    def people(self, event: Event) -> QuerySet[User]:
        looks = looks_due(timezone.localdate(), keys=[event.item_id] if event.item_id else [])
        networks = {look.network for look in looks}
        held = Membership.objects.current().filter(network__in=networks, role__in=PUBLISHING_ROLES)
        return User.objects.filter(is_active=True, pk__in=held.values("person"))

    def networks_telling(self, person: Any) -> Collection[int] | None:
        """Any, for whoever publishes for a society: the note may be another network's."""
        return None if rights.publishes_for_a_society(person) else ()

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        keys = [event.item_id for event in events if event.item_id]
        looks = looks_of(person, keys) if keys else {}
        told = {key: told_of_look(look, page) for key, (look, page) in looks.items()}
        return {
            event.pk: told[event.item_id]
            for event in events
            if event.item_id in told and str(looks[event.item_id][0].months) == event.subject
        }


PRACTICE = PracticeKind(name="memos.practice", label=gettext_lazy("Trainings in practice"), default_mode="weekly")


class PracticeReminders(ReminderSource):
    """Sessions of three or twelve months ago: on the day, once. It comes with what is new, and may be switched off."""

    name = "memos.practice"
    kind = "memos.practice"
    stages = (0,)

    def due_on(self, days: Collection[datetime.date]) -> Iterable[Obligation]:
        looks = {(look.item, look.months): look for look in looks_due(max(days)) if look.due_on in days}
        networks = dict(Item.objects.filter(pk__in=[key for key, _m in looks]).values_list("pk", "network"))
        for (key, months), look in looks.items():
            yield Obligation(
                item=key,
                network=networks[key],
                due_on=look.due_on,
                since=add_months(look.due_on, -months),
                ref=str(months),
            )

    def owed_by(self, person: Any) -> Sequence[Told]:
        """Nothing: nobody owes it. The home page asks."""
        return []
