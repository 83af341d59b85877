"""The site under test, driven through the same doors as people use, in step with the model."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.core.files.base import ContentFile
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Page

from intranet.accounts.models import User
from intranet.finding.models import PinnedAnswer
from intranet.finding.saving import save_search
from intranet.glossary.models import Term
from intranet.glossary.services import save_term
from intranet.memos.archiving import archive, bring_back
from intranet.memos.models import MemoPage, TrainingNotePage
from intranet.memos.replacing import is_circle
from intranet.networks import audiences, services
from intranet.networks.audiences import Rule
from intranet.networks.models import Membership, Network
from intranet.pages.extraction.limits import Limits
from intranet.pages.extraction.services import extract_due
from intranet.pages.models import (
    BasePage,
    ContentPage,
    GuardedDocument,
    GuardedImage,
    IndexPage,
    SectionCollection,
    SectionPage,
)
from intranet.pages.searching import SearchParams
from tests.leaks.model import IN_PANELS, Model, ModelItem, ModelMembership, ModelNetwork, ModelPerson
from tests.pages.factories import png, signed_in

COMMON_WORD = "zibeline"
"""Every item has this word, so that one search finds all that a person may find."""
DOCUMENT_WORD = "martingale"
"""Every document has this word in its text, and nothing else has."""
PICTURE = png()
PAGE_TYPES: dict[str, type[BasePage]] = {
    "page": ContentPage,
    "index": IndexPage,
    "memo": MemoPage,
    "note": TrainingNotePage,
}
TERM_WORDS = ("korrigan", "farfadet")
"""Words that every item's text has; what they mean is in the glossary, or not."""


def meaning(word: str, language: str) -> str:
    """The definition of a term: where it stands, somebody reads the glossary."""
    return f"Sens{word}" if language == "fr" else f"Meaning{word}"


def other_language(language: str) -> str:
    return "en" if language == "fr" else "fr"


