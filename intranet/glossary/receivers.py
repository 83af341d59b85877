"""A term goes with its search entry, however it is deleted."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete

from intranet.glossary.models import Term
from search import delete_entries


def connect() -> None:
    post_delete.connect(_withdraw, sender=Term, dispatch_uid="glossary.withdraw")


def _withdraw(sender: Any, instance: Term, **kwargs: Any) -> None:
    delete_entries([str(instance.pk)])
