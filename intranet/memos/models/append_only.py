"""Rows that are written once: what an audit relies on is added to, never changed."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from intranet.memos.exceptions import AppendOnlyError


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Reads, and inserts."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(self.model)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(self.model)

    def delete(self) -> NoReturn:
        raise AppendOnlyError(self.model)


class AppendOnly(models.Model):
    """A row that can be added and read. Abstract."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row.

        Raises:
            AppendOnlyError: it is there already.
        """
        if not self._state.adding:
            raise AppendOnlyError(type(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(type(self))
