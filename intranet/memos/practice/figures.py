"""The figures of trainings: sessions, people, hours, societies, ratings, steps in practice, by period and region.

Only the notes count that the person who asks may see, so that no number tells of another one.
"""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils import timezone

from intranet.memos.models import PracticeMark, PracticeStep, TrainingNotePage
from intranet.memos.practice.attendance import Attendance, attendance_of, average
from intranet.memos.practice.calendar import add_months
from intranet.memos.practice.models import current_marks
from intranet.memos.presenting import reader_language
from intranet.networks.access import Access, access_of
from intranet.networks.models import Network

HORIZONS = (3, 12)
"""Months after a session at which one asks what became of it."""


@dataclass(frozen=True)
class Session:
    """A note's session, whatever its languages."""

    key: uuid.UUID
    title: str
    session: str
    language: str
    url: str
    held_on: datetime.date
    hours: float | None
    """Null where no length was entered."""
    steps: int


@dataclass
class Share:
    """What one network (null: people without one) has to do with one session."""

    network: Network | None
    attendance: Attendance = field(default_factory=Attendance)
    states: dict[str, int] = field(default_factory=dict)
    """How many steps it says are planned, in practice, not for it."""
    later: dict[int, int] = field(default_factory=dict)
    """How many steps were in practice so many months after the session."""

    @property
    def is_society(self) -> bool:
        return self.network is not None and self.network.kind == Network.Kind.SOCIETY


@dataclass(frozen=True)
class Figures:
    """The sums of some sessions. Of what was entered for none of them (hours, people and what follows from these) the
    sum is null."""

    sessions: int
    hours: float | None
    people: int | None
    person_hours: float | None
    societies: int | None
    ratings: int
    average: float | None
    """Null where fewer than three rated."""
    planned: int
    in_practice: int
    not_for_us: int
    after_3: int | None
    """Null where no session is that old."""
    after_12: int | None


@dataclass(frozen=True)
class Report:
    """Sessions of a period, and each network's share of them, by session."""

    sessions: tuple[Session, ...]
    shares: dict[uuid.UUID, tuple[Share, ...]]
    today: datetime.date

    def sums(self, sessions: Iterable[Session], region: str | None = None, access: Access | None = None) -> Figures:
        """The sums of ``sessions``; of one region: what its networks have to do with them."""
        counted = list(sessions)
        pairs = [(each, share) for each in counted for share in self.shares.get(each.key, ())]
        if region is not None and access is not None:
            pairs = [(each, share) for each, share in pairs if region_of(share.network, access) == region]
            with_share = {each.key for each, _share in pairs}
            counted = [each for each in counted if each.key in with_share]
        ratings = sum(share.attendance.ratings for _each, share in pairs)
        hours = [each.hours for each in counted if each.hours is not None]
        known = [(each, share) for each, share in pairs if share.attendance.is_known]
        learned = [each.hours * share.attendance.people for each, share in known if each.hours is not None]
        took_part = {share.network.pk for _each, share in known if share.network and _took_part(share)}
        has_people = bool(known) or not counted
        return Figures(
            sessions=len(counted),
            hours=round(sum(hours), 1) if hours or not counted else None,
            people=sum(share.attendance.people for _each, share in known) if has_people else None,
            person_hours=round(sum(learned), 1) if learned or not counted else None,
            societies=len(took_part) if has_people else None,
            ratings=ratings,
            average=average(ratings, sum(share.attendance.stars for _each, share in pairs)),
            planned=_steps(pairs, PracticeMark.State.PLANNED),
            in_practice=_steps(pairs, PracticeMark.State.IN_PRACTICE),
            not_for_us=_steps(pairs, PracticeMark.State.NOT_FOR_US),
            after_3=self._later(counted, pairs, 3),
            after_12=self._later(counted, pairs, 12),
        )

    def _later(self, sessions: list[Session], pairs: list[tuple[Session, Share]], months: int) -> int | None:
        if not any(add_months(each.held_on, months) <= self.today for each in sessions):
            return None
        return sum(share.later.get(months, 0) for _each, share in pairs)

    def regions(self, known: Access) -> list[str]:
        """The regions of all networks that have a share, in the order of their codes; “” is none, or one not said."""
        found = {region_of(share.network, known) for shares in self.shares.values() for share in shares}
        return sorted(found, key=lambda region: (not region, region))


def _took_part(share: Share) -> bool:
    return share.is_society and share.attendance.people > 0


def _steps(pairs: Iterable[tuple[Session, Share]], state: str) -> int:
    return sum(share.states.get(state, 0) for _each, share in pairs)


