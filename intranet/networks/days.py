"""The days that people may enter: farther ones are slips of the finger, and next to the last one there is no other."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


def check_day(value: datetime.date) -> None:
    """For the fields of forms, of days and of moments.

    Raises:
        ValidationError: the year is before the earliest one, or after the latest.
    """
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        words = _("Choose a day between the years %(first)s and %(last)s.")
        raise ValidationError(words % {"first": EARLIEST_YEAR, "last": LATEST_YEAR})
