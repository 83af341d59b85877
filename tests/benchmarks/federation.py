"""A federation of a given size: an office, people in its networks, and memos that ask them to acknowledge."""

from __future__ import annotations

import datetime
import random
import uuid
from functools import cached_property

from django.db import connection
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from intranet.accounts.models import User
from intranet.memos.models import Acknowledgement, MemoPage, MemoRecord, Reading
from intranet.networks.audiences import Rule, set_rule, tokens_of
from intranet.networks.models import AudienceToken, Item, Membership, Network
from intranet.networks.services import add_membership, provision_network
from intranet.pages.models import SectionPage
from tests.benchmarks.crowd import bare_page, write_child_rows

ACKNOWLEDGED, OPENED = 0.6, 0.8
DAYS = 20
OWED = 10
"""Memos that the reader still owes."""
_AT_ONCE = 5_000


class Federation:
    """People are spread over the networks; every tenth is in a second one, too."""

    def __init__(self, networks: list[Network], *, people: int, memos: int) -> None:
        self.networks = networks
        self.office = provision_network(slug="bureau", kind="office", name_en="Office", name_fr="Bureau")
        self._add_people(people)
        self.publisher = self._person("office-publisher", self.office, "publisher")
        self.coordinator = self._person("coordinator", networks[0], "coordinator")
        self.reader = self._person("member", networks[0], "reader")
        self.records = self._add_memos(memos)
        self._acknowledge_all_but(OWED, self.reader)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def publish_memo(self, title: str, **fields: object) -> MemoPage:
        """A draft of the office for all members, ready to be published: ``save_revision().publish()``."""
        section = SectionPage.objects.get(section_network=self.office, locale__language_code="fr")
        page = MemoPage(title=title, live=False, locale=section.locale, acknowledge=True, **fields)
        section.add_child(instance=page)
        set_rule(uuid.UUID(str(page.translation_key)), Rule(Item.Rule.MEMBERS), by=None)
        return MemoPage.objects.get(pk=page.pk)

    @cached_property
    def followed(self) -> MemoRecord:
        """A memo of the office that most people have acknowledged, on different days; its day is past."""
        due = timezone.localdate()
        self.publish_memo("Followed", acknowledge_by=due).save_revision().publish()
        record = MemoRecord.objects.latest("pk")
        MemoRecord.objects.filter(pk=record.pk).update(acknowledge_by=due - datetime.timedelta(days=1))
        chance, now = random.Random("receipts"), timezone.now()
        people = [pk for pk in self.people if chance.random() < OPENED]
        Reading.objects.bulk_create(
            (Reading(record=record, person_id=pk, edition=1, language="fr") for pk in people), batch_size=_AT_ONCE
        )
        Acknowledgement.objects.bulk_create(
            (
                Acknowledgement(
                    record=record,
                    person_id=pk,
                    edition=1,
                    language="fr",
                    acknowledged_at=now - datetime.timedelta(days=chance.randrange(DAYS)),
                )
                for pk in people
                if chance.random() < ACKNOWLEDGED / OPENED
            ),
            batch_size=_AT_ONCE,
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return MemoRecord.objects.select_related("item__network").get(pk=record.pk)

    def clients(self, people: list[User]) -> list[Client]:
        """A browser in which each has signed in."""
        clients = [Client(headers={"accept-language": "fr"}) for _person in people]
        for client, person in zip(clients, people, strict=True):
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return clients

    def new_readers(self, count: int) -> list[User]:
        return [self._person(f"reader-{uuid.uuid4().hex[:8]}", self.networks[0], "reader") for _number in range(count)]

    def _person(self, name: str, network: Network, role: str) -> User:
        person = User.objects.create_user(f"{name}@example.org", name=name, language="fr")
        add_membership(person=person, network=network, role=role)
        return person

    def _add_people(self, count: int) -> None:
        made = User.objects.bulk_create(
            (User(email=f"p{number}@example.org", name=f"Person {number}", language="fr") for number in range(count)),
            batch_size=_AT_ONCE,
        )
        self.people = [person.pk for person in made]
        networks = self.networks
        places = [(pk, number % len(networks)) for number, pk in enumerate(self.people)]
        places += [(pk, (place + 1) % len(networks)) for pk, place in places[::10] if len(networks) > 1]
        Membership.objects.bulk_create(
            (Membership(person_id=pk, network=networks[place], role="reader") for pk, place in places),
            batch_size=_AT_ONCE,
        )

    def _add_memos(self, count: int) -> list[MemoRecord]:
        """Memos of the office to all members, as many as are wanted."""
        section = SectionPage.objects.get(section_network=self.office, locale__language_code="fr")
        keys = [uuid.uuid4() for _number in range(count)]
        Item.objects.bulk_create(
            Item(key=key, network=self.office, parent_id=section.translation_key, rule="members", rule_from_id=key)
            for key in keys
        )
        tokens = tokens_of(Rule(Item.Rule.MEMBERS), self.office.pk)
        AudienceToken.objects.bulk_create(AudienceToken(item_id=key, token=token) for key in keys for token in tokens)
        Page.objects.bulk_create(
            bare_page(section, section.numchild + number + 1, key, f"Memo {number}", MemoPage)
            for number, key in enumerate(keys)
        )
        Page.objects.filter(pk=section.pk).update(numchild=section.numchild + count)
        write_child_rows(MemoPage)
        day, now = timezone.localdate(), timezone.now()
        return MemoRecord.objects.bulk_create(
            MemoRecord(
                item_id=key,
                number=f"OLD-2020-{number + 1:04}",
                code="OLD",
                year=2020,
                sequence=number + 1,
                published_at=now - datetime.timedelta(days=number),
                acknowledge=True,
                acknowledge_by=day - datetime.timedelta(days=number - 5),
            )
            for number, key in enumerate(keys)
        )

    def _acknowledge_all_but(self, count: int, person: User) -> None:
        Acknowledgement.objects.bulk_create(
            Acknowledgement(record=record, person=person, edition=1, language="fr") for record in self.records[count:]
        )
