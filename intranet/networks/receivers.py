"""What networks do when something happens elsewhere."""

from __future__ import annotations

from typing import Any

from intranet.accounts.models import User
from intranet.accounts.signals import account_state_changed
from intranet.networks import services


def connect() -> None:
    account_state_changed.connect(_sync_groups, sender=User, dispatch_uid="networks.sync_groups")


def _sync_groups(sender: Any, person: User, **kwargs: Any) -> None:
    services.sync_groups([person])
