"""From matches to hits: everything shown comes from the entry's current row, and its audience is asked once more."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from html import unescape

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Substr
from django.utils.safestring import SafeString, mark_safe

from search.conf import LANGUAGES
from search.engines import Match
from search.highlighting import TEXT_CHARACTERS, marked_in, snippet_of
from search.models import Entry, EntryPassage, EntryToken, EntryVersion
from search.query import Query
from search.results import FoundIn, Hit, HitVersion, Replacement, Suggestion
from search.text import plain_words
from search.types import Standing

_MARK = re.compile(r"</?mark>")
#: Passages of one entry's attachments that are looked through for a snippet where the engine gives none.
PASSAGES = 40


def visible_versions(keys: Iterable[str], tokens: frozenset[str]) -> QuerySet[EntryVersion]:
    """The versions, with their entries, of those among these entries that exist and that the tokens may see now."""
    return seen_versions(tokens).filter(entry__key__in=list(keys)).select_related("entry").order_by("language")


def seen_versions(tokens: frozenset[str]) -> QuerySet[EntryVersion]:
    """Every version, of whatever entry, that the tokens may see now."""
    audience = EntryToken.objects.filter(entry=OuterRef("entry_id"), token__in=tokens)
    return EntryVersion.objects.filter(Exists(audience), entry__is_deleted=False)


def hits_for(matches: tuple[Match, ...], query: Query) -> tuple[Hit, ...]:
    """Hits in the order of their matches, a replaced item after its replacement.

    One statement, one more where an attachment may have the snippet, and one more where an item was replaced.
    """
    if not matches:
        return ()
    versions = _by_key(visible_versions((match.key for match in matches), query.tokens), with_texts=True)
    kept = [match for match in matches if match.key in versions]
    attached = _attached(kept, versions, query)
    replacing = _replacements([found[0].entry for found in versions.values()], query)
    hits = [_hit(match, versions[match.key], attached.get(match.key), replacing, query) for match in kept]
    return tuple(_replaced_last(hits, {found[0].entry.key: found[0].entry.replaced_by for found in versions.values()}))


def answers_for(keys: Iterable[str], query: Query) -> tuple[Hit, ...]:
    """The entries of these keys that the reader may see, in this order, with their whole summary; one statement."""
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        return ()
    versions = _by_key(visible_versions(wanted, query.tokens), with_texts=True)
    return tuple(_answer(versions[key], query) for key in wanted if key in versions)


def suggestions_for(keys: list[str], text: str, tokens: frozenset[str], language: str) -> list[Suggestion]:
    """The titles of these entries, in the reader's language unless only another language's names fit."""
    if not keys:
        return []
    versions = _by_key(visible_versions(keys, tokens), with_texts=False)
    words = plain_words(text)
    suggestions = []
    for key in keys:
        if key not in versions:
            continue
        ordered = _ordered(versions[key], language)
        fitting = next((version for version in ordered if _fits(version, words)), ordered[0])
        suggestions.append(Suggestion(fitting.title, fitting.url, fitting.entry.kind, key))
    return suggestions


def shown_texts(hits: Iterable[Hit], tokens: frozenset[str]) -> list[str]:
    """What a reader sees of these hits: titles and the beginnings of texts, for spellings that are really there."""
    versions = visible_versions((hit.key for hit in hits), tokens).annotate(start=Substr("body", 1, TEXT_CHARACTERS))
    return [
        text
        for version in versions.defer("body")
        for text in (version.title, version.summary, version.headings, version.start)
    ]


def _by_key(rows: QuerySet[EntryVersion], *, with_texts: bool) -> dict[str, list[EntryVersion]]:
    found: defaultdict[str, list[EntryVersion]] = defaultdict(list)
    rows = rows.defer("headings", "body")
    rows = rows.annotate(start=Substr("body", 1, TEXT_CHARACTERS)) if with_texts else rows.defer("summary")
    for version in rows:
        found[version.entry.key].append(version)
    return dict(found)


def _hit(
    match: Match,
    versions: list[EntryVersion],
    attached: tuple[SafeString, FoundIn] | None,
    replacing: dict[str, Replacement],
    query: Query,
) -> Hit:
    ordered = _ordered(versions, query.language)
    shown, entry = ordered[0], versions[0].entry
    assert entry.date is not None
    standing: Standing = entry.standing  # type: ignore[assignment]
    return Hit(
        key=entry.key,
        kind=entry.kind,
        title=shown.title,
        url=shown.url,
        language=shown.language,
        external_id=shown.external_id,
        date=entry.date,
        published=shown.published,
        snippet=attached[0] if attached else _snippet(match, shown, query),
        facets={name: tuple(values) for name, values in entry.facets.items()},
        versions=tuple(
            HitVersion(version.language, version.title, version.url, version.external_id, version.published)
            for version in ordered
        ),
        standing=standing,
        found_in=attached[1] if attached else None,
        replacement=replacing.get(entry.replaced_by),
    )


def _answer(versions: list[EntryVersion], query: Query) -> Hit:
    hit = _hit(Match(versions[0].entry.key), versions, None, {}, query)
    return replace(hit, snippet=snippet_of([_ordered(versions, query.language)[0].summary], (), hit.language))


def _snippet(match: Match, shown: EntryVersion, query: Query) -> SafeString:
    """The engine's snippet where it was made from this very version of the entry, else one from the table."""
    made = match.snippets.get(shown.language)
    if made and match.version == shown.entry.version:
        return mark_safe(made)
    return snippet_of([shown.summary, _start(shown)], query.clauses.sought, shown.language)


