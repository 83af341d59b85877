"""What one gets without us: one ``multi_match`` over the same texts, with Elasticsearch's stock analysers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from intranet.accounts.models import User
from intranet.demo.content import read_documents, read_items
from intranet.demo.documents import iter_blocks
from intranet.networks.access import tokens_for
from search.models import Entry
from tests.golden.asking import DEPTH, Ranking, keys_by_id
from tests.golden.golden_set import GoldenQuery

ANALYSERS = {"fr": "french", "en": "english"}
_TEXTS = ("title", "summary", "headings", "body")
_FIELDS = ["identifiers", *(f"{name}_{language}" for name in (*_TEXTS, "attachments") for language in ANALYSERS)]


def ask_plainly(queries: Iterable[GoldenQuery], url: str) -> dict[str, Ranking]:
    """What the plain query finds within the reader's audience, by the name of the query."""
    client = Elasticsearch(url, request_timeout=30)
    index = f"{settings.SEARCH_INDEX_PREFIX}-plain"
    client.indices.create(index=index, mappings=_mapping(), settings={"number_of_shards": 1, "number_of_replicas": 0})
    try:
        documents = sorted(
            _documents(), key=lambda document: document[1].get("title_fr", document[1].get("title_en", ""))
        )
        bulk(client, ({"_index": index, "_id": key, "_source": text} for key, text in documents), refresh=True)
        return {query.name: _ask(client, index, query) for query in queries}
    finally:
        client.indices.delete(index=index)


def _mapping() -> dict[str, Any]:
    texts = {
        f"{name}_{language}": {"type": "text", "analyzer": analyser}
        for name in (*_TEXTS, "attachments")
        for language, analyser in ANALYSERS.items()
    }
    return {"properties": {"tokens": {"type": "keyword"}, "identifiers": {"type": "text"}, **texts}}


def _documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """By demo key, the texts that our entries have, and those of the attached documents."""
    keys, attachments = keys_by_id(), _attachments()
    for entry in Entry.objects.filter(is_deleted=False).prefetch_related("versions", "tokens"):
        versions = list(entry.versions.all())
        key = keys.get(versions[0].external_id, entry.key)
        document: dict[str, Any] = {
            "tokens": [token.token for token in entry.tokens.all()],
            "identifiers": entry.identifiers,
        }
        for version in versions:
            document |= {f"{name}_{version.language}": getattr(version, name) for name in _TEXTS}
            document[f"attachments_{version.language}"] = attachments.get((key, version.language), "")
        yield key, document


def _attachments() -> dict[tuple[str, str], str]:
    """The text of what is attached to an item, by demo key and language."""
    texts = {
        (document.key, text.language): "\n".join(
            [text.title, *("\n".join([block.text, *map(" ".join, block.rows)]) for block in iter_blocks(text.body))]
        )
        for document in read_documents().values()
        for text in document.texts
    }
    return {
        (source.key, language): "\n".join(texts[name, language] for name in source.meta["attachments"])
        for source in read_items()
        if "attachments" in source.meta
        for language in source.languages
    }


def _ask(client: Elasticsearch, index: str, query: GoldenQuery) -> Ranking:
    tokens = tokens_for(User.objects.get(email=query.reader))
    answer = client.search(
        index=index,
        query={
            "bool": {
                "must": [{"multi_match": {"query": query.text, "fields": _FIELDS}}],
                "filter": [{"terms": {"tokens": sorted(tokens)}}],
            }
        },
        size=DEPTH,
        source=False,
    )
    return [hit["_id"] for hit in answer["hits"]["hits"]]
