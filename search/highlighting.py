"""Snippets: a short piece of a text around the words that were found, as safe HTML."""

from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search.text import stem, stems, word_spans

SNIPPET_CHARACTERS = 240
#: Nothing beyond this is looked through for a snippet.
TEXT_CHARACTERS = 40_000
_LEAD_CHARACTERS = 60

Span = tuple[int, int]


def snippet_of(texts: Iterable[str], words: Iterable[str], language: str) -> SafeString:
    """A piece of the first of these texts that has one of the words, marked; else the beginning of the first."""
    filled = [text for text in texts if text.strip()]
    return marked_in(filled, words, language) or (
        _excerpt(filled[0][:TEXT_CHARACTERS], []) if filled else SafeString("")
    )


def marked_in(texts: Iterable[str], words: Iterable[str], language: str) -> SafeString | None:
    """A piece of the first of these texts that has one of the words, in any form, marked; None if none has."""
    wanted = {stemmed for word in words for stemmed in stems(word, language)}
    for text in texts:
        start = text[:TEXT_CHARACTERS]
        marks = [(begin, end) for begin, end, word in word_spans(start) if stem(word, language) in wanted]
        if marks:
            return _excerpt(start, marks)
    return None


def _excerpt(text: str, marks: list[Span]) -> SafeString:
    """The window with the most marks, cut between words."""
    start = _best_start(marks)
    begin = _word_boundary(text, max(0, start - _LEAD_CHARACTERS)) if start > _LEAD_CHARACTERS else 0
    end = min(len(text), begin + SNIPPET_CHARACTERS)
    while end < len(text) and end > begin + 1 and not text[end].isspace():
        end -= 1
    if end <= begin + 1:
        end = min(len(text), begin + SNIPPET_CHARACTERS)
    parts: list[str] = ["… "] if begin else []
    position = begin
    for mark_start, mark_end in marks:
        if mark_start < position or mark_end > end:
            continue
        parts += [escape(text[position:mark_start]), "<mark>", escape(text[mark_start:mark_end]), "</mark>"]
        position = mark_end
    parts.append(escape(text[position:end].rstrip()))
    if end < len(text.rstrip()):
        parts.append(" …")
    return mark_safe("".join(parts).strip())


def _best_start(marks: list[Span]) -> int:
    best, best_count = (marks[0][0] if marks else 0), 0
    first = 0
    for last, (_start, end) in enumerate(marks):
        while end - marks[first][0] > SNIPPET_CHARACTERS - _LEAD_CHARACTERS:
            first += 1
            if first > last:
                break
        count = last - first + 1
        if count > best_count and first <= last:
            best, best_count = marks[first][0], count
    return best


def _word_boundary(text: str, position: int) -> int:
    """The beginning of the next word at or after this place."""
    while position < len(text) and position > 0 and not text[position - 1].isspace():
        position += 1
    return position
