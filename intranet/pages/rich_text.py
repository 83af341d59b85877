"""Links, documents and images inside rich text, as the current reader may see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from django.utils.html import format_html
from django.utils.translation import get_language
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.images.formats import get_image_format
from wagtail.images.rich_text import ImageEmbedHandler
from wagtail.rich_text.pages import PageLinkHandler

from intranet.pages.models import GuardedImage
from intranet.pages.reader import current_reader
from intranet.pages.streams import References

NO_ADDRESS = "<a>"
"""What a handler gives for a link without an address; ``without_empty_links`` takes it away with its end."""

_EMPTY_LINK = re.compile(r"<a>(.*?)</a>", re.DOTALL)

Found = TypeVar("Found")


def without_empty_links(html: str) -> str:
    """The HTML where a link without an address is plain text."""
    return _EMPTY_LINK.sub(r"\1", html)


def _id_in(attrs: dict[str, str]) -> int:
    """The id that a tag names; 0, which nothing has, where it is no number."""
    value = attrs.get("id", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _found_in(attrs_list: list[dict[str, str]], kind: str, find: Callable[[int], Found]) -> list[Found]:
    ids = [_id_in(attrs) for attrs in attrs_list]
    current_reader().learn(References(**{kind: frozenset(ids)}))
    return [find(pk) for pk in ids]


class _SafeReferences:
    """What a tag refers to, nothing where it names no id: stored texts are read, whatever is in them."""

    @classmethod
    def extract_references(cls, attrs: dict[str, str]) -> Iterator[tuple[type, str, str, str]]:
        pk = _id_in(attrs)
        if pk:
            yield cls.get_model(), str(pk), "", ""  # type: ignore[attr-defined]


class ReaderPageLink(_SafeReferences, PageLinkHandler):
    """A page in the reader's language; plain text where the reader may not see it."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        reader = current_reader()
        tags = []
        for link in _found_in(attrs_list, "pages", reader.link):
            if link is None:
                tags.append(NO_ADDRESS)
            elif link.language != get_language():
                tags.append(format_html('<a href="{}" hreflang="{}">', link.url, link.language))
            else:
                tags.append(format_html('<a href="{}">', link.url))
        return tags


class ReaderDocumentLink(_SafeReferences, DocumentLinkHandler):
    """A document; plain text where the reader may not open it."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        found = _found_in(attrs_list, "documents", current_reader().document)
        return [format_html('<a href="{}">', document.url) if document else NO_ADDRESS for document in found]


class ReaderImage(_SafeReferences, ImageEmbedHandler):
    """An image; nothing where the reader may not see it."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        images = _found_in(attrs_list, "images", current_reader().image)
        return [_image_tag(image, attrs) if image else "" for attrs, image in zip(attrs_list, images, strict=True)]


def _image_tag(image: GuardedImage, attrs: dict[str, str]) -> str:
    try:
        layout = get_image_format(attrs.get("format", ""))
    except KeyError:
        layout = get_image_format("fullwidth")
    return str(layout.image_to_html(image, attrs.get("alt", "")))
