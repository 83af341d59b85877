"""What is kept by a process is read again after every change, and after every change that was undone."""

import pytest
from django.db import transaction

from search.pending import read_state
from search.stamps import Kept, touch

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_kept_values_are_read_again_when_their_stamp_is_touched() -> None:
    readings = iter(range(100))
    kept = Kept("things", lambda: next(readings))

    def now() -> int:
        return kept.get(read_state().stamps)

    assert [now(), now()] == [0, 0]
    touch("things")
    assert [now(), now()] == [1, 1]
    touch("others")
    assert now() == 1
    with transaction.atomic():
        touch("things")
        assert now() == 2
        transaction.set_rollback(True)
    assert now() == 3
    touch("things")
    assert now() == 4
