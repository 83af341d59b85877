"""A question that takes the database too long is ended by the database, and nothing else is."""

from typing import Any

import pytest
from django.db import connection, transaction

from search import Query, SearchTimeout, count, explain, search, suggest
from search.engines.embedded import budget
from search.engines.embedded import engine as embedded
from search.models import Entry
from tests.search.conftest import endless
from tests.search.factories import entry, version, write

EVERYONE = frozenset({"everyone"})
pytestmark = [pytest.mark.sqlite, pytest.mark.usefixtures("without_elasticsearch")]


class Clock:
    """Stands still unless it is put on."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


def timeout_in_force() -> str:
    if connection.vendor != "postgresql":
        return "0"
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


def assert_ended(question: Any) -> None:
    """What takes a minute would be answered in the end, if nothing ended it."""
    with pytest.raises(SearchTimeout, match="The search took too long; use fewer words."):
        question()


@pytest.mark.django_db
@pytest.mark.parametrize("ask", [search, count, lambda query: explain(query, "a")])
def test_question_is_ended_and_the_transaction_stays_usable(slow: None, ask: Any) -> None:
    with transaction.atomic():
        write(entry("a"))
        assert_ended(lambda: ask(Query("title", EVERYONE)))
        write(entry("b"))
    assert sorted(Entry.objects.values_list("key", flat=True)) == ["a", "b"]
    assert timeout_in_force() == "0"


@pytest.mark.django_db(transaction=True)
def test_question_outside_of_a_transaction_is_ended(slow: None) -> None:
    write(entry("a"))
    assert_ended(lambda: search(Query("title", EVERYONE)))
    assert timeout_in_force() == "0"
    write(entry("b"))
    assert suggest("title", EVERYONE, "en") != []
    assert not connection.in_atomic_block
    assert Entry.objects.count() == 2


@pytest.mark.django_db
def test_statements_of_a_question_share_its_budget(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SEARCH_EMBEDDED_TIMEOUT = 30
    write(entry("a"))
    with transaction.atomic():
        assert search(Query("title", EVERYONE)).total == 1
        assert timeout_in_force() == "0"
    settings.SEARCH_EMBEDDED_TIMEOUT = 20
    asked, clock = embedded.EmbeddedEngine._page, Clock()
    monkeypatch.setattr(budget, "time", clock)

    def slowly(*args: Any) -> Any:
        answer = asked(*args)
        clock.now += 25
        monkeypatch.setattr(embedded, "_matching", lambda *args, **kwargs: endless())
        return answer

    monkeypatch.setattr(embedded.EmbeddedEngine, "_page", slowly)
    assert_ended(lambda: search(Query("title", EVERYONE)))


@pytest.mark.django_db
def test_what_was_found_is_the_answer_where_other_spellings_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    write(entry("a", version(title="A shelter")))
    asked = embedded.EmbeddedEngine.find

    def find(self: embedded.EmbeddedEngine, query: Query) -> Any:
        if query.tolerant:
            raise SearchTimeout("too slow")
        return asked(self, query)

    monkeypatch.setattr(embedded.EmbeddedEngine, "find", find)
    results = search(Query("shelter hosue", EVERYONE))
    assert [hit.title for hit in results.hits] == ["A shelter"]
