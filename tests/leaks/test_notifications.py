"""Random lives of the federation: what people are told agrees with the independent model, at every moment.

No notification, e-mail or feed names what its reader may not see; who must acknowledge is told, whoever comes late
too, once for each edition; nobody is reminded who does not owe, or twice a day.
"""

from __future__ import annotations

import datetime
import os
from collections import Counter
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone, translation
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    rule,
)

from intranet.accounts.models import User
from intranet.memos.models import MemoRecord
from intranet.memos.services import acknowledge, withdraw
from intranet.notifications.expanding import tell_late
from intranet.notifications.feeds import atom_of
from intranet.notifications.jobs import DeliverJob
from intranet.notifications.models import Notification
from intranet.notifications.reminding import remind
from intranet.notifications.services import unread_count
from intranet.notifications.telling import lines_of
from tests.leaks.small_federation import MEMOS, NETWORKS, SmallFederation
from tests.lives import run_lives
from tests.memos.factories import declared

NOON = datetime.datetime(2026, 5, 4, 16, tzinfo=datetime.UTC)
REMINDERS = ("Reminder", "Rappel")
DIGESTS = ("Today", "This week", "Aujourd", "Cette semaine")
EXAMPLES = int(os.environ.get("LEAK_EXAMPLES", "10"))
STEPS = int(os.environ.get("LEAK_STEPS", "20"))