def region_of(network: Network | None, known: Access) -> str:
    """The network's region, where the person may know the network; else “”."""
    if network is None or not (network.listed or network.pk in known.network_ids):
        return ""
    return network.region


def report(user: Any, since: datetime.date, until: datetime.date, network: Network | None = None) -> Report:
    """What happened in the sessions from ``since`` to ``until``, both included, of notes that ``user`` may see.

    ``network``: only what this one has to do with them. Eight queries at most.
    """
    sessions = _sessions(user, since, until)
    keys = [each.key for each in sessions]
    attendance = attendance_of(keys)
    states = _states_now(keys)
    later = in_practice_after({each.key: each.held_on for each in sessions})
    wanted = {pair for found in (attendance, states, later) for pair in found}
    if network is not None:
        wanted = {pair for pair in wanted if pair[1] == network.pk}
    networks = Network.objects.in_bulk({pk for _key, pk in wanted if pk is not None})
    shares: dict[uuid.UUID, list[Share]] = defaultdict(list)
    for key, pk in sorted(wanted, key=lambda pair: (pair[0], pair[1] or 0)):
        share = Share(
            networks[pk] if pk is not None else None,
            attendance.get((key, pk), Attendance()),
            states.get((key, pk), {}),
            later.get((key, pk), {}),
        )
        shares[key].append(share)
    if network is not None:
        sessions = tuple(each for each in sessions if each.key in shares)
    return Report(sessions, {key: tuple(found) for key, found in shares.items()}, timezone.localdate())


Pair = tuple[uuid.UUID, int | None]


def _sessions(user: Any, since: datetime.date, until: datetime.date) -> tuple[Session, ...]:
    """One for each item, the newest first. What both languages have in common comes from the version that is older."""
    visible = TrainingNotePage.objects.visible_to(user).filter(alias_of=None, session_on__range=(since, until))
    steps = PracticeStep.objects.filter(retired_at=None).values("item").annotate(number=Count("pk")).order_by()
    pages = list(visible.select_related("locale").defer("body", "steps", "learnings").order_by("pk"))
    numbers = dict(steps.filter(item__in=[page.translation_key for page in pages]).values_list("item", "number"))
    language = reader_language()
    versions: dict[uuid.UUID, list[TrainingNotePage]] = defaultdict(list)
    for page in pages:
        versions[page.translation_key].append(page)
    found = []
    for key, each in versions.items():
        shown = next((page for page in each if page.locale.language_code == language), each[0])
        hours = next((float(page.session_hours) for page in each if page.session_hours is not None), None)
        found.append(
            Session(
                key=key,
                title=shown.title,
                session=shown.session_title,
                language=shown.locale.language_code,
                url=shown.url or "",
                held_on=each[0].session_on,
                hours=hours,
                steps=numbers.get(key, 0),
            )
        )
    return tuple(sorted(found, key=lambda each: (each.held_on, each.title), reverse=True))


def _states_now(keys: Sequence[uuid.UUID]) -> dict[Pair, dict[str, int]]:
    rows = current_marks(step__item__in=keys).values("step__item", "network", "state").order_by()
    found: dict[Pair, dict[str, int]] = defaultdict(dict)
    for row in rows.annotate(number=Count("pk")):
        found[row["step__item"], row["network"]][row["state"]] = row["number"]
    return dict(found)


def in_practice_after(held: Mapping[uuid.UUID, datetime.date]) -> dict[Pair, dict[int, int]]:
    """How many steps each network had in practice at the end of the day three and twelve months after the sessions.

    ``held``: the day of each item's session. A horizon that has not come is left out.
    """
    ends = {key: {months: add_months(day, months) for months in HORIZONS} for key, day in held.items()}
    today = timezone.localdate()
    last: dict[tuple[int, uuid.UUID, int, int], str] = {}
    marks = PracticeMark.objects.filter(step__item__in=list(ends), step__retired_at=None).order_by("at", "pk")
    for key, step, network, state, at in marks.values_list("step__item", "step", "network", "state", "at"):
        day = timezone.localdate(at)
        for months, end in ends[key].items():
            if day <= end <= today:
                last[months, key, step, network] = state
    found: dict[Pair, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for (months, key, _step, network), state in last.items():
        found[key, network][months] += state == PracticeMark.State.IN_PRACTICE
    return {pair: dict(numbers) for pair, numbers in found.items()}


def may_see_all(user: Any) -> bool:
    """The office's publishers and coordinators see the figures of all networks; others those of their own."""
    return bool(access_of(user).office_publish)
