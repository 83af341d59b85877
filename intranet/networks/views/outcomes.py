"""What becomes of a role that was offered, or asked for."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format

from intranet.networks.models import Membership


def outcome_of(
    membership: Membership, meant: str, *, kept: str, to_come: str, until: str, now: str, **names: Any
) -> str:
    """The sentence that is true of a membership that was ``meant`` to have this role: the person has a higher one
    already, or has this one from a day on, until a day, or from now on.

    Beside ``names`` each sentence may say the ``role``, the first ``day`` and the ``last`` one.
    """
    names["role"] = membership.get_role_display()
    names["day"] = date_format(membership.starts_on, "DATE_FORMAT")
    if membership.role != meant:
        return kept % names
    if membership.is_to_come:
        return to_come % names
    if membership.until is not None:
        return until % {**names, "last": date_format(membership.until, "DATE_FORMAT")}
    return now % names
