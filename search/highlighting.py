"""Snippets: one or two short pieces of a text around the words that were found, as safe HTML."""

import re
from collections import Counter
from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search.text import APOSTROPHES, is_stop_word, stem, stems, word_spans

SNIPPET_CHARACTERS = 240
#: Nothing beyond this is looked through for a snippet.
TEXT_CHARACTERS = 40_000
_LEAD_CHARACTERS = 60
#: A second piece is shorter, and at least so far away that something is left out between them.
SECOND_CHARACTERS = 160
_FAR_CHARACTERS = 2 * _LEAD_CHARACTERS
#: Stands for what is left out between two pieces.
BETWEEN = " … "

#: Stands between two blocks of a text, such as a heading and what it is of, that no sentence's end keeps apart.
BETWEEN_BLOCKS = " · "
#: What stood before a piece that an engine cut belongs to that; an apostrophe is escaped in its HTML.
_CUT_BEGINNING = re.compile(rf"^(?:[\s,.;:!?)\]»…{APOSTROPHES}]|&#x27;|[–—-](?=\s))+")
_BLOCK_END = re.compile(r"([.!?:;,…»”]?)\s*\n\s*")

#: Where a word begins and ends, and its stem.
Mark = tuple[int, int, str]
#: Where a piece begins and ends.
Window = tuple[int, int]


def snippet_of(texts: Iterable[str], words: Iterable[str], language: str) -> SafeString:
    """A piece of the text that has most of the words, marked; else the beginning of the first."""
    filled = [text for text in texts if text.strip()]
    return marked_in(filled, words, language) or (
        _excerpt(filled[0][:TEXT_CHARACTERS], []) if filled else SafeString("")
    )


def marked_in(texts: Iterable[str], words: Iterable[str], language: str) -> SafeString | None:
    """What has most of the words, in any form, marked, of the first such one of these texts; None if none has any.

    Function words are marked where they stand alone: *de* is not, for *maison de transition*.
    """
    wanted = {stemmed for text in words for word in _telling(text) for stemmed in stems(word, language)}
    best: tuple[str, list[Mark]] | None = None
    most = 0
    for text in texts:
        start = text[:TEXT_CHARACTERS]
        spans = ((begin, end, stem(word, language)) for begin, end, word in word_spans(start))
        marks = [mark for mark in spans if mark[2] in wanted]
        count = _best_start(marks)[1]
        if count > most:
            best, most = (start, marks), count
        if most == len(wanted):
            break
    return _excerpt(*best) if best else None


def in_one_line(snippet: str) -> SafeString:
    """A snippet of a text whose blocks are lines: they are kept apart where they would read as one sentence."""
    return mark_safe(_BLOCK_END.sub(lambda end: f"{end[1]} " if end[1] else BETWEEN_BLOCKS, snippet.strip()))


def begun(piece: str) -> str:
    """A piece that an engine cut from a text, without the signs that it begins with."""
    return _CUT_BEGINNING.sub("", piece).rstrip()


def _telling(text: str) -> list[str]:
    """The words of a text without its function words, unless it has no others."""
    found = [word for _begin, _end, word in word_spans(text)]
    return [word for word in found if not is_stop_word(word)] or found


def _excerpt(text: str, marks: list[Mark]) -> SafeString:
    """The window with the most different words, and another one far from it if there are words too; in their order."""
    first = _window(text, _best_start(marks)[0], SNIPPET_CHARACTERS, len(text))
    windows = sorted(window for window in (first, _second(text, marks, first)) if window)
    begin, end = windows[0][0], windows[-1][1]
    shown = BETWEEN.join(_piece(text, window, marks) for window in windows)
    return mark_safe(f"{'… ' if begin else ''}{shown}{' …' if end < len(text.rstrip()) else ''}".strip())


def _second(text: str, marks: list[Mark], first: Window) -> Window | None:
    """Of the places that are far from the first window the best one, by words that the first one lacks if there are."""
    begin, end = first
    far = [mark for mark in marks if mark[1] <= begin - _FAR_CHARACTERS or mark[0] >= end + _FAR_CHARACTERS]
    if not far:
        return None
    shown = {word for start, stop, word in marks if start >= begin and stop <= end}
    start, _count = _best_start([mark for mark in far if mark[2] not in shown] or far)
    last = begin - _LEAD_CHARACTERS if start < begin else len(text)
    window = _window(text, start, SECOND_CHARACTERS, last)
    return window if any(window[0] <= mark[0] and mark[1] <= window[1] for mark in far) else None


def _window(text: str, start: int, size: int, last: int) -> Window:
    """The piece around a place, of at most so many characters, cut between words; it ends at ``last`` at the latest."""
    begin = _word_boundary(text, max(0, start - _LEAD_CHARACTERS)) if start > _LEAD_CHARACTERS else 0
    end = longest = min(last, begin + size)
    while end < len(text) and end > begin + 1 and not text[end].isspace():
        end -= 1
    return begin, end if end > begin + 1 else longest


def _piece(text: str, window: Window, marks: list[Mark]) -> str:
    """What stands in a window, with its marks, as HTML."""
    position, end = window
    parts: list[str] = []
    for mark_start, mark_end, _stem in marks:
        if mark_start < position or mark_end > end:
            continue
        parts += [escape(text[position:mark_start]), "<mark>", escape(text[mark_start:mark_end]), "</mark>"]
        position = mark_end
    parts.append(escape(text[position:end]))
    return "".join(parts).strip()


def _best_start(marks: list[Mark]) -> tuple[int, int]:
    """Where the window with the most different words begins, among equals that with most marks; and how many words."""
    best, most = 0, (0, 0)
    first = 0
    present: Counter[str] = Counter()
    for last, (_start, end, word) in enumerate(marks):
        present[word] += 1
        while first < last and end - marks[first][0] > SNIPPET_CHARACTERS - _LEAD_CHARACTERS:
            present[marks[first][2]] -= 1
            present += Counter()
            first += 1
        if (count := (len(present), last - first + 1)) > most:
            best, most = marks[first][0], count
    return best, most[0]


def _word_boundary(text: str, position: int) -> int:
    """The beginning of the next word at or after this place."""
    while position < len(text) and position > 0 and not text[position - 1].isspace():
        position += 1
    return position
