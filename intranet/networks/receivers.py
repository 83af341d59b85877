"""What networks do when something happens elsewhere."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction

from intranet.accounts.models import User
from intranet.accounts.signals import account_state_changed
from intranet.networks import notices, services
from intranet.networks.models import JoinRequest
from intranet.networks.signals import join_answered


def connect() -> None:
    account_state_changed.connect(_sync_groups, sender=User, dispatch_uid="networks.sync_groups")
    join_answered.connect(_tell_address, sender=JoinRequest, dispatch_uid="networks.tell_address")


def _tell_address(sender: Any, request: JoinRequest, **kwargs: Any) -> None:
    """Nobody is there to send the answer when a network closes, as the coordinator's view does."""
    if request.state == JoinRequest.State.CLOSED and request.person_id is None:
        transaction.on_commit(partial(notices.send_closed, request))


def _sync_groups(sender: Any, person: User, **kwargs: Any) -> None:
    services.sync_groups([person])
