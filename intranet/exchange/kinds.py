"""The kinds of items that the installed plugins bring in and take out."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Model

from intranet.plugins import ExchangeKind, registry


def kinds() -> dict[str, ExchangeKind]:
    """Every kind by its name in the format."""
    found = (_instance(item) for item in registry.items("exchange_kinds"))
    return {kind.kind: kind for kind in found}


def _instance(item: Any) -> ExchangeKind:
    made: ExchangeKind = item() if isinstance(item, type) else item
    return made


def page_model(kind: ExchangeKind) -> type[Model]:
    """The page model that holds items of the kind."""
    return apps.get_model(kind.page_type)
