"""The same items as rows of a model that Wagtail's search backend, modelsearch, indexes with Elasticsearch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection, models
from modelsearch import index
from modelsearch.backends.elasticsearch8 import Elasticsearch8SearchBackend

from search.chunks import chunked
from search.models import Entry
from tests.benchmarks.bench import say
from tests.benchmarks.corpus import key_of
from tests.benchmarks.measuring import requests_noted

FACETS = ("kind", "network", "region", "topic", "language", "year")
PAGE = 20
_AT_ONCE = 500


class Shelved(index.Indexed, models.Model):
    """An item in one language with one value of each facet: modelsearch knows neither versions nor several values."""

    title = models.TextField()
    summary = models.TextField()
    body = models.TextField()
    kind = models.CharField(max_length=40)
    network = models.CharField(max_length=60)
    region = models.CharField(max_length=2)
    topic = models.CharField(max_length=80)
    language = models.CharField(max_length=2)
    year = models.CharField(max_length=4)

    search_fields: ClassVar = [
        index.SearchField("title", boost=8),
        index.SearchField("summary", boost=2),
        index.SearchField("body"),
        *(index.FilterField(name) for name in FACETS),
    ]

    class Meta:
        app_label = "benchmarks"


class Shelf:
    """The shelf, filled; gone at the end."""

    def __init__(self, count: int) -> None:
        self._count = count
        name = f"{settings.SEARCH_INDEX_PREFIX}-shelf"
        self._backend = Elasticsearch8SearchBackend({"URLS": [settings.ELASTICSEARCH_URL], "INDEX_PREFIX": name})

    def __enter__(self) -> Shelf:
        with connection.schema_editor() as editor:
            editor.create_model(Shelved)
        Shelved.objects.bulk_create(_shelved(self._count), batch_size=_AT_ONCE)
        index_of_all = self._backend.get_index_for_model(Shelved)
        self._index = index_of_all
        index_of_all.reset()
        index_of_all.add_model(Shelved)
        for items in chunked(Shelved.objects.order_by("pk").iterator(_AT_ONCE), _AT_ONCE):
            index_of_all.add_items(Shelved, items)
        index_of_all.refresh()
        # Its requests for numbers alone would be answered from the cache of requests whenever a question comes again,
        # which on a site that is written to and asked by many it hardly does; requests with hits never are.
        self._backend.es.indices.put_settings(index=index_of_all.name, settings={"index.requests.cache.enable": False})
        say(f"{Shelved.objects.count():,} items in modelsearch's index")
        return self

    def __exit__(self, *error: object) -> None:
        self._index.delete()
        with connection.schema_editor() as editor:
            editor.delete_model(Shelved)

    def facet_page(self, text: str, operator: str | None = None) -> tuple[int, list[Shelved], dict[str, Any]]:
        """Total, first page and all facets of what has one of the words, the backend's default, or ``and``: all."""
        found = self._backend.search(text.strip('"'), Shelved, operator=operator)
        return found.count(), list(found[:PAGE]), {name: found.facet(name) for name in FACETS}

    def requests_for(self, text: str) -> int:
        """How many requests such a page takes."""
        with requests_noted() as asked:
            self.facet_page(text)
        return len(asked)


def _shelved(count: int) -> Iterator[Shelved]:
    keys = map(key_of, range(count))
    for part in chunked(keys, _AT_ONCE):
        for entry in Entry.objects.filter(key__in=part).prefetch_related("versions", "facet_values"):
            facets = {facet.name: facet.value for facet in entry.facet_values.all()}
            version = next(iter(entry.versions.all()))
            yield Shelved(
                title=version.title,
                summary=version.summary,
                body=version.body,
                **{name: facets[name] for name in FACETS},
            )
