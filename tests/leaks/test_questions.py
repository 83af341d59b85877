"""Random lives of questions on memos: who sees, answers, finds and is told of them is as the model says."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import override_settings
from django.utils import translation
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, multiple, rule

from intranet.accounts.models import User
from intranet.memos.exceptions import MemoArchived, MemoError
from intranet.memos.models import MemoRecord, Question
from intranet.memos.questions.answering import people_who_answer
from intranet.memos.questions.services import answer, ask, remove
from intranet.memos.services import withdraw
from intranet.networks.access import tokens_for
from intranet.notifications.expanding import expand_due
from intranet.notifications.models import Event, Notification
from intranet.notifications.telling import lines_of, owed_by
from search import Query, search
from tests.leaks.small_federation import MEMOS, NETWORKS, PEOPLE, SmallFederation
from tests.lives import run_lives

WORD = "potoroo"
"""Every question has this word, and nothing else has."""
KINDS = {"memos.question": "asked", "memos.answer": "answered", "memos.question_removed": "removed"}
EXAMPLES = int(os.environ.get("LEAK_EXAMPLES", "3"))
STEPS = int(os.environ.get("LEAK_STEPS", "15"))


@dataclass
class ModelQuestion:
    memo: str
    author: str
    is_private: bool
    is_answered: bool = False
    is_removed: bool = False
    removed_by: str = ""


class Asking(SmallFederation):
    """Rules are what people do; after each of them everybody's view is compared."""

    questions = Bundle("questions")

    def __init__(self) -> None:
        self.settings = override_settings(ELASTICSEARCH_URL="")
        self.settings.enable()
        translation.activate("fr")
        super().__init__()
        self.owners: dict[str, str | None] = {}
        self.withdrawn: set[str] = set()
        self.asked: dict[uuid.UUID, ModelQuestion] = {}

    def teardown(self) -> None:
        super().teardown()
        self.settings.disable()
        translation.activate("en")

    @rule(network=NETWORKS, is_open=st.sampled_from([True, True, False]))
    def set_open(self, network: str, is_open: bool) -> None:
        self.world.set_open(network, is_open)

    @rule(target=MEMOS, network=NETWORKS, owner=st.one_of(st.none(), PEOPLE))
    def publish(self, network: str, owner: str | None) -> str:
        name = self.world.add_item(network, "fr", "memo", False)
        page = self.world.version(name, "fr")
        page.responsible = self.world.people[owner] if owner else None
        page.save()
        self.world.publish(name, "fr")
        self.owners[name] = owner
        self.needs_readers(network, "publisher", "reader")
        return name

    @rule(name=MEMOS, is_live=st.booleans())
    def set_live(self, name: str, is_live: bool) -> None:
        if is_live:
            self.world.publish(name, "fr")
            self.withdrawn.discard(name)
        else:
            self.world.unpublish(name, "fr")

    @rule(name=MEMOS)
    def withdraw(self, name: str) -> None:
        record = MemoRecord.objects.get(item=self.world.keys[name])
        if record.withdrawn_at is None:
            withdraw(record, reason="Fini", language="fr", by=None)
            self.withdrawn.add(name)

    @rule(name=MEMOS, is_archived=st.booleans())
    def set_archived(self, name: str, is_archived: bool) -> None:
        if name not in self.withdrawn and any(self.world.model.items[name].live.values()):
            self.world.set_archived(name, is_archived)

    @rule(target=questions, name=MEMOS, person=PEOPLE, is_private=st.booleans())
    def ask(self, name: str, person: str, is_private: bool) -> Any:
        record = MemoRecord.objects.get(item=self.world.keys[name])
        if not self.sees_memo(person, name) or record.withdrawn_at is not None:
            return multiple()
        if self.world.model.is_archived(name):
            with pytest.raises(MemoArchived):
                ask(record, author=self.world.people[person], text="x", language="fr")
            return multiple()
        text = f"{WORD} {len(self.asked)}"
        author = self.world.people[person]
        question = ask(record, author=author, text=text, language="fr", is_private=is_private)
        self.asked[question.pk] = ModelQuestion(name, person, is_private)
        self.tell("memos.question", question, self.answerers(name) - {person})
        return question.pk

    @rule(key=questions, person=PEOPLE, make_private=st.booleans())
    def answer(self, key: uuid.UUID, person: str, make_private: bool) -> None:
        asked = self.asked[key]
        if person not in self.answerers(asked.memo):
            return
        question = Question.objects.get(pk=key)
        if asked.is_removed:
            with pytest.raises(MemoError):
                answer(question, text="x", language="fr", by=self.world.people[person])
            return
        by = self.world.people[person]
        answer(question, text=f"{WORD} oui", language="fr", by=by, make_private=make_private)
        asked.is_answered, asked.is_private = True, asked.is_private or make_private
        self.tell("memos.answer", question, {asked.author} - {person})

    @rule(key=questions, person=PEOPLE, erase=st.booleans())
    def remove(self, key: uuid.UUID, person: str, erase: bool) -> None:
        asked = self.asked[key]
        if asked.is_removed or not self.sees(person, asked):
            return
        remove(Question.objects.get(pk=key), by=self.world.people[person], reason="Non", erase=erase)
        asked.is_removed, asked.removed_by = True, person
        if person != asked.author:
            self.tell("memos.question_removed", Question.objects.get(pk=key), {asked.author})

    def tell(self, kind: str, question: Question, people: set[str]) -> None:
        """The worker is there at once: exactly those are told who may see the memo."""
        while expand_due():
            pass
        event = Event.objects.filter(kind=kind, subject=str(question.pk)).latest("pk")
        memo = self.asked[question.pk].memo
        told = set(Notification.objects.filter(event=event).values_list("person__name", flat=True))
        assert told == {person for person in people if self.sees_memo(person, memo)}, kind

    # From the rules -------------------------------------------------------------------------------------

    def sees_memo(self, person: str, name: str) -> bool:
        return (name, "fr") in self.world.model.visible(person)

    def answerers(self, name: str) -> set[str]:
        """The owner, or those who publish where she is gone; only who sees the memo."""
        model = self.world.model
        network = model.items[name].network
        here = {each for each in model.people if model.people[each].is_active and model.belongs(each, network)}
        publish = {
            held.person
            for held in model.memberships
            if held.in_force and held.network == network and held.role in ("publisher", "coordinator")
        }
        owner = self.owners[name]
        people = {owner} if owner in here else here & publish
        return {each for each in people if each and self.sees_memo(each, name)}

    def sees(self, person: str, asked: ModelQuestion) -> bool:
        if asked.is_removed or not self.sees_memo(person, asked.memo):
            return False
        return not asked.is_private or person == asked.author or person in self.answerers(asked.memo)

    # What everybody sees --------------------------------------------------------------------------------

    @invariant()
    def everybody_sees_what_the_rules_say(self) -> None:
        for name in self.owners:
            record = MemoRecord.objects.select_related("item").get(item=self.world.keys[name])
            if any(self.world.model.items[name].live.values()):
                people = set(people_who_answer(record).values_list("name", flat=True))
                assert people == self.answerers(name), name
        for who, held in self.world.people.items():
            person = User.objects.get(pk=held.pk)
            expected = {key for key, asked in self.asked.items() if self.sees(who, asked)}
            assert set(Question.objects.visible_to(person).values_list("pk", flat=True)) == expected, who
            self.check_search(person, who)
            self.check_told(person, who)

    def check_search(self, person: User, who: str) -> None:
        tokens = tokens_for(person)
        if not tokens:
            return
        answer = search(Query(text=WORD, tokens=tokens, language="fr", size=100, archived=True))
        public = {
            asked.memo
            for asked in self.asked.values()
            if self.sees(who, asked) and asked.is_answered and not asked.is_private
        }
        by_key = {str(key): name for name, key in self.world.keys.items()}
        assert {by_key[hit.key] for hit in answer.hits} == public - self.withdrawn, who

    def check_told(self, person: User, who: str) -> None:
        rows = Notification.objects.of(person).filter(event__kind__in=KINDS).select_related("event")
        for line in lines_of(rows, person):
            assert line.notification is not None
            event = line.notification.event
            asked = self.asked[uuid.UUID(event.subject)]
            assert self.sees_memo(who, asked.memo)
            if KINDS[event.kind] == "asked":
                assert who in self.answerers(asked.memo)
                assert not asked.is_answered
            else:
                assert who == asked.author
            assert asked.is_removed == (KINDS[event.kind] == "removed")
        waiting = {
            str(key)
            for key, asked in self.asked.items()
            if not asked.is_answered and not asked.is_removed and asked.memo not in self.withdrawn
            if not self.world.model.is_archived(asked.memo)
            if who in self.answerers(asked.memo)
        }
        owed = {
            line.told.url.rstrip("/").rpartition("/")[2] for line in owed_by(person) if "questions" in line.told.url
        }
        assert owed == waiting, who


@pytest.mark.django_db
def test_questions_agree_with_the_model() -> None:
    run_lives(Asking, examples=EXAMPLES, steps=STEPS)
