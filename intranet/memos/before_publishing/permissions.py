"""Whose names an editor is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from intranet.memos.follow_up.permissions import scope_within
from intranet.networks.access import access_of
from intranet.networks.models import Network


def names_told(user: Any, network: Network | None) -> Callable[[int], bool]:
    """Says of a network's key whether ``user``, who edits something of ``network``, sees its people by name.

    The rule is that of the follow-up: a publisher her network's own, a coordinator her own, the office as
    ``FOLLOW_UP_NAMES`` says. Who drafts, and does not publish, sees numbers.
    """
    scope = scope_within(access_of(user), network)
    return lambda pk: scope is not None and (scope.named is None or pk in scope.named)
