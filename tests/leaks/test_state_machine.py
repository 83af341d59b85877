"""Random lives of the federation: every surface agrees with the independent model, in both directions."""

from __future__ import annotations

import os
import urllib.request
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from django.utils import translation
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from intranet.glossary.models import Term
from intranet.memos.models import MemoRecord
from intranet.networks.access import access_cache, tokens_for
from intranet.networks.exceptions import AudienceError
from intranet.pages.models import GuardedDocument, GuardedImage
from intranet.pages.models.querysets import all_pages
from search import Hit, Query, Results, search, suggest
from search.circuit import circuit
from search.expansion import MAX_PINNED
from search.models import Delivery, SearchIndex
from search.worker import sync_due
from tests.leaks.surfaces import ALL_TERMS, Surfaces, file_addresses, versions_of
from tests.leaks.world import COMMON_WORD, DOCUMENT_WORD, TERM_WORDS, World
from tests.lives import run_lives

NOWHERE = "http://127.0.0.1:9"
KINDS = st.sampled_from(["office", "society", "partner", "local", "table"])
LANGUAGES = st.sampled_from(["fr", "en"])
RULES = st.sampled_from(["", "section", "members", "partners", "everyone", "networks"])
EXAMPLES = int(os.environ.get("LEAK_EXAMPLES", "12"))
STEPS = int(os.environ.get("LEAK_STEPS", "25"))
#: Of people, and of networks, in one life. Everybody is asked about everything: more of them ask the same, far longer.
MOST = 8
#: Items of which there is room in one page of a list, so that nothing of it is on another.
MOST_ITEMS = 18
LEAVES = ("memo", "note")
"""Kinds that have nothing below them."""


