"""What every address answers to one person, compared with the model in both directions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import translation

from intranet.pages.landing import NEWS_COUNT
from tests.leaks.model import IN_PANELS
from tests.leaks.world import COMMON_WORD, DOCUMENT_WORD, TERM_WORDS, World, meaning
from tests.pages.factories import signed_in

LANGUAGES = ("fr", "en")
VERSION = re.compile(r"\b(item\d+x[0-9a-f]{6}) (fr|en)\b")
"""A version where its title or its summary stands."""
NETWORK = re.compile(r"\b(?:Nom|Name)(net\d+x[0-9a-f]{6})\b")
ADMIN_PAGE = re.compile(r"/admin/pages/([0-9]+)/")
ALL_TERMS = " ".join(TERM_WORDS)
EVERYTHING = f"{COMMON_WORD} {ALL_TERMS}"
"""Finds every item, and the terms."""
IN_PANEL, IN_LIST, SUGGESTED = 5, 20, 8
"""How many entries a panel of a section, a page of a list, and suggestions have at most."""

Versions = set[tuple[str, str]]


@cache
def address(name: str, language: str) -> str:
    """Where a list of the site is, in a language."""
    with translation.override(language):
        return reverse(name)


@dataclass(frozen=True)
class Version:
    """A language version of an item, and its address."""

    name: str
    language: str
    url: str
    pk: int


def versions_of(world: World) -> list[Version]:
    """Every version there is, published or not."""
    found = []
    for name, item in world.model.items.items():
        for language in item.live:
            page = world.version(name, language)
            found.append(Version(name, language, page.get_url(), page.pk))
    return found


def file_addresses(world: World) -> list[tuple[str, str]]:
    """The addresses of every file, each with the file's name: of an image also that of a rendition."""
    documents = [(name, document.url) for name, document in world.documents.items()]
    originals = [
        (name, reverse("guarded_original", args=[image.pk, image.filename])) for name, image in world.images.items()
    ]
    renditions = [(name, image.get_rendition("width-10").url) for name, image in world.images.items()]
    return [*documents, *originals, *renditions]


