"""Two editions side by side: what was taken out, what was put in, by lines and in them by words."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from intranet.memos.asked_words import names_of_asked, words_of_asked
from intranet.memos.models import Edition, EditionText, MemoPage, MemoRecord
from intranet.networks.access import Access, access_of
from intranet.pages.streams import lines_in

Change = Literal["same", "added", "removed"]
_WORDS = re.compile(r"\s+|[^\s]+")
_ALIKE = 0.4
"""Lines that share less than this are two lines, not one that was changed."""
_MAX_WORDS = 1_500
"""Longer lines are compared as a whole: comparing words takes the square of their number."""


@dataclass(frozen=True)
class Piece:
    """Some words of a line and what became of them."""

    change: Change
    text: str


@dataclass(frozen=True)
class Line:
    """A paragraph, a point or a heading. ``change`` is ``changed`` where some of its words are the same."""

    change: Literal["same", "added", "removed", "changed"]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Fact:
    """A date, a contact, what it replaces, whom it asks or a file that differs; empty where there was, or is, none."""

    label: str
    before: str
    after: str


def body_of(text: EditionText) -> Any:
    """The blocks of a frozen text, as templates show a page's."""
    return MemoPage._meta.get_field("body").stream_block.to_python(_bare(text.body))


def _bare(stored: Any) -> Any:
    """Blocks whose lists hold values alone: Wagtail reads ``{"type": "item"}`` only with an id, which none has here."""
    if isinstance(stored, list):
        return [_bare(each["value"] if _is_item(each) else each) for each in stored]
    return {name: _bare(each) for name, each in stored.items()} if isinstance(stored, dict) else stored


def _is_item(stored: Any) -> bool:
    return isinstance(stored, dict) and stored.keys() == {"type", "value"} and stored["type"] == "item"


def compared_texts(before: EditionText, after: EditionText) -> list[Line]:
    """All lines of both texts in the order of reading."""
    return list(_compared(_lines(before), _lines(after)))


def compared_facts(before: Edition, after: Edition, user: Any) -> list[Fact]:
    """What the editions say beside their texts, where it differs, as far as this person may know.

    One query, and one more where they replace different memos.
    """
    labels = {
        "effective_on": _("Takes effect"),
        "acknowledge_by": _("Acknowledge by"),
        "contact": _("Questions"),
    }
    old, new = before.content["facts"], after.content["facts"]
    facts = [Fact(label, _shown(old[name]), _shown(new[name])) for name, label in labels.items()]
    facts += [*_memo_replaced(old, new, user), *_asked(before, after, access_of(user)), *_files(before, after)]
    return [fact for fact in facts if fact.before != fact.after]


def _lines(text: EditionText) -> list[str]:
    return [line for line in (text.title, text.summary, text.content_note, *lines_in(body_of(text))) if line]


def _compared(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    for operation, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation == "equal":
            yield from (Line("same", (Piece("same", line),)) for line in before[i:j])
        else:
            yield from _replaced(before[i:j], after[k:m])


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """Lines that stand for each other are compared by words; the others went, or are new."""
    for number in range(max(len(before), len(after))):
        old = before[number] if number < len(before) else ""
        new = after[number] if number < len(after) else ""
        pieces = _words(old, new) if old and new else ()
        if pieces:
            yield Line("changed", pieces)
            continue
        if old:
            yield Line("removed", (Piece("removed", old),))
        if new:
            yield Line("added", (Piece("added", new),))


def _words(before: str, after: str) -> tuple[Piece, ...]:
    """The words of a changed line; none where the two have little in common."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > _MAX_WORDS:
        return ()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return ()
    pieces: list[Piece] = []
    for operation, i, j, k, m in matcher.get_opcodes():
        if operation == "equal":
            pieces.append(Piece("same", "".join(old[i:j])))
            continue
        if j > i:
            pieces.append(Piece("removed", "".join(old[i:j])))
        if m > k:
            pieces.append(Piece("added", "".join(new[k:m])))
    return tuple(pieces)


def _memo_replaced(old: dict[str, Any], new: dict[str, Any], user: Any) -> Iterator[Fact]:
    """The number of the memo that each edition replaced, where the person may see that memo."""
    keys = [facts["replaces"] for facts in (old, new)]
    if keys[0] != keys[1]:
        seen = MemoRecord.objects.visible_to(user).filter(item__in=filter(None, keys))
        numbers = {str(key): number for key, number in seen.values_list("item", "number")}
        yield Fact(_("Replaces"), *(numbers.get(key, "") for key in keys))


def _asked(before: Edition, after: Edition, access: Access) -> Iterator[Fact]:
    """Whom the editions asked. Where both asked and one does not say whom, they are not compared."""
    said = {"asked" in edition.content for edition in (before, after) if edition.content["facts"]["acknowledge"]}
    if said != {True, False}:
        names = names_of_asked((before, after), access)
        words = [words_of_asked(edition, names) or _("No acknowledgement was asked.") for edition in (before, after)]
        yield Fact(_("Acknowledgement"), *words)


def _files(before: Edition, after: Edition) -> Iterator[Fact]:
    old = {(file["kind"], file["original"]): file for file in before.content["files"]}
    new = {(file["kind"], file["original"]): file for file in after.content["files"]}
    for key in [*old, *(key for key in new if key not in old)]:
        one, other = old.get(key), new.get(key)
        if one and other and one["sha256"] == other["sha256"]:
            continue
        yield Fact(_("File"), _named(one), _named(other, is_new=one is not None))


def _named(file: dict[str, Any] | None, *, is_new: bool = False) -> str:
    if file is None:
        return ""
    return _("%(name)s (a new file)") % {"name": file["name"]} if is_new else str(file["name"])


def _shown(value: str | None) -> str:
    """A day as the reader writes it; other words as they are."""
    try:
        return date_format(datetime.date.fromisoformat(value or ""), "DATE_FORMAT")
    except ValueError:
        return value or ""