class Telling(SmallFederation):
    """Rules are what people do and days that pass; what was sent is checked at once, what is shown after each step."""

    def __init__(self) -> None:
        self.travel = time_machine.travel(NOON, tick=False)
        self.clock = self.travel.start()
        super().__init__()
        self.due: dict[str, datetime.date] = {}
        self.names: list[str] = []
        self.asked: set[str] = set()
        self.editions: Counter[str] = Counter()
        self.withdrawn: set[str] = set()
        self.receipts: set[tuple[str, str, int]] = set()
        self.asked_by_mail: Counter[tuple[str, str, int]] = Counter()
        self.reminded: Counter[tuple[str, datetime.date]] = Counter()

    def teardown(self) -> None:
        super().teardown()
        self.travel.stop()
        translation.deactivate()

    @rule(target=MEMOS, network=NETWORKS, days=st.sampled_from([None, 1, 2, 3, 4, 8]), is_told=st.booleans())
    def publish(self, network: str, days: int | None, is_told: bool) -> str:
        """A memo; with ``days``, one to acknowledge within them. ``is_told``: the worker is there at once."""
        name = self.world.add_item(network, "fr", "memo", False)
        self.names.append(name)
        self.editions[name] = 1
        self.needs_readers(network, "coordinator", "reader")
        if days is not None:
            page = self.world.version(name, "fr")
            self.asked.add(name)
            self.due[name] = timezone.localdate() + datetime.timedelta(days=days)
            page.acknowledge, page.acknowledge_by = True, self.due[name]
            page.save()
        self.world.publish(name, "fr")
        if is_told:
            self.work()
            told = Notification.objects.filter(event__item=self.world.keys[name], is_listed=True)
            told = told.exclude(event__kind="memos.published") if days is not None else told
            expected = {who for who in self.world.people if self.may_see(who, name)}
            expected = {who for who in expected if self.owes(who, name)} if days is not None else expected
            assert set(told.values_list("person__name", flat=True)) == expected
        return name

    @rule(name=MEMOS, is_live=st.booleans())
    def set_live(self, name: str, is_live: bool) -> None:
        if is_live:
            self.world.publish(name, "fr")
            self.withdrawn.discard(name)
        else:
            self.world.unpublish(name, "fr")

    @rule(name=MEMOS, is_told=st.booleans())
    def change_materially(self, name: str, is_told: bool) -> None:
        """Another edition, which everybody owes anew."""
        if not self.is_in_force(name):
            return
        page = self.world.version(name, "fr")
        page.declaration = declared(fr="Tout change.")
        page.save_revision().publish()
        self.editions[name] += 1
        if is_told:
            self.work()

    @rule(name=MEMOS)
    def withdraw(self, name: str) -> None:
        if self.is_in_force(name):
            withdraw(self.record_of(name), reason="Erreur", language="fr", by=None)
            self.withdrawn.add(name)

    @rule(name=MEMOS, is_archived=st.booleans())
    def set_archived(self, name: str, is_archived: bool) -> None:
        if self.world.model.items[name].live["fr"] and name not in self.withdrawn:
            self.world.set_archived(name, is_archived)

    def holds(self, name: str) -> bool:
        """Whether it may ask and be told."""
        return name not in self.withdrawn and not self.world.model.is_archived(name)

    def is_in_force(self, name: str) -> bool:
        return self.world.model.items[name].live["fr"] and self.holds(name)

    def record_of(self, name: str) -> MemoRecord:
        return MemoRecord.objects.get(item=self.world.keys[name])

    @rule(days=st.integers(1, 3), data=st.data())
    def days_pass(self, days: int, data: Any) -> None:
        """At midnight late people are told and reminders made, at noon they go; between the two somebody may
        acknowledge."""
        for _day in range(days):
            self.half_a_day()
            self.who_owes_was_told()
            owing = self.owing()
            if owing and data.draw(st.booleans()):
                self.acknowledge(*data.draw(st.sampled_from(owing)))
            self.half_a_day()

    def half_a_day(self) -> None:
        self.clock.shift(datetime.timedelta(hours=12))
        self.work()
        while tell_late():
            pass
        remind()
        self.work()

    def who_owes_was_told(self) -> None:
        rows = Notification.objects.filter(event__kind="memos.to_acknowledge")
        told = set(rows.values_list("person__name", "event__item", "event__subject"))
        for who, name in self.owing():
            assert (who, self.world.keys[name], str(self.editions[name])) in told, (who, name)

    def acknowledge(self, person: str, name: str) -> None:
        acknowledge(self.record_of(name), person=self.world.people[person], language="fr")
        self.receipts.add((person, name, self.editions[name]))

    def work(self) -> None:
        before = len(mail.outbox)
        while DeliverJob().run():
            pass
        for message in mail.outbox[before:]:
            self.check_message(message)

    def check_message(self, message: Any) -> None:
        (address,) = message.to
        who = User.objects.get(email=address).name
        text = f"{message.subject} {message.body} {message.alternatives[0].content}"
        for name in self.names:
            if name in text:
                assert self.may_see(who, name) and self.is_in_force(name), (who, name)
                if name in self.asked and not message.subject.startswith((*REMINDERS, *DIGESTS)):
                    self.asked_by_mail[who, name, self.editions[name]] += 1
        assert not self.asked_by_mail or max(self.asked_by_mail.values()) == 1
        if message.subject.startswith(REMINDERS):
            self.reminded[who, timezone.localdate()] += 1
            assert self.reminded[who, timezone.localdate()] == 1
            named = {name for name in self.asked if name in text}
            assert named
            for name in named:
                assert self.owes(who, name) or self.coordinates_people_who_owe(who, name), (who, name)

    def may_see(self, who: str, name: str) -> bool:
        return (name, "fr") in self.world.model.visible(who)

    def owing(self) -> list[tuple[str, str]]:
        """Who owes which memo."""
        return [(who, name) for who in self.world.people for name in sorted(self.asked) if self.owes(who, name)]

    def owes(self, who: str, name: str) -> bool:
        """From the rules: a network asks its own people, the office everybody who sees it."""
        model = self.world.model
        network = model.items[name].network
        is_asked = (
            name in self.asked
            and self.holds(name)
            and (model.belongs(who, network) or model.networks[network].kind == "office")
        )
        return is_asked and self.may_see(who, name) and (who, name, self.editions[name]) not in self.receipts

    def coordinates_people_who_owe(self, who: str, name: str) -> bool:
        held = [each for each in self.world.model.memberships if each.in_force]
        theirs = {each.network for each in held if each.person == who and each.role == "coordinator"}
        own = {each.person for each in held if each.network in theirs and each.role != "guest"}
        return timezone.localdate() > self.due[name] and any(self.owes(person, name) for person in own)

    @invariant()
    def nothing_shown_names_what_may_not_be_seen(self) -> None:
        for who, user in self.world.people.items():
            person = User.objects.get(pk=user.pk)
            seen = {f"{name} {language}" for name, language in self.world.model.visible(who)}
            rows = list(Notification.objects.of(person).select_related("event"))
            titles = {line.told.title.partition(" (")[0] for line in lines_of(rows, person)}
            assert titles <= seen, who
            feed = atom_of(person)
            assert not [name for name in self.names if name in feed and not self.may_see(who, name)]
            visible = [row for row in rows if row.is_listed and not row.read_at and self._is_seen(row, who)]
            assert unread_count(person) == len(visible)

    def _is_seen(self, row: Notification, who: str) -> bool:
        name = next(name for name, key in self.world.keys.items() if key == row.event.item_id)
        is_current = row.event.subject == str(self.editions[name])
        return self.may_see(who, name) and self.holds(name) and is_current


@pytest.mark.django_db
def test_what_people_are_told_agrees_with_the_model() -> None:
    run_lives(Telling, examples=EXAMPLES, steps=STEPS)
