"""Elasticsearch as an engine: asks the live index, and only when its answer can be trusted."""

import re
from html import unescape
from typing import Any

from elasticsearch.dsl import Search

from search import conf
from search.circuit import circuit
from search.conf import LANGUAGES
from search.engines import Match, Matches
from search.engines.elasticsearch.client import reader, translated_errors
from search.engines.elasticsearch.explaining import parts_of
from search.engines.elasticsearch.queries import EVERY_WORD, score_query, search_request, titles_request
from search.exceptions import EngineUnavailable, RequestRefused
from search.highlighting import BETWEEN, begun
from search.pending import LiveIndex, SearchState, read_state
from search.query import Query
from search.results import Engine, FacetValue, ScorePart
from search.spelling import RARE, is_far_rarer

_MARKED = re.compile(r"<mark>(.*?)</mark>")


class ElasticsearchEngine:
    """Every method raises EngineUnavailable when there is no complete answer within the budget."""

    name: Engine = "elasticsearch"

    def __init__(self, state: SearchState | None = None) -> None:
        self._state = state

    def find(self, query: Query) -> Matches:
        """Answer a query."""
        index = self._live_index()
        body = _ask(index, search_request(query, index.exclusions, conf.timeout_seconds()))
        counts = body.get("aggregations", {})
        total = body["hits"]["total"]["value"]
        doubtful = () if query.exact else _doubtful(query, body)
        return Matches(
            total=total,
            with_every_word=counts[EVERY_WORD]["doc_count"] if EVERY_WORD in counts else total,
            page=tuple(_match(hit) for hit in body["hits"]["hits"]),
            facets={name: _facet(counts[f"facet-{name}"]) for name in query.facets},
            doubtful=doubtful,
            rare=() if query.exact or doubtful else _rare(query, body),
        )

    def find_titles(self, text: str, query: Query) -> list[str]:
        """Keys of entries with such a name, what explains words first, then the latest."""
        index = self._live_index()
        body = _ask(index, titles_request(text, query, index.exclusions))
        return [hit["_source"]["key"] for hit in body["hits"]["hits"]]

    def explain(self, query: Query, key: str) -> tuple[ScorePart, ...] | None:
        """What Lucene's account of the score says of this entry alone."""
        index = self._live_index()
        with translated_errors():
            answer = reader().explain(index=index.name, id=key, query=score_query(query, index.exclusions))
        return tuple(parts_of(answer["explanation"])) if answer["matched"] else None

    def _live_index(self) -> LiveIndex:
        return (self._state or read_state()).live_index()


def _ask(index: LiveIndex, request: Search) -> dict[str, Any]:  # type: ignore[type-arg]
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


def _doubtful(query: Query, body: dict[str, Any]) -> tuple[str, ...]:
    """The words that no hit on the first page has; where near spellings were looked for, those that there are not."""
    counts = body.get("aggregations", {})
    if query.tolerant:
        return tuple(word for word in sorted(query.tolerant) if counts[f"word-{word}"]["having"]["doc_count"] == 0)
    page = counts["first"]["page"] if "first" in counts else body
    found = {word for hit in page["hits"]["hits"] for word in hit.get("matched_queries", ())}
    return tuple(word for word in query.clauses.correctable if word not in found)


def _rare(query: Query, body: dict[str, Any]) -> tuple[str, ...]:
    """The words that few matches have while others are near them; where near spellings were looked for too, those that
    are far rarer than these.
    """
    counts = body.get("aggregations", {})
    if query.tolerant:
        words = {word: counts[f"word-{word}"] for word in sorted(query.tolerant)}
        return tuple(
            word
            for word, count in words.items()
            if is_far_rarer(count["having"]["doc_count"], count["near"]["doc_count"])
        )
    near = {name for name, found in body.get("suggest", {}).items() for piece in found if piece["options"]}
    total = {"doc_count": body["hits"]["total"]["value"]}
    return tuple(
        word
        for word in query.clauses.correctable
        if counts.get(f"few-{word}", total)["doc_count"] <= RARE and near & {f"names-{word}", f"plain-{word}"}
    )


def _match(hit: dict[str, Any]) -> Match:
    highlights: dict[str, list[str]] = hit.get("highlight", {})
    snippets = {}
    for language in LANGUAGES:
        pieces = [highlights.get(f"{name}_{language}", [""]) for name in ("summary", "body")]
        if any(best := max(pieces, key=lambda found: _words_marked(found[0]))):
            snippets[language] = BETWEEN.join(map(begun, best))
    attachments = [highlights.get(f"attachments_{language}", [""])[0] for language in LANGUAGES]
    attachment = max(attachments, key=_words_marked)
    if _words_marked(attachment) <= max(map(_words_marked, snippets.values()), default=0):
        attachment = ""
    source = hit["_source"]
    return Match(source["key"], hit["_version"], snippets, begun(attachment), source.get("replaced_by", ""))


def _words_marked(snippet: str) -> int:
    return len({unescape(word).casefold() for word in _MARKED.findall(snippet)})


def _facet(counted: dict[str, Any]) -> tuple[FacetValue, ...]:
    terms = counted.get("values", counted)
    values = [FacetValue(str(bucket["key"]), bucket["doc_count"]) for bucket in terms["buckets"]]
    return tuple(sorted(values, key=lambda item: (-item.count, item.value)))
