"""A stale index: nothing that was taken away comes out of it, from the very next request."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.db.models import QuerySet

from search import FacetValue, Query, delete_entries, deliveries, pending, retoken, search, suggest, sync
from search.deliveries import try_again
from search.engines.elasticsearch.client import writer
from search.exceptions import IndexLost
from search.models import Delivery, SearchIndex
from search.worker import sync_due, sync_once
from tests.search.factories import entry, version, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("elasticsearch")]
EVERYONE = frozenset({"everyone"})
MEMBERS = frozenset({"everyone", "members"})
OPEN, CLOSED = frozenset({"everyone"}), frozenset({"network:9"})


def ask(text: str = "", tokens: frozenset[str] = EVERYONE) -> tuple[list[str], int, str]:
    results = search(Query(text, tokens, sort="date"))
    return [hit.key for hit in results.hits], results.total, results.engine


def _write_three() -> None:
    write(*(entry(key, version(title=f"Plan {key}"), facets={"topic": (key,)}) for key in ("a", "b", "c")))
    sync_once()
    assert ask("plan") == (["a", "b", "c"], 3, "elasticsearch")


@pytest.mark.parametrize(
    "take_away",
    [
        lambda: retoken({"b": (CLOSED, "rule-b")}),
        lambda: delete_entries(["b"]),
        lambda: write(entry("b", version(title="Other words"), facets={"topic": ("d",)})),
        lambda: write(entry("b", version(title="Plan b"), facets={"topic": ("b",)}, tokens=CLOSED)),
    ],
    ids=["narrowed", "deleted", "corrected", "rewritten"],
)
def test_what_is_taken_away_is_hidden_before_the_index_knows(take_away: Callable[[], int]) -> None:
    _write_three()
    take_away()
    assert ask("plan") == (["a", "c"], 2, "elasticsearch")
    assert search(Query("", EVERYONE)).facets["topic"] == (FacetValue("a", 1), FacetValue("c", 1))
    assert [item.key for item in suggest("pla", EVERYONE, "en")] == ["a", "c"]
    sync_once()
    assert ask("plan") == (["a", "c"], 2, "elasticsearch")
    assert Delivery.objects.pending().count() == 0


def test_a_widening_hides_nothing() -> None:
    _write_three()
    retoken({"b": (OPEN | {"members"}, "rule-b")})
    assert ask("plan") == (["a", "b", "c"], 3, "elasticsearch")
    assert Delivery.objects.pending().count() == 0
    assert Delivery.objects.behind().count() == 1
    assert sync_once() == 1


def test_a_revived_entry_stays_hidden_until_its_tombstone_is_overtaken() -> None:
    _write_three()
    delete_entries(["b"])
    write(entry("b", version(title="Plan again")))
    assert ask("plan") == (["a", "c"], 2, "elasticsearch")
    sync_once()
    assert ask("again") == (["b"], 1, "elasticsearch")


def test_a_rolled_back_change_leaves_no_trace() -> None:
    _write_three()
    with transaction.atomic():
        write(entry("d", version(title="Plan d")))
        delete_entries(["a"])
        transaction.set_rollback(True)
    assert sync_once() == 0
    assert ask("plan") == (["a", "b", "c"], 3, "elasticsearch")


def test_unchanged_entries_are_not_sent_again() -> None:
    _write_three()
    assert write(entry("a", version(title="Plan a"), facets={"topic": ("a",)})) == 0
    assert sync_once() == 0


def test_a_whole_rule_is_excluded_by_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "MAX_KEYS", 5)
    write(*(entry(f"k{number}", rule="section") for number in range(8)), entry("other", rule="other"))
    sync_once()
    retoken({f"k{number}": (CLOSED, "closed") for number in range(8)})
    assert pending.read_state().live_index().exclusions == pending.Exclusions((), ("section",))
    assert ask() == (["other"], 1, "elasticsearch")


def test_half_a_rule_beyond_the_limit_is_answered_by_the_embedded_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "MAX_KEYS", 5)
    write(*(entry(f"k{number}", rule="section") for number in range(8)))
    sync_once()
    retoken({f"k{number}": (CLOSED, "closed") for number in range(7)})
    results = search(Query("", EVERYONE))
    assert ([hit.key for hit in results.hits], results.engine, results.degraded) == (["k7"], "embedded", True)
    sync_once()
    assert ask() == (["k7"], 1, "elasticsearch")


def test_an_entry_in_flight_is_not_hidden_by_its_old_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "MAX_KEYS", 3)
    write(*(entry(f"k{number}", rule="section") for number in range(5)))
    sync_once()
    # A worker sends k0 under another rule and dies before it notes that the index has it.
    retoken({"k0": (OPEN, "moved")})
    monkeypatch.setattr(sync.indices, "refresh", _fail)
    with pytest.raises(ConnectionError):
        sync_once()
    monkeypatch.undo()
    monkeypatch.setattr(pending, "MAX_KEYS", 3)
    writer().indices.refresh(index=SearchIndex.objects.get().name)
    retoken({f"k{number}": (CLOSED, "closed") for number in range(5)})
    assert pending.read_state().live_index().exclusions == pending.Exclusions(("k0",), ("section",))
    assert ask() == ([], 0, "elasticsearch")


def test_hits_are_checked_against_the_table_once_more() -> None:
    write(entry("secret", version(title="Secret plan"), tokens=CLOSED), entry("open", version(title="Open plan")))
    sync_once()
    index = SearchIndex.objects.get()
    writer().update(index=index.name, id="secret", doc={"tokens": ["everyone"]}, refresh=True)
    writer().index(
        index=index.name,
        id="phantom",
        refresh=True,
        document={"key": "phantom", "tokens": ["everyone"], "title_en": "plan", "names": ["plan"]},
    )
    assert ask("plan")[0] == ["open"]
    assert [item.key for item in suggest("plan", EVERYONE, "en")] == ["open"]


def test_texts_come_from_the_table() -> None:
    write(entry("a", version(title="Plan", body="The plan in the index")))
    sync_once()
    writer().update(
        index=SearchIndex.objects.get().name, id="a", refresh=True, doc={"title_en": "Plan X", "body_en": "X plan X"}
    )
    hit = search(Query("plan", EVERYONE)).hits[0]
    assert hit.title == "Plan"
    assert hit.snippet == "The <mark>plan</mark> in the index"


def test_an_older_write_that_comes_late_changes_nothing() -> None:
    write(entry("a", version(title="Plan")))
    sync_once()
    index = SearchIndex.objects.get()
    stale = writer().get(index=index.name, id="a")["_source"]
    delete_entries(["a"])
    sync_once()
    outcomes = sync.indices.send(index, [stale])
    writer().indices.refresh(index=index.name)
    assert {key: outcome.status for key, outcome in outcomes.items()} == {"a": 409}
    assert ask("plan") == ([], 0, "elasticsearch")


def test_a_refused_document_is_set_aside_until_it_changes() -> None:
    _write_three()
    index = SearchIndex.objects.get()
    client = writer()
    client.indices.put_settings(index=index.name, settings={"index.mapping.total_fields.limit": 1})
    write(entry("odd", version(title="Plan odd"), facets={"new_facet": ("x",)}), entry("d", version(title="Plan d")))
    assert sync_once() == 1
    assert sync_once() == 0
    refused = Delivery.objects.refused().get()
    assert refused.entry.key == "odd"
    assert "total fields" in refused.error
    assert ask("plan") == (["a", "b", "c", "d"], 4, "elasticsearch")
    write(entry("odd", version(title="Plan even")))
    assert sync_once() == 1
    assert ask("even") == (["odd"], 1, "elasticsearch")
    assert Delivery.objects.refused().count() == 0


def test_only_what_was_refused_is_locked_to_be_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    _write_three()
    odd = Delivery.objects.get(entry__key="b")
    Delivery.objects.filter(pk=odd.pk).update(wanted=9, refused=9, attempts=3)
    locked: list[int] = []
    lock = deliveries.lock

    def noted(rows: QuerySet[Delivery]) -> list[Delivery]:
        held = lock(rows)
        locked.extend(delivery.pk for delivery in held)
        return held

    monkeypatch.setattr(deliveries, "lock", noted)
    assert try_again(Delivery.objects.in_use()) == 1
    assert locked == [odd.pk]
    odd.refresh_from_db()
    assert (odd.refused, odd.attempts) == (0, 0)
    assert try_again(Delivery.objects.in_use()) == 0


def test_a_lost_index_is_replaced() -> None:
    _write_three()
    lost = SearchIndex.objects.get()
    writer().indices.delete(index=lost.name)
    results = search(Query("plan", EVERYONE))
    assert (results.total, results.engine, results.degraded) == (3, "embedded", True)
    while sync_due():
        pass
    live = SearchIndex.objects.get(state=SearchIndex.State.LIVE)
    assert live.name != lost.name
    assert writer().indices.exists(index=f"{lost.name}-write").body is False
    assert _eventually_elasticsearch() == (["a", "b", "c"], 3, "elasticsearch")


def test_no_index_is_made_up_by_a_late_write() -> None:
    _write_three()
    index = SearchIndex.objects.get()
    writer().indices.delete(index=index.name)
    write(entry("d"))
    with pytest.raises(IndexLost):
        sync.sync_index(index, 10)
    for name in (index.name, f"{index.name}-write"):
        assert writer().indices.exists(index=name).body is False
    assert Delivery.objects.due(datetime.now(UTC)).count() == 1


def _eventually_elasticsearch() -> tuple[list[str], int, str]:
    """The answer once the pause of the circuit (a hundredth of a second here) is over."""
    for _attempt in range(1_000):
        answer = ask("plan")
        if answer[2] == "elasticsearch":
            return answer
    return answer


def _fail(index: SearchIndex) -> bool:
    raise ConnectionError("the worker dies here")
