"""From the blocks of a body to the HTML that ``markup`` reads back into the same blocks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.utils.html import escape
from wagtail.blocks import StreamValue
from wagtail.rich_text import RichText

NameLink = Callable[[str, int], str | None]
"""From ``page`` or ``document`` and a primary key to the address of an internal link; None to drop the address."""
NameImage = Callable[[Any], dict[str, str] | None]
"""From an image to the attributes that name its copy; None where it stays behind."""

_LINK = re.compile(r"<a\b([^>]*)>", re.IGNORECASE)
_LINK_TYPE = re.compile(r'\blinktype="(page|document)"')
_ID = re.compile(r'\bid="(\d+)"')
_KEY = re.compile(r'\sdata-block-key="[^"]*"')
_EMBED = re.compile(r"<embed\b[^>]*/?>", re.IGNORECASE)


def to_html(body: StreamValue, name_link: NameLink, name_image: NameImage) -> str:
    """The HTML of a body; its documents are not in it, they are the line's attachments."""
    return "".join(_block_html(block.block_type, block.value, name_link, name_image) for block in body)


def rich_html(source: str, name_link: NameLink) -> str:
    """A stored rich text with its internal links in words that another site understands."""

    def rewrite(found: re.Match[str]) -> str:
        kind, pk = _LINK_TYPE.search(found[1]), _ID.search(found[1])
        if kind is None or pk is None:
            return found[0]
        address = name_link(kind[1], int(pk[1]))
        return f'<a href="{escape(address)}">' if address else "<a>"

    return _EMBED.sub("", _LINK.sub(rewrite, _KEY.sub("", source).replace("<br/>", "<br>")))


def comparable_html(source: str) -> str:
    """A stored rich text without what the editor writes in another way than the import."""
    return rich_html(source, "{}:{}".format)


def _block_html(kind: str, value: Any, name_link: NameLink, name_image: NameImage) -> str:
    if kind == "heading":
        return f"<h2>{_escape(value)}</h2>"
    if kind == "text":
        return rich_html(_source(value), name_link)
    if kind == "table":
        return _table_html(value)
    if kind == "image":
        return _image_html(value, name_image)
    if kind == "callout":
        text = rich_html(_source(value["text"]), name_link)
        return f'<aside data-block="callout" data-kind="{escape(value["kind"])}">{text}</aside>'
    if kind == "quote":
        source = f"<figcaption>{_escape(value['source'])}</figcaption>" if value["source"] else ""
        return f'<figure data-block="quote"><blockquote>{_escape(value["text"])}</blockquote>{source}</figure>'
    if kind == "steps":
        title = f"<h2>{_escape(value['title'])}</h2>" if value["title"] else ""
        steps = "".join(f"<li>{rich_html(_source(step), name_link)}</li>" for step in value["steps"])
        return f'<section data-block="steps">{title}<ol>{steps}</ol></section>'
    if kind == "link_card":
        text = f"<p>{_escape(value['text'])}</p>" if value["text"] else ""
        link = f'<a href="{escape(value["url"])}">{_escape(value["title"])}</a>'
        return f'<aside data-block="link-card">{link}{text}</aside>'
    return ""


def _source(value: Any) -> str:
    return value.source if isinstance(value, RichText) else str(value or "")


def _escape(words: Any) -> str:
    """Quotes stay as they are in text, as ``markup`` leaves them."""
    return str(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _table_html(value: Any) -> str:
    if not value or not value.get("data"):
        return ""
    caption = f"<caption>{_escape(value['table_caption'])}</caption>" if value.get("table_caption") else ""
    head_column = value.get("first_col_is_header", False)
    rows = list(value["data"])
    head = ""
    if value.get("first_row_is_table_header"):
        head = f"<thead>{_row_html(rows.pop(0), 'th', 'th')}</thead>"
    body = "".join(_row_html(row, "th" if head_column else "td", "td") for row in rows)
    return f"<table>{caption}{head}<tbody>{body}</tbody></table>"


def _row_html(row: list[Any], first: str, others: str) -> str:
    cells = [(first if place == 0 else others, cell) for place, cell in enumerate(row)]
    return "<tr>" + "".join(f"<{tag}>{_escape(cell or '')}</{tag}>" for tag, cell in cells) + "</tr>"


def _image_html(value: Any, name_image: NameImage) -> str:
    if value["image"] is None:
        return ""
    named = name_image(value["image"])
    if named is None:
        return f"<p>{_escape(value['alternative_text'])}</p>" if value["alternative_text"] else ""
    caption = f"<figcaption>{_escape(value['caption'])}</figcaption>" if value["caption"] else ""
    attributes = "".join(f' {name}="{escape(text)}"' for name, text in named.items())
    image = f'<img{attributes} alt="{escape(value["alternative_text"])}">'
    return f'<figure data-block="image">{image}{caption}</figure>'
