"""Random lives of the federation: every surface agrees with the independent model, in both directions."""

from __future__ import annotations

import os
import urllib.request
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
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
from intranet.pages.models import GuardedDocument
from intranet.pages.models.querysets import all_pages
from intranet.pages.searching import SearchParams, search_for
from search import Hit, Query, search
from search.circuit import circuit
from search.expansion import MAX_PINNED
from search.models import Delivery, SearchIndex
from search.worker import sync_due
from tests.leaks.world import COMMON_WORD, DOCUMENT_WORD, TERM_WORDS, World, meaning
from tests.lives import run_lives

NOWHERE = "http://127.0.0.1:9"
KINDS = st.sampled_from(["office", "society", "partner", "local", "table"])
LANGUAGES = st.sampled_from(["fr", "en"])
RULES = st.sampled_from(["", "section", "members", "partners", "everyone", "networks"])
EXAMPLES = int(os.environ.get("LEAK_EXAMPLES", "12"))
STEPS = int(os.environ.get("LEAK_STEPS", "25"))
#: Of people, and of networks, in one life. Everybody is asked about everything: more of them ask the same, far longer.
MOST = 8


class Federation(RuleBasedStateMachine):
    """Rules are what people do; the invariant asks every surface after each of them."""

    networks = Bundle("networks")
    people = Bundle("people")
    items = Bundle("items")
    documents = Bundle("documents")

    def __init__(self) -> None:
        super().__init__()
        self.url = settings.ELASTICSEARCH_URL
        self.prefix = f"{settings.SEARCH_INDEX_PREFIX}-{uuid.uuid4().hex[:8]}"
        self.settings = override_settings(SEARCH_INDEX_PREFIX=self.prefix, SEARCH_RETRY_SECONDS=0.001)
        self.settings.enable()
        self.engine = self.url
        circuit.reset()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = World()

    def teardown(self) -> None:
        try:
            self.check_pages_and_files()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)
            self.settings.disable()
            circuit.reset()
            translation.deactivate()
            if self.url:
                from tests.conftest import delete_indices

                delete_indices(self.url, f"{self.prefix}*")

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
        if self.is_memo(name) and any(self.world.model.items[name].live.values()):
            self.world.set_archived(name, is_archived)

    @rule(network=networks, is_open=st.booleans())
    def set_open(self, network: str, is_open: bool) -> None:
        self.world.set_open(network, is_open)

    @rule(
        target=items,
        network=networks,
        language=LANGUAGES,
        kind=st.sampled_from(["page", "page", "memo"]),
        live=st.booleans(),
    )
    def add_item(self, network: str, language: str, kind: str, live: bool) -> str:
        return self.world.add_item(network, language, kind, live)

    @rule(target=items, parent=items, language=LANGUAGES, live=st.booleans())
    def add_item_below(self, parent: str, language: str, live: bool) -> str:
        if self.is_memo(parent):
            parent = self.world.model.items[parent].network
        return self.world.add_item(parent, language, "page", live)

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
        if newer != older and self.is_memo(newer) and self.has_numbered_memo(older):
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
        if self.world.is_below(place, item) or self.is_memo(place) or self.has_numbered_memo(item):
            return
        self.world.move(item, place)

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

    @rule(target=documents, network=networks)
    def add_document(self, network: str) -> str:
        return self.world.add_document(network)

    @rule(item=items, document=documents)
    def use_document(self, item: str, document: str) -> None:
        self.world.use_document(item, next(iter(self.world.model.items[item].live)), document)

    @rule(document=documents)
    def replace_file(self, document: str) -> None:
        self.world.replace_file(document)

    @rule(document=documents, network=networks)
    def move_document(self, document: str, network: str) -> None:
        self.world.move_document(document, network)

    @precondition(lambda self: self.world.model.documents.keys() - self.world.model.read_documents)
    @rule()
    def worker_reads_documents(self) -> None:
        self.world.read_documents()

    # What happens to the engine ------------------------------------------------------------------------------

    @precondition(lambda self: self.url and not (self.engine == self.url and self.is_caught_up()))
    @rule()
    def engine_catches_up(self) -> None:
        self.engine = self.url
        with override_settings(ELASTICSEARCH_URL=self.url):
            while sync_due():
                pass
        # What was sent is found after the index's next refresh.
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/{self.prefix}*/_refresh", method="POST")).close()

    @precondition(lambda self: self.engine == self.url)
    @rule()
    def engine_goes_down(self) -> None:
        self.engine = NOWHERE if self.url else ""

    @precondition(lambda self: self.engine != self.url)
    @rule()
    def engine_comes_back_stale(self) -> None:
        self.engine = self.url
        circuit.reset()

    # What every surface must answer ----------------------------------------------------------------------------

    @invariant()
    def surfaces_agree_with_the_model(self) -> None:
        # As in a request, nobody's access changes while it is asked about.
        with override_settings(ELASTICSEARCH_URL=self.engine), access_cache():
            for person in self.world.people:
                self.check_lists(person)
                self.check_pinned(person)
                for engine in {self.engine, ""}:
                    with override_settings(ELASTICSEARCH_URL=engine):
                        self.check_search(person)
                        self.check_texts_of_documents(person)
                        self.check_terms(person)

    def check_lists(self, person: str) -> None:
        world, model = self.world, self.world.model
        user = world.people[person]
        titles = set(all_pages().visible_to(user).exclude(depth__lt=4).values_list("title", flat=True))
        assert titles == {
            f"{name} {language}" for name, language in model.visible(person) if name not in model.networks
        }
        sections = all_pages().visible_to(user).filter(depth=3)
        assert {str(key) for key in sections.values_list("translation_key", flat=True)} == {
            str(world.keys[slug]) for slug in model.networks if slug in model.visible_items(person)
        }
        assert set(GuardedDocument.objects.visible_to(user).values_list("title", flat=True)) == (
            model.visible_documents(person)
        )
        assert set(Term.objects.visible_to(user).values_list("form_fr", flat=True)) == model.visible_terms(person)
        assert {str(key) for key in MemoRecord.objects.visible_to(user).values_list("item_id", flat=True)} == {
            str(world.keys[name]) for name in model.visible_items(person) if self.is_memo(name)
        }

    def check_search(self, person: str) -> None:
        model = self.world.model
        tokens = tokens_for(self.world.people[person])
        if not tokens:
            assert not model.visible(person)
            return
        expected = {name for name in model.visible_items(person) if name not in model.networks}
        answer = search(Query(text=COMMON_WORD, tokens=tokens, language="fr", size=100, archived=True))
        by_key = {str(key): name for name, key in self.world.keys.items()}
        found = {by_key[hit.key] for hit in answer.hits}
        assert found <= expected, (answer.engine, "leak", found - expected)
        if answer.engine == "embedded" or self.is_caught_up():
            assert found == expected, (answer.engine, "missing", expected - found)
            assert answer.total == len(expected)
            counts: dict[str, int] = {}
            for name in expected:
                counts[model.items[name].network] = counts.get(model.items[name].network, 0) + 1
            assert {value.value: value.count for value in answer.facets["network"]} == counts
        for hit in answer.hits:
            shown = {(by_key[hit.key], version.language) for version in hit.versions}
            assert shown <= model.visible(person)
            self.check_standing(hit, by_key[hit.key], expected)
        current = search(Query(text=COMMON_WORD, tokens=tokens, language="fr", size=100))
        found = {by_key[hit.key] for hit in current.hits}
        unarchived = {name for name in expected if not model.is_archived(name)}
        assert found <= unarchived, (current.engine, "archived", found - unarchived)
        if current.engine == "embedded" or self.is_caught_up():
            assert found == unarchived, (current.engine, "missing", unarchived - found)

    def check_standing(self, hit: Hit, name: str, visible: set[str]) -> None:
        """What became of an item, and what took its place as far as the person may see that."""
        model = self.world.model
        newer = model.replacements(name)
        assert hit.standing == ("archived" if model.is_archived(name) else "replaced" if newer else "current"), name
        if hit.replacement is None:
            assert len(newer - visible) >= bool(newer), (name, newer)
        else:
            assert hit.replacement.title.partition(" ")[0] in newer & visible, (name, hit.replacement)

    def check_pinned(self, person: str) -> None:
        """What is pinned is shown to exactly those who may see it, the last pinned first."""
        visible = {str(self.world.keys[name]) for name in self.world.model.visible_items(person)}
        found = search_for(self.world.people[person], SearchParams(COMMON_WORD)).pinned
        pinned = [key for key in dict.fromkeys(self.world.pinned) if key in visible]
        assert [each.key for each in found] == pinned[:MAX_PINNED], person

    def check_texts_of_documents(self, person: str) -> None:
        """A document's text finds the items that show the document, and names no other one."""
        model = self.world.model
        tokens = tokens_for(self.world.people[person])
        if not tokens:
            return
        answer = search(Query(text=DOCUMENT_WORD, tokens=tokens, language="fr", size=100, archived=True))
        by_key = {str(key): name for name, key in self.world.keys.items()}
        found, expected = {by_key[hit.key] for hit in answer.hits}, model.found_by_documents(person)
        readable = model.visible_documents(person)
        assert {hit.found_in.title for hit in answer.hits if hit.found_in} <= readable
        assert found <= expected, (answer.engine, "leak", found - expected)
        if answer.engine == "embedded" or self.is_caught_up():
            assert (found, answer.total) == (expected, len(expected)), answer.engine
            assert all(hit.found_in and DOCUMENT_WORD in hit.snippet for hit in answer.hits)

    def check_terms(self, person: str) -> None:
        """A query for the words of all terms finds, explains and expands those that the person may see."""
        tokens = tokens_for(self.world.people[person])
        if not tokens:
            return
        expected = self.world.model.visible_terms(person)
        answer = search(Query(text=" ".join(TERM_WORDS), tokens=tokens, language="fr", size=100))
        assert {expansion.typed for expansion in answer.expansions} == expected
        assert {hit.title for hit in answer.answers} == expected
        found = {hit.title for hit in answer.hits if hit.kind == "term"}
        assert found <= expected
        if answer.engine == "embedded" or self.is_caught_up():
            assert found == expected

    def check_pages_and_files(self) -> None:
        """Every address of every version and file, for everybody: 200 or the same 404."""
        world, model = self.world, self.world.model
        pages = [
            (name, language, world.version(name, language))
            for name, item in model.items.items()
            for language in item.live
        ]
        for person, user in world.people.items():
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            seen, files = model.visible(person), model.visible_documents(person)
            is_active = model.people[person].is_active
            for name, language, page in pages:
                answer = client.get(page.get_url())
                expected = 302 if not is_active else 200 if (name, language) in seen else 404
                assert answer.status_code == expected, (person, name, language)
                self.check_names(answer.content.decode(), person)
                if expected == 200 and name not in model.networks:
                    shown = {word for word in TERM_WORDS if meaning(word, language) in answer.content.decode()}
                    assert shown == model.visible_terms(person), (person, name, language)
            for name, document in world.documents.items():
                answer = client.get(document.url)
                assert answer.status_code == (302 if not is_active else 200 if name in files else 404), (person, name)
            for address, status in self.glossary_addresses(person):
                answer = client.get(address)
                assert answer.status_code == (status if is_active else 302), (person, address)
                self.check_names(answer.content.decode(), person)
            for address in self.addresses():
                answer = client.get(address)
                if is_active:
                    assert answer.status_code == 200, address
                self.check_names(answer.content.decode(), person)
            if is_active and user.is_superuser:
                self.check_why(client, person)

    def check_why(self, client: Client, asker: str) -> None:
        """Administrators learn who sees what, nothing of what is said in it, and nothing of who is in which network
        that they may not know: what hangs on that is told of nobody, in one sentence."""
        model = self.world.model
        for name, item in model.items.items():
            is_there = name in model.visible_items(asker) or model.knows_of(asker, item.network)
            for person, user in self.world.people.items():
                asked = {"item": str(self.world.keys[name]), "person": user.email, "query": COMMON_WORD}
                answer = client.get(reverse("finding_why"), asked)
                self.check_names(answer.content.decode(), asker)
                assert ("answer" in answer.context) == is_there, (asker, name)
                if not is_there:
                    continue
                said = answer.context["answer"]
                assert said.sees == model.told(asker, person, name), (asker, person, name)
                if said.sees is None:
                    assert len(said.reasons) == 1
                    assert said.reasons[0].startswith(("This cannot be told", "Cela ne peut pas être dit"))
                shown = {link.membership.network.slug for link in said.links}
                assert {slug for slug in shown if not model.knows_of(asker, slug)} == set() or asker == person

    @staticmethod
    def addresses() -> list[str]:
        """Lists and pages that gather what a person may see."""
        found = ["/fr/", "/en/", "/api/v1/memos", "/api/v1/networks", "/api/v1/searches"]
        words = (COMMON_WORD, DOCUMENT_WORD, *TERM_WORDS)
        found += [f"/api/v1/{name}?q={word}" for name in ("search", "suggest") for word in words]
        found += [f"/api/v1/search?q={word}&archived=1&exact=1" for word in words]
        found += ["/api/v1/glossary", f"/api/v1/glossary?q={TERM_WORDS[0]}"]
        for language in ("fr", "en"):
            with translation.override(language):
                found += [f"{reverse('search')}?q={word}{more}" for word in words for more in ("", "&archived=1")]
                found.append(reverse("saved_searches"))
                found += [reverse("memos:list"), reverse("memos:notes"), reverse("networks:directory")]
        return found

    def glossary_addresses(self, person: str) -> list[tuple[str, int]]:
        """The glossary's list and terms, with what they answer to the person."""
        model = self.world.model
        is_reader = model.is_an_ordinary_account(person)
        found: list[tuple[str, int]] = []
        for language in ("fr", "en"):
            with translation.override(language):
                address = reverse("glossary:list")
                found += [(f"{address}{more}", 200 if is_reader else 404) for more in ("", "?q=o", "?letter=k")]
                shown = model.visible_terms(person)
                found += [(f"{address}{word}/", 200 if word in shown else 404) for word in TERM_WORDS]
        return found

    def check_names(self, html: str, person: str) -> None:
        """No page names an item, a document or an unlisted network that the person may not know."""
        model = self.world.model
        readable = model.visible_documents(person)
        assert [name for name in model.documents if name not in readable and name in html] == [], person
        visible = model.visible_items(person)
        for name in model.items:
            if name not in visible and name not in model.networks:
                assert f"{name} " not in html, (person, name)
        for other in model.people:
            assert other == person or f"search of {other}" not in html, (person, other)
        for word in {*TERM_WORDS} - model.visible_terms(person):
            for secret in (meaning(word, "fr"), meaning(word, "en"), f"autre{word}"):
                assert secret not in html, (person, secret)
        for slug in model.networks:
            if not model.knows_of(person, slug):
                assert f"Nom{slug}" not in html, (person, slug)
                assert f"Name{slug}" not in html, (person, slug)

    # Helpers -----------------------------------------------------------------------------------------------------

    def is_memo(self, name: str) -> bool:
        return self.world.model.items[name].is_memo

    def has_numbered_memo(self, name: str) -> bool:
        """A published memo stays where it was issued, and is never deleted."""
        items = self.world.model.items
        below = [item for other, item in items.items() if self.world.is_below(other, name)]
        return any(item.is_memo and item.was_published for item in below)

    def is_caught_up(self) -> bool:
        return SearchIndex.objects.filter(state="live").exists() and not Delivery.objects.behind().exists()


@pytest.mark.django_db
def test_nothing_leaks_and_nothing_is_missing() -> None:
    run_lives(Federation, examples=EXAMPLES, steps=STEPS)
