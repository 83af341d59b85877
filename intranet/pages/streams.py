"""Reading a body of blocks: its words and its files."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import strip_tags
from wagtail.blocks import (
    Block,
    ChoiceBlock,
    ChooserBlock,
    ListBlock,
    RichTextBlock,
    StreamBlock,
    StreamValue,
    StructBlock,
    StructValue,
)
from wagtail.blocks.list_block import ListValue
from wagtail.documents import get_document_model
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.rich_text import RichText, extract_references_from_rich_text

_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|td|th|tr|div)>|<br\s*/?>")
_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>", re.DOTALL)
_WORDS_OF_TABLE = ("table_caption", "data")
"""Where a table's stored value has what somebody wrote; the rest says how it is laid out."""


def plain_text(markup: str) -> str:
    """HTML as words, with a blank where a block ends."""
    return html.unescape(strip_tags(_BLOCK_END.sub(" ", markup))).strip()


def text_in(value: Any) -> str:
    """All words of a body, a rich text or a plain string, blocks apart by a new line.

    The title of a chosen document is none of them: not everybody who reads the page may know the document.
    """
    if isinstance(value, str):
        return plain_text(value)
    return "\n".join(text for text in _texts(value) if text)


def lines_in(value: StreamValue) -> list[str]:
    """The words of a body line by line: paragraphs, points of lists, cells, each by itself; no titles of documents."""
    lines: list[str] = []
    for leaf in _leaves(value):
        if isinstance(leaf, RichText):
            lines += map(plain_text, _BLOCK_END.split(leaf.source))
        elif isinstance(leaf, str):
            lines.append(leaf.strip())
    return [line for line in lines if line]


def headings_in(value: StreamValue) -> list[str]:
    """The headings of a body, those within its rich texts too, in their order."""
    headings: list[str] = []
    for child in value:
        if child.block_type == "heading":
            headings.append(str(child.value))
        else:
            markups = [leaf.source for leaf in _leaves(child.value) if isinstance(leaf, RichText)]
            headings += [plain_text(found) for markup in markups for _level, found in _HEADING.findall(markup)]
    return [heading for heading in headings if heading]


@dataclass(frozen=True)
class References:
    """What texts refer to, by primary key: chosen in a block, or linked and embedded in rich text."""

    pages: frozenset[int] = frozenset()
    documents: frozenset[int] = frozenset()
    images: frozenset[int] = frozenset()

    def __or__(self, other: References) -> References:
        return References(self.pages | other.pages, self.documents | other.documents, self.images | other.images)


def references_of(page: Page) -> References:
    """What the bodies and rich texts of a page of any type refer to."""
    found = References()
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            found |= references_in(getattr(page, field.name))
        elif isinstance(field, RichTextField):
            found |= references_in(RichText(getattr(page, field.name)))
    return found


def references_in(value: StreamValue | RichText) -> References:
    """What a body or a rich text refers to; nothing is fetched."""
    found: dict[type, set[int]] = {Page: set(), get_document_model(): set(), get_image_model(): set()}
    sources = [value.source] if isinstance(value, RichText) else []
    for block, stored in _stored_leaves(value.stream_block, value.get_prep_value()) if not sources else ():
        if isinstance(block, RichTextBlock):
            sources.append(stored or "")
        elif isinstance(block, ChooserBlock) and stored is not None:
            for model in found:
                if issubclass(block.model_class, model):
                    found[model].add(int(stored))
    for source in sources:
        for model, pk, *_paths in extract_references_from_rich_text(source):
            if model in found:
                found[model].add(int(pk))
    return References(*(frozenset(ids) for ids in found.values()))


def _stored_leaves(block: Block, stored: Any) -> Iterator[tuple[Block, Any]]:
    """The innermost blocks of a body, each with what the database holds of it."""
    if isinstance(block, StreamBlock):
        for child in stored or ():
            if child["type"] in block.child_blocks:
                yield from _stored_leaves(block.child_blocks[child["type"]], child["value"])
    elif isinstance(block, ListBlock):
        for child in stored or ():
            in_format = isinstance(child, dict) and child.get("type") == "item"
            yield from _stored_leaves(block.child_block, child["value"] if in_format else child)
    elif isinstance(block, StructBlock):
        for name, child in (stored or {}).items():
            if name in block.child_blocks:
                yield from _stored_leaves(block.child_blocks[name], child)
    else:
        yield block, stored


def _leaves(value: Any) -> Iterator[Any]:
    """The innermost values that somebody wrote: not what was chosen of a list, nor how a table is laid out."""
    if isinstance(value, StreamValue):
        for child in value:
            yield from _leaves(child.value)
    elif isinstance(value, StructValue):
        for name, child in value.items():
            if not isinstance(value.block.child_blocks[name], ChoiceBlock):
                yield from _leaves(child)
    elif isinstance(value, dict):
        yield from _leaves([value.get(name) for name in _WORDS_OF_TABLE])
    elif isinstance(value, ListValue | list | tuple):
        for child in value:
            yield from _leaves(child)
    else:
        yield value


def _texts(value: Any) -> Iterator[str]:
    for leaf in _leaves(value):
        if isinstance(leaf, RichText):
            yield plain_text(leaf.source)
        elif isinstance(leaf, str):
            yield leaf.strip()
