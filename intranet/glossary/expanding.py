"""The forms that a query is also looked for in: one indexed statement, whatever the number of terms."""

from __future__ import annotations

from collections.abc import Iterator

from intranet.glossary.matching import named_terms
from intranet.glossary.models import LANGUAGES, Term, TermForm
from intranet.glossary.words import QUERY_WORDS, windows
from search import Expansion

_ORDER = (TermForm.Kind.MAIN, TermForm.Kind.ACRONYM, TermForm.Kind.VARIANT)


def expand(text: str) -> Iterator[Expansion]:
    """The terms that the words of a query name, in any language, each with its other forms, which may be none.

    The longest name wins where two overlap. A changed term holds for the next query: nothing is kept.
    """
    seen = list(windows(text, LANGUAGES, limit=QUERY_WORDS))
    keys = {key for window in seen for key in window.keys}
    if not keys:
        return
    for window, forms in named_terms(seen, TermForm.objects.active().filter(key__in=keys)):
        for term in {form.term_id: form.term for form in forms}.values():
            yield Expansion(text[window.start : window.end], other_forms(term, window.keys), str(term.pk))


def other_forms(term: Term, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a term that do not come to one of ``keys``: names first, then acronyms, then what is also said."""
    forms = sorted(term.forms(), key=lambda form: _ORDER.index(TermForm.Kind(form.kind)))
    return tuple(dict.fromkeys(form.text for form in forms if form.key not in keys))
