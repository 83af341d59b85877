"""A person's time: quiet hours, and when digests come."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from intranet.networks.models import Membership
from intranet.notifications.models import MailHabits
from intranet.notifications.models.events import Mode


@dataclass(frozen=True)
class Clock:
    """When e-mails may go to somebody. Moments come in and go out as aware times; local ones are the person's."""

    zone: zoneinfo.ZoneInfo
    quiet_from: datetime.time | None
    quiet_until: datetime.time | None
    digest_at: datetime.time
    digest_day: int

    def today(self, now: datetime.datetime) -> datetime.date:
        """The day that it is for the person."""
        return now.astimezone(self.zone).date()

    def bounds_of_today(self, now: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime]:
        """When the person's day begins, and when the next one does."""
        day = self.today(now)
        return self._at(day, datetime.time(0)), self._at(day + datetime.timedelta(days=1), datetime.time(0))

    def digest_after(self, moment: datetime.datetime, mode: str) -> datetime.datetime:
        """The first time of a daily or weekly digest after ``moment``."""
        day, step = self.today(moment), 1
        if mode == Mode.WEEKLY:
            day, step = day + datetime.timedelta(days=(self.digest_day - day.weekday()) % 7), 7
        found = self._at(day, self.digest_at)
        return found if found > moment else self._at(day + datetime.timedelta(days=step), self.digest_at)

    def after_quiet(self, moment: datetime.datetime) -> datetime.datetime:
        """``moment`` itself, or the end of the quiet hours that it lies in."""
        start, end = self.quiet_from, self.quiet_until
        if start is None or end is None or start == end:
            return moment
        local = moment.astimezone(self.zone)
        time = local.time()
        if start < end:
            return self._at(local.date(), end) if start <= time < end else moment
        if time < end:
            return max(self._at(local.date(), end), moment)
        return self._at(local.date() + datetime.timedelta(days=1), end) if time >= start else moment

    def next_day(self, now: datetime.datetime) -> datetime.datetime:
        """The first moment of the person's next day at which an e-mail may go."""
        _begin, end = self.bounds_of_today(now)
        return self.after_quiet(end)

    def moment_of(self, mode: str, made_at: datetime.datetime, now: datetime.datetime) -> datetime.datetime:
        """When what was made then goes by e-mail, at the earliest ``now``."""
        first = made_at if mode == Mode.NOW else self.digest_after(made_at, mode)
        return self.after_quiet(max(first, now))

    def _at(self, day: datetime.date, time: datetime.time) -> datetime.datetime:
        # In UTC: two times of one zone would be compared by the clock on the wall, which is put back once a year.
        return datetime.datetime.combine(day, time, self.zone).astimezone(datetime.UTC)


def habits_of(person: Any) -> MailHabits:
    """What the person chose, or what holds for who chose nothing (not stored)."""
    return MailHabits.objects.filter(pk=person.pk).first() or MailHabits(person=person)


def clocks_of(person_ids: Iterable[int]) -> dict[int, Clock]:
    """The clock of each person; two queries. Who names no time zone has that of the first network."""
    ids = list(person_ids)
    habits = MailHabits.objects.in_bulk(ids)
    zones: dict[int, str] = {}
    current = Membership.objects.current().filter(person__in=ids).order_by("starts_on", "pk")
    for person_id, zone in current.values_list("person_id", "network__time_zone"):
        zones.setdefault(person_id, zone)
    return {pk: _clock(habits.get(pk) or MailHabits(), zones.get(pk, settings.TIME_ZONE)) for pk in ids}


def _clock(habits: MailHabits, zone: str) -> Clock:
    return Clock(
        zoneinfo.ZoneInfo(habits.time_zone or zone),
        habits.quiet_from,
        habits.quiet_until,
        habits.digest_at,
        habits.digest_day,
    )
