"""Writers, workers and rebuilds at the same time, each on a connection of its own."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from search import EntryData, Query, Source, delete_entries, register_source, retoken, search, sync
from search.engines.elasticsearch import indices
from search.engines.elasticsearch.client import writer
from search.models import Delivery, Entry, EntryToken, SearchIndex
from search.rebuild import add_missing, fill_deliveries, promote_if_ready, rebuild, start_index
from search.registry import sources, unregister_source
from search.sync import sync_index
from search.worker import sync_due, sync_once
from tests.search.factories import entry, version, write

pytestmark = pytest.mark.django_db(transaction=True)
EVERYONE = frozenset({"everyone"})


def in_thread(work: Callable[[], Any]) -> Callable[[], Any]:
    """The work with a database connection of its own, closed afterwards."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return run


@pytest.mark.sqlite
def test_two_writers_of_one_key_wait_for_each_other(without_elasticsearch: None) -> None:
    start = threading.Barrier(4)

    def write_ten(number: int) -> None:
        start.wait(10)
        for step in range(10):
            write(entry("same", version(title=f"Writer {number} step {step}")))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(in_thread(lambda number=number: write_ten(number))) for number in range(4)]:
            done.result(60)
    found = Entry.objects.get()
    assert found.version == 40
    title = found.versions.get().title
    assert search(Query(f'"{title}"', EVERYONE)).total == 1
    call_command("search_check")


def test_a_rebuild_beside_writers_loses_nothing(elasticsearch: str) -> None:
    write(*(entry(f"k{number}") for number in range(150)))
    sync_once()
    stop = threading.Event()

    def write_on() -> int:
        step = 0
        while not stop.is_set() and step < 300:
            step += 1
            number = step % 150
            write(entry(f"k{number}", version(title=f"Title {step}")), entry(f"n{step}"))
            retoken({f"k{(step + 50) % 150}": (frozenset({f"network:{step}"}), "closed")})
            if step % 5 == 0:
                delete_entries([f"k{(step + 99) % 150}"])
        return step

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(in_thread(write_on))
        rebuilt = [rebuild().name for _number in range(2)]
        stop.set()
        assert writing.result(60) > 0
    call_command("search_sync")
    call_command("search_check")
    assert SearchIndex.objects.get(state="live").name == rebuilt[-1]


@pytest.mark.sqlite
def test_what_changes_while_entries_are_made_anew_stays_as_it_became(without_elasticsearch: None) -> None:
    """Neither an audience that was narrowed nor an item that was published meanwhile is written over."""
    with ThreadPoolExecutor(4) as pool:
        writing: list[Future[Any]] = []

        class Leaflets(Source):
            kind = "leaflet"
            label = "Leaflet"

            def entries(self, keys: Iterable[str] | None = None) -> Iterator[EntryData]:
                """The objects as they were just before somebody changed them."""
                writing.append(pool.submit(in_thread(change)))
                # It either gets through now, or waits for what is being written.
                wait(writing, timeout=2)
                return iter([entry("narrowed", kind="leaflet")])

        def change() -> None:
            retoken({"narrowed": (frozenset({"network:9"}), "closed")})
            write(entry("published", kind="leaflet"))

        write(entry("narrowed", kind="leaflet"), entry("published", kind="leaflet"))
        others = sources()
        for other in others:
            unregister_source(other.kind)
        register_source(Leaflets())
        try:
            call_command("search_rebuild", "--entries", stdout=StringIO())
        finally:
            unregister_source("leaflet")
            for other in others:
                register_source(other)
        for done in writing:
            done.result(60)
    assert set(EntryToken.objects.values_list("entry__key", "token")) == {
        ("narrowed", "network:9"),
        ("published", "everyone"),
    }


def test_workers_share_the_work(elasticsearch: str) -> None:
    sync_once()
    write(*(entry(f"k{number}") for number in range(60)))
    start = threading.Barrier(3)

    def work() -> int:
        start.wait(10)
        taken = 0
        while sent := sync_due(7):
            taken += sent
        return taken

    with ThreadPoolExecutor(3) as pool:
        taken = [done.result(120) for done in [pool.submit(in_thread(work)) for _number in range(3)]]
    call_command("search_sync")
    assert sum(taken) <= 60
    assert Delivery.objects.behind().count() == 0
    call_command("search_check")


def test_an_entry_created_while_a_rebuild_began_is_not_forgotten(elasticsearch: str) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time, so no transaction is open while an index is noted.")
    sync_once()
    written, go_on = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            write(entry("late"))
            written.set()
            go_on.wait(30)

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(in_thread(write_slowly))
        assert written.wait(10)
        index = start_index()
        fill_deliveries(index)
        go_on.set()
        writing.result(30)
    assert index.deliveries.count() == 0
    assert promote_if_ready(index) is False
    assert index.deliveries.count() == 1
    assert add_missing(index) == 0
    sync_once()
    assert SearchIndex.objects.get(state="live").pk == index.pk
    assert writer().count(index=index.name)["count"] == 1


def test_a_writer_does_not_wait_for_a_worker_that_waits_for_elasticsearch(
    elasticsearch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(entry("old"))
    sync_once()
    write(entry("old", version(title="Another title")))
    refresh = indices.refresh

    def refresh_meanwhile(index: SearchIndex) -> bool:
        """Somebody publishes while the worker waits for the answer."""
        monkeypatch.setattr(indices, "refresh", refresh)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(in_thread(write_new)).result(60)
        return refresh(index)

    def write_new() -> None:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '3s'")
            write(entry("old", version(title="A third title")), entry("new"))

    monkeypatch.setattr(indices, "refresh", refresh_meanwhile)
    assert sync_once(1) == 1
    assert Delivery.objects.behind().count() == 2


def test_documents_sent_while_their_index_goes_live_are_sent_again(
    elasticsearch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refresh of the promotion came before them, and nobody else makes them searchable."""
    write(entry("a"))
    sync_once()
    index = start_index()
    fill_deliveries(index)
    sync_index(index, 10)
    write(entry("a", version(title="Another title")))
    make_searchable = sync._make_searchable

    def go_live_meanwhile(sent_to: SearchIndex) -> str:
        state = make_searchable(sent_to)
        SearchIndex.objects.filter(state="live").update(state="retired")
        SearchIndex.objects.filter(pk=index.pk).update(state="live")
        return state

    monkeypatch.setattr(sync, "_make_searchable", go_live_meanwhile)
    assert sync_index(index, 10) == 0
    assert index.deliveries.get().error == "not searchable on every copy yet"
    assert index.deliveries.behind().count() == 1
