"""Names of people who have been gone for long leave the receipts and the participations; these stay.

The one place that changes receipts: it takes the person away and puts a random word there, the same for all that one
person leaves, kept nowhere else; readings before a receipt that keeps the name have another one. What the person was
told of these items goes with the name: a notification is read at the moment of the receipt.
"""

from __future__ import annotations

import datetime
import secrets

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from intranet.accounts.models import AccountEvent, User
from intranet.memos.models import (
    Acknowledgement,
    Participation,
    Question,
    Reading,
    ReceiptNote,
    SessionRating,
)
from intranet.networks.models import Membership
from intranet.notifications.services import forget_told
from intranet.plugins import Job, registry

AT_ONCE = 200


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


def pseudonymise() -> bool:
    """Do what is due for some people; True when there may be more."""
    plugin, today = registry.plugin("memos"), timezone.localdate()
    more = False
    for name, models in (
        ("READINGS_KEPT_DAYS", (Reading, Participation)),
        ("RECEIPTS_KEPT_DAYS", (Acknowledgement, Reading)),
    ):
        gone = people_gone(today - datetime.timedelta(days=plugin.setting(name)))
        for model in models:
            rows = model.objects.filter(person=OuterRef("pk"))
            due = list(gone.filter(Exists(rows)).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
            for person in due:
                _forget(person, models)
            more = more or len(due) == AT_ONCE
    # Who asked is known to those who answer alone; the question itself stays.
    gone = people_gone(today - datetime.timedelta(days=plugin.setting("RECEIPTS_KEPT_DAYS")))
    Question.objects.filter(author__in=gone.values("pk")).update(author=None)
    return more


@transaction.atomic
def _forget(person: int, models: tuple[type[Acknowledgement | Participation | Reading], ...]) -> None:
    """Past the managers, which refuse it."""
    for model in models:
        item = "item" if model is Participation else "record__item"
        forget_told(person, model._base_manager.filter(person=person).values_list(item, flat=True))
    pseudonym = secrets.token_hex(8)
    if Acknowledgement in models:
        # What was said in words may tell who said it.
        ReceiptNote._base_manager.filter(by=person).update(by=None, text="")
    if Participation in models:
        SessionRating._base_manager.filter(participation__person=person).update(comment="")
    if Acknowledgement not in models:
        # A receipt that keeps the name tells whose the reading before it is, and nothing of the others.
        own = Acknowledgement._base_manager.filter(
            person=person, record=OuterRef("record"), edition=OuterRef("edition")
        )
        read = Reading._base_manager.filter(Exists(own), person=person)
        read.update(person=None, pseudonym=secrets.token_hex(8))
    for model in models:
        model._base_manager.filter(person=person).update(person=None, pseudonym=pseudonym)


class PseudonymiseJob(Job):
    """Takes the names of people who left long ago out of receipts."""

    name = "memos.pseudonymise"
    every_seconds = 86_400

    def run(self) -> bool:
        return pseudonymise()
