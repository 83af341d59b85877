"""From matches to hits: everything shown comes from the entry's current row, and its audience is asked once more."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from html import unescape

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import JSONObject, RowNumber, Substr
from django.utils.safestring import SafeString, mark_safe

from search.conf import LANGUAGES
from search.engines import Match
from search.highlighting import SNIPPET_CHARACTERS, TEXT_CHARACTERS, in_one_line, marked_in, snippet_of
from search.models import EntryPassage, EntryToken, EntryVersion
from search.query import Query
from search.results import FoundIn, Hit, HitVersion, Replacement, Suggestion
from search.text import beginnings_pattern, in_either_number, plain_words, stems
from search.types import Standing

_MARK = re.compile(r"</?mark>")
#: Passages of one hit's attachments that are looked through for a snippet, where the engine gives none.
PASSAGES = 4


def visible_versions(keys: Iterable[str], tokens: frozenset[str]) -> QuerySet[EntryVersion]:
    """The versions, with their entries, of those among these entries that exist and that the tokens may see now."""
    return seen_versions(tokens).filter(entry__key__in=list(keys)).select_related("entry").order_by("language")


def seen_versions(tokens: frozenset[str]) -> QuerySet[EntryVersion]:
    """Every version, of whatever entry, that the tokens may see now."""
    audience = EntryToken.objects.filter(entry=OuterRef("entry_id"), token__in=tokens)
    return EntryVersion.objects.filter(Exists(audience), entry__is_deleted=False)


def hits_for(
    matches: tuple[Match, ...], query: Query, aside: Iterable[str] = ()
) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
    """Hits in the order of their matches, a replaced item after its replacement; and the items of the keys ``aside``.

    Those have their whole summary. All of them only as far as the reader may see them.

    One statement; one more where the engine made no snippets and attachments may have them.
    """
    apart = list(dict.fromkeys(aside))
    keys = {match.key for match in matches} | {match.replaced_by for match in matches if match.replaced_by}
    if not keys and not apart:
        return (), ()
    made = {match.key: match.attachment for match in matches if match.attachment}
    rows = visible_versions(keys | set(apart), query.tokens)
    if made:
        rows = rows.annotate(place=_place_of(made))
    is_made = all(match.version is not None for match in matches)
    if is_made:
        rows = rows.defer("aliases")
    versions = _by_key(rows, text_characters=2 * SNIPPET_CHARACTERS if is_made else TEXT_CHARACTERS)
    kept = [match for match in matches if match.key in versions]
    attached = {} if is_made else _attached([match for match in kept if match.version is None], versions, query)
    hits = [_hit(match, versions, attached, query) for match in kept]
    replaced_by = {match.key: match.replaced_by for match in kept}
    return (
        tuple(_replaced_last(hits, replaced_by)),
        tuple(_answer(versions[key], query) for key in apart if key in versions),
    )


def suggestions_for(keys: list[str], text: str, tokens: frozenset[str], language: str) -> list[Suggestion]:
    """The titles of these entries, in the reader's language unless only another language's names fit.

    In the order of the keys, those with a name that begins with the text before all others.
    """
    if not keys:
        return []
    versions = _by_key(visible_versions(keys, tokens))
    words = plain_words(text)
    beginning: list[Suggestion] = []
    others: list[Suggestion] = []
    for key in keys:
        if key not in versions:
            continue
        ordered = _ordered(versions[key], language)
        fitting = next((version for version in ordered if _fits(version, words)), ordered[0])
        suggestion = Suggestion(fitting.title, fitting.url, fitting.entry.kind, key)
        is_begun = any(_begins(version, words) for version in versions[key])
        (beginning if is_begun else others).append(suggestion)
    return [*beginning, *others]


def shown_texts(matches: Iterable[Match], tokens: frozenset[str]) -> list[str]:
    """What a reader sees of these entries, for spellings that are really there: names, beginnings of texts, and what
    the engine marked in this very version of them, however far down.
    """
    by_key = {match.key: match for match in matches}
    versions = visible_versions(by_key, tokens).annotate(start=Substr("body", 1, TEXT_CHARACTERS)).defer("body")
    texts: list[str] = []
    for version in versions:
        match = by_key[version.entry.key]
        marked = [*match.snippets.values(), match.attachment] if match.version == version.entry.version else []
        texts += [version.title, *version.aliases, version.summary, version.headings, _start(version)]
        texts += [_raw(snippet) for snippet in marked]
    return texts


def _by_key(rows: QuerySet[EntryVersion], *, text_characters: int = 0) -> dict[str, list[EntryVersion]]:
    """Versions by the key of their entry, with so much of their text; 0: without summaries too."""
    found: defaultdict[str, list[EntryVersion]] = defaultdict(list)
    rows = rows.defer("headings", "body")
    rows = rows.annotate(start=Substr("body", 1, text_characters)) if text_characters else rows.defer("summary")
    for version in rows:
        found[version.entry.key].append(version)
    return dict(found)


def _hit(
    match: Match, by_key: dict[str, list[EntryVersion]], attached: dict[str, tuple[SafeString, FoundIn]], query: Query
) -> Hit:
    versions = by_key[match.key]
    ordered = _ordered(versions, query.language)
    shown, entry = ordered[0], versions[0].entry
    assert entry.date is not None
    snippet, found_in = attached.get(match.key) or _snippet(match, shown, query)
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
        snippet=snippet,
        facets={name: tuple(values) for name, values in entry.facets.items()},
        versions=tuple(
            HitVersion(version.language, version.title, version.url, version.external_id, version.published)
            for version in ordered
        ),
        standing=standing,
        found_in=found_in,
        replacement=_replacement(by_key.get(entry.replaced_by), query),
        identifiers=tuple(entry.identifiers),
    )


def _answer(versions: list[EntryVersion], query: Query) -> Hit:
    key = versions[0].entry.key
    hit = _hit(Match(key), {key: versions}, {}, query)
    return replace(hit, snippet=snippet_of([_ordered(versions, query.language)[0].summary], (), hit.language))


def _snippet(match: Match, shown: EntryVersion, query: Query) -> tuple[SafeString, FoundIn | None]:
    """The engine's snippet where it was made from this very version of the entry, else one from the table."""
    if match.version == shown.entry.version:
        place = getattr(shown, "place", None)
        if match.attachment and place:
            return mark_safe(match.attachment), _found_in(**place)
        if made := match.snippets.get(shown.language):
            return in_one_line(made), None
    made = snippet_of([shown.summary, _start(shown)], query.clauses.sought, shown.language)
    return in_one_line(made), None