class Federation(RuleBasedStateMachine):
    """Rules are what people do; the invariant asks every surface after each of them."""

    networks = Bundle("networks")
    people = Bundle("people")
    items = Bundle("items")
    files = Bundle("files")

    def __init__(self) -> None:
        super().__init__()
        self.url = settings.ELASTICSEARCH_URL
        self.prefix = f"{settings.SEARCH_INDEX_PREFIX}-{uuid.uuid4().hex[:8]}"
        self.settings = override_settings(SEARCH_INDEX_PREFIX=self.prefix)
        self.settings.enable()
        self.engine = self.url
        circuit.reset()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = World()
        self.is_written = self.is_engine_changed = True
        self.is_caught_up = False
        self.answers: dict[Any, Results] = {}
        self.writes = connection.execute_wrapper(self.note_write)
        self.writes.__enter__()

    def teardown(self) -> None:
        try:
            self.check_pages_and_files()
        finally:
            self.writes.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)
            self.settings.disable()
            circuit.reset()
            translation.deactivate()
            if self.url:
                from tests.conftest import delete_indices

                delete_indices(self.url, f"{self.prefix}*")

    def note_write(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        """A step that writes nothing changes nothing: nobody has to be asked again."""
        self.is_written |= str(sql).lstrip().startswith(("INSERT", "UPDATE", "DELETE"))
        return execute(sql, params, many, context)

    # What people do ----------------------------------------------------------------------------------------

    @initialize(target=networks)
    def first_networks(self) -> Any:
        return multiple(*(self.world.add_network(kind, kind != "table") for kind in ("society", "partner", "table")))

    @initialize(target=people)
    def first_people(self) -> Any:
        return multiple(*(self.world.add_person(is_superuser) for is_superuser in (False, False, True)))

    @precondition(lambda self: len(self.world.model.networks) < MOST)
    @rule(
        target=networks, kind=st.sampled_from(["office", "society", "partner", "local", "table"]), listed=st.booleans()
    )
    def add_network(self, kind: str, listed: bool) -> str:
        return self.world.add_network(kind, listed)

    @precondition(lambda self: len(self.world.people) < MOST)
    @rule(target=people, is_superuser=st.booleans())
    def add_person(self, is_superuser: bool) -> str:
        return self.world.add_person(is_superuser)

    @rule(
        person=people,
        network=networks,
        role=st.sampled_from(["reader", "contributor", "publisher", "coordinator", "guest"]),
        when=st.sampled_from(["now", "now", "until today", "past", "future"]),
    )
    def join(self, person: str, network: str, role: str, when: str) -> None:
        self.world.join(person, network, role, when)

    @precondition(lambda self: self.world.memberships)
    @rule(data=st.data())
    def end_membership(self, data: Any) -> None:
        self.world.end_membership(data.draw(st.integers(0, len(self.world.memberships) - 1)))

    @rule(person=people, is_active=st.booleans())
    def set_active(self, person: str, is_active: bool) -> None:
        self.world.set_active(person, is_active)

    @rule(name=items, is_archived=st.booleans())
    def set_archived(self, name: str, is_archived: bool) -> None:
        item = self.world.model.items[name]
        if item.kind in ("memo", "note") and any(item.live.values()):
            self.world.set_archived(name, is_archived)

    @rule(network=networks, is_open=st.booleans())
    def set_open(self, network: str, is_open: bool) -> None:
        self.world.set_open(network, is_open)

    @rule(
        target=items,
        network=networks,
        language=LANGUAGES,
        kind=st.sampled_from(["page", "page", "index", "memo", "note"]),
        live=st.booleans(),
    )
    def add_item(self, network: str, language: str, kind: str, live: bool) -> str:
        return self.world.add_item(network, language, kind, live)

    @rule(
        target=items,
        parent=items,
        language=LANGUAGES,
        kind=st.sampled_from(["page", "page", "page", "index", "note"]),
        live=st.booleans(),
    )
    def add_item_below(self, parent: str, language: str, kind: str, live: bool) -> str:
        if self.is_leaf(parent):
            parent = self.world.model.items[parent].network
        return self.world.add_item(parent, language, kind, live)

    @rule(item=items, live=st.booleans())
    def add_other_language(self, item: str, live: bool) -> None:
        missing = {"fr", "en"} - self.world.model.items[item].live.keys()
        if missing:
            self.world.add_version(item, missing.pop(), live)

    @rule(item=items, language=LANGUAGES)
    def publish(self, item: str, language: str) -> None:
        if language in self.world.model.items[item].live:
            self.world.publish(item, language)

    @rule(item=items, language=LANGUAGES)
    def unpublish(self, item: str, language: str) -> None:
        if language in self.world.model.items[item].live:
            self.world.unpublish(item, language)

    @rule(newer=items, older=items)
    def replace_memo(self, newer: str, older: str) -> None:
        if newer != older and self.is_memo(newer) and self.is_memo(older) and self.has_numbered_memo(older):
            self.world.replace_memo(newer, older)

    @rule(item=items, choice=RULES, chosen=st.sets(networks, max_size=3), guests=st.booleans())
    def set_rule(self, item: str, choice: str, chosen: set[str], guests: bool) -> None:
        self.world.set_rule(item, choice, frozenset(chosen), guests)

    @rule(network=networks, choice=RULES.filter(bool), chosen=st.sets(networks, max_size=2), guests=st.booleans())
    def set_section_rule(self, network: str, choice: str, chosen: set[str], guests: bool) -> None:
        others = choice not in ("section", "networks") or (choice == "networks" and bool(chosen - {network}))
        if not self.world.model.networks[network].listed and others:
            with pytest.raises(AudienceError):
                self.world.set_rule(network, choice, frozenset(chosen), guests)
            return
        self.world.set_rule(network, choice, frozenset(chosen), guests)

    @rule(item=items, place=st.one_of(items, networks))
    def move(self, item: str, place: str) -> None:
        is_refused = self.world.is_below(place, item) or self.is_leaf(place) or self.has_numbered_memo(item)
        if not (is_refused or self.world.is_address_taken(item, place)):
            self.world.move(item, place)

    @rule(target=items, item=items, place=st.one_of(items, networks), below=st.booleans(), live=st.booleans())
    def copy(self, item: str, place: str, below: bool, live: bool) -> Any:
        model = self.world.model
        is_door_shut = not all(model.networks[model.items[name].network].is_open for name in (item, place))
        there_will_be = len(model.items) - len(model.networks) + len(self.below(item))
        is_too_much = below and there_will_be > MOST_ITEMS
        if is_door_shut or is_too_much or self.is_leaf(place) or (below and self.world.is_below(place, item)):
            return multiple()
        return multiple(*self.world.copy(item, place, below=below, live=live))

    @rule(item=items)
    def pin(self, item: str) -> None:
        self.world.pin(item)

    @rule(target=items, item=consumes(items), language=LANGUAGES)
    def delete(self, item: str, language: str) -> Any:
        model = self.world.model
        has_children = any(other.parent == item for other in model.items.values())
        if has_children or language not in model.items[item].live or self.has_numbered_memo(item):
            return item
        self.world.delete_version(item, language)
        return item if item in model.items else multiple()

    @rule(word=st.sampled_from(TERM_WORDS), is_active=st.booleans())
    def set_term(self, word: str, is_active: bool) -> None:
        self.world.set_term(word, is_active)

    @rule(target=files, network=networks, is_image=st.booleans())
    def add_file(self, network: str, is_image: bool) -> str:
        return self.world.add_image(network) if is_image else self.world.add_document(network)

    @rule(item=items, file=files)
    def use_file(self, item: str, file: str) -> None:
        if self.world.model.items[item].kind != "index":
            self.world.use_file(item, next(iter(self.world.model.items[item].live)), file)

    @rule(file=files)
    def replace_file(self, file: str) -> None:
        if file in self.world.documents:
            self.world.replace_file(file)

    @rule(file=files, network=networks)
    def move_file(self, file: str, network: str) -> None:
        self.world.move_file(file, network)

    @precondition(lambda self: self.world.model.documents.keys() - self.world.model.read_documents)
    @rule()
    def worker_reads_documents(self) -> None:
        self.world.read_documents()

    # What happens to the engine ------------------------------------------------------------------------------

    @precondition(lambda self: self.url and not (self.engine == self.url and self.is_caught_up))
    @rule()
    def engine_catches_up(self) -> None:
        self.turn_engine(self.url)
        with override_settings(ELASTICSEARCH_URL=self.url):
            while sync_due():
                pass
        # What was sent is found after the index's next refresh.
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/{self.prefix}*/_refresh", method="POST")).close()

    @precondition(lambda self: self.engine == self.url)
    @rule()
    def engine_goes_down(self) -> None:
        self.turn_engine(NOWHERE if self.url else "")

    @precondition(lambda self: self.engine != self.url)
    @rule()
    def engine_comes_back_stale(self) -> None:
        self.turn_engine(self.url)

    def turn_engine(self, url: str) -> None:
        """The next question learns whether a search server is there; those after it do not try in vain again."""
        self.engine, self.is_engine_changed = url, True
        circuit.reset()

    # What every surface must answer ----------------------------------------------------------------------------

    @invariant()
    def surfaces_agree_with_the_model(self) -> None:
        """The database is asked where it was written to, and the search server whenever it may say something else."""
        self.answers.clear()
        self.is_caught_up = self.has_index() and not Delivery.objects.behind().exists()
        is_written, is_engine_changed = self.is_written, self.is_engine_changed
        # A search server that is down, or has no index yet, leaves the answer to the embedded engine.
        engines = {self.engine, ""} if is_written and self.is_answering() else {self.engine}
        # As in a request, nobody's access changes while it is asked about.
        with access_cache():
            for person in self.world.people if is_written or is_engine_changed else ():
                if is_written:
                    self.check_lists(person)
                for engine in engines:
                    with override_settings(ELASTICSEARCH_URL=engine):
                        self.check_search(person)
        self.is_written = self.is_engine_changed = False

    def check_lists(self, person: str) -> None:
        world, model = self.world, self.world.model
        user = world.people[person]
        pages = all_pages().visible_to(user).filter(depth__gte=3).values_list("depth", "title", "translation_key")
        titles = {title for depth, title, _key in pages if depth > 3}
        assert titles == {
            f"{name} {language}" for name, language in model.visible(person) if name not in model.networks
        }
        assert {str(key) for depth, _title, key in pages if depth == 3} == {
            str(world.keys[slug]) for slug in model.networks if slug in model.visible_items(person)
        }
        documents = set(GuardedDocument.objects.visible_to(user).values_list("title", flat=True))
        images = set(GuardedImage.objects.visible_to(user).values_list("title", flat=True))
        assert documents | images == model.visible_files(person)
        assert set(Term.objects.visible_to(user).values_list("form_fr", flat=True)) == model.visible_terms(person)
        assert {str(key) for key in MemoRecord.objects.visible_to(user).values_list("item_id", flat=True)} == {
            str(world.keys[name]) for name in model.visible_items(person) if self.is_memo(name)
        }

    def check_search(self, person: str) -> None:
        """What the engine in use finds, explains and suggests."""
        model = self.world.model
        tokens = tokens_for(self.world.people[person])
        if not tokens:
            assert not model.visible(person)
            return
        expected = {name for name in model.visible_items(person) if name not in model.networks}
        self.check_everything(person, tokens, expected)
        self.check_current(person, tokens, {name for name in expected if not model.is_archived(name)})
        self.check_texts_of_documents(person, tokens)
        self.check_terms(person, tokens)

    def ask(
        self, text: str, tokens: frozenset[str], *, archived: bool = False, facets: tuple[str, ...] = ()
    ) -> Results:
        """What is found; people with the same tokens ask the same question, which is asked once between two steps."""
        question = (settings.ELASTICSEARCH_URL, text, tokens, archived)
        if question not in self.answers:
            query = Query(text=text, tokens=tokens, language="fr", size=100, archived=archived, facets=facets)
            self.answers[question] = search(query)
        return self.answers[question]

    def check_everything(self, person: str, tokens: frozenset[str], expected: set[str]) -> None:
        model = self.world.model
        answer = self.ask(COMMON_WORD, tokens, archived=True, facets=("network",))
        found = self.names_of(answer)
        assert found <= expected, (answer.engine, "leak", found - expected)
        if self.is_exact(answer):
            assert found == expected, (answer.engine, "missing", expected - found)
            assert answer.total == len(expected)
            counts: dict[str, int] = {}
            for name in expected:
                counts[model.items[name].network] = counts.get(model.items[name].network, 0) + 1
            assert {value.value: value.count for value in answer.facets["network"]} == counts
        for hit in answer.hits:
            name = self.world.name_of(hit.key)
            shown = {(name, version.language) for version in hit.versions}
            assert shown <= model.visible(person)
            self.check_standing(hit, name, expected)

    def check_current(self, person: str, tokens: frozenset[str], expected: set[str]) -> None:
        """What is not archived is found and suggested; what is pinned, archived or not, is shown above it to exactly
        those who may see it, the last pinned first."""
        model = self.world.model
        answer = self.ask(COMMON_WORD, tokens)
        visible = {str(self.world.keys[name]) for name in model.visible_items(person)}
        pinned = [key for key in dict.fromkeys(self.world.pinned) if key in visible]
        assert [each.key for each in answer.pinned] == pinned[:MAX_PINNED], person
        titles = {" ".join(version) for version in model.shown_versions(person, expected, "fr")}
        suggested = {each.title for each in suggest("item", tokens, "fr", limit=100)}
        found = self.names_of(answer)
        assert found <= expected, (answer.engine, "archived", found - expected)
        assert suggested <= titles, (answer.engine, "leak", suggested - titles)
        if self.is_exact(answer):
            assert found == expected, (answer.engine, "missing", expected - found)
            assert suggested == titles, (answer.engine, "missing", titles - suggested)

    def check_standing(self, hit: Hit, name: str, visible: set[str]) -> None:
        """What became of an item, and what took its place as far as the person may see that."""
        model = self.world.model
        newer = model.replacements(name)
        assert hit.standing == ("archived" if model.is_archived(name) else "replaced" if newer else "current"), name
        if hit.replacement is None:
            assert len(newer - visible) >= bool(newer), (name, newer)
        else:
            assert hit.replacement.title.partition(" ")[0] in newer & visible, (name, hit.replacement)

    def check_texts_of_documents(self, person: str, tokens: frozenset[str]) -> None:
        """A document's text finds the items that show the document, and names no other one."""
        model = self.world.model
        answer = self.ask(DOCUMENT_WORD, tokens, archived=True)
        found, expected = self.names_of(answer), model.found_by_documents(person)
        assert {hit.found_in.title for hit in answer.hits if hit.found_in} <= model.visible_files(person)
        assert found <= expected, (answer.engine, "leak", found - expected)
        if self.is_exact(answer):
            assert (found, answer.total) == (expected, len(expected)), answer.engine
            assert all(hit.found_in and DOCUMENT_WORD in hit.snippet for hit in answer.hits)

    def check_terms(self, person: str, tokens: frozenset[str]) -> None:
        """A query for the words of all terms finds, explains and expands those that the person may see."""
        expected = self.world.model.visible_terms(person)
        answer = self.ask(ALL_TERMS, tokens)
        assert {expansion.typed for expansion in answer.expansions} == expected
        assert {hit.title for hit in answer.answers} == expected
        found = {hit.title for hit in answer.hits if hit.kind == "term"}
        assert found <= expected
        if self.is_exact(answer):
            assert found == expected

    def check_pages_and_files(self) -> None:
        """Every address of every version, list and file, for everybody."""
        with override_settings(ELASTICSEARCH_URL=self.engine):
            versions, files = versions_of(self.world), file_addresses(self.world)
            for person in self.world.people:
                Surfaces(self.world, person, is_exact=self.is_exact()).check(versions, files)

    # Helpers -----------------------------------------------------------------------------------------------------

    def is_memo(self, name: str) -> bool:
        return self.world.model.items[name].is_memo

    def is_leaf(self, name: str) -> bool:
        return self.world.model.items[name].kind in LEAVES

    def below(self, name: str) -> set[str]:
        """The item and everything below it."""
        return {other for other in self.world.model.items if self.world.is_below(other, name)}

    def has_numbered_memo(self, name: str) -> bool:
        """A published memo stays where it was issued, and is never deleted."""
        items = [self.world.model.items[other] for other in self.below(name)]
        return any(item.is_memo and item.was_published for item in items)

    def names_of(self, answer: Results) -> set[str]:
        return {self.world.name_of(hit.key) for hit in answer.hits if hit.kind != "term"}

    @staticmethod
    def has_index() -> bool:
        return SearchIndex.objects.filter(state="live").exists()

    def is_answering(self) -> bool:
        """Whether the search server is there, and has an index."""
        return self.engine == self.url != "" and self.has_index()

    def is_exact(self, answer: Results | None = None) -> bool:
        """Whether nothing may be missing: the embedded engine answers, or the server has all there is."""
        is_embedded = answer.engine == "embedded" if answer else not self.is_answering()
        return is_embedded or self.is_caught_up


@pytest.mark.django_db
def test_nothing_leaks_and_nothing_is_missing() -> None:
    run_lives(Federation, examples=EXAMPLES, steps=STEPS)
