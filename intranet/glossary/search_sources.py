"""How terms become search entries."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from intranet.glossary.models import AUDIENCE, LANGUAGES, Term
from search import EntryData, Source, TextVersion, delete_entries, write_entries
from search.chunks import chunked

CHUNK = 500


class TermSource(Source):
    """Terms, found by every form in every language; a version for each language in which the term is said."""

    kind = "term"
    label = _("Term")
    explains = True

    def entries(self, keys: Iterable[str] | None = None) -> Iterator[EntryData]:
        """The entries of the active terms among ``keys``, or of all."""
        terms = Term.objects.active().order_by("pk")
        if keys is None:
            yield from map(entry_of, terms.iterator(CHUNK))
            return
        for part in chunked((uuid.UUID(str(key)) for key in keys), CHUNK):
            yield from map(entry_of, terms.filter(pk__in=part))

    def keys(self) -> Iterator[str]:
        """The keys of the active terms."""
        return map(str, Term.objects.active().order_by("pk").values_list("pk", flat=True).iterator(CHUNK))


def entry_of(term: Term) -> EntryData:
    """What search must know of a term."""
    return EntryData(
        key=str(term.pk),
        kind=TermSource.kind,
        versions=tuple(_version(term, language) for language in LANGUAGES if term.form_in(language)),
        tokens=AUDIENCE,
        rule="glossary",
        date=term.added_at,
    )


def _version(term: Term, language: str) -> TextVersion:
    return TextVersion(
        language=language,
        title=term.form_in(language),
        url=term.url_in(language),
        summary=term.definition_in(language),
        aliases=term.acronyms_in(language) + term.variants_in(language),
    )


@transaction.atomic
def index_terms(keys: Iterable[uuid.UUID]) -> None:
    """Write the entries of these terms as they are now, and withdraw those of terms that are not active or gone."""
    wanted = {str(key) for key in keys}
    entries = list(TermSource().entries(wanted))
    write_entries(entries)
    delete_entries(wanted - {entry.key for entry in entries})
