"""Names of people who have been gone for long leave the receipts and the participations; these stay.

The one place that changes receipts: it takes the person away and puts a random word there, the same for all that goes
at once, kept nowhere else; readings before a receipt that keeps the name have another one. What the person was told of
these items goes with the name: a notification is read at the moment of the receipt.

Only what is itself older than the term loses the name: whoever is without a membership and has an open account is asked
by memos to everyone, and what she answers now counts. What she left of a memo that would ask her keeps it, however old:
nobody is asked again for having lost the name.
"""

from __future__ import annotations

import datetime
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from intranet.accounts.models import AccountEvent, User
from intranet.memos.models import (
    Acknowledgement,
    MemoRecord,
    Participation,
    Question,
    Reading,
    ReceiptNote,
    SessionRating,
)
from intranet.memos.models.records import is_asked
from intranet.networks.models import Membership
from intranet.notifications.services import forget_told
from intranet.plugins import Job, registry

AT_ONCE = 200

MOMENTS: dict[type[Model], str] = {
    Acknowledgement: "acknowledged_at",
    Participation: "at",
    Question: "asked_at",
    Reading: "read_at",
}
"""The field that says when each was left."""
OF_MEMOS = (Acknowledgement, Reading)


def people_gone(before: datetime.date) -> QuerySet[User]:
    """People whose account was closed before the day, or whose last membership ended before it.

    A membership that was never ended and has no last day is in force, whatever became of its network, as long as the
    account is open.
    """
    held = Membership.objects.filter(person=OuterRef("pk"))
    lasting = held.filter(ended_at=None).filter(Q(until=None) | Q(until__gte=before))
    ended_since = held.annotate(day=Coalesce(TruncDate("ended_at"), F("until"))).filter(day__gte=before)
    closings = AccountEvent.objects.filter(person=OuterRef("pk"), kind=AccountEvent.Kind.DEACTIVATED)
    is_closed = Q(Exists(closings), ~Exists(closings.filter(at__date__gte=before)), is_active=False)
    return User.objects.filter(is_closed | Q(Exists(held), ~Exists(lasting), ~Exists(ended_since)))


def rows_left(model: type[Model], before: datetime.date) -> QuerySet[Any]:
    """What people left before the day; past the managers, which refuse to change it."""
    return model._base_manager.filter(**{f"{MOMENTS[model]}__date__lt": before})


def would_be_asked() -> Q:
    """Whether the memo of a receipt or reading asks its person, or would if it were in force again: it may be."""
    asking = MemoRecord.objects.filter(pk=OuterRef("record"), acknowledge=True)
    asked = is_asked(OuterRef(OuterRef("person")), OuterRef("pk"), OuterRef("item_id"))
    return Q(Exists(asking.filter(asked)), person__is_active=True)


def pseudonymise() -> bool:
    """Do what is due for some people; True when there may be more."""
    plugin, today = registry.plugin("memos"), timezone.localdate()
    more = False
    for name, models in (
        ("READINGS_KEPT_DAYS", (Reading, Participation)),
        ("RECEIPTS_KEPT_DAYS", (Acknowledgement, Reading)),
    ):
        before = today - datetime.timedelta(days=plugin.setting(name))
        gone = people_gone(before)
        for model in models:
            rows = rows_left(model, before).filter(person=OuterRef("pk"))
            if model in OF_MEMOS:
                rows = rows.filter(~would_be_asked())
            due = list(gone.filter(Exists(rows)).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
            asking = _memos_asking(due, models, before)
            for person in due:
                _forget(person, models, before, asking[person])
            more = more or len(due) == AT_ONCE
    # Who asked is known to those who answer alone; the question itself stays.
    before = today - datetime.timedelta(days=plugin.setting("RECEIPTS_KEPT_DAYS"))
    rows_left(Question, before).filter(author__in=people_gone(before).values("pk")).update(author=None)
    return more


def _memos_asking(people: Collection[int], models: Iterable[type[Model]], before: datetime.date) -> dict[int, set[int]]:
    """The memos of what these people left that would ask them, by person: one statement for each model."""
    found: dict[int, set[int]] = defaultdict(set)
    for model in (each for each in models if each in OF_MEMOS):
        rows = rows_left(model, before).filter(would_be_asked(), person__in=people).order_by()
        for person, record in rows.values_list("person", "record").distinct():
            found[person].add(record)
    return found


@transaction.atomic
def _forget(person: int, models: Iterable[type[Model]], before: datetime.date, asking: Collection[int]) -> None:
    """All but what was left of the memos ``asking``.

    Of the receipts first: which of them keep the name says what becomes of the readings.
    """
    left = {model: rows_left(model, before).filter(person=person) for model in models}
    left |= {model: rows.exclude(record__in=asking) for model, rows in left.items() if model in OF_MEMOS}
    for model, rows in left.items():
        forget_told(person, rows.values_list("item" if model is Participation else "record__item", flat=True))
    if Acknowledgement in left:
        # What was said in words may tell who said it.
        ReceiptNote._base_manager.filter(receipt__in=left[Acknowledgement], by=person).update(by=None, text="")
    if Participation in left:
        SessionRating._base_manager.filter(participation__in=left[Participation]).update(comment="")
    pseudonym = secrets.token_hex(8)
    for model, rows in left.items():
        if model is Reading:
            # A receipt that keeps the name tells whose the reading before it is, and nothing of the others.
            own = Acknowledgement.objects.filter(person=person, record=OuterRef("record"), edition=OuterRef("edition"))
            rows.filter(Exists(own)).update(person=None, pseudonym=secrets.token_hex(8))
        rows.update(person=None, pseudonym=pseudonym)


class PseudonymiseJob(Job):
    """Takes the names of people who left long ago out of receipts."""

    name = "memos.pseudonymise"
    every_seconds = 86_400

    def run(self) -> bool:
        return pseudonymise()
