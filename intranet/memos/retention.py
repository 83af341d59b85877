"""Names of people who have been gone for long leave the receipts and the participations; these stay.

The one place that changes receipts: it takes the person away and puts a random word there, the same for all that goes
at once, kept nowhere else; readings before a receipt that keeps the name have another one. What the person was told of
these items goes with the name: a notification is read at the moment of the receipt.

Only what is itself older than the term loses the name: whoever is without a membership and has an open account is asked
by memos to everyone, and what she answers now counts. What she left of a memo that would ask her, or of a training
whose note she sees, keeps it, however old: nobody is asked again, or rates again, for having lost the name.
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
from intranet.networks.reach import is_reached
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
OF: dict[type[Model], str] = {Acknowledgement: "record", Reading: "record", Participation: "item"}
"""The field that says of what, where a name that is gone would let the same person leave it once more."""
Kept = defaultdict[type[Model], set[Any]]
"""The keys of memos and items of which a person's rows keep the name, by model."""


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


def could_be_left_again(model: type[Model]) -> Q:
    """Whether the person of a row is asked by its memo, or would be if that were in force again, as it may be; or sees
    the note of the training.
    """
    if model is Participation:
        return Q(is_reached(OuterRef("person"), OuterRef("item")), person__is_active=True)
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
            rows = rows_left(model, before).filter(~could_be_left_again(model), person=OuterRef("pk"))
            due = list(gone.filter(Exists(rows)).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
            kept = _kept(due, models, before)
            for person in due:
                _forget(person, models, before, kept[person])
            more = more or len(due) == AT_ONCE
    # Who asked is known to those who answer alone; the question itself stays.
    before = today - datetime.timedelta(days=plugin.setting("RECEIPTS_KEPT_DAYS"))
    rows_left(Question, before).filter(author__in=people_gone(before).values("pk")).update(author=None)
    return more


def _kept(people: Collection[int], models: Iterable[type[Model]], before: datetime.date) -> dict[int, Kept]:
    """Of what these people left, what keeps the name, by person: one statement for each model."""
    found: dict[int, Kept] = defaultdict(lambda: defaultdict(set))
    for model in models:
        rows = rows_left(model, before).filter(could_be_left_again(model), person__in=people).order_by()
        for person, key in rows.values_list("person", OF[model]).distinct():
            found[person][model].add(key)
    return found


@transaction.atomic
def _forget(person: int, models: Iterable[type[Model]], before: datetime.date, kept: Kept) -> None:
    """Of the receipts first: which of them keep the name says what becomes of the readings."""
    left = {
        model: rows_left(model, before).filter(person=person).exclude(**{f"{OF[model]}__in": kept[model]})
        for model in models
    }
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
