"""Dates in French, as in Canada. ``S`` is the *er* of the first day of a month (``intranet/formats/ordinals.py``).

No line ends between an hour and its minutes.
"""

DATE_FORMAT = "jS F Y"
SHORT_DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "jS F Y à G\u00a0\\h\u00a0i"
SHORT_DATETIME_FORMAT = "Y-m-d G\u00a0\\h\u00a0i"
MONTH_DAY_FORMAT = "jS F"
