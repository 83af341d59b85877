"""Who may ask why."""

from __future__ import annotations

from typing import Any

from intranet.networks.access import access_of


def is_inspector(user: Any) -> bool:
    """The office's coordinators, and the machine's administrators: those who keep the accounts."""
    return bool(user.is_active and (user.is_superuser or access_of(user).office_coordinate))
