"""The forms that a query is also looked for in. The glossary is kept by each process until a term changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from intranet.glossary.matching import named_terms
from intranet.glossary.models import AUDIENCE, LANGUAGES, Term, TermForm
from intranet.glossary.words import QUERY_WORDS, windows
from search import Expansion
from search.stamps import Kept, Stamps

STAMP = "glossary"
_ORDER = (TermForm.Kind.MAIN, TermForm.Kind.ACRONYM, TermForm.Kind.VARIANT)


def _forms_by_key() -> Mapping[str, list[TermForm]]:
    by_key: defaultdict[str, list[TermForm]] = defaultdict(list)
    for form in TermForm.objects.active():
        by_key[form.key].append(form)
    return dict(by_key)


_FORMS = Kept(STAMP, _forms_by_key)


def expand(text: str, tokens: frozenset[str], stamps: Stamps) -> Iterator[Expansion]:
    """The terms that the words of a query name, in any language, each with its other forms, which may be none.

    The longest name wins where two overlap. A changed term holds for the next query. Whom terms are not meant for gets
    none.
    """
    if AUDIENCE.isdisjoint(tokens):
        return
    seen = list(windows(text, LANGUAGES, limit=QUERY_WORDS))
    if not seen:
        return
    known = _FORMS.get(stamps)
    keys = {key for window in seen for key in window.keys}
    for window, forms in named_terms(seen, [form for key in sorted(keys) for form in known.get(key, ())]):
        for term in {form.term_id: form.term for form in forms}.values():
            yield Expansion(text[window.start : window.end], other_forms(term, window.keys), str(term.pk))


def other_forms(term: Term, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a term that do not come to one of ``keys``: names first, then acronyms, then what is also said."""
    forms = sorted(term.forms(), key=lambda form: _ORDER.index(TermForm.Kind(form.kind)))
    return tuple(dict.fromkeys(form.text for form in forms if form.key not in keys))
