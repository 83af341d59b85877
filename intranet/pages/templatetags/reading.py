"""What block templates need to show files and texts to the current reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from wagtail.images.models import SourceImageIOError

from intranet.networks.access import access_of
from intranet.pages import rich_text, texts
from intranet.pages.languages import name_here
from intranet.pages.reader import TEXT_IMAGE, current_reader

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

register = template.Library()


class ShownDocument(NamedTuple):
    """A document as the component ``document_list`` reads it."""

    title: str
    url: str
    type: str
    size: int | None
    language: str
    language_code: str


class ShownImage(NamedTuple):
    """An image as the component ``figure`` reads it."""

    src: str
    width: int
    height: int


@register.simple_tag
def may_write() -> bool:
    """Whether the reader has something to do in the editors' part of the site; asked of the access already read."""
    user = current_reader().user
    return bool(access_of(user).contribute) or bool(user.is_active and user.is_superuser)


@register.filter
def without_empty_links(html: str) -> SafeString:
    """Rich text whose links without an address have become plain text."""
    # Safe: the text was cleaned when it was stored, and only tags are taken away.
    return mark_safe(rich_text.without_empty_links(html))


@register.simple_block_tag(takes_context=True)
def finished_text(context: Context, content: str) -> SafeString:
    """The content of a page as the plugins finish it."""
    # Safe: it was rendered by templates, and steps keep it so.
    return mark_safe(texts.finished(str(content), context.get("content_language") or get_language() or "fr"))


@register.simple_tag
def visible_documents(documents: Iterable[Any]) -> list[ShownDocument]:
    """Those of ``documents`` that the reader may open; the others, and those that are gone, are passed over."""
    reader = current_reader()
    found = (reader.document(document.pk) for document in documents if document is not None)
    return [_shown(document) for document in found if document is not None]


def _shown(document: Any) -> ShownDocument:
    is_foreign = bool(document.language) and document.language != get_language()
    return ShownDocument(
        title=document.title,
        url=document.url,
        type=document.file_extension.upper(),
        size=document.file_size,
        language=name_here(document.language) if is_foreign else "",
        language_code=document.language if is_foreign else "",
    )


@register.simple_tag
def visible_image(chosen: Any) -> ShownImage | None:
    """The image as texts show it, behind its guard; None where the reader may not see it, or it is gone."""
    image = current_reader().image(chosen.pk) if chosen is not None else None
    if image is None:
        return None
    try:
        rendition = image.get_rendition(TEXT_IMAGE)
    except SourceImageIOError:
        return None
    return ShownImage(rendition.url, rendition.width, rendition.height)


@register.filter
def anchor(heading: str) -> str:
    """The name under which a heading is linked."""
    return slugify(heading)[:60] or "section"


class CalloutLook(NamedTuple):
    """How the component ``callout`` shows a kind of call-out."""

    title: StrOrPromise
    tone: str
    icon: str


CALLOUT_LOOKS = {
    "note": CalloutLook(gettext_lazy("Note"), "", "info"),
    "important": CalloutLook(gettext_lazy("Important"), "warning", "warning"),
    "deadline": CalloutLook(gettext_lazy("Deadline"), "info", "clock"),
}


@register.filter
def callout_look(kind: str) -> CalloutLook:
    """Title, tone and icon of a call-out; a note where the kind is unknown."""
    return CALLOUT_LOOKS.get(kind, CALLOUT_LOOKS["note"])


@register.filter
def host_of(url: str) -> str:
    """The host of an address, as people know it."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