def _attached(
    matches: list[Match], versions: dict[str, list[EntryVersion]], query: Query
) -> dict[str, tuple[SafeString, FoundIn]]:
    """For matches that an attachment explains best: its snippet, and where it is."""
    made = {
        match.key: match.attachment
        for match in matches
        if match.attachment and match.version == versions[match.key][0].entry.version
    }
    silent = [match.key for match in matches if match.version is None and not _says(versions[match.key], query)]
    if not made and not (silent and query.clauses.has_wanted):
        return {}
    wanted = Q(entry__key__in=silent, position__lt=PASSAGES)
    for key, snippet in made.items():
        wanted |= Q(entry__key=key, text__contains=_raw(snippet))
    passages = EntryPassage.objects.filter(wanted).annotate(key=F("entry__key")).order_by("entry_id", "position")
    found: dict[str, tuple[SafeString, FoundIn]] = {}
    for passage in passages:
        if passage.key in found:
            continue
        marked = _passage_snippet(passage, made.get(passage.key), query)
        if marked:
            found[passage.key] = (marked, _found_in(passage))
    return found


def _passage_snippet(passage: EntryPassage, made: str | None, query: Query) -> SafeString | None:
    if made is not None:
        return mark_safe(made)
    marked = (marked_in([passage.text], query.clauses.sought, language) for language in LANGUAGES)
    return next((snippet for snippet in marked if snippet), None)


def _found_in(passage: EntryPassage) -> FoundIn:
    url = f"{passage.url}#page={passage.page}" if passage.page else passage.url
    return FoundIn(passage.title, url, passage.page)


def _raw(snippet: str) -> str:
    """The text of a snippet that the engine made, as it stands in the passage."""
    return unescape(_MARK.sub("", snippet)).strip()


def _says(versions: list[EntryVersion], query: Query) -> bool:
    """Whether the texts of the entry itself have one of the words."""
    sought = query.clauses.sought
    return any(
        marked_in([version.title, version.summary, _start(version)], sought, version.language) for version in versions
    )


def _replacements(entries: list[Entry], query: Query) -> dict[str, Replacement]:
    """The items that replace some of these, as far as the reader may see them."""
    keys = {entry.replaced_by for entry in entries if entry.replaced_by}
    if not keys:
        return {}
    versions = _by_key(visible_versions(keys, query.tokens), with_texts=False)
    shown = {key: _ordered(found, query.language)[0] for key, found in versions.items()}
    return {key: Replacement(version.title, version.url, version.language) for key, version in shown.items()}


def _replaced_last(hits: list[Hit], replaced_by: dict[str, str]) -> list[Hit]:
    """The hits with each replaced item behind its replacement, where both are among them."""
    ordered = list(hits)
    for hit in hits:
        keys = [other.key for other in ordered]
        newer = replaced_by.get(hit.key, "")
        if newer in keys and keys.index(newer) > keys.index(hit.key):
            ordered.remove(hit)
            ordered.insert([other.key for other in ordered].index(newer) + 1, hit)
    return ordered


def _ordered(versions: list[EntryVersion], language: str) -> list[EntryVersion]:
    """The reader's language first."""
    return sorted(versions, key=lambda version: (version.language != language, LANGUAGES.index(version.language)))


def _start(version: EntryVersion) -> str:
    return str(getattr(version, "start", ""))


def _fits(version: EntryVersion, words: list[str]) -> bool:
    present = [word for name in (version.title, *version.aliases) for word in plain_words(name)]
    *finished, last = words or [""]
    return all(word in present for word in finished) and any(word.startswith(last) for word in present)
