"""The lines of items: each language version, parents first."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import F, QuerySet
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from intranet.exchange.bodies import document_ids
from intranet.exchange.exporting_people import iso
from intranet.exchange.kinds import kinds, page_model
from intranet.exchange.markup_out import NameLink, rich_html, to_html
from intranet.exchange.schema import GUESTS, NETWORK_PREFIX
from intranet.networks import audiences
from intranet.networks.models import Item, Network
from intranet.pages.models import ExternalReference, GuardedDocument, GuardedImage, SectionCollection, SectionPage
from intranet.pages.streams import references_of
from intranet.plugins import ExchangeKind
from search.chunks import chunked

ATTACHMENTS = "attachments"
CHUNK = 500
"""Items that one statement names."""
CopyFile = Callable[[FieldFile, Callable[[], str], str], str | None]
"""From a file, what gives its digest, and whose it is, to the path of its copy; None when the file is gone."""


class ItemLines:
    """Writes items as lines, and copies their files."""

    def __init__(self, folder: Path, networks: QuerySet[Network]) -> None:
        self._folder = folder
        self._networks = networks
        self._holders = dict(SectionCollection.objects.values_list("collection_id", "network__slug"))
        self._exported = set(networks.values_list("slug", flat=True))
        self._kinds = {page_model(kind): kind for kind in kinds().values()}
        self._copied: set[str] = set()
        self.missing: list[str] = []
        """A sentence for each file that could not be copied."""

    def of(self, network: Network) -> Iterator[dict[str, Any]]:
        """The lines of a network's items, level by level, in the order of the tree."""
        sections = SectionPage.objects.filter(section_network=network).values_list("translation_key", flat=True)
        level = list(sections[:1])
        while level:
            below: dict[uuid.UUID, Item] = {}
            for part in chunked(level, CHUNK):
                children = Item.objects.filter(parent__in=part)
                items = children.in_bulk()
                pages = Page.objects.filter(translation_key__in=children.values("pk"), alias_of=None).order_by("path")
                by_item: dict[uuid.UUID, list[Page]] = {}
                for page in pages.select_related("locale", "content_type"):
                    by_item.setdefault(page.translation_key, []).append(page)
                for key, versions in by_item.items():
                    yield from self._item(items[key], network, versions)
                below |= {key: items[key] for key in by_item} | items
            level = list(below)

    def topics_of(self, networks: Any) -> set[int]:
        """The topics that items of the networks are about."""
        found: set[int] = set()
        keys = Item.objects.filter(network__in=networks).values("pk")
        for model in self._kinds:
            through: Any = model._meta.get_field("topics").remote_field.through
            owner = model._meta.model_name
            rows = through.objects.filter(**{f"{owner}__translation_key__in": keys})
            found |= set(rows.values_list("topic_id", flat=True))
        return found

    def _item(self, item: Item, network: Network, versions: list[Page]) -> Iterator[dict[str, Any]]:
        audience = rule_as_audience(item)
        parent = self._parent_id(item)
        original = ""
        for version in sorted(versions, key=lambda page: page.pk):
            kind = self._kinds.get(version.specific_class)
            if kind is None:
                continue
            line = self._line(kind, version, network)
            if parent:
                line["parent"] = parent
            if original:
                line["translation_of"] = original
            if audience is not None:
                line["audience"] = audience
            original = original or line["id"]
            yield line

    def _line(self, kind: ExchangeKind, version: Page, network: Network) -> dict[str, Any]:
        page, name = draft_of(version), external_id_of(version)
        attached = self._attached(page, network, name)

        def name_link(kind: str, pk: int) -> str | None:
            if kind == "document":
                return f"attachment:{attached[pk]['path']}" if pk in attached else None
            return self.name_link(kind, pk)

        line: dict[str, Any] = {
            "type": "item",
            "id": name,
            "kind": kind.kind,
            "network": network.slug,
            "language": version.locale.language_code,
            "title": page.title,
            "slug": page.slug,
            "summary": page.summary,
            "body": self._body(page, network, name, name_link),
            "topics": sorted(topic.name_in(version.locale.language_code) for topic in page.topics.all()),
            "published": _published(version),
        }
        if attached:
            line["attachments"] = list(attached.values())
        if page.expire_at:
            line["expires"] = iso(page.expire_at)
        line |= self._credits(page)
        for more in (
            kind.write(page),
            kind.write_texts(page, lambda source: rich_html(source, name_link)),
            kind.write_references(page, external_id_of),
        ):
            line = _joined(line, more)
        return line

    def _credits(self, page: Any) -> dict[str, Any]:
        said = {
            "content_note": page.content_note,
            "contributing_networks": sorted(network.slug for network in page.contributing_networks.all()),
            "contributors": [name for name in page.contributors.splitlines() if name.strip()],
        }
        return {name: value for name, value in said.items() if value}

    def _parent_id(self, item: Item) -> str:
        parent = Page.objects.filter(translation_key=item.parent_id, alias_of=None).order_by("pk").first()
        if parent is None or _is_section(parent):
            return ""
        return external_id_of(parent)

    def name_link(self, kind: str, pk: int) -> str | None:
        """``item:ID`` for a link to a page that goes out, ``section:SLUG`` to a section; no address for any other."""
        target = Page.objects.filter(pk=pk).select_related("alias_of").first() if kind == "page" else None
        if target is None:
            return None
        if _is_section(target):
            return f"section:{target.specific.section_network.slug}"
        # An alias has no line of its own.
        original = target.alias_of or target
        return f"item:{external_id_of(original)}" if original.specific_class in self._kinds else None

    # Body and files ----------------------------------------------------------------------------------

    def _body(self, page: Any, network: Network, name: str, name_link: NameLink) -> str:
        if not hasattr(page, "body"):
            return rich_html(page.introduction, name_link)
        return to_html(page.body, name_link, lambda image: self._image(image, network, name))

    def _image(self, image: GuardedImage, network: Network, name: str) -> dict[str, str] | None:
        """The image goes out with the network that holds it, and never becomes another's."""
        holder = self._holders.get(image.collection_id, network.slug)
        path = self.copy(image.file, image.get_file_hash, name) if holder in self._exported else None
        if path is None:
            return None
        return {"src": path} | ({"data-network": holder} if holder != network.slug else {})

    def _attached(self, page: Any, network: Network, name: str) -> dict[int, dict[str, Any]]:
        """The attachments of the line, by document: those of the page's lists, then those that its texts alone link to.

        A document goes out with the network that holds it, and never becomes another's.
        """
        listed = document_ids(page.body) if hasattr(page, "body") else []
        linked = sorted(references_of(page).documents.difference(listed))
        holder = "collection__section_collection__network"
        found = GuardedDocument.objects.filter(**{f"{holder}__in": self._networks})
        documents = found.annotate(holder=F(f"{holder}__slug")).in_bulk([*listed, *linked])
        attached: dict[int, dict[str, Any]] = {}
        for pk in (pk for pk in (*listed, *linked) if pk in documents):
            document = documents[pk]
            path = self.copy(document.file, document.get_file_hash, name)
            if path is None:
                continue
            attached[pk] = {"path": path, "title": document.title, "language": document.language}
            if document.holder != network.slug:
                attached[pk]["network"] = document.holder
            if pk not in listed:
                attached[pk]["listed"] = False
        return attached

    def copy(self, file: FieldFile, find_digest: Callable[[], str], owner: str) -> str | None:
        """The path of the copy, from the exchange file's folder; one copy for each content and name.

        None when the stored file cannot be read, which ``missing`` says of ``owner``.
        """
        name = get_valid_filename((file.name or "file").rsplit("/", 1)[-1])
        try:
            digest, source = find_digest(), file.open("rb")
        except OSError as error:
            reason = error.strerror or _("it is damaged")
            self.missing.append(
                _("“%(id)s” goes out without the file “%(path)s”, which cannot be read: %(reason)s.")
                % {"id": owner, "path": file.name, "reason": reason}
            )
            return None
        path = f"{ATTACHMENTS}/{digest[:12]}/{name}"
        with source:
            if path not in self._copied:
                target = self._folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
                self._copied.add(path)
        return path


