"""Indexes and aliases: a new name for each rebuild, one alias for people, one write alias per index.

Documents are sent to the write alias and to nothing else: if the index is lost, Elasticsearch refuses them instead of
making up an index without our mapping.
"""

from collections.abc import Iterator
from typing import Any

from elasticsearch.dsl import Index
from elasticsearch.helpers import scan, streaming_bulk

from search.engines.elasticsearch.client import translated_errors, writer
from search.engines.elasticsearch.documents import Document
from search.engines.elasticsearch.mapping import index_settings, mapping
from search.models import SearchIndex

BULK_BYTES = 5 * 1024 * 1024


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
    """Whether the index is there, made by us."""
    with translated_errors():
        return bool(writer().indices.exists_alias(index=index.name, name=write_alias(index)))


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


def send(index: SearchIndex, documents: list[Document]) -> list[tuple[str, int, str]]:
    """Send documents; gives back key, status and reason of each, in their order. An older one never wins (409)."""
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
    outcomes = []
    with translated_errors():
        for _is_sent, item in streaming_bulk(
            writer(), actions, max_chunk_bytes=BULK_BYTES, raise_on_error=False, require_alias=True
        ):
            outcome = item["index"]
            error = outcome.get("error") or {}
            reason = error if isinstance(error, str) else f"{error.get('type', '')}: {error.get('reason', '')}"
            outcomes.append((outcome["_id"], int(outcome["status"]), reason))
    return outcomes


def stored_documents(index: SearchIndex) -> Iterator[tuple[str, Document]]:
    """Every document of the index with its id."""
    with translated_errors():
        for hit in scan(writer(), index=index.name, size=500, query={"query": {"match_all": {}}}, scroll="10m"):
            yield hit["_id"], hit["_source"]


def missing_documents(index: SearchIndex, keys: list[str]) -> list[str]:
    """Which of these documents the index does not have."""
    with translated_errors():
        answer = writer().mget(index=index.name, ids=keys, source=False)
    return [document["_id"] for document in answer["docs"] if not document.get("found")]
