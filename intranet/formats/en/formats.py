"""Dates and times in English, as in Canada. Sentences end with them: none ends with a full stop of its own."""

DATE_FORMAT = "F j, Y"
SHORT_DATE_FORMAT = "Y-m-d"
TIME_FORMAT = "g:i A"
DATETIME_FORMAT = "F j, Y, g:i A"
SHORT_DATETIME_FORMAT = "Y-m-d, g:i A"
