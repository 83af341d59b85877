"""Practice steps as HTML: the points of its lists are the steps, and what stands around them comes before."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag

from intranet.memos.practice.blocks import STEP

_LISTS = ("ol", "ul")
_BLOCKS = {"p", "ol", "ul", "blockquote", "h3", "h4"}


def split_steps(html: str) -> tuple[str, list[str]]:
    """What stands around the lists, and the rich text of each of their points. A list within a point belongs to it."""
    soup = BeautifulSoup(html, "html.parser")
    steps = []
    for found in soup.find_all(_LISTS, recursive=False):
        assert isinstance(found, Tag)
        steps += [_as_rich_text(point) for point in found.find_all("li", recursive=False) if isinstance(point, Tag)]
        found.extract()
    return str(soup).strip(), [step for step in steps if step]


def join_steps(rest: str, steps: Iterable[str]) -> str:
    """The same as one text again: the points are a numbered list at its end."""
    points = "".join(f"<li>{_without_lone_paragraph(step)}</li>" for step in steps)
    return rest + (f"<ol>{points}</ol>" if points else "")


def _as_rich_text(point: Tag) -> str:
    """The content of a point, with a paragraph around what is in none."""
    parts: list[str] = []
    inline = ""
    for child in point.children:
        if isinstance(child, Tag) and child.name in _BLOCKS:
            parts += [f"<p>{inline.strip()}</p>"] if inline.strip() else []
            parts.append(str(child))
            inline = ""
        else:
            inline += child.decode() if isinstance(child, Tag) else child.output_ready()  # type: ignore[attr-defined]
    parts += [f"<p>{inline.strip()}</p>"] if inline.strip() else []
    return "".join(parts)


def _without_lone_paragraph(html: str) -> str:
    inner = html.removeprefix("<p>").removesuffix("</p>")
    return inner if html == f"<p>{inner}</p>" and "<p>" not in inner else html


def stored_steps(texts: Sequence[str], ids: Sequence[str], item: uuid.UUID) -> list[dict[str, Any]]:
    """The steps as a StreamField stores them.

    The n-th has the n-th of ``ids``. Beyond them the id follows from item and place: both languages get the same.
    """
    taken = set(ids)
    stored = []
    for place, text in enumerate(texts):
        if place < len(ids):
            name = ids[place]
        else:
            name = _id_at(item, place, taken)
            taken.add(name)
        stored.append({"type": STEP, "value": text, "id": name})
    return stored


def _id_at(item: uuid.UUID, place: int, taken: set[str]) -> str:
    """The first that is free of those that follow from item and place."""
    attempt = 0
    while (name := str(uuid.uuid5(item, f"practice-step:{place}:{attempt}"))) in taken:
        attempt += 1
    return name
