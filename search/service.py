"""The two questions a reader asks: a search, and suggestions while typing."""

import logging
from collections.abc import Callable
from typing import TypeVar

from search import conf
from search.circuit import circuit
from search.engines import SearchEngine
from search.engines.embedded.engine import EmbeddedEngine
from search.exceptions import EngineUnavailable
from search.query import Query, normalize_text
from search.reading import hits_for, suggestions_for
from search.results import Results, Suggestion

logger = logging.getLogger(__name__)
T = TypeVar("T")


def search(query: Query) -> Results:
    """Answer a query. It never fails because Elasticsearch does: then the embedded engine answers, ``degraded``."""
    matches, engine = _ask(lambda engine: engine.find(query))
    return Results(
        total=matches.total,
        page=query.page,
        size=query.size,
        hits=hits_for(matches.page, query),
        facets=matches.facets,
        engine=engine.name,
        degraded=engine.name == "embedded" and bool(conf.elasticsearch_url()),
    )


def suggest(text: str, tokens: frozenset[str], language: str, limit: int = 8) -> list[Suggestion]:
    """Titles, among what the tokens may see, that have these words; the last word may be unfinished."""
    wanted = normalize_text(text)
    if not wanted or not tokens or limit < 1:
        return []
    keys, _engine = _ask(lambda engine: engine.find_titles(wanted, frozenset(tokens), limit))
    return suggestions_for(keys, wanted, frozenset(tokens), language)


def _ask(question: Callable[[SearchEngine], T]) -> tuple[T, SearchEngine]:
    """The answer of Elasticsearch if there is one in time, else that of the embedded engine."""
    embedded = EmbeddedEngine()
    if conf.elasticsearch_url() and circuit.allows_request():
        from search.engines.elasticsearch.engine import ElasticsearchEngine

        engine = ElasticsearchEngine()
        try:
            answer = question(engine)
        except EngineUnavailable as error:
            logger.warning("Elasticsearch is not used for this search: %s", error)
        else:
            return answer, engine
    return question(embedded), embedded
