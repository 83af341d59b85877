"""Elasticsearch as an engine: asks the live index, and only when its answer can be trusted."""

from typing import Any

from elasticsearch.dsl import Search

from search import conf
from search.circuit import circuit
from search.conf import LANGUAGES
from search.engines import Match, Matches
from search.engines.elasticsearch.client import reader, translated_errors
from search.engines.elasticsearch.queries import search_request, titles_request
from search.exceptions import EngineUnavailable, RequestRefused
from search.models import SearchIndex
from search.pending import exclusions_for
from search.query import Query
from search.results import Engine, FacetValue


class ElasticsearchEngine:
    """Every method raises EngineUnavailable when there is no complete answer within the budget."""

    name: Engine = "elasticsearch"

    def find(self, query: Query) -> Matches:
        """Answer a query."""
        index = _live_index()
        body = _ask(index, search_request(query, exclusions_for(index), conf.timeout_seconds()))
        return Matches(
            total=body["hits"]["total"]["value"],
            page=tuple(_match(hit) for hit in body["hits"]["hits"]),
            facets={name: _facet(body["aggregations"][name]["values"]) for name in query.facets},
        )

    def find_titles(self, text: str, tokens: frozenset[str], limit: int) -> list[str]:
        """Keys of entries with such a title, latest first."""
        index = _live_index()
        body = _ask(index, titles_request(text, tokens, exclusions_for(index), limit))
        return [hit["_source"]["key"] for hit in body["hits"]["hits"]]


def _live_index() -> SearchIndex:
    index = SearchIndex.objects.filter(prefix=conf.index_prefix(), state=SearchIndex.State.LIVE).first()
    if index is None:
        raise EngineUnavailable("there is no index yet")
    return index


def _ask(index: SearchIndex, request: Search) -> dict[str, Any]:  # type: ignore[type-arg]
    """Send a request to this very index; a partial answer is none, because its totals would be wrong."""
    try:
        with translated_errors():
            response = reader().search(index=index.name, body=request.to_dict(), allow_partial_search_results=False)
        if response["timed_out"]:
            raise EngineUnavailable("its answer was not complete in time")
    except RequestRefused:
        raise
    except EngineUnavailable:
        circuit.record_failure()
        raise
    circuit.record_success()
    return dict(response.body)


def _match(hit: dict[str, Any]) -> Match:
    highlights: dict[str, list[str]] = hit.get("highlight", {})
    snippets = {}
    for language in LANGUAGES:
        pieces = highlights.get(f"summary_{language}") or highlights.get(f"body_{language}") or []
        if pieces:
            snippets[language] = " … ".join(piece.strip() for piece in pieces)
    return Match(hit["_source"]["key"], hit["_version"], snippets)


def _facet(terms: dict[str, Any]) -> tuple[FacetValue, ...]:
    values = [FacetValue(str(bucket["key"]), bucket["doc_count"]) for bucket in terms["buckets"]]
    return tuple(sorted(values, key=lambda item: (-item.count, item.value)))
