"""Which words of a text name terms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from intranet.glossary.models import TermForm
from intranet.glossary.words import Window

Fits = Callable[[Window, TermForm], bool]


def named_terms(
    seen: Iterable[Window], forms: Iterable[TermForm], fits: Fits = lambda window, form: True
) -> Iterator[tuple[Window, list[TermForm]]]:
    """The windows that say a form, with these forms: the longest window first, and none over another one."""
    by_key: defaultdict[str, list[TermForm]] = defaultdict(list)
    for form in forms:
        by_key[form.key].append(form)
    taken: list[Window] = []
    whole = [window for window in seen if not window.is_part]
    for window in sorted(whole, key=lambda each: (-each.word_count, each.start, each.end)):
        said = [form for key in window.keys for form in by_key.get(key, ()) if fits(window, form)]
        if said and all(window.end <= other.start or other.end <= window.start for other in taken):
            taken.append(window)
            yield window, said
