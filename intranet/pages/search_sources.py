"""How pages become search entries."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from intranet.networks.audiences import hold_way_up
from intranet.networks.models import AudienceToken, Item, Network
from intranet.pages.extraction.attachments import attachments_of
from intranet.pages.models import BasePage
from intranet.plugins import registry
from search import Attachment, EntryData, Facet, Source, TextVersion, delete_entries, retoken, write_entries
from search.chunks import chunked
from search.types import Standing

CHUNK = 200


class PageSource(Source):
    """Entries of the items of some page types. A plugin derives its own with ``kind`` and ``models``."""

    models: ClassVar[tuple[str, ...]] = ()
    facets = (Facet("network", _("Network")), Facet("region", _("Region")), Facet("topic", _("Topic")))
    is_found_by_label: ClassVar[bool] = False
    """Whether the kind's own name finds its items: who seeks “service memos” means all of them."""
    is_dated: ClassVar[bool] = False
    """Whether its items are news, which wears off."""

    def extra_facets(self, page: BasePage) -> dict[str, tuple[str, ...]]:
        """The values of the source's own facets."""
        return {}

    def identifiers_of(self, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
        """Numbers under which the items are sought exactly, in one query for all."""
        return {}

    def replacements_of(self, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
        """The items that took the place of others now, by the replaced one's key, in one query for all."""
        return {}

    def archived_among(self, keys: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        """Those of the items that are archived by themselves, in one query for all; a closed network's all are."""
        return set()

    def renewals_of(self, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, datetime]:
        """When those of the items that became news again did so last, in one query for all."""
        return {}

    def attachments_of(self, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[Attachment, ...]]:
        """What belongs to the items and is seen by exactly those who see them, in as many queries for all."""
        return attachments_of(keys)

    def pages(self, model: type[BasePage]) -> QuerySet[BasePage]:
        """The pages of one of ``models`` that have something to find."""
        return model.objects.filter(live=True, alias_of=None)

    def is_of(self, types: Iterable[type]) -> bool:
        """Whether pages of one of ``types`` can have entries of this source."""
        own = tuple(apps.get_model(label) for label in self.models)
        return any(issubclass(model, own) for model in types)

    def entries(self, keys: Iterable[str] | None = None) -> Iterator[EntryData]:
        """The entries of the visible items among ``keys``, or of all, in bounded memory."""
        wanted = (uuid.UUID(str(key)) for key in (self.keys() if keys is None else keys))
        for part in chunked(wanted, CHUNK):
            by_item: dict[uuid.UUID, list[BasePage]] = {}
            for label in self.models:
                pages = self.pages(apps.get_model(label)).filter(translation_key__in=part)
                pages = pages.select_related("locale", "external_reference").prefetch_related("topics")
                for page in pages.order_by("translation_key", "locale_id"):
                    by_item.setdefault(page.translation_key, []).append(page)
            if by_item:
                yield from self._entries(by_item)

    def keys(self) -> Iterator[str]:
        """The keys of the items that have live pages; where nobody may see one, it has no entry."""
        for label in self.models:
            pages = self.pages(apps.get_model(label)).order_by("translation_key")
            yield from map(str, pages.values_list("translation_key", flat=True).distinct().iterator(CHUNK))

    def _entries(self, by_item: dict[uuid.UUID, list[BasePage]]) -> Iterator[EntryData]:
        items = Item.objects.select_related("network").in_bulk(list(by_item))
        tokens = _tokens_of(by_item)
        identifiers = self.identifiers_of(by_item)
        replacements = self.replacements_of(by_item)
        attachments, renewals = self.attachments_of(by_item), self.renewals_of(by_item)
        archived = self.archived_among(by_item)
        for key, pages in by_item.items():
            if key in items and tokens[key]:
                newer = replacements.get(key)
                entry = self._entry(items[key], pages, frozenset(tokens[key]), identifiers.get(key, ()))
                yield replace(
                    entry,
                    date=renewals.get(key, entry.date),
                    attachments=attachments.get(key, ()),
                    standing=_standing_of(items[key].network, newer, key in archived),
                    replaced_by=str(newer or ""),
                    is_dated=self.is_dated,
                )

    def _entry(
        self, item: Item, pages: list[BasePage], tokens: frozenset[str], identifiers: tuple[str, ...]
    ) -> EntryData:
        topics = {topic.slug for page in pages for topic in page.topics.all()}
        facets = {
            "network": (item.network.slug,) if item.network else (),
            "region": _region_of(item.network),
            "topic": tuple(sorted(topics)),
            **self.extra_facets(pages[0]),
        }
        return EntryData(
            key=str(item.pk),
            kind=self.kind,
            versions=tuple(self._version(page) for page in pages),
            tokens=tokens,
            rule=str(item.rule_from_id or ""),
            date=min(page.first_published_at or timezone.now() for page in pages),
            facets=facets,
            identifiers=identifiers,
        )

    def _version(self, page: BasePage) -> TextVersion:
        language = page.locale.language_code
        headings, body = page.search_text()
        if self.is_found_by_label:
            with translation.override(language):
                headings = f"{self.label}\n{headings}"
        reference = getattr(page, "external_reference", None)
        return TextVersion(
            language=language,
            title=page.title,
            url=page.url or "",
            summary=page.summary,
            headings=headings.strip(),
            body=body,
            external_id=reference.external_id if reference else "",
            published=page.first_published_at,
        )


class SectionSource(PageSource):
    """The roots of the networks' sections, once they say something: before, the list of networks names them."""

    kind = "section"
    label = _("Section")
    models = ("pages.SectionPage",)

    def pages(self, model: type[BasePage]) -> QuerySet[BasePage]:
        return super().pages(model).exclude(summary="", introduction="")


class ContentSource(PageSource):
    """Lists and content pages."""

    kind = "page"
    label = _("Page")
    models = ("pages.IndexPage", "pages.ContentPage")


@transaction.atomic
def index_items(keys: Iterable[uuid.UUID]) -> None:
    """Write the entries of these items as they are now, and withdraw those that are no longer live."""
    wanted = {str(key) for key in keys}
    _lock_items(wanted)
    found: set[str] = set()

    def noted(entries: Iterable[EntryData]) -> Iterator[EntryData]:
        for entry in entries:
            found.add(entry.key)
            yield entry

    types = _page_types(wanted)
    for source in registry.items("search_sources"):
        if isinstance(source, PageSource) and not source.is_of(types):
            continue
        write_entries(noted(source.entries(wanted - found)))
    delete_entries(wanted - found)


def _lock_items(keys: Collection[str]) -> None:
    """Whoever writes the entry of an item at the same time waits for the other, and sees what the other has written.

    So does who changes an audience on the way up, who then gives the entries theirs.
    """
    hold_way_up(keys)
    for part in chunked(sorted(keys), CHUNK):
        list(Item.objects.select_for_update(no_key=True).filter(pk__in=part).order_by("pk").values("pk"))


def _page_types(keys: Iterable[str]) -> list[type]:
    """The types of the items' pages, so that a save of one page asks the sources of its type alone."""
    types = Page.objects.order_by().values_list("content_type", flat=True).distinct()
    found = {pk for part in chunked(keys, CHUNK) for pk in types.filter(translation_key__in=part)}
    models = (ContentType.objects.get_for_id(pk).model_class() for pk in found)
    return [model for model in models if model is not None]


@transaction.atomic
def retoken_items(keys: Iterable[uuid.UUID]) -> None:
    """Give the entries of these items the audience that is stored now; their texts stay as they are.

    The caller holds what is above them: nobody else writes their entries.
    """
    for part in chunked(keys, CHUNK):
        tokens = _tokens_of(part)
        rules = Item.objects.filter(pk__in=part).values_list("pk", "rule_from_id")
        retoken({str(key): (frozenset(tokens[key]), str(rule or "")) for key, rule in rules})


def _standing_of(network: Network | None, newer: uuid.UUID | None, is_archived: bool) -> Standing:
    """What is archived, as a closed network's content, is kept for the record, whatever else became of it."""
    if is_archived or (network and not network.is_active):
        return "archived"
    return "replaced" if newer else "current"


def _region_of(network: Network | None) -> tuple[str, ...]:
    """The region of a listed network: an unlisted one shows nothing of itself to those who are not in it."""
    return (network.region,) if network and network.listed and network.region else ()


def _tokens_of(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    tokens: dict[uuid.UUID, set[str]] = {key: set() for key in keys}
    for key, token in AudienceToken.objects.filter(item__in=list(tokens)).values_list("item_id", "token"):
        tokens[key].add(token)
    return tokens