def rule_as_audience(item: Item) -> str | list[str] | None:
    """The item's own rule as a line says it; None when it inherits."""
    if not item.rule:
        return None
    rule = audiences.rule_of(item)
    if rule.choice != Item.Rule.NETWORKS:
        return rule.choice
    slugs = Network.objects.filter(pk__in=rule.networks).order_by("slug").values_list("slug", flat=True)
    return [*(f"{NETWORK_PREFIX}{slug}" for slug in slugs), *([GUESTS] if rule.guests else [])]


def external_id_of(page: Page) -> str:
    """The id under which the page goes out: the one it came with, or one made of its key, kept from now on."""
    try:
        return page.external_reference.external_id
    except ObjectDoesNotExist:
        name = f"item-{page.translation_key.hex[:12]}-{page.locale.language_code}"
        made, _new = ExternalReference.objects.get_or_create(page_id=page.pk, defaults={"external_id": name})
        return made.external_id


def _is_section(page: Page) -> bool:
    """A page of a plugin that is switched off has no class."""
    return page.specific_class is not None and issubclass(page.specific_class, SectionPage)


def draft_of(page: Page) -> Any:
    """The live text, or the latest draft of a page that is not live."""
    if page.live or not page.latest_revision_id:
        return page.specific
    return page.get_latest_revision_as_object()


def _published(page: Page) -> str | None:
    if page.live:
        return iso(page.first_published_at or page.last_published_at or timezone.now())
    scheduled = Revision.page_revisions.filter(object_id=str(page.pk)).exclude(approved_go_live_at=None)
    moment = scheduled.values_list("approved_go_live_at", flat=True).first()
    return iso(moment) if moment else None


def _joined(line: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Objects under the same key become one."""
    joined = dict(line)
    for name, value in more.items():
        both = isinstance(value, dict) and isinstance(joined.get(name), dict)
        joined[name] = {**joined[name], **value} if both else value
    return joined
