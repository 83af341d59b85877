"""The body and the attachments of a version, written only where they differ."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue
from wagtail.fields import RichTextField, StreamField

from intranet.exchange.attachments import FileStore
from intranet.exchange.exceptions import LineRefused
from intranet.exchange.markup import Block, active_content, has_active_content, rich_text, to_blocks
from intranet.exchange.markup_out import comparable_html, to_html
from intranet.exchange.references import FindReference
from intranet.exchange.schema import AttachmentPart, ItemLine
from intranet.networks.models import Network
from intranet.pages.models import BasePage

_ELSEWHERE = re.compile(r"(?:https?:)?//", re.IGNORECASE)


def comparable(page: BasePage) -> dict[str, Any]:
    """What the page says, without what changes by itself."""
    bodies = [field.name for field in page._meta.get_fields() if isinstance(field, StreamField)]
    for name in bodies:
        # A block that was not read yet is written as the database has it, which orders keys in its own way.
        _read_blocks(getattr(page, name))
    data: dict[str, Any] = page.serializable_data()
    data |= {name: json.loads(data[name]) for name in bodies}
    rich = [field.name for field in page._meta.get_fields() if isinstance(field, RichTextField)]
    data |= {name: _as_imported(data[name]) for name in (*bodies, *rich)}
    for name in ("latest_revision", "live_revision", "has_unpublished_changes", "last_published_at", "live",
                 "latest_revision_created_at", "first_published_at", "alias_of", "draft_title", "go_live_at",
                 "path", "depth", "numchild", "url_path", "expired"):  # fmt: skip
        data.pop(name, None)
    return data


def _as_imported(value: Any) -> Any:
    """The texts in what the database holds of a body, without what the editor alone writes."""
    if isinstance(value, str):
        return comparable_html(value)
    if isinstance(value, list):
        return [_as_imported(inner) for inner in value]
    if isinstance(value, dict):
        return {name: _as_imported(inner) for name, inner in value.items()}
    return value


def _read_blocks(body: StreamValue) -> None:
    for block in body:
        _ = block.value


class LineTexts:
    """Turns the HTML of one line into blocks and rich texts, and remembers what has no place in them."""

    def __init__(self, line: ItemLine, network: Network, files: FileStore, find: FindReference) -> None:
        self._line = line
        self._network = network
        self._files = files
        self._find = find
        self._parts = {part.path: part for part in line.attachments}
        self._stored: dict[tuple[str, str, str, str | None], int] = {}
        self._left_out: list[str] = []

    def rich(self, html: str, field: str = "body") -> str:
        """The HTML as one rich text. ``field`` is its name in the line."""
        self._note_active(html, field)
        return rich_text(html, self._link, self._leave_image)

    def blocks(self, html: str) -> list[Block]:
        """The HTML as the blocks of a body."""
        self._note_active(html, "body")
        return to_blocks(html, self._link, self._image, self._leave_image)

    def listed(self) -> list[int]:
        """The documents that stand at the end of the page."""
        return list(dict.fromkeys(self._document(part) for part in self._line.attachments if part.listed))

    def left_out(self) -> list[str]:
        """A sentence for each text with scripts, link to nowhere, image that stayed out, and file shown nowhere."""
        shown = {path for path, *_facts in self._stored}
        files = [
            _("The file “%(path)s” was left out: it is shown nowhere. Link to it in the text.") % {"path": path}
            for path in self._parts
            if path not in shown
        ]
        return list(dict.fromkeys([*self._left_out, *files]))

    def _note_active(self, html: str, field: str) -> None:
        if has_active_content(html):
            self._left_out.append(active_content(field))

    def _document(self, part: AttachmentPart) -> int:
        key = (part.path, part.title, part.language, part.network)
        if key not in self._stored:
            self._stored[key] = self._files.document(part, self._network, self._line.id).pk
        return self._stored[key]

    def _link(self, address: str) -> dict[str, str] | None:
        found = self._find.link(address, self._line.language, self._linked_document)
        if found is None:
            self._left_out.append(_("A link was left out: “%(address)s” leads nowhere.") % {"address": address})
        return found

    def _linked_document(self, path: str) -> int | None:
        return self._document(self._parts[path]) if path in self._parts else None

    def _image(self, path: str, alternative: str, holder: str) -> int | None:
        try:
            if not path:
                raise LineRefused(_("It names no file."))
            if _ELSEWHERE.match(path):
                raise LineRefused(_("“%(path)s” is on another site.") % {"path": path})
            return int(self._files.image(path, alternative, holder or self._network.slug, self._line.id).pk)
        except LineRefused as error:
            self._left_out.append(_("An image was left out. %(reason)s") % {"reason": error})
            return None

    def _leave_image(self, path: str) -> None:
        reason = _("“%(path)s” stands where only words can.") % {"path": path}
        self._left_out.append(_("An image was left out. %(reason)s") % {"reason": reason})


class BodyWriter:
    """Turns a line's HTML and attachments into the page's body."""

    def __init__(self, files: FileStore) -> None:
        self._files = files

    def write(self, page: Any, line: ItemLine, network: Network, find: FindReference) -> LineTexts:
        """Set ``body``, or ``introduction`` of a list of pages; untouched where it says the same already."""
        texts = LineTexts(line, network, self._files, find)
        if not hasattr(page, "body"):
            page.introduction = texts.rich(line.body)
            return texts
        blocks, listed = texts.blocks(line.body), texts.listed()
        wanted = page._meta.get_field("body").to_python(json.dumps([_with_id(block) for block in blocks]))
        if _html(page.body) == _html(wanted) and document_ids(page.body) == listed:
            return texts
        if listed:
            items = [{"type": "item", "value": pk, "id": str(uuid.uuid4())} for pk in listed]
            blocks.append({"type": "documents", "value": items})
        page.body = json.dumps([_with_id(block) for block in blocks])
        return texts


def document_ids(body: StreamValue) -> list[int]:
    """The documents of the body's document lists, in their order."""
    found = [document.pk for block in body if block.block_type == "documents" for document in block.value if document]
    return list(dict.fromkeys(found))


def _with_id(block: Block) -> Block:
    return {**block, "id": str(uuid.uuid4())}


def _html(body: StreamValue) -> str:
    return to_html(body, "{}:{}".format, lambda image: {"src": str(image.pk)})
