"""search_rebuild, search_sync and search_check, on both engines."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from search import EntryData, Query, Source, delete_entries, embedded_rebuild, register_source, search
from search.engines.elasticsearch.client import writer
from search.engines.embedded.textindex import TextRow, text_index
from search.models import Delivery, Entry, EntryText, EntryToken, SearchIndex, Stamp
from search.registry import sources, unregister_source
from search.worker import sync_once
from tests.search.factories import entry, version, write

EVERYONE = frozenset({"everyone"})


def run(command: str, *arguments: str) -> str:
    output = StringIO()
    call_command(command, *arguments, stdout=output)
    return output.getvalue()


def differences(*arguments: str) -> list[str]:
    output = StringIO()
    with pytest.raises(CommandError):
        call_command("search_check", *arguments, stdout=output)
    return output.getvalue().splitlines()


def test_commands_on_each_engine(engine: str) -> None:
    write(*(entry(f"k{number}", version("fr", f"Réseau {number}")) for number in range(3)))
    delete_entries(["k2"])
    run("search_rebuild")
    run("search_sync")
    assert run("search_check") == "The entries and the index agree.\n"
    results = search(Query("reseau", EVERYONE))
    assert (results.total, results.engine) == (2, engine)
    run("search_rebuild")
    assert search(Query("reseau", EVERYONE)).total == 2


def test_commands_on_nothing(engine: str) -> None:
    run("search_sync")
    run("search_rebuild")
    run("search_check")
    assert search(Query("", EVERYONE)).total == 0


@pytest.mark.sqlite
@pytest.mark.django_db
def test_check_names_what_is_wrong_in_the_embedded_index(without_elasticsearch: None) -> None:
    write(entry("a"), entry("b"), entry("c"))
    Entry.objects.filter(key="a").update(identifiers=["A-1"])
    b, c = Entry.objects.get(key="b").pk, Entry.objects.get(key="c").pk
    table, column = ("search_entry_fts", "rowid") if connection.vendor == "sqlite" else ("search_entrytext", "entry_id")
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", [b])
    Entry.objects.filter(key="c").update(is_deleted=True)
    assert differences() == [
        "a: its words in the database are missing or not those of its texts.",
        "b: its words in the database are missing or not those of its texts.",
        f"Row {c} of the text index belongs to no live entry.",
    ]
    assert run("search_rebuild") == "The embedded index has 2 entries.\n"
    assert run("search_check") == "The entries and the index agree.\n"


@pytest.mark.sqlite
@pytest.mark.django_db
def test_the_worker_makes_the_embedded_index_anew_after_the_rules_changed(
    without_elasticsearch: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_rebuild, "CHUNK", 2)
    assert Stamp.objects.get(name=embedded_rebuild.STAMP).value == embedded_rebuild.rules(), "nothing is there yet"
    assert embedded_rebuild.renew_embedded() == 0
    Stamp.objects.filter(name=embedded_rebuild.STAMP).update(value="of yesterday")
    write(*(entry(f"k{number}", version("fr", f"Lois {number}")) for number in range(3)))
    text_index().write([TextRow(entry.pk, *[()] * 9) for entry in Entry.objects.all()])
    assert search(Query("lois", EVERYONE)).total == 0
    assert [embedded_rebuild.renew_embedded() for _step in range(3)] == [2, 1, 0]
    assert Stamp.objects.get(name=embedded_rebuild.STAMP).value == embedded_rebuild.rules()
    assert run("search_check") == "The entries and the index agree.\n"
    text_index().write([TextRow(Entry.objects.get(key="k0").pk, *[()] * 9)])
    assert embedded_rebuild.renew_embedded() == 0
    monkeypatch.setattr(embedded_rebuild, "rules", lambda: "of tomorrow")
    run("search_rebuild")
    assert embedded_rebuild.renew_embedded() == 0
    assert Stamp.objects.get(name=embedded_rebuild.STAMP).value == "of tomorrow"


@pytest.mark.django_db
def test_check_names_what_is_wrong_in_elasticsearch(elasticsearch: str) -> None:
    write(*(entry(key) for key in ("changed", "due", "fine", "gone", "unknown")))
    sync_once()
    index = SearchIndex.objects.get()
    client = writer()
    client.update(index=index.name, id="changed", doc={"tokens": ["everyone", "network:9"]})
    client.delete(index=index.name, id="gone")
    client.index(index=index.name, id="phantom", document={"key": "phantom", "version": 1})
    client.indices.refresh(index=index.name)
    client.indices.delete_alias(index=index.name, name=index.prefix)
    write(entry("due", version(title="Newer")))
    Delivery.objects.filter(entry__key="unknown").delete()
    assert differences() == [
        f"The alias {index.prefix} names nothing instead of {index.name}.",
        "unknown: the outbox does not know it as it is.",
        "due: version 2 is due, the index has 1.",
        "changed: the index has other values of tokens.",
        "due: the index has version 1, the table 2.",
        "phantom: the index has it, the table does not.",
        "gone: it was sent, but the index does not have it.",
    ]
    run("search_rebuild")
    assert run("search_check") == "The entries and the index agree.\n"
    assert list(client.indices.get_alias(name=index.prefix)) == [SearchIndex.objects.get(state="live").name]


@pytest.mark.django_db
def test_commands_say_that_elasticsearch_is_away(settings: object) -> None:
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:1"  # type: ignore[attr-defined]
    write(entry("a"))
    for command in ("search_sync", "search_rebuild"):
        with pytest.raises(CommandError, match="no answer"):
            run(command)
    with pytest.raises(CommandError, match=r"1 difference was found|could not be compared"):
        run("search_check")


leaflet = partial(entry, kind="leaflet")


@pytest.fixture
def source(db: None) -> Iterator[Callable[..., None]]:
    """The only source, whose objects the test sets."""
    objects: dict[str, EntryData] = {}

    class Leaflets(Source):
        kind = "leaflet"
        label = "Leaflet"

        def entries(self, keys: Iterable[str] | None = None) -> Iterator[EntryData]:
            return iter([data for key, data in objects.items() if keys is None or key in set(keys)])

    others = sources()
    for other in others:
        unregister_source(other.kind)
    register_source(Leaflets())
    yield lambda *data: (objects.clear(), objects.update({item.key: item for item in data}))
    unregister_source("leaflet")
    for other in others:
        register_source(other)


def test_entries_are_compared_with_and_made_from_their_objects(
    source: Callable[..., None], without_elasticsearch: None
) -> None:
    write(*(leaflet(key) for key in ("a", "b", "c", "old")), entry("other", kind="other"))
    source(leaflet("a"), leaflet("b", version(title="New")), leaflet("c", tokens=frozenset({"x"})), leaflet("new"))
    assert differences("--sources") == [
        "b: its entry does not say what the object says.",
        "c: its entry has another audience than the object.",
        "new: its entry is missing.",
        "old: there is no such leaflet any more.",
    ]
    run("search_rebuild", "--entries")
    assert run("search_check", "--sources") == "The entries and the index agree.\n"
    assert list(Entry.objects.filter(is_deleted=True).values_list("key", flat=True)) == ["old"]
    assert list(EntryToken.objects.filter(entry__key="c").values_list("token", flat=True)) == ["x"]


@pytest.mark.sqlite
def test_the_text_table_is_postgresql_s_only(db: None) -> None:
    assert (EntryText._meta.db_table in connection.introspection.table_names()) is (connection.vendor == "postgresql")
