"""The forms that a query is also looked for in: one indexed statement, whatever the number of terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from intranet.glossary.models import LANGUAGES, Term, TermForm
from intranet.glossary.words import QUERY_WORDS, Window, windows
from search import Expansion


def expand(text: str) -> Iterator[Expansion]:
    """The terms that the words of a query name, in any language, each with its other forms.

    The longest name wins where two overlap. A changed term holds for the next query: nothing is kept.
    """
    seen = list(windows(text, LANGUAGES, limit=QUERY_WORDS))
    keys = {key for window in seen for key in window.keys}
    if not keys:
        return
    for window, terms in named_terms(seen, TermForm.objects.filter(key__in=keys, term__is_active=True)):
        for term in terms:
            if forms := other_forms(term, window.keys):
                yield Expansion(text[window.start : window.end], forms, str(term.pk))


def named_terms(seen: Iterable[Window], forms: QuerySet[TermForm]) -> Iterator[tuple[Window, list[Term]]]:
    """The windows that name a term, the longest first, none over another; with the terms that they name."""
    by_key: dict[str, list[Term]] = {}
    for form in forms.select_related("term"):
        by_key.setdefault(form.key, []).append(form.term)
    taken: list[Window] = []
    for window in sorted(seen, key=lambda each: (-each.word_count, each.start, each.end)):
        terms = {term.pk: term for key in window.keys for term in by_key.get(key, ())}
        if terms and all(window.end <= other.start or other.end <= window.start for other in taken):
            taken.append(window)
            yield window, list(terms.values())


def other_forms(term: Term, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a term that do not come to one of ``keys``: names first, then acronyms, then what is also said."""
    order = [TermForm.Kind.MAIN, TermForm.Kind.ACRONYM, TermForm.Kind.VARIANT]
    forms = sorted(term.forms(), key=lambda form: order.index(TermForm.Kind(form.kind)))
    return tuple(dict.fromkeys(form.text for form in forms if form.key not in keys))
