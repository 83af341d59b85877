"""When an entry was written is known, and what has not changed is not written again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from search import delete_entries, retoken
from search.models import Entry
from tests.search.factories import entry, version, write

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLOSED = (frozenset({"network:1"}), "closed")
CHANGES: dict[str, Callable[[], int]] = {
    "text": lambda: write(entry("a", version(title="Later"))),
    "audience": lambda: retoken({"a": CLOSED}),
    "deletion": lambda: delete_entries(["a"]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_each_change_is_dated(change: Callable[[], int]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        write(entry("a"), entry("b"))
        clock.shift(timedelta(hours=1))
        write(entry("a"), entry("b"))
        assert set(Entry.objects.values_list("written_at", flat=True)) == {NOON}
        change()
    written = dict(Entry.objects.values_list("key", "written_at"))
    assert written == {"a": NOON + timedelta(hours=1), "b": NOON}
