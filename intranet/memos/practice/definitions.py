"""The figures of trainings by name, each with how it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class Column:
    """A figure, its name and how it is made."""

    name: str
    label: Any
    definition: Any
    is_entered: bool = False
    """Whether it follows from numbers that people enter, so that there may be none."""


COLUMNS = (
    Column(
        "sessions",
        gettext_lazy("Sessions"),
        gettext_lazy("Post-training notes whose session was held in the period: a note stands for one session."),
    ),
    Column(
        "hours",
        gettext_lazy("Hours"),
        gettext_lazy("The lengths of these sessions added up; a session without a length counts as nothing."),
        is_entered=True,
    ),
    Column(
        "people",
        gettext_lazy("People"),
        gettext_lazy(
            "For each session and network, the number that was entered, or the people who said so themselves where "
            "they are more. Somebody who took part in two sessions counts twice."
        ),
        is_entered=True,
    ),
    Column(
        "person_hours",
        gettext_lazy("Hours of learning"),
        gettext_lazy("The people of each session multiplied by its length."),
        is_entered=True,
    ),
    Column(
        "societies",
        gettext_lazy("Societies"),
        gettext_lazy("Different member societies of which somebody took part."),
        is_entered=True,
    ),
    Column(
        "ratings",
        gettext_lazy("Ratings"),
        gettext_lazy("Participants who rated a session, each session once."),
    ),
    Column(
        "average",
        gettext_lazy("Average rating"),
        gettext_lazy("Out of 5; shown where three or more rated."),
    ),
    Column(
        "in_practice",
        gettext_lazy("Steps in practice"),
        gettext_lazy("What societies say today of the steps of these sessions: each step counts for each society."),
    ),
    Column("planned", gettext_lazy("Planned"), gettext_lazy("The same, for steps that are planned.")),
    Column("not_for_us", gettext_lazy("Not for us"), gettext_lazy("The same, for steps that are not for the society.")),
    Column(
        "after_3",
        gettext_lazy("In practice after 3 months"),
        gettext_lazy(
            "Steps that were in practice three months after their session, of the sessions that are that old."
        ),
    ),
    Column(
        "after_12",
        gettext_lazy("In practice after 12 months"),
        gettext_lazy(
            "Steps that were in practice twelve months after their session, of the sessions that are that old."
        ),
    ),
)

ONLY_VISIBLE = gettext_lazy("Only the notes count that the person who asks for the figures may read.")
