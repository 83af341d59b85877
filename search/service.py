"""What a reader asks: a search, and suggestions while typing; and what an administrator asks: why."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from search import conf
from search.circuit import circuit
from search.engines import Match, Matches, SearchEngine
from search.engines.embedded.engine import EmbeddedEngine
from search.exceptions import EngineUnavailable, SearchTimeout
from search.expansion import MAX_PINNED, Expansion, expansions_of
from search.naming import kinds_named
from search.pending import SearchState, read_state
from search.query import Query, normalize_text
from search.reading import hits_for, shown_texts, suggestions_for
from search.results import Explanation, Results, Suggestion
from search.spelling import commoner, corrected

logger = logging.getLogger(__name__)
T = TypeVar("T")

#: Of so many names those come first that begin with the text.
SUGGESTIONS_TRIED = 50


def search(query: Query) -> Results:
    """Answer a query. It never fails because Elasticsearch does: then the embedded engine answers, ``degraded``.

    Raises SearchTimeout where the database takes too long over it; so do the other questions here.

    One question to the engine; a second one where a word is found nowhere, to learn whether a near spelling is: then
    that is the answer; or where a word is found hardly anywhere and others near it may be meant: that is proposed. One
    statement beside the engine's before it, one after it, one more for the spelling.
    """
    state = read_state()
    asked, known = _expanded(query, state)
    typed, engine = _ask(lambda engine: engine.find(asked), state)
    matches, better = typed, None
    if not kinds_named(asked):
        if typed.doubtful:
            matches, better = _near(asked, typed, engine)
        elif typed.rare and query.page == 1:
            better = _commoner(asked, typed, engine)
    meant = better if better != query.text else None
    is_corrected = matches is not typed and (meant is not None or (better is None and matches.total > typed.total))
    page, marked = matches.page, asked
    if is_corrected and meant:
        # The engine marks what was typed; the snippets are to show what was meant.
        page = tuple(Match(match.key, replaced_by=match.replaced_by) for match in page)
        marked = replace(asked, text=meant)
    aside = [expansion.key for expansion in known if expansion.key]
    hits, shown = hits_for(page, marked, aside)
    pinned = {expansion.key for expansion in known if expansion.is_pinned}
    is_first = query.page == 1 and not query.filters
    return Results(
        total=matches.total,
        page=query.page,
        size=query.size,
        hits=hits,
        facets=matches.facets,
        engine=engine.name,
        degraded=engine.name == "embedded" and bool(conf.elasticsearch_url()),
        did_you_mean=meant,
        is_corrected=is_corrected,
        total_as_typed=typed.total if is_corrected else matches.total,
        with_every_word=matches.with_every_word,
        expansions=asked.expansions,
        answers=tuple(hit for hit in shown if hit.key not in pinned),
        pinned=tuple(hit for hit in shown if hit.key in pinned)[:MAX_PINNED] if is_first else (),
    )


def count(query: Query) -> int:
    """How many items a search finds as it was typed; one question to the engine."""
    asked, _known = _expanded(query, state := read_state())
    matches, _engine = _ask(lambda engine: engine.find(replace(asked, size=1, page=1, facets=())), state)
    return matches.total


def suggest(text: str, tokens: frozenset[str], language: str, limit: int = 8) -> list[Suggestion]:
    """Names, among what the tokens may see, that have these words, in either number; the last word may be unfinished.

    Those that begin with the text come first, then what explains words, then the latest.
    """
    wanted = normalize_text(text)
    if not wanted or not tokens or limit < 1:
        return []
    asked = Query("", frozenset(tokens), language=language, size=max(limit, SUGGESTIONS_TRIED))
    keys, _engine = _ask(lambda engine: engine.find_titles(wanted, asked))
    return suggestions_for(keys, wanted, asked.tokens, language)[:limit]


def explain(query: Query, key: str) -> Explanation | None:
    """What in an entry has the words of a query, and what that counts; None: it is not found."""
    state = read_state()
    asked, _known = _expanded(query, state)
    parts, engine = _ask(lambda engine: engine.explain(asked, key), state)
    return None if parts is None else Explanation(engine.name, parts)


def _expanded(query: Query, state: SearchState) -> tuple[Query, tuple[Expansion, ...]]:
    """The query with what it is also looked for as, and all that is known about its words."""
    found = () if query.exact else expansions_of(query.text, query.tokens, state.stamps)
    known = tuple(expansion for expansion in found if expansion.is_pinned or query.says_loosely(expansion.typed))
    return replace(query, expansions=tuple(expansion for expansion in known if not expansion.is_pinned)), known


def _near(query: Query, typed: Matches, engine: SearchEngine) -> tuple[Matches, str | None]:
    """What to answer with where words are doubtful, and the text in the spelling that this reader's results have.

    What near spellings find. Where that is the same, or where a word is found as it was typed after all, in something
    further down or with too few of the others, another spelling is only proposed, on the first page.
    """
    near = _find_near(query, typed.doubtful, engine)
    if near is None or not near.total or not near.doubtful:
        return typed, None
    is_same = near.total == typed.total and [match.key for match in near.page] == [match.key for match in typed.page]
    is_answer = typed.total == 0 or (set(near.doubtful) == set(typed.doubtful) and not is_same)
    if not is_answer and query.page > 1:
        return typed, None
    better = corrected(query.text, near.doubtful, shown_texts(near.page, query.tokens))
    return (near if is_answer else typed), better


def _commoner(query: Query, typed: Matches, engine: SearchEngine) -> str | None:
    """The text with its rare words as they are spelled in many more of the items that this reader sees, to propose."""
    near = _find_near(query, typed.rare, engine)
    return commoner(query.text, near.rare, shown_texts(near.page, query.tokens)) if near and near.rare else None


def _find_near(query: Query, words: tuple[str, ...], engine: SearchEngine) -> Matches | None:
    """What is found where near spellings of these words will do too; None if there is no answer to that."""
    try:
        return engine.find(replace(query, tolerant=frozenset(words)))
    except (EngineUnavailable, SearchTimeout) as error:
        logger.warning("No other spelling was looked for: %s", error)
        return None


def _ask(question: Callable[[SearchEngine], T], state: SearchState | None = None) -> tuple[T, SearchEngine]:
    """The answer of Elasticsearch if there is one in time, else that of the embedded engine."""
    embedded = EmbeddedEngine()
    if conf.elasticsearch_url() and circuit.allows_request():
        from search.engines.elasticsearch.engine import ElasticsearchEngine

        engine = ElasticsearchEngine(state)
        try:
            answer = question(engine)
        except EngineUnavailable as error:
            logger.warning("Elasticsearch is not used for this search: %s", error)
        else:
            return answer, engine
    return question(embedded), embedded
