"""From a query to a request. The audience filter is built here and nowhere else."""

from typing import Any

from elasticsearch.dsl import A, Q, Search
from elasticsearch.dsl.query import Bool
from elasticsearch.dsl.query import Query as DslQuery

from search.conf import LANGUAGES
from search.engines.elasticsearch.documents import identifier_of
from search.pending import Exclusions
from search.query import Clauses, Query
from search.registry import answered_kinds

_WEIGHTS = {"title": 8, "headings": 3, "summary": 2, "body": 1}
_FIELDS = [f"{name}_{language}^{weight}" for name, weight in _WEIGHTS.items() for language in LANGUAGES]
_HIGHLIGHTED = [f"{name}_{language}" for language in LANGUAGES for name in ("summary", "body")]
_IDENTIFIER_WEIGHT = 20
#: More values than a facet ever has; the default of ten would hide the eleventh society.
FACET_SIZE = 5_000
HIGHLIGHTED_CHARACTERS = 500_000


def search_request(query: Query, exclusions: Exclusions, timeout_seconds: float) -> Search:  # type: ignore[type-arg]
    """The whole request of a query. Filters come after the aggregations, so that a facet can ignore its own choice."""
    request = Search().query(_within_audience(query.tokens, exclusions, _text_query(query.clauses)))
    filters = {name: Q("terms", **{f"facets__{name}": sorted(values)}) for name, values in query.filters.items()}
    if filters:
        request = request.post_filter(Bool(filter=list(filters.values())))
    for name in query.facets:
        others = [condition for other, condition in filters.items() if other != name]
        counted = A("filter", Bool(filter=others)) if others else A("filter", Q("match_all"))
        counted.bucket("values", "terms", field=f"facets.{name}", size=FACET_SIZE)
        request.aggs.bucket(name, counted)
    order: list[dict[str, Any]] = [{"date": "desc"}, {"key": "asc"}]
    request = request.sort(*(order if query.is_sorted_by_date else [{"_score": "desc"}, *order]))
    if query.clauses.required:
        request = _highlighted(request, query)
    return request[query.offset : query.offset + query.size].extra(
        track_total_hits=True, version=True, _source=["key"], timeout=f"{int(timeout_seconds * 1000)}ms"
    )


def titles_request(text: str, tokens: frozenset[str], exclusions: Exclusions, limit: int) -> Search:  # type: ignore[type-arg]
    """The request for entries with such a title."""
    titles = Q("match_bool_prefix", words={"query": text, "operator": "and"})
    request = Search().query(_within_audience(tokens, exclusions, Bool(filter=[titles])))
    order: list[dict[str, Any]] = [{"date": "desc"}, {"key": "asc"}]
    return request.sort(*order)[:limit].source(["key"])


def _within_audience(tokens: frozenset[str], exclusions: Exclusions, wanted: Bool) -> DslQuery:
    """The only place where an audience becomes a filter: one ``terms`` query, and what is pending left out."""
    if not tokens:
        raise ValueError("A query needs tokens.")
    hidden = []
    if exclusions.keys:
        hidden.append(Q("terms", key=list(exclusions.keys)))
    if exclusions.rules:
        hidden.append(Q("terms", rule=list(exclusions.rules)))
    kinds = answered_kinds()
    answered = [] if kinds is None else [Q("terms", facets__kind=list(kinds))]
    return Bool(must=[wanted], filter=[Q("terms", tokens=sorted(tokens)), *answered], must_not=hidden)


def _text_query(clauses: Clauses) -> Bool:
    return Bool(
        must=[_clause_query(clause) for clause in clauses.required] or [Q("match_all")],
        should=[_clause_query(clause) for clause in clauses.optional],
        must_not=[_clause_query(clause) for clause in clauses.excluded],
    )


def _clause_query(clause: str) -> DslQuery:
    """A word or phrase in any field of any language, or an identifier as a whole."""
    text = Q("multi_match", query=clause, type="phrase", fields=_FIELDS, tie_breaker=0.3)
    identifier = Q("term", identifiers={"value": identifier_of(clause), "boost": _IDENTIFIER_WEIGHT})
    return Bool(should=[text, identifier], minimum_should_match=1)


def _highlighted(request: Search, query: Query) -> Search:  # type: ignore[type-arg]
    """Pieces of text around the words, as HTML in which everything but the marks is escaped."""
    return request.highlight_options(
        encoder="html",
        pre_tags=["<mark>"],
        post_tags=["</mark>"],
        fragment_size=200,
        number_of_fragments=1,
        max_analyzed_offset=HIGHLIGHTED_CHARACTERS,
        highlight_query=_text_query(query.clauses).to_dict(),
    ).highlight(*_HIGHLIGHTED)
