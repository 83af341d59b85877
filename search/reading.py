"""From matches to hits: everything shown comes from the entry's current row, and its audience is asked once more."""

from collections import defaultdict

from django.db.models import Exists, OuterRef
from django.db.models.functions import Substr
from django.utils.safestring import SafeString, mark_safe

from search.conf import LANGUAGES
from search.engines import Match
from search.highlighting import TEXT_CHARACTERS, snippet_of
from search.models import Entry, EntryFacet, EntryToken, EntryVersion
from search.query import Query
from search.results import Hit, HitVersion, Suggestion
from search.text import plain_words


def visible_entries(keys: list[str], tokens: frozenset[str]) -> dict[str, Entry]:
    """The entries among these that exist and that the tokens may see now."""
    audience = EntryToken.objects.filter(entry=OuterRef("pk"), token__in=tokens)
    found = Entry.objects.filter(Exists(audience), key__in=keys, is_deleted=False)
    return {entry.key: entry for entry in found}


def hits_for(matches: tuple[Match, ...], query: Query) -> tuple[Hit, ...]:
    """Hits in the order of their matches; three statements, whatever their number."""
    if not matches:
        return ()
    entries = visible_entries([match.key for match in matches], query.tokens)
    facets = _facets([entry.pk for entry in entries.values()])
    versions = _versions([entry.pk for entry in entries.values()])
    return tuple(
        _hit(entry, match, versions[entry.pk], facets.get(entry.pk, {}), query)
        for match in matches
        if (entry := entries.get(match.key)) and versions.get(entry.pk)
    )


def suggestions_for(keys: list[str], text: str, tokens: frozenset[str], language: str) -> list[Suggestion]:
    """The titles of these entries, in the reader's language unless only another language's title fits."""
    if not keys:
        return []
    entries = visible_entries(keys, tokens)
    versions = _versions([entry.pk for entry in entries.values()], with_texts=False)
    words = plain_words(text)
    suggestions = []
    for key in keys:
        entry = entries.get(key)
        if entry is None or not versions.get(entry.pk):
            continue
        ordered = sorted(versions[entry.pk], key=lambda version: _preference(version.language, language))
        fitting = next((version for version in ordered if _fits(version.title, words)), ordered[0])
        suggestions.append(Suggestion(fitting.title, fitting.url, entry.kind, entry.key))
    return suggestions


def _facets(entry_ids: list[int]) -> dict[int, dict[str, tuple[str, ...]]]:
    found: defaultdict[int, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = EntryFacet.objects.filter(entry_id__in=entry_ids).order_by("name", "value")
    for entry_id, name, value in rows.values_list("entry_id", "name", "value"):
        found[entry_id][name].append(value)
    return {pk: {name: tuple(values) for name, values in facets.items()} for pk, facets in found.items()}


def _versions(entry_ids: list[int], *, with_texts: bool = True) -> dict[int, list[EntryVersion]]:
    found: defaultdict[int, list[EntryVersion]] = defaultdict(list)
    rows = EntryVersion.objects.filter(entry_id__in=entry_ids).defer("headings", "body").order_by("language")
    rows = rows.annotate(start=Substr("body", 1, TEXT_CHARACTERS)) if with_texts else rows.defer("summary")
    for version in rows:
        found[version.entry_id].append(version)
    return dict(found)


def _hit(
    entry: Entry, match: Match, versions: list[EntryVersion], facets: dict[str, tuple[str, ...]], query: Query
) -> Hit:
    ordered = sorted(versions, key=lambda version: _preference(version.language, query.language))
    shown = ordered[0]
    assert entry.date is not None
    return Hit(
        key=entry.key,
        kind=entry.kind,
        title=shown.title,
        url=shown.url,
        language=shown.language,
        external_id=shown.external_id,
        date=entry.date,
        published=shown.published,
        snippet=_snippet(entry, match, shown, query),
        facets=facets,
        versions=tuple(
            HitVersion(version.language, version.title, version.url, version.external_id, version.published)
            for version in ordered
        ),
    )


def _snippet(entry: Entry, match: Match, shown: EntryVersion, query: Query) -> SafeString:
    """The engine's snippet where it was made from this very version of the entry, else one from the table."""
    made = match.snippets.get(shown.language)
    if made and match.version == entry.version:
        return mark_safe(made)
    start: str = getattr(shown, "start", "")
    return snippet_of([shown.summary, start], query.clauses, shown.language)


def _preference(language: str, reader: str) -> tuple[bool, int]:
    return language != reader, LANGUAGES.index(language)


def _fits(title: str, words: list[str]) -> bool:
    present = plain_words(title)
    *finished, last = words or [""]
    return all(word in present for word in finished) and any(word.startswith(last) for word in present)