class Surfaces:
    """The site as one person meets it.

    ``is_exact``: what is searched is up to date, so that nothing may be missing there either.
    """

    def __init__(self, world: World, person: str, *, is_exact: bool) -> None:
        self.world, self.model, self.person, self.is_exact = world, world.model, person, is_exact
        self.user = world.people[person]
        self.client: Client = signed_in(self.user)
        self.names = {str(key): name for name, key in world.keys.items()}
        model = world.model
        self.is_active = model.people[person].is_active
        self.seen = model.visible(person)
        self.sections = model.visible_items(person) & model.networks.keys()
        self.items = model.visible_items(person) - model.networks.keys()
        self.current = {name for name in self.items if not model.is_archived(name)}
        self.files = model.visible_files(person)
        self.terms = model.visible_terms(person)
        self.known = {slug for slug in model.networks if model.knows_of(person, slug)}
        self.own = {slug for slug in model.networks if model.belongs(person, slug)}
        self.held = {
            (held.network, held.role)
            for held in model.memberships
            if held.person == person and held.in_force and model.networks[held.network].is_open
        }
        self.networks_held = {slug for slug, _role in self.held}
        hidden_terms = {*TERM_WORDS} - self.terms
        self.secrets = [
            *((model.documents.keys() | model.images.keys()) - self.files),
            *(f"search of {other}" for other in model.people if other != person),
            *(meaning(word, language) for word in hidden_terms for language in LANGUAGES),
            *(f"autre{word}" for word in hidden_terms),
        ]

    def check(self, versions: list[Version], files: list[tuple[str, str]]) -> None:
        for version in versions:
            self.check_page(version)
        for name, url in files:
            self.get(url, 200 if name in self.files else 404)
        for language in LANGUAGES:
            self.check_lists(language)
            self.check_glossary(language)
        self.check_api()
        self.check_api_of_search()
        if self.is_active:
            self.check_admin(versions)
        if self.is_active and self.user.is_superuser:
            self.check_why()

    # Asking ------------------------------------------------------------------------------------------------

    def get(self, url: str, status: int = 200, **query: Any) -> str:
        """What the address answers; whatever it is, it names nothing that the person may not know."""
        answer = self.client.get(url, query)
        if not self.is_active:
            status = 401 if url.startswith("/api/") else 302
        assert answer.status_code == status, (self.person, url, query)
        said = "" if answer.streaming else answer.content.decode()
        self.check_named(said, url)
        return said

    def ask(self, path: str, **query: Any) -> Any:
        """What the API answers."""
        return json.loads(self.get(f"/api/v1/{path}", **query))

    def check_named(self, said: str, where: str) -> None:
        """No version is named that the person may not read, nor what else is not to be known."""
        leaks = {*VERSION.findall(said)} - self.seen
        assert not leaks, (self.person, where, "leak", leaks)
        self.check_names(said, where)

    def check_names(self, said: str, where: str) -> None:
        """No file, term, network or search is named that the person may not know."""
        unknown = {*NETWORK.findall(said)} - self.known
        assert not unknown, (self.person, where, "leak", unknown)
        assert [secret for secret in self.secrets if secret in said] == [], (self.person, where)

    def compare(self, where: str, shown: set[Any], wanted: set[Any], most: int | None = None) -> None:
        """``shown`` are those of ``wanted``: all of them, or at least as many as there is room for."""
        assert shown <= wanted, (self.person, where, "leak", shown - wanted)
        room = len(wanted) if most is None else min(most, len(wanted))
        assert len(shown) >= room, (self.person, where, "missing", wanted - shown)

    def compare_found(self, where: str, shown: set[Any], wanted: set[Any], most: int | None = None) -> None:
        """The same of what is searched, where what the index does not have yet is missing."""
        assert shown <= wanted, (self.person, where, "leak", shown - wanted)
        if self.is_exact:
            self.compare(where, shown, wanted, most)

    def versions(self, names: set[str], language: str) -> Versions:
        """The version of each that a list in the language shows."""
        return self.model.shown_versions(self.person, names, language)

    def of_kind(self, *kinds: str) -> set[str]:
        return {name for name in self.items if self.model.items[name].kind in kinds}

    def listed(self, kind: str, *, archived: bool = False) -> set[str]:
        """The memos or notes that lists have: what is archived is in lists of its own."""
        return self.of_kind(kind) - self.current if archived else self.of_kind(kind) & self.current

    # Pages -------------------------------------------------------------------------------------------------

    def check_page(self, version: Version) -> None:
        """200 or the same 404; what hangs below is listed, files are shown and terms explained to those who may see."""
        is_seen = (version.name, version.language) in self.seen
        item = self.model.items[version.name]
        html = self.get(version.url, 200 if is_seen else 404)
        if self.model.items[version.name].kind == "note":
            is_there = version.name in self.items
            self.get(f"/api/v1/notes/{self.world.keys[version.name]}/practice", 200 if is_there else 404)
        if not (is_seen and self.is_active):
            return
        self.check_below(version, {*VERSION.findall(html)})
        files = {name for name in self.model.documents.keys() | self.model.images.keys() if name in html}
        assert files == item.files.get(version.language, set()) & self.files, (self.person, version)
        if item.kind not in ("section", "index"):
            explained = {word for word in TERM_WORDS if meaning(word, version.language) in html}
            assert explained == self.terms, (self.person, version)

    def check_below(self, version: Version, shown: Versions) -> None:
        """A page lists what hangs below it, but no archived memo or note; a section also what its network issued: what
        is in force, or, once the network is closed, what is kept. Beside that it names the way there and what took the
        place of a memo."""
        items, item = self.model.items, self.model.items[version.name]
        below = {name for name in self.items if items[name].parent == version.name}
        lists = {"below": (below - (self.of_kind(*IN_PANELS) - self.current), None)}
        if item.kind == "section":
            lists = {"below": (below - self.of_kind(*IN_PANELS), None)}
            is_closed = not self.model.networks[item.network].is_open
            for kind in IN_PANELS:
                issued = {name for name in self.listed(kind, archived=is_closed) if items[name].network == item.network}
                lists[kind] = (issued, IN_PANEL)
        rest = shown
        for names, most in lists.values():
            listed = self.versions(names, version.language)
            self.compare(version.url, shown & listed, listed, most)
            rest = rest - listed
        around = {name for name in items if self.world.is_below(version.name, name)}
        around |= {item.replaces, *self.model.replacements(version.name)}
        assert {name for name, _language in rest} <= around, (self.person, version, rest)

    # Lists -------------------------------------------------------------------------------------------------

    def check_lists(self, language: str) -> None:
        """Home, memos, notes, networks, saved searches and the search page, in one language."""
        home = self.get(f"/{language}/")
        lists = {
            (kind, archived): self.get(address(name, language), state="archived" if archived else "all")
            for kind, name in (("memo", "memos:list"), ("note", "memos:notes"))
            for archived in (False, True)
        }
        directory = self.get(address("networks:directory", language))
        saved = self.get(address("saved_searches", language))
        found = {
            (words, archived): self.get(address("search", language), q=words, archived=int(archived))
            for words, archived in ((COMMON_WORD, False), (EVERYTHING, True), (DOCUMENT_WORD, True))
        }
        if not self.is_active:
            return
        news = self.versions(self.current, language)
        self.compare_found("home", {*VERSION.findall(home)} & news, news, NEWS_COUNT)
        _main, _aside, own_networks = home.partition("<aside")
        self.compare("own networks", {*NETWORK.findall(own_networks)}, self.networks_held)
        for (kind, archived), html in lists.items():
            listed = self.versions(self.listed(kind, archived=archived), language)
            self.compare(f"list of {kind}s", {*VERSION.findall(html)}, listed, IN_LIST)
        active = {slug for slug in self.known if self.model.networks[slug].is_open}
        self.compare("directory", {*NETWORK.findall(directory)}, active)
        assert f"search of {self.person}" in saved
        shown = {question: {*VERSION.findall(html)} for question, html in found.items()}
        self.compare_found("search", shown[EVERYTHING, True], self.versions(self.items, language), IN_LIST)
        current = self.versions(self.current, language)
        self.compare_found("search", shown[COMMON_WORD, False] & current, current, IN_LIST)
        by_documents = self.versions(self.model.found_by_documents(self.person), language)
        self.compare_found("search", shown[DOCUMENT_WORD, True], by_documents, IN_LIST)

    def check_glossary(self, language: str) -> None:
        """Its list, a letter of it, a search in it, and each term."""
        url = address("glossary:list", language)
        status = 200 if self.model.is_an_ordinary_account(self.person) else 404
        for asked, letter in (("", ""), ("o", "") if language == "fr" else ("", "k")):
            html = self.get(url, status, q=asked, letter=letter)
            if self.is_active and status == 200:
                wanted = {word for word in self.terms if word.startswith(letter) and asked in word}
                assert {word for word in TERM_WORDS if meaning(word, language) in html} == wanted, self.person
        for word in TERM_WORDS:
            self.get(f"{url}{word}/", 200 if word in self.terms else 404)

    # The API -----------------------------------------------------------------------------------------------

    def check_api(self) -> None:
        """What does not search."""
        if not self.is_active:
            self.get("/api/v1/me")
            return
        said = self.ask("me")["networks"]
        assert {(each["slug"], each["role"]) for each in said} == self.held, self.person
        assert {each["slug"] for each in self.ask("networks")["results"]} == self.own, self.person
        assert {each["name"] for each in self.ask("searches")["results"]} == {f"search of {self.person}"}
        for archived in (False, True):
            answer = self.ask("memos", state="archived" if archived else "all")["results"]
            memos = {(self.names[each["id"]], each["language"]) for each in answer}
            listed = self.listed("memo", archived=archived)
            self.compare("API of memos", memos, self.versions(listed, self.user.language))
        for query in ({}, {"q": TERM_WORDS[0]}):
            terms = {each["form"]["fr"] for each in self.ask("glossary", **query)["results"]}
            assert terms == (self.terms & {TERM_WORDS[0]} if query else self.terms), self.person

    def check_api_of_search(self) -> None:
        if not self.is_active:
            return
        home = self.ask("home")
        news = {self.names[each["id"]] for each in [*home["new"], *home["recent"]]}
        self.compare_found("API of home", news, self.current, NEWS_COUNT)
        is_open = {each["name"].removeprefix("Nom"): bool(each["url"]) for each in home["networks"]}
        assert is_open == {slug: slug in self.sections for slug in self.networks_held}, self.person
        by_documents = self.model.found_by_documents(self.person)
        for words, switches, wanted in (
            (COMMON_WORD, {}, self.current),
            (EVERYTHING, {"archived": 1}, self.items),
            (DOCUMENT_WORD, {"archived": 1, "exact": 1}, by_documents),
        ):
            answer = self.ask("search", q=words, size=100, **switches)
            found = {self.names[each["id"]] for each in answer["results"] if each["kind"] != "term"}
            self.compare_found("API of search", found, wanted)
            assert not self.is_exact or words == EVERYTHING or answer["total"] == len(wanted), self.person
            explained = {each["title"] for each in answer["answers"]}
            assert explained == (self.terms if words == EVERYTHING else set()), self.person
        for beginning, wanted in (
            ("item", {" ".join(version) for version in self.versions(self.current, self.user.language)}),
            *((word, {word} & self.terms) for word in TERM_WORDS),
        ):
            titles = {each["title"] for each in self.ask("suggest", q=beginning)["suggestions"]}
            self.compare_found("suggestions", titles, wanted, SUGGESTED)

    # The admin ---------------------------------------------------------------------------------------------

    def check_admin(self, versions: list[Version]) -> None:
        """The pages and files of one's own sections, drafts too, and no other ones."""
        items, edited = self.model.items, {slug for slug in self.model.networks if self.model.edits(self.person, slug)}
        pages = {str(version.pk): version for version in versions}
        for version in versions:
            if items[version.name].kind != "section":
                continue
            html = self.get_in_admin(reverse("wagtailadmin_explore", args=[version.pk]), version.name in edited)
            listed = {pages[pk] for pk in ADMIN_PAGE.findall(html) if pk in pages}
            here = {
                page
                for page in versions
                if items[page.name].parent == version.name and page.language == version.language
            }
            self.compare(
                "explorer", {page for page in listed if items[page.name].kind != "section"}, here if html else set()
            )
        for name, places in (("wagtaildocs:index", self.model.documents), ("wagtailimages:index", self.model.images)):
            html = self.get_in_admin(reverse(name), bool(edited))
            shown = {file for file in places if file in html}
            self.compare(name, shown, {file for file, network in places.items() if network in edited})

    def get_in_admin(self, url: str, is_open: bool) -> str:
        """The page of the admin; nothing where there is none for the person."""
        answer = self.client.get(url)
        assert (answer.status_code == 200) == is_open, (self.person, url, answer.status_code)
        said = answer.content.decode()
        self.check_names(said, url)
        return said if is_open else ""

    def check_why(self) -> None:
        """Administrators learn who sees what, nothing of what is said in it, and nothing of who is in which network
        that they may not know: what hangs on that is told of nobody, in one sentence."""
        model, asker = self.model, self.person
        for name, item in model.items.items():
            is_there = name in model.visible_items(asker) or model.knows_of(asker, item.network)
            for person, user in self.world.people.items():
                asked = {"item": str(self.world.keys[name]), "person": user.email, "query": COMMON_WORD}
                answer = self.client.get(reverse("finding_why"), asked)
                self.check_named(answer.content.decode(), reverse("finding_why"))
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
