"""Small tables that every query needs, read once by each process and again after a change.

Whoever changes such a table touches its stamp in the same transaction. All stamps come with the one statement that says
which index is live, so that a query sees every change that was there when it began, and pays nothing for it.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.db.models.signals import post_delete, post_save

from search.models import Stamp

T = TypeVar("T")
Stamps = Mapping[str, str]


def touch(name: str) -> None:
    """Say that what is named so has changed. The value is random: one that is rolled back is never met again."""
    stamp = Stamp(name=name, value=uuid.uuid4().hex)
    Stamp.objects.bulk_create([stamp], update_conflicts=True, unique_fields=["name"], update_fields=["value"])


def touch_with(model: type[Model], name: str) -> None:
    """Touch the stamp whenever a row of the model is saved or deleted (not where many are changed in one statement)."""

    def touch_it(**kwargs: Any) -> None:
        touch(name)

    post_save.connect(touch_it, sender=model, weak=False, dispatch_uid=f"stamp {name}")
    post_delete.connect(touch_it, sender=model, weak=False, dispatch_uid=f"stamp {name}")


class Kept(Generic[T]):
    """What ``read`` gives, kept as long as the stamp of this name stays."""

    def __init__(self, name: str, read: Callable[[], T]) -> None:
        self._name = name
        self._read = read
        self._kept: tuple[str | None, T] | None = None

    def get(self, stamps: Stamps) -> T:
        """The value as of these stamps or later."""
        stamp = stamps.get(self._name)
        kept = self._kept
        if kept is not None and kept[0] == stamp:
            return kept[1]
        # The stamp was read before the table: what is kept is never older than it says.
        value = self._read()
        self._kept = (stamp, value)
        return value
