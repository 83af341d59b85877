"""Who may ask why, and who may read what is sought."""

from __future__ import annotations

from typing import Any

from intranet.networks.access import access_of


def is_inspector(user: Any) -> bool:
    """The office's coordinators, and the machine's administrators: those who keep the accounts."""
    return bool(user.is_active and (user.is_superuser or access_of(user).office_coordinate))


def is_reporter(user: Any) -> bool:
    """The office's publishers and coordinators: those who can do something about what is not found."""
    return bool(access_of(user).office_publish)
