"""Brings in the language versions of items, through pages, revisions and audiences."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Locale, Page
from wagtail.signal_handlers import disable_reference_index_auto_update

from intranet.exchange.attachments import FileStore
from intranet.exchange.bodies import BodyWriter, comparable
from intranet.exchange.exceptions import LineRefused
from intranet.exchange.exporting_items import draft_of
from intranet.exchange.kinds import kinds, page_model
from intranet.exchange.planning import Group
from intranet.exchange.references import FindReference
from intranet.exchange.schema import GUESTS, ItemLine
from intranet.exchange.topics import TopicFinder
from intranet.networks import audiences
from intranet.networks.audiences import INHERIT, Rule
from intranet.networks.models import Item, Network
from intranet.pages.models import BasePage, ExternalReference, SectionPage
from intranet.pages.permissions.moves import refusal_of_leaving
from intranet.pages.placing import hold_pages, subtree
from intranet.plugins import ExchangeKind


class Given(NamedTuple):
    """What a version is made from: its line, and what that names."""

    line: ItemLine
    value: Mapping[str, Any]
    kind: ExchangeKind
    network: Network
    find: FindReference | None = None
    """Where all items are in."""


class ItemWriter:
    """Writes one line at a time; what does not change during an import is read once."""

    def __init__(self, networks: Mapping[str, Network], files: FileStore) -> None:
        self._networks = networks
        self._kinds = kinds()
        self._locales = {locale.language_code: locale for locale in Locale.objects.all()}
        self._topics = TopicFinder()
        self._bodies = BodyWriter(files)
        self._sections: dict[int, Any] = {}
        self.left_out: dict[str, list[str]] = {}
        """What went in without something, by the line's id: a sentence for each script, link, image and attachment."""
        self._begun: set[int] = set()
        """Pages that were made and wait for other items."""
        self._before: dict[UUID, tuple[UUID | None, Rule]] = {}
        """Parent and rule of items that were here and wait, by their key."""
        self._has_changed_audience = False

    def prepare(self, kind: str, value: Mapping[str, Any]) -> None:
        """Let the kind do what must be done before any item goes in."""
        self._kinds[kind].prepare(value)

    def is_in_the_way(self) -> bool:
        """Whether an audience changed since this was asked last.

        Until the transaction ends nobody can put anything below that item, and may hold the pages of the next line.
        """
        has_changed, self._has_changed_audience = self._has_changed_audience, False
        return has_changed

    def together(self, group: Group) -> AbstractContextManager[None]:
        """What the kind wants around the publication of one item's versions."""
        return self._kinds[group.nodes[0].kind].together(group.key)

    def write(self, line: ItemLine, value: Mapping[str, Any], group: Group) -> str:
        """Create the version or make it what the line says; ``created``, ``updated`` or ``unchanged``.

        One that waits for other items gets its place: it stays as it was, or is a draft, until ``resolve``.

        Raises:
            LineRefused, django.core.exceptions.ValidationError, NetworkError: the line cannot go in.
        """
        given = self._given(line, value)
        parent_key = group.parent_key or self._section_key(given.network)
        changed = self._place(line, group, given.network, parent_key)
        page = self._page_here(line, group)
        if page is None:
            self._create(given, group, parent_key)
            return "created"
        has_new = _name(page, line) if group.is_late else self._update(page, given)
        return "updated" if changed or has_new else "unchanged"

    def resolve(self, line: ItemLine, value: Mapping[str, Any], group: Group, find: FindReference) -> bool:
        """Make the version what the line says, now that all items are in; whether that changed anything.

        Raises:
            LineRefused, django.core.exceptions.ValidationError: the line cannot go in.
        """
        given = self._given(line, value, find)
        page = self._page_here(line, group)
        if page.pk not in self._begun:
            return self._update(page, given)
        self._fill(page, given)
        given.kind.resolve(value, page, find.page)
        if not _is_live(line):
            page.save()
        self._save(page, given, is_new=True)
        return True

    def take_back(self, external_id: str) -> bool:
        """Delete the draft of a line that was created and cannot go in; whether it is gone.

        Where others are below, it stays one.
        """
        page = ExternalReference.objects.get(external_id=external_id).page
        if Item.objects.filter(parent=page.translation_key).exists():
            return False
        page.specific.delete()
        return True

    def put_back(self, group: Group) -> None:
        """Give an item that was here its place and rule again: none of its new texts went in, and the old are not
        for whom those are.
        """
        item = Item.objects.filter(pk=group.key).first()
        if item is None or group.key not in self._before:
            return
        parent_key, rule = self._before[group.key]
        # What was above it may be below it now.
        if item.parent_id != parent_key and parent_key not in subtree(group.key):
            self._move(group, parent_key)
        self._set_rule(group, rule)
        self._has_changed_audience = True

    def _given(self, line: ItemLine, value: Mapping[str, Any], find: FindReference | None = None) -> Given:
        return Given(line, value, self._kinds[line.kind], self._networks[line.network], find)

    # Place and audience ------------------------------------------------------------------------------

    def _section_key(self, network: Network) -> Any:
        if network.pk not in self._sections:
            section = SectionPage.objects.filter(section_network=network).values_list("translation_key", flat=True)
            self._sections[network.pk] = section[0]
        return self._sections[network.pk]

    def _place(self, line: ItemLine, group: Group, network: Network, parent_key: Any) -> bool:
        """The item at its place, with its rule, before any version of it is there to be seen."""
        rule = rule_from(line.audience, self._networks)
        item = Item.objects.filter(pk=group.key).first()
        if item is None:
            audiences.place_item(group.key, network=network, parent=parent_key, rule=rule)
            return False
        if item.network_id != network.pk and (reason := refusal_of_leaving(group.key)):
            raise LineRefused(reason)
        before = audiences.rule_of(item)
        if group.is_late:
            self._before.setdefault(group.key, (item.parent_id, before))
        moved = item.parent_id != parent_key or item.network_id != network.pk
        if moved:
            self._move(group, parent_key)
        if before != rule:
            self._set_rule(group, rule)
        self._has_changed_audience |= moved or before != rule
        return moved or before != rule

    def _set_rule(self, group: Group, rule: Rule) -> None:
        hold_pages(Page.objects.filter(translation_key=group.key))
        audiences.set_rule(group.key, rule, by=None)

    def _move(self, group: Group, parent_key: Any) -> None:
        page = Page.objects.filter(translation_key=group.key).order_by("alias_of", "pk").first()
        if page is None:
            return
        page.specific.move(self._parent_page(parent_key, page.locale), pos="last-child")

    def _parent_page(self, key: Any, locale: Locale) -> Any:
        """The parent in this language; an alias of the version in another one where it is missing."""
        parent = Page.objects.filter(translation_key=key, locale=locale).first()
        if parent is not None:
            return parent
        original = Page.objects.filter(translation_key=key, alias_of=None).order_by("pk").first()
        if original is None:
            raise LineRefused(_("The page that should be above it is missing."))
        return original.specific.copy_for_translation(locale, copy_parents=True, alias=True)

    # The page ----------------------------------------------------------------------------------------

    def _page_here(self, line: ItemLine, group: Group) -> Any:
        """The version as it is, to be changed: its live text, or its latest draft where nothing is live."""
        page = Page.objects.filter(translation_key=group.key, locale=self._locales[line.language]).first()
        if page is None:
            return None
        try:
            external_id = page.external_reference.external_id
        except ObjectDoesNotExist:
            external_id = line.id
        if external_id != line.id:
            raise LineRefused(
                _("The item has a version in this language under another id, “%(id)s”.") % {"id": external_id}
            )
        return draft_of(page)

    def _create(self, given: Given, group: Group, parent: Any) -> None:
        line = given.line
        locale = self._locales[line.language]
        model: Any = page_model(given.kind)
        page = model(locale=locale, translation_key=group.key, live=False, show_in_menus=False)
        above = self._parent_page(parent, locale)
        self._set_slug(page, line, above)
        draft = line.model_copy(update={"published": None}) if group.is_late else line
        self._fill(page, given._replace(line=draft))
        # The last save of the three that a new page takes is enough for the reference index.
        with disable_reference_index_auto_update() if line.published or group.is_late else nullcontext():
            above.add_child(instance=page)
        if group.is_late:
            _name(page, line)
            self._begun.add(page.pk)
        else:
            self._save(page, given, is_new=True)

    def _update(self, page: BasePage, given: Given) -> bool:
        line, kind = given.line, given.kind
        before = (comparable(page), page.alias_of_id, page.live, page.first_published_at, page.go_live_at)
        was_live = page.live
        page.alias_of = None
        if line.slug and line.slug != page.slug:
            self._set_slug(page, line, page.get_parent())
        self._fill(page, given)
        if given.find is not None:
            kind.resolve(given.value, page, given.find.page)
        live = _is_live(line) or (was_live and line.published is not None)
        named = ExternalReference.objects.filter(page_id=page.pk).exists()
        after = (comparable(page), None, live, page.first_published_at, page.go_live_at)
        if before == after and named:
            return _is_live(line) and kind.take_over(page)
        if was_live and line.published is None:
            Page.objects.get(pk=page.pk).specific.unpublish()
            page.live = False
        self._save(page, given, is_new=False)
        return True

    def _set_slug(self, page: BasePage, line: ItemLine, above: Any) -> None:
        """The slug that the line asks for, or one made from the title; free among its siblings."""
        base = line.slug or slugify(line.title)[:240] or slugify(line.id)[:240] or "page"
        taken = set(
            Page.objects.child_of(above)
            .filter(slug__startswith=base)
            .exclude(pk=page.pk)
            .values_list("slug", flat=True)
        )
        slug, number = base, 1
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        page.slug = slug

    def _fill(self, page: BasePage, given: Given) -> None:
        line = given.line
        page.title, page.summary, page.content_note = line.title, line.summary, line.content_note
        page.draft_title = line.title
        page.contributors = "\n".join(line.contributors)
        _set_many(page, "topics", [self._topics.find(name, line.language) for name in line.topics])
        _set_many(page, "contributing_networks", [self._networks[slug] for slug in line.contributing_networks])
        self._write_texts(page, given)
        given.kind.read(given.value, page)
        page.expire_at = line.expires
        if _is_live(line):
            page.first_published_at = line.published
        page.go_live_at = None if _is_live(line) else _as_revisions_keep(line.published)

    def _write_texts(self, page: BasePage, given: Given) -> None:
        line, value, kind = given.line, given.value, given.kind
        texts = self._bodies.write(page, line, given.network, given.find or FindReference())
        own = {name: value.get(name) for name in kind.keys}
        kind.read_texts(value, page, lambda html: texts.rich(html, field_of(html, own) or ", ".join(kind.keys)))
        self.left_out.pop(line.id, None)
        if left_out := texts.left_out():
            self.left_out[line.id] = left_out

    def _save(self, page: BasePage, given: Given, *, is_new: bool) -> None:
        """A revision, published when the line says so; the page's history says what the import did."""
        line = given.line
        if not is_new and not page.live:
            page.save()
        _name(page, line)
        with disable_reference_index_auto_update() if line.published else nullcontext():
            # What is published at once is validated as it goes live.
            revision = page.save_revision(log_action=not is_new, changed=not is_new, clean=not _is_live(line))
        if line.published is None:
            return
        action = PublishPageRevisionAction(revision, changed=False)
        # What the kind keeps on the object alone, such as a number given elsewhere, does not survive a revision.
        given.kind.read(given.value, action.object)
        action.execute(skip_permission_checks=True)
        if _is_live(line):
            _date_publication(page.pk, line.published)


