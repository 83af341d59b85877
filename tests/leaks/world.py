"""The site under test, driven through the same doors as people use, in step with the model."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.models import Locale, Page

from intranet.accounts.models import User
from intranet.finding.models import PinnedAnswer
from intranet.finding.saving import save_search
from intranet.glossary.models import Term
from intranet.glossary.services import save_term
from intranet.memos.archiving import archive, bring_back
from intranet.memos.models import MemoPage
from intranet.memos.replacing import is_circle
from intranet.networks import audiences, services
from intranet.networks.audiences import Rule
from intranet.networks.models import Membership, Network
from intranet.pages.extraction.limits import Limits
from intranet.pages.extraction.services import extract_due
from intranet.pages.models import ContentPage, GuardedDocument, SectionCollection, SectionPage
from intranet.pages.models.pages import BodyPage
from intranet.pages.searching import SearchParams
from tests.leaks.model import Model, ModelItem, ModelMembership, ModelNetwork, ModelPerson

COMMON_WORD = "zibeline"
"""Every item has this word, so that one search finds all that a person may find."""
DOCUMENT_WORD = "martingale"
"""Every document has this word in its text, and nothing else has."""


TERM_WORDS = ("korrigan", "farfadet")
"""Words that every item's text has; what they mean is in the glossary, or not."""


def meaning(word: str, language: str) -> str:
    """The definition of a term: where it stands, somebody reads the glossary."""
    return f"Sens{word}" if language == "fr" else f"Meaning{word}"


class World:
    """Each operation changes the site and the model alike."""

    def __init__(self) -> None:
        self.model = Model()
        self.networks: dict[str, Network] = {}
        self.people: dict[str, User] = {}
        self.keys: dict[str, uuid.UUID] = {}
        self.documents: dict[str, GuardedDocument] = {}
        self.memberships: list[Membership] = []
        self.pinned: list[str] = []
        self.counter = 0

    def _name(self, prefix: str) -> str:
        self.counter += 1
        return f"{prefix}{self.counter}x{uuid.uuid4().hex[:6]}"

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
        self.model.items[slug] = ModelItem(slug, None, rule="section", live={"fr": True, "en": True})
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
        if when != "past":
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

    def add_item(self, parent: str, language: str, kind: str, live: bool) -> str:
        name = self._name("item")
        place = self.version(parent, language)
        if place is None or place.alias_of_id:
            # The parent does not exist in that language: an alias stands for it, as the editor's door does.
            other = "en" if language == "fr" else "fr"
            source = self.version(parent, other)
            locale = Locale.objects.get(language_code=language)
            place = place or source.copy_for_translation(locale, copy_parents=True, alias=True)
        page = self._new_page(kind, name, language)
        place.add_child(instance=page)
        self.keys[name] = page.translation_key
        self.model.items[name] = ModelItem(
            self.model.items[parent].network, parent, is_memo=kind == "memo", was_published=live, live={language: live}
        )
        revision = page.save_revision()
        if live:
            revision.publish()
        return name

    @staticmethod
    def _new_page(kind: str, name: str, language: str) -> BodyPage:
        model = MemoPage if kind == "memo" else ContentPage
        return model(
            title=f"{name} {language}",
            slug=f"{name}-{language}",
            live=False,
            locale=Locale.objects.get(language_code=language),
            summary=f"{COMMON_WORD} {name}",
            body=[("text", f"<p>{' '.join(TERM_WORDS)}</p>")],
        )

    def add_version(self, name: str, language: str, live: bool) -> None:
        other = "en" if language == "fr" else "fr"
        source = self.version(name, other)
        page = self.version(name, language)
        locale = Locale.objects.get(language_code=language)
        if page is not None and page.alias_of_id:
            page.alias_of = None
            page.save()
        if page is None:
            page = source.copy_for_translation(locale, copy_parents=True)
        item = self.model.items[name]
        item.documents[language] = set(item.documents.get(other, ()))
        page = page.specific
        page.title, page.slug, page.live = f"{name} {language}", f"{name}-{language}", False
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
        """A memo in force goes into the archive; what is there comes back, unless its network is closed."""
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

    def move(self, name: str, target: str) -> None:
        language = next(iter(self.model.items[name].live))
        page = self.version(name, language)
        place = self.version(target, language)
        if place is None:
            source = self.version(target, "en" if language == "fr" else "fr")
            place = source.copy_for_translation(page.locale, copy_parents=True, alias=True).specific
        page.move(place, pos="last-child")
        self.model.items[name].parent = target
        for other in self.model.items:
            if self.is_below(other, name):
                self.model.items[other].network = self.model.items[target].network

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

    def replace_file(self, name: str) -> None:
        document = GuardedDocument.objects.get(pk=self.documents[name].pk)
        document.file = self._file(name)
        document.save()
        self.documents[name] = document
        self.model.read_documents.discard(name)

    def move_document(self, name: str, network: str) -> None:
        document = GuardedDocument.objects.get(pk=self.documents[name].pk)
        document.collection = SectionCollection.objects.get(network=self.networks[network]).collection
        document.save()
        self.documents[name] = document
        self.model.documents[name] = network

    def read_documents(self) -> None:
        """What the worker does, with the files' own words."""
        extract_due(Limits(), seconds=60)
        self.model.read_documents |= set(self.documents)

    def use_document(self, item: str, language: str, document: str) -> None:
        """Also a file of another network, written past the editor: it must not be widened by that."""
        page = self.version(item, language)
        page.body.append(("documents", [self.documents[document]]))
        page.save_revision().publish()
        self.model.items[item].live[language] = self.model.items[item].was_published = True
        self.model.items[item].documents.setdefault(language, set()).add(document)
