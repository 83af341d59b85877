"""The body and the attachments of a version, written only where they differ."""

from __future__ import annotations

import json
import uuid
from typing import Any

from wagtail.blocks import StreamValue
from wagtail.fields import StreamField

from intranet.exchange.attachments import FileStore
from intranet.exchange.exceptions import LineRefused
from intranet.exchange.markup import Block, rich_text, to_blocks
from intranet.exchange.markup_out import to_html
from intranet.exchange.references import FindReference
from intranet.exchange.schema import ItemLine
from intranet.networks.models import Network
from intranet.pages.models import BasePage


def comparable(page: BasePage) -> dict[str, Any]:
    """What the page says, without what changes by itself."""
    bodies = [field.name for field in page._meta.get_fields() if isinstance(field, StreamField)]
    for name in bodies:
        # A block that was not read yet is written as the database has it, which orders keys in its own way.
        _read_blocks(getattr(page, name))
    data: dict[str, Any] = page.serializable_data()
    data |= {name: json.loads(data[name]) for name in bodies}
    for name in ("latest_revision", "live_revision", "has_unpublished_changes", "last_published_at", "live",
                 "latest_revision_created_at", "first_published_at", "alias_of", "draft_title", "go_live_at",
                 "path", "depth", "numchild", "url_path", "expired"):  # fmt: skip
        data.pop(name, None)
    return data


def _read_blocks(body: StreamValue) -> None:
    for block in body:
        _ = block.value


class BodyWriter:
    """Turns a line's HTML and attachments into the page's body."""

    def __init__(self, files: FileStore) -> None:
        self._files = files

    def write(self, page: Any, line: ItemLine, network: Network, find: FindReference) -> None:
        """Set ``body``, or ``introduction`` of a list of pages; untouched where it says the same already."""
        documents = {part.path: self._files.document(part, network).pk for part in line.attachments}

        def find_link(address: str) -> dict[str, str] | None:
            return find.link(address, documents)

        if not hasattr(page, "body"):
            introduction = rich_text(line.body, find_link)
            if page.introduction != introduction:
                page.introduction = introduction
            return
        blocks = to_blocks(line.body, find_link, lambda path, text: self._image(path, text, network))
        wanted = page._meta.get_field("body").to_python(json.dumps([_with_id(block) for block in blocks]))
        listed = list(dict.fromkeys(documents.values()))
        if _html(page.body) == _html(wanted) and document_ids(page.body) == listed:
            return
        if listed:
            items = [{"type": "item", "value": pk, "id": str(uuid.uuid4())} for pk in listed]
            blocks.append({"type": "documents", "value": items})
        page.body = json.dumps([_with_id(block) for block in blocks])

    def _image(self, path: str, alternative: str, network: Network) -> int | None:
        try:
            return self._files.image(path, alternative, network).pk
        except LineRefused:
            return None


def document_ids(body: StreamValue) -> list[int]:
    """The documents of the body's document lists, in their order."""
    found = [document.pk for block in body if block.block_type == "documents" for document in block.value if document]
    return list(dict.fromkeys(found))


def _with_id(block: Block) -> Block:
    return {**block, "id": str(uuid.uuid4())}


def _html(body: StreamValue) -> str:
    return to_html(body, lambda kind, pk: f"{kind}:{pk}", lambda image: str(image.pk))