def field_of(text: str, facts: Mapping[str, Any], within: str = "") -> str:
    """The name of the field that holds the text, with those around it (``memo.contact``); empty when none does."""
    for name, value in facts.items():
        if value == text:
            return f"{within}{name}"
        if isinstance(value, dict) and (found := field_of(text, value, f"{within}{name}.")):
            return found
    return ""


def _name(page: BasePage, line: ItemLine) -> bool:
    """Let other lines find the page by the line's id; whether they could not yet."""
    _reference, is_new = ExternalReference.objects.get_or_create(page_id=page.pk, defaults={"external_id": line.id})
    return is_new


def _is_live(line: ItemLine) -> bool:
    return line.published is not None and line.published <= timezone.now()


def _as_revisions_keep(moment: datetime | None) -> datetime | None:
    """To the millisecond: more is lost in a revision, and the same line would be another one."""
    return moment and moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _date_publication(page_id: int, published: datetime) -> None:
    Page.objects.filter(pk=page_id).update(last_published_at=published)


def _set_many(page: BasePage, name: str, wanted: list[Any]) -> None:
    """Set a relation only when it differs, so that the page compares equal otherwise."""
    unique = list({item.pk: item for item in wanted}.values())
    if {item.pk for item in getattr(page, name).all()} != {item.pk for item in unique}:
        getattr(page, name).set(unique)


def rule_from(audience: str | tuple[str, ...] | None, networks: Mapping[str, Network]) -> Rule:
    """The rule that ``audience`` of a line means; absent, the item inherits."""
    if audience is None:
        return INHERIT
    if isinstance(audience, str):
        return Rule(audience)
    slugs = [part.partition(":")[2] for part in audience if part != GUESTS]
    return Rule(Item.Rule.NETWORKS, frozenset(networks[slug].pk for slug in slugs), GUESTS in audience)
