"""From HTML to the blocks of a body. nh3 cleans it; what it leaves is divided into what the editor has."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from copy import copy
from typing import Any

import nh3
from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag
from bs4.formatter import HTMLFormatter
from django.utils.translation import gettext as _

Block = dict[str, Any]
FindLink = Callable[[str], dict[str, str] | None]
"""From ``item:ID``, ``section:SLUG`` or ``attachment:PATH`` to the attributes of an internal link; None when it leads
nowhere."""
FindImage = Callable[[str, str, str], int | None]
"""From the path and the alternative text of an image, and the slug of the network that holds it (empty: the item's), to
its primary key; None when it cannot come in."""
LeaveImage = Callable[[str], None]
"""Told the path of an image that stands where only words can."""

HEADING_CHARACTERS = 200
INTERNAL_SCHEMES = ("item:", "section:", "attachment:")
_INLINE = {"a", "b", "strong", "i", "em", "br"}
_RICH_BLOCKS = {"p", "ul", "ol", "blockquote", "h3", "h4"}
_HEADINGS = {"h1", "h2"}
_TABLE = {"table", "caption", "colgroup", "thead", "tbody", "tfoot", "tr", "th", "td"}
_CONTAINERS = {
    "div", "section", "article", "main", "header", "footer", "nav", "aside", "figure", "figcaption", "address", "pre",
    "dl", "dt", "dd", "details", "summary", "fieldset", "form", "center", "li",
}  # fmt: skip
_TAGS = _INLINE | _RICH_BLOCKS | _HEADINGS | {"h5", "h6", "li", "hr", "img"} | _TABLE | _CONTAINERS
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "data-network"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "figure": {"data-block"},
    "section": {"data-block"},
    "aside": {"data-block", "data-kind"},
}
_SCHEMES = {"http", "https", "mailto", "tel", "item", "section", "attachment"}
_KEPT_LINK = re.compile(r"(?:https?://|mailto:|tel:|#)", re.IGNORECASE)
_ACTIVE = re.compile(
    r"<\s*/?\s*(?:script|iframe|object|embed|svg|math|base|meta)\b|[\s\"'/]on\w+\s*=|javascript\s*:", re.I
)
_FORMATTER = HTMLFormatter(
    entity_substitution=lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
    void_element_close_prefix=None,
)


def has_active_content(html: str) -> bool:
    """Whether the HTML holds what could run or load in the reader's browser; it is removed."""
    return bool(_ACTIVE.search(html))


def active_content(field: str) -> str:
    """The sentence that names a field of which active content was removed."""
    return _("What could run in the reader’s browser was left out of “%(field)s”.") % {"field": field}


def clean(html: str) -> str:
    """The HTML with the tags, attributes and addresses that we read, and no other."""
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)


def rich_text(html: str, find_link: FindLink, leave_image: LeaveImage) -> str:
    """The HTML as one rich text, without the blocks that only a body has."""

    def no_image(path: str, alternative: str, holder: str) -> None:
        leave_image(path)

    blocks = to_blocks(html, find_link, no_image, leave_image)
    return "".join(block["value"] for block in blocks if block["type"] == "text")


def to_blocks(html: str, find_link: FindLink, find_image: FindImage, leave_image: LeaveImage) -> list[Block]:
    """The blocks of a body, as a StreamField stores them, without ids."""
    soup = BeautifulSoup(clean(html), "html.parser")
    _simplify(soup, find_link, leave_image)
    blocks: list[Block] = []
    rich: list[str] = []
    for piece in _pieces(soup):
        made = piece if isinstance(piece, str) else _own_block(piece, find_image)
        if made is None:
            continue
        if isinstance(made, str):
            rich.append(made)
            continue
        if rich:
            blocks.append({"type": "text", "value": "".join(rich)})
            rich = []
        blocks.append(made)
    if rich:
        blocks.append({"type": "text", "value": "".join(rich)})
    return blocks


