"""What accounts do when something happens to them."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from wagtail.models import APIToken

from intranet.accounts.models import User
from intranet.accounts.signals import account_state_changed


def connect() -> None:
    account_state_changed.connect(_end_ways_in, sender=User, dispatch_uid="accounts.end_ways_in")


def _end_ways_in(sender: Any, person: User, **kwargs: Any) -> None:
    """A closed account's sessions and tokens end, by whatever door it was closed: opened again, it has none of them."""
    if person.is_active:
        return
    for session in UserSession.objects.filter(user=person):
        session.end()
    for token in APIToken.objects.filter(user=person, revoked_at=None):
        token.revoke()