class World:
    """Each operation changes the site and the model alike."""

    def __init__(self) -> None:
        self.model = Model()
        self.networks: dict[str, Network] = {}
        self.people: dict[str, User] = {}
        self.keys: dict[str, uuid.UUID] = {}
        self.documents: dict[str, GuardedDocument] = {}
        self.images: dict[str, GuardedImage] = {}
        self.memberships: list[Membership] = []
        self.pinned: list[str] = []
        self.counter = 0
        self._editor: User | None = None

    def _name(self, prefix: str) -> str:
        self.counter += 1
        return f"{prefix}{self.counter}x{uuid.uuid4().hex[:6]}"

    def name_of(self, key: str) -> str:
        """The name of the item whose key this is."""
        return next(name for name, own in self.keys.items() if str(own) == key)

    # People and networks ---------------------------------------------------------------------------------

    def add_network(self, kind: str, listed: bool) -> str:
        slug = self._name("net")
        self.networks[slug] = services.provision_network(
            slug=slug,
            kind=kind,
            name_en=f"Name{slug}",
            name_fr=f"Nom{slug}",
            code=f"N{self.counter}{uuid.uuid4().hex[:6].upper()}",
            listed=listed,
        )
        self.model.networks[slug] = ModelNetwork(kind, listed)
        section = SectionPage.objects.get(section_network=self.networks[slug], locale__language_code="fr")
        self.keys[slug] = section.translation_key
        self.model.items[slug] = ModelItem(slug, None, "section", "section", live={"fr": True, "en": True})
        return slug

    def add_person(self, is_superuser: bool) -> str:
        name = self._name("person")
        self.people[name] = User.objects.create_user(f"{name}@example.org", None, name=name, is_superuser=is_superuser)
        self.model.people[name] = ModelPerson()
        filters = {"network": frozenset(self.networks)}
        save_search(self.people[name], f"search of {name}", SearchParams(COMMON_WORD, filters=filters))
        return name

    def join(self, person: str, network: str, role: str, when: str) -> None:
        today = timezone.localdate()
        day = datetime.timedelta(days=1)
        dates: dict[str, Any] = {
            "now": {},
            "until today": {"starts_on": today - day, "until": today},
            "past": {"starts_on": today - 9 * day, "until": today - day},
            "future": {"starts_on": today + 3 * day},
        }[when]
        # One that begins later leaves the one in force until the day before.
        if when not in ("past", "future"):
            for held in self.model.memberships:
                if (held.person, held.network) == (person, network):
                    held.in_force = False
        membership = services.add_membership(
            person=self.people[person], network=self.networks[network], role=role, **dates
        )
        self.memberships.append(membership)
        self.model.memberships.append(ModelMembership(person, network, role, in_force=when in ("now", "until today")))

    def end_membership(self, index: int) -> None:
        services.end_membership(self.memberships[index])
        self.model.memberships[index].in_force = False

    def set_active(self, person: str, is_active: bool) -> None:
        user = self.people[person]
        user.is_active = is_active
        user.save(update_fields=["is_active"])
        self.model.people[person].is_active = is_active

    def set_open(self, network: str, is_open: bool) -> None:
        services.set_network_state(self.networks[network], "active" if is_open else "closed")
        self.model.networks[network].is_open = is_open

    # Items -----------------------------------------------------------------------------------------------

    def version(self, name: str, language: str) -> Page | None:
        page = Page.objects.filter(translation_key=self.keys[name], locale__language_code=language).first()
        return page.specific if page else None

    def place(self, name: str, language: str) -> Page:
        """What pages of the language hang below: the item's version, or an alias of the other one, as the editor's
        door makes it."""
        found = self.version(name, language)
        if found is not None:
            return found
        source = self.version(name, other_language(language))
        locale = Locale.objects.get(language_code=language)
        return source.copy_for_translation(locale, copy_parents=True, alias=True).specific

    def add_item(self, parent: str, language: str, kind: str, live: bool) -> str:
        name = self._name("item")
        page = self._new_page(kind, name, language)
        self.place(parent, language).add_child(instance=page)
        self.keys[name] = page.translation_key
        self.model.items[name] = ModelItem(
            self.model.items[parent].network, parent, kind, was_published=live, live={language: live}
        )
        revision = page.save_revision()
        if live:
            revision.publish()
        return name

    @staticmethod
    def _new_page(kind: str, name: str, language: str) -> BasePage:
        page = PAGE_TYPES[kind](
            title=f"{name} {language}",
            slug=f"{name}-{language}",
            live=False,
            locale=Locale.objects.get(language_code=language),
            summary=f"{COMMON_WORD} {name} {language}",
        )
        if kind == "index":
            page.introduction = f"<p>{' '.join(TERM_WORDS)}</p>"
        else:
            page.body = [("text", f"<p>{' '.join(TERM_WORDS)}</p>")]
        if kind == "note":
            page.steps = json.dumps([{"type": "step", "value": "<p>step</p>", "id": str(uuid.uuid4())}])
        return page

    def add_version(self, name: str, language: str, live: bool) -> None:
        other = other_language(language)
        source = self.version(name, other)
        page = self.version(name, language)
        locale = Locale.objects.get(language_code=language)
        if page is not None and page.alias_of_id:
            page.alias_of = None
            page.save()
        if page is None:
            page = source.copy_for_translation(locale, copy_parents=True)
        item = self.model.items[name]
        item.files[language] = set(item.files.get(other, ()))
        page = page.specific
        page.title, page.slug, page.live = f"{name} {language}", f"{name}-{language}", False
        page.summary = f"{COMMON_WORD} {name} {language}"
        page.save()
        revision = page.save_revision()
        if live:
            revision.publish()
        self.model.items[name].live[language] = live
        self.model.items[name].was_published |= live

    def publish(self, name: str, language: str) -> None:
        self.version(name, language).save_revision().publish()
        self.model.items[name].live[language] = self.model.items[name].was_published = True

    def replace_memo(self, newer: str, older: str) -> None:
        """Every version of the newer memo names the older one; what is published stays published. No circles."""
        if is_circle(self.keys[newer], self.keys[older]):
            return
        for language, live in self.model.items[newer].live.items():
            page = self.version(newer, language)
            page.replaces = self.version(older, next(iter(self.model.items[older].live)))
            page.save()
            if live:
                page.save_revision().publish()
        self.model.items[newer].replaces = older

    def set_archived(self, name: str, is_archived: bool) -> None:
        """A memo in force, or a note, goes into the archive; what is there comes back, unless its network is closed."""
        item = self.model.items[name]
        if item.is_archived == is_archived or not self.model.networks[item.network].is_open:
            return
        if is_archived:
            archive(self.keys[name], reason="Fini", language="fr", by=None)
        else:
            bring_back(self.keys[name], by=None)
        item.is_archived = is_archived

    def unpublish(self, name: str, language: str) -> None:
        page = self.version(name, language)
        if page.live:
            page.unpublish()
        self.model.items[name].live[language] = False

    def set_rule(self, name: str, rule: str, chosen: frozenset[str], guests: bool) -> None:
        networks = frozenset(self.networks[slug].pk for slug in chosen) if rule == "networks" else frozenset()
        guests = guests and rule == "networks"
        audiences.set_rule(self.keys[name], Rule(rule, networks, guests), by=None)
        item = self.model.items[name]
        item.rule, item.chosen, item.guests = rule, chosen, guests

    def pin(self, name: str) -> None:
        """The office puts it above the results of the common word."""
        PinnedAnswer(phrases_fr=COMMON_WORD, item=str(self.keys[name])).save()
        self.pinned.insert(0, str(self.keys[name]))

    def set_term(self, word: str, is_active: bool) -> None:
        """The office adds a term, or changes whether it is in use."""
        term = Term.objects.filter(form_fr=word).first() or Term(form_fr=word, form_en=word, variants_fr=f"autre{word}")
        term.definition_fr, term.definition_en, term.is_active = meaning(word, "fr"), meaning(word, "en"), is_active
        save_term(term)
        self.model.terms[word] = is_active

    def is_below(self, name: str, ancestor: str) -> bool:
        at: str | None = name
        while at is not None:
            if at == ancestor:
                return True
            at = self.model.items[at].parent
        return False

    def is_address_taken(self, name: str, target: str) -> bool:
        """Whether another page at the place has the address of one of the item's pages: the editor's door refuses."""
        slugs = Page.objects.filter(translation_key=self.keys[name]).values_list("slug", flat=True)
        places = Page.objects.filter(translation_key=self.keys[target])
        others = (place.get_children().exclude(translation_key=self.keys[name]) for place in places)
        return any(pages.filter(slug__in=list(slugs)).exists() for pages in others)

    def move(self, name: str, target: str) -> None:
        language = next(iter(self.model.items[name].live))
        page = self.version(name, language)
        page.move(self.place(target, language), pos="last-child")
        self.model.items[name].parent = target
        for other in self.model.items:
            if self.is_below(other, name):
                self.model.items[other].network = self.model.items[target].network

    def copy(self, name: str, target: str, *, below: bool, live: bool) -> list[str]:
        """What an editor of both sections does; ``live``: copies of what is published are, too. The new items."""
        model = self.model
        language = next(iter(model.items[name].live))
        page, place = self.version(name, language), self.place(target, language)
        new_slug = f"{self._name('copy')}-{language}"
        asked = {"new_title": page.title, "new_slug": new_slug, "new_parent_page": place.pk}
        asked |= {"copy_subpages": "on"} if below else {}
        asked |= {"publish_copies": "on"} if live else {}
        editor = self._editor_of(model.items[name].network, model.items[target].network)
        with self._named_apart() as copies:
            answer = editor.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), asked)
        assert answer.status_code == 302, answer.content.decode()
        copied = [model.items[source] for source in copies]
        live = live and not any(each.kind in IN_PANELS and each.live.get(language) for each in copied)
        for source, copy in copies.items():
            item = model.items[source]
            is_root = source == name
            parent = target if is_root else copies[item.parent or ""]
            rule, chosen, guests = model.rule_of_copy(source, target) if is_root else item.own_rule
            # What is no version in this language, but a place for what is below it, is none as a copy.
            versions = {language: live and item.live[language]} if language in item.live else {}
            model.items[copy] = replace(
                item,
                network=model.items[target].network,
                parent=parent,
                rule=rule,
                chosen=chosen,
                guests=guests,
                was_published=any(versions.values()),
                is_archived=False,
                live=versions,
                files={language: set(item.files.get(language, ()))},
            )
        for copy in reversed(copies.values()):
            is_place = any(item.parent == copy for item in model.items.values())
            if not (model.items[copy].live or is_place):
                del model.items[copy], self.keys[copy]
        return [copy for copy in copies.values() if copy in model.items and model.items[copy].live]

    @contextmanager
    def _named_apart(self) -> Iterator[dict[str, str]]:
        """Pages that come in are called by new names, as the model knows items by them; by their sources' names."""
        names: dict[str, str] = {}

        def rename(sender: Any, instance: Any, **kwargs: Any) -> None:
            if isinstance(instance, BasePage) and instance._state.adding:
                source, _space, language = instance.title.partition(" ")
                name = names[source] = self._name("item")
                self.keys[name] = instance.translation_key
                instance.title = instance.draft_title = f"{name} {language}"
                instance.summary = f"{COMMON_WORD} {instance.title}"

        pre_save.connect(rename)
        try:
            yield names
        finally:
            pre_save.disconnect(rename)

    def _editor_of(self, *networks: str) -> Client:
        """Somebody of whom nobody asks anything, who publishes in these networks."""
        if self._editor is None:
            self._editor = User.objects.create_user(f"{self._name('editor')}@example.org", None)
        for slug in networks:
            if not Membership.objects.current().filter(person=self._editor, network__slug=slug).exists():
                services.add_membership(person=self._editor, network=self.networks[slug], role="publisher")
        return signed_in(self._editor)

    def delete_version(self, name: str, language: str) -> None:
        self.version(name, language).delete()
        del self.model.items[name].live[language]
        if not self.model.items[name].live:
            del self.model.items[name]
            del self.keys[name]

    # Files -----------------------------------------------------------------------------------------------

    def add_document(self, network: str) -> str:
        name = self._name("file")
        collection = SectionCollection.objects.get(network=self.networks[network]).collection
        self.documents[name] = GuardedDocument.objects.create(title=name, collection=collection, file=self._file(name))
        self.model.documents[name] = network
        return name

    @staticmethod
    def _file(name: str) -> ContentFile:
        return ContentFile(f"{DOCUMENT_WORD} {uuid.uuid4()}".encode(), name=f"{name}.txt")

    def add_image(self, network: str) -> str:
        name = self._name("image")
        collection = SectionCollection.objects.get(network=self.networks[network]).collection
        self.images[name] = GuardedImage.objects.create(
            title=name, collection=collection, file=ContentFile(PICTURE, name=f"{name}.png")
        )
        self.model.images[name] = network
        return name

    def replace_file(self, name: str) -> None:
        document = GuardedDocument.objects.get(pk=self.documents[name].pk)
        document.file = self._file(name)
        document.save()
        self.documents[name] = document
        self.model.read_documents.discard(name)

    def move_file(self, name: str, network: str) -> None:
        files, places = (
            (self.documents, self.model.documents) if name in self.documents else (self.images, self.model.images)
        )
        file = type(files[name]).objects.get(pk=files[name].pk)
        file.collection = SectionCollection.objects.get(network=self.networks[network]).collection
        file.save()
        files[name], places[name] = file, network

    def read_documents(self) -> None:
        """What the worker does, with the files' own words."""
        extract_due(Limits(), seconds=60)
        self.model.read_documents |= set(self.documents)

    def use_file(self, item: str, language: str, file: str) -> None:
        """Also a file of another network, written past the editor: it must not be widened by that."""
        page = self.version(item, language)
        if file in self.documents:
            page.body.append(("documents", [self.documents[file]]))
        else:
            page.body.append(("image", {"image": self.images[file], "alternative_text": "", "caption": ""}))
        page.save_revision().publish()
        self.model.items[item].live[language] = self.model.items[item].was_published = True
        self.model.items[item].files.setdefault(language, set()).add(file)