def _simplify(soup: BeautifulSoup, find_link: FindLink, leave_image: LeaveImage) -> None:
    for image in soup.find_all("img"):
        if not _has_place(image):
            leave_image(str(image.get("src") or ""))
            image.replace_with(str(image.get("alt") or ""))
    for link in soup.find_all("a"):
        _write_link(link, find_link)
    for tag in soup.find_all(["h5", "h6"]):
        tag.name = "h4"
    for item in soup.find_all(["li", "blockquote"]):
        if item.find_parent("figure") is None or item.name == "li":
            _flatten(item)


def _has_place(image: Tag) -> bool:
    """Whether the image can be a block: it is the one of a figure, or within nothing that holds words alone."""
    figure = image.find_parent(attrs={"data-block": "image"})
    if figure is not None and figure.find("img") is not image:
        return False
    return all(_is_transparent(above) for above in (figure or image).parents if above.parent is not None)


def _write_link(link: Tag, find_link: FindLink) -> None:
    address = str(link.get("href") or "").strip()
    if address.startswith(INTERNAL_SCHEMES):
        attributes = find_link(address)
        if attributes is None:
            link.unwrap()
        else:
            link.attrs = dict(attributes)
    elif not _KEPT_LINK.match(address):
        link.unwrap()


def _flatten(item: Tag) -> None:
    """The editor's list items and quotations hold words and line breaks, and lists in lists, no paragraphs."""
    inner = list(item.find_all(["p", "div", "h1", "h2", "h3", "h4", "pre"]))
    for place, child in enumerate(inner):
        if place:
            child.insert_before(BeautifulSoup("<br>", "html.parser").br or "")
        child.unwrap()
    for child in list(item.children):
        if isinstance(child, NavigableString) and "\n" in child and not child.strip():
            child.extract()


def _pieces(soup: BeautifulSoup) -> Iterator[str | Tag]:
    """Rich text as strings; tags that may be blocks of their own. Loose words become paragraphs."""
    waiting: list[PageElement] = list(reversed(soup.contents))
    loose: list[str] = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, NavigableString) or (isinstance(node, Tag) and node.name in _INLINE):
            loose.append(_serialise(node))
            continue
        if loose:
            yield from _paragraph("".join(loose))
            loose = []
        if not isinstance(node, Tag) or node.name == "hr":
            continue
        if _is_transparent(node):
            waiting += reversed(node.contents)
        elif node.name in _RICH_BLOCKS:
            if node.get_text(strip=True):
                yield _serialise(node)
        else:
            yield node
    if loose:
        yield from _paragraph("".join(loose))


def _is_transparent(node: Tag) -> bool:
    """What is inside counts, the tag does not."""
    if node.name == "p":
        return node.find(["table", "img"]) is not None
    return node.name in _CONTAINERS and not node.get("data-block")


def _paragraph(words: str) -> Iterator[str]:
    words = re.sub(r"^(?:\s|<br>)+|(?:\s|<br>)+$", "", words)
    if words:
        yield f"<p>{words}</p>"


def _serialise(node: PageElement) -> str:
    if isinstance(node, Tag):
        return node.decode(formatter=_FORMATTER)
    return node.output_ready(_FORMATTER) if isinstance(node, NavigableString) else ""


def _inner(node: Tag) -> str:
    return node.decode_contents(formatter=_FORMATTER).strip()


def _words(node: Tag | None) -> str:
    """The words of a node, apart where a line or a block ends, not where a bold word does."""
    if node is None:
        return ""
    plain = copy(node)
    for tag in plain.find_all(_INLINE - {"br"}):
        tag.unwrap()
    plain.smooth()
    return " ".join(plain.get_text(" ").split())


