"""Dates in French, as in Canada. ``S`` is the *er* of the first day of a month (``intranet/formats/ordinals.py``)."""

DATE_FORMAT = "jS F Y"
SHORT_DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "jS F Y, G \\h i"
MONTH_DAY_FORMAT = "jS F"
