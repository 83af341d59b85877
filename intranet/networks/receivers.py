"""What networks do when something happens elsewhere."""

from __future__ import annotations

from typing import Any

from intranet.accounts.models import User
from intranet.accounts.signals import account_state_changed
from intranet.networks import notices, services
from intranet.networks.models import Membership
from intranet.networks.signals import access_granted


def connect() -> None:
    account_state_changed.connect(_sync_groups, sender=User, dispatch_uid="networks.sync_groups")
    access_granted.connect(_announce, sender=Membership, dispatch_uid="networks.announce_access")


def _sync_groups(sender: Any, person: User, **kwargs: Any) -> None:
    services.sync_groups([person])


def _announce(sender: Any, membership: Membership, **kwargs: Any) -> None:
    notices.announce_access(membership)
