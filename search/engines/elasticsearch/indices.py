"""Indexes and aliases: a new name for each rebuild, one alias for people, one write alias per index.

Documents are sent to the write alias and to nothing else: if the index is lost, Elasticsearch refuses them instead of
making up an index without our mapping.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from elasticsearch.dsl import Index
from elasticsearch.helpers import scan, streaming_bulk

from search.engines.elasticsearch.client import prober, reader, translated_errors, writer
from search.engines.elasticsearch.documents import Document
from search.engines.elasticsearch.mapping import index_settings, mapping
from search.models import SearchIndex

BULK_BYTES = 5 * 1024 * 1024
#: Of a whole request: something in it is wrong, it is too large, or there is no room for it now.
_MAY_BE_TOO_LARGE = frozenset({400, 413, 429})
_QUOTED = re.compile(
    r"\s*(?:Preview of field's value:|The prefix of the first immense term is:|Caused by:).*", re.DOTALL
)


@dataclass(frozen=True)
class Outcome:
    """What became of one document: the status as in HTTP, and the reason if it was not taken."""

    status: int
    reason: str


@cache
def schema() -> str:
    """A fingerprint of mapping and analysis: an index of another one cannot be asked, nor fed, by this program."""
    built = Index("any")
    built.mapping(mapping())
    return hashlib.sha256(json.dumps(built.to_dict(), sort_keys=True).encode()).hexdigest()[:16]


def write_alias(index: SearchIndex) -> str:
    """The alias under which documents are sent to this index."""
    return f"{index.name}-write"


def create_index(index: SearchIndex) -> None:
    """Create the index with mapping, settings and write alias."""
    built = Index(index.name)
    built.settings(**index_settings())
    built.mapping(mapping())
    built.aliases(**{write_alias(index): {"is_write_index": True}})
    with translated_errors():
        built.create(using=writer())


def delete_index(index: SearchIndex) -> None:
    """Delete the index, if it is there."""
    with translated_errors():
        writer().indices.delete(index=index.name, ignore_unavailable=True)


def has_index(index: SearchIndex) -> bool:
    """Whether the index is there, made by us. It is asked before anything is claimed, and with little patience."""
    with translated_errors():
        return bool(prober().indices.exists_alias(index=index.name, name=write_alias(index)))


def refresh(index: SearchIndex) -> bool:
    """Make what was sent searchable; says whether every copy has done so."""
    with translated_errors():
        answer = writer().indices.refresh(index=index.name)
    return int(answer["_shards"]["failed"]) == 0


def start_refreshing(index: SearchIndex) -> None:
    """End the filling of a new index."""
    with translated_errors():
        writer().indices.put_settings(index=index.name, settings={"refresh_interval": "1s"})


def point_alias(index: SearchIndex) -> None:
    """Let the alias name this index and no other, in one step."""
    client = writer()
    with translated_errors():
        actions: list[dict[str, Any]] = [
            {"remove": {"index": name, "alias": index.prefix}} for name in alias_targets(index.prefix)
        ]
        client.indices.update_aliases(actions=[*actions, {"add": {"index": index.name, "alias": index.prefix}}])


def alias_targets(prefix: str) -> list[str]:
    """The indexes that the alias names."""
    client = writer()
    with translated_errors():
        if not client.indices.exists_alias(name=prefix):
            return []
        return sorted(client.indices.get_alias(name=prefix))


def send(index: SearchIndex, documents: list[Document]) -> dict[str, Outcome]:
    """Send documents; gives back each one's outcome by its key. An older one never wins (409).

    A request that is refused for its size or for one of its documents is sent again in halves, so that the others get
    through. When even a single document is too much for a busy server, what is left is not sent, and has no outcome.
    """
    outcomes, divisible = _send_once(index, documents)
    if not divisible:
        return outcomes
    for document in divisible:
        del outcomes[document["key"]]
    middle = (len(divisible) + 1) // 2
    for half in (divisible[:middle], divisible[middle:]):
        sent = send(index, half)
        outcomes |= sent
        if len(sent) < len(half) or any(outcome.status == 429 for outcome in sent.values()):
            break
    return outcomes


def _send_once(index: SearchIndex, documents: list[Document]) -> tuple[dict[str, Outcome], list[Document]]:
    """The outcomes of one go, and those documents that may fare better in smaller requests."""
    actions = (
        {
            "_op_type": "index",
            "_index": write_alias(index),
            "_id": document["key"],
            "version": document["version"],
            "version_type": "external_gte",
            "_source": document,
        }
        for document in documents
    )
    outcomes: dict[str, Outcome] = {}
    together: set[str] = set()
    with translated_errors():
        for _is_sent, item in streaming_bulk(
            writer(),
            actions,
            max_chunk_bytes=BULK_BYTES,
            raise_on_error=False,
            raise_on_exception=False,
            require_alias=True,
        ):
            result = item["index"]
            error = result.get("exception")
            if error is not None and error.status_code not in _MAY_BE_TOO_LARGE:
                raise error
            outcome = Outcome(_status(result), _reason(result.get("error")))
            if error is not None or outcome.status == 429:
                together.add(result["_id"])
            outcomes[result["_id"]] = outcome
    divisible = [document for document in documents if document["key"] in together]
    return outcomes, divisible if len(divisible) > 1 else []


def _status(result: dict[str, Any]) -> int:
    """A block on the index is a 403, also where the server says 429 because it set it itself when its disk was full."""
    error = result.get("error")
    is_blocked = isinstance(error, dict) and error.get("type") == "cluster_block_exception"
    return 403 if is_blocked else int(result["status"])


def _reason(error: Any) -> str:
    """Why it was refused, without the piece of the document that Elasticsearch likes to quote."""
    if not error:
        return ""
    text = error if isinstance(error, str) else f"{error.get('type', '')}: {error.get('reason', '')}"
    return _QUOTED.sub("", text)


def stored_documents(index: SearchIndex) -> Iterator[tuple[str, Document]]:
    """Every document of the index with its id, as far as the index keeps it."""
    with translated_errors():
        for hit in scan(writer(), index=index.name, size=500, query={"query": {"match_all": {}}}, scroll="10m"):
            yield hit["_id"], hit["_source"]


def stored_versions(index: SearchIndex, keys: list[str]) -> dict[str, int]:
    """The version of each of these documents that the index has."""
    with translated_errors():
        answer = writer().mget(index=index.name, ids=keys, source=False)
    return {document["_id"]: document["_version"] for document in answer["docs"] if document.get("found")}


def versions_in(names: list[str], key: str) -> dict[str, int]:
    """The version of one document in each of these indexes that has it, within a reader's budget."""
    wanted = [{"_index": name, "_id": key, "_source": False} for name in names]
    with translated_errors():
        answer = reader().mget(docs=wanted)
    return {document["_index"]: document["_version"] for document in answer["docs"] if document.get("found")}