def _own_block(tag: Tag, find_image: FindImage) -> Block | str | None:
    if tag.name in _HEADINGS:
        return _heading(tag)
    if tag.name == "table":
        return _table(tag)
    if tag.name == "img":
        return _image(tag, tag, find_image)
    makers: dict[str, Callable[[Tag], Block | None]] = {
        "quote": _quote,
        "callout": _callout,
        "steps": _steps,
        "link-card": _link_card,
    }
    name = str(tag.get("data-block", ""))
    if name == "image":
        return _image(tag, tag.find("img"), find_image)
    if name in makers:
        return makers[name](tag)
    words = _words(tag)
    return next(_paragraph(_escape(words)), None)


def _escape(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _heading(tag: Tag) -> Block | str | None:
    words = " ".join(tag.get_text().split())
    if not words:
        return None
    if len(words) > HEADING_CHARACTERS:
        return f"<h3>{_escape(words)}</h3>"
    return {"type": "heading", "value": words}


def _table(tag: Tag) -> Block | str | None:
    """A table of plain cells; one with joined cells becomes a paragraph for each row."""
    caption = _words(tag.find("caption"))
    rows = [row.find_all(["td", "th"]) for row in tag.find_all("tr")]
    rows = [row for row in rows if row]
    if not rows:
        return None
    words = [[_words(cell) for cell in row] for row in rows]
    joined = any(
        cell.get(name, "1") not in ("", "1") for row in rows for cell in row for name in ("colspan", "rowspan")
    )
    if joined or tag.find("table") is not None:
        lines = [" · ".join(cell for cell in row if cell) for row in words]
        return "".join(f"<p>{_escape(line)}</p>" for line in ([caption, *lines] if caption else lines) if line)
    width = max(len(row) for row in words)
    head_row = all(cell.name == "th" for cell in rows[0])
    below = rows[1:] if head_row else rows
    head_column = bool(below) and all(row[0].name == "th" for row in below)
    choice = {(True, True): "both", (True, False): "row", (False, True): "column"}.get(
        (head_row, head_column), "neither"
    )
    return {
        "type": "table",
        "value": {
            "data": [row + [""] * (width - len(row)) for row in words],
            "cell": [],
            "mergeCells": [],
            "first_row_is_table_header": head_row,
            "first_col_is_header": head_column,
            "table_header_choice": choice,
            "table_caption": caption,
        },
    }


def _image(tag: Tag, image: Any, find_image: FindImage) -> Block | str | None:
    if not isinstance(image, Tag):
        return None
    alternative = str(image.get("alt") or "")[:300]
    pk = find_image(str(image.get("src") or ""), alternative, str(image.get("data-network") or ""))
    if pk is None:
        return next(_paragraph(_escape(alternative)), None)
    caption = _words(tag.find("figcaption")) if tag is not image else ""
    return {"type": "image", "value": {"image": pk, "alternative_text": alternative, "caption": caption[:300]}}


def _quote(tag: Tag) -> Block | None:
    text = tag.find("blockquote")
    if not isinstance(text, Tag) or not _words(text):
        return None
    words = text.get_text().strip()
    return {"type": "quote", "value": {"text": words, "source": _words(tag.find("figcaption"))[:200]}}


def _callout(tag: Tag) -> Block | None:
    kind = str(tag.get("data-kind", "note"))
    kind = kind if kind in ("note", "important", "deadline") else "note"
    text = _inner(tag)
    return {"type": "callout", "value": {"kind": kind, "text": text}} if text else None


def _steps(tag: Tag) -> Block | None:
    steps = [_inner(item) for item in tag.find_all("li")]
    title = _words(tag.find(["h1", "h2", "h3"]))[:200]
    values = [{"type": "item", "value": step, "id": str(uuid.uuid4())} for step in steps if step]
    return {"type": "steps", "value": {"title": title, "steps": values}} if values else None


def _link_card(tag: Tag) -> Block | None:
    link = tag.find("a")
    if not isinstance(link, Tag) or not str(link.get("href", "")).startswith(("http://", "https://")):
        return None
    title = _words(link)[:200]
    link.extract()
    return {"type": "link_card", "value": {"url": str(link["href"]), "title": title, "text": _words(tag)[:300]}}
