"""The same items as rows of a model that Wagtail's search backend, modelsearch, indexes with Elasticsearch."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection, models
from modelsearch import index
from modelsearch.backends.elasticsearch8 import Elasticsearch8SearchBackend

from search.chunks import chunked
from search.models import Entry, EntryToken
from tests.benchmarks.bench import say
from tests.benchmarks.corpus import key_of
from tests.benchmarks.measuring import requests_noted

FACETS = ("kind", "network", "region", "topic", "language", "year")
PAGE_SIZE = 20
_AT_ONCE = 500


class Shelved(index.Indexed, models.Model):
    """An item in one language with one value of each facet: modelsearch knows neither versions nor several values."""

    entry = models.BigIntegerField()
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
        index.FilterField("entry"),
        *(index.FilterField(name) for name in FACETS),
    ]

    class Meta:
        app_label = "benchmarks"


Page = tuple[int, list[Shelved], dict[str, Any]]


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

    def readable_page(self, text: str, tokens: Collection[str]) -> Page:
        """Total, first page and all facets of what a reader may see that has one of the words, the backend's default.

        The backend filters by columns of the model and not by those of related rows, so it is told which items.
        """
        readable = EntryToken.objects.filter(token__in=tokens).values_list("entry", flat=True).distinct()
        return self._page(text, Shelved.objects.filter(entry__in=list(readable)))

    def facet_page(self, text: str, operator: str | None = None) -> Page:
        """The same of all there is, whoever asks; ``and`` for what has all words."""
        return self._page(text, Shelved.objects.all(), operator)

    def _page(self, text: str, items: models.QuerySet[Shelved], operator: str | None = None) -> Page:
        found = self._backend.search(text.strip('"'), items, operator=operator)
        return found.count(), list(found[:PAGE_SIZE]), {name: found.facet(name) for name in FACETS}

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
                entry=entry.pk,
                title=version.title,
                summary=version.summary,
                body=version.body,
                **{name: facets[name] for name in FACETS},
            )