def _place_of(made: dict[str, str]) -> Subquery:
    """The passage that each snippet from an attachment is a piece of, by the key of its entry."""
    wanted = Q()
    for key, snippet in made.items():
        wanted |= Q(entry__key=key, text__contains=_raw(snippet))
    passages = EntryPassage.objects.filter(wanted, entry=OuterRef("entry_id")).order_by("position")
    return Subquery(passages.values(place=JSONObject(title="title", url="url", page="page"))[:1])


def _attached(
    matches: list[Match], versions: dict[str, list[EntryVersion]], query: Query
) -> dict[str, tuple[SafeString, FoundIn]]:
    """For matches without a snippet of which attachments say words that they do not: a piece of that, and where it is.

    The passages are chosen by the beginnings of those words, a few of each match; what they say is judged here.
    """
    sought = _sought(query)
    lacking: defaultdict[frozenset[tuple[str, ...]], list[str]] = defaultdict(list)
    for match in matches:
        said = [_words_of(version) for version in versions[match.key]]
        if lacks := frozenset(texts for texts in sought if not any(_is_said(texts, words) for words in said)):
            lacking[lacks].append(match.key)
    wanted = Q()
    lacks_of: dict[str, frozenset[tuple[str, ...]]] = {}
    for lacks, keys in lacking.items():
        if pattern := beginnings_pattern(text for texts in sorted(lacks) for text in texts):
            wanted |= Q(entry__key__in=keys, text__iregex=pattern)
            lacks_of |= dict.fromkeys(keys, lacks)
    if not lacks_of:
        return {}
    order = Window(RowNumber(), partition_by=F("entry_id"), order_by="position")
    passages = EntryPassage.objects.filter(wanted).annotate(key=F("entry__key"), place=order)
    best: dict[str, tuple[int, EntryPassage]] = {}
    for passage in passages.filter(place__lte=PASSAGES).order_by("entry_id", "position"):
        said = [(language, set(stems(passage.text, language))) for language in LANGUAGES]
        count = sum(any(_is_said(texts, words) for words in said) for texts in lacks_of[passage.key])
        if count > best.get(passage.key, (0, passage))[0]:
            best[passage.key] = (count, passage)
    return {
        key: (marked, _found_in(passage.title, passage.url, passage.page))
        for key, (_count, passage) in best.items()
        if (marked := _marked(passage.text, query))
    }


def _sought(query: Query) -> list[tuple[str, ...]]:
    """For each thing that is sought, the texts that say it."""
    clauses = query.clauses
    words = [(" ".join(clause.text for clause in group.clauses), *group.forms) for group in clauses.words]
    return [*words, *((phrase.text,) for phrase in clauses.phrases)]


def _words_of(version: EntryVersion) -> tuple[str, set[str]]:
    """The stems of what a version says, and of its entry's numbers, in its language."""
    texts = (version.title, *version.aliases, *version.entry.identifiers, version.summary, _start(version))
    return version.language, {stem for text in texts for stem in stems(text, version.language)}


def _is_said(texts: Iterable[str], words: tuple[str, set[str]]) -> bool:
    """Whether one of the texts has all its words among these stems of a language."""
    language, known = words
    return any(known.issuperset(stems(text, language)) for text in texts)


def _marked(text: str, query: Query) -> SafeString | None:
    marked = (marked_in([text], query.clauses.sought, language) for language in LANGUAGES)
    return next((snippet for snippet in marked if snippet), None)


def _found_in(title: str, url: str, page: int | None) -> FoundIn:
    return FoundIn(title, f"{url}#page={page}" if page else url, page)


def _raw(snippet: str) -> str:
    """The text of a snippet that the engine made, as it stands in the passage."""
    return unescape(_MARK.sub("", snippet)).strip()


def _replacement(versions: list[EntryVersion] | None, query: Query) -> Replacement | None:
    """The item that replaces a hit, as far as the reader may see it."""
    if not versions:
        return None
    shown = _ordered(versions, query.language)[0]
    return Replacement(shown.title, shown.url, shown.language)


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
    named = all(any(form in present for form in in_either_number(word)) for word in finished)
    return named and any(word.startswith(last) for word in present)


def _begins(version: EntryVersion, words: list[str]) -> bool:
    text = " ".join(words)
    return any(" ".join(plain_words(name)).startswith(text) for name in (version.title, *version.aliases))
