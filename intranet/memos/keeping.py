"""Owners and reviews: what is published of them, and the reminders."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from intranet.accounts.models import User
from intranet.memos import facts
from intranet.memos.exceptions import MemoError
from intranet.memos.models import Keeping, Review
from intranet.networks.models import Item, Membership, Network
from intranet.networks.notices import coordinators_of
from intranet.notifications.kinds import told_of, visible_pages
from intranet.notifications.models import Event
from intranet.plugins import NotificationKind, Obligation, ReminderSource, Told

FIELDS = ("responsible_id", "deputy_id", "review_on")
REVIEWED = "memos.review"


def record_keeping(page: Any) -> None:
    """Keep the item's row in step with its live page; nothing is written for what nobody looks after."""
    if not page.live:
        return
    kept = {name: getattr(page, name) for name in FIELDS}
    held = Keeping.objects.filter(item=page.translation_key).first()
    if held is None and any(kept.values()):
        Keeping.objects.create(item_id=page.translation_key, **kept)
    elif held is not None and any(getattr(held, name) != value for name, value in kept.items()):
        Keeping.objects.filter(pk=held.pk).update(**kept)


@transaction.atomic
def review(page: Any, *, valid_until: datetime.date, by: Any) -> Review:
    """Note that the live item was reviewed and holds until a day, on which it is to be reviewed again.

    No text changes, no edition is made, and nothing is published: it needs no right to edit.

    Raises:
        MemoError: the day is not to come.
    """
    if valid_until <= timezone.localdate():
        raise MemoError(_("Choose a day to come."))
    Item.objects.select_for_update(of=("self",)).get(pk=page.translation_key)
    Keeping.objects.filter(item=page.translation_key).update(review_on=valid_until)
    facts.write_facts(page, {"review_on": valid_until.isoformat()})
    for version in type(page).objects.filter(translation_key=page.translation_key, live=True, alias_of=None):
        log(version, REVIEWED, user=by, data={"until": valid_until.isoformat()})
    return Review.objects.create(item_id=page.translation_key, valid_until=valid_until, by=by)


def people_who_may_keep(network: Network) -> QuerySet[User]:
    """Those of whom an owner is chosen: the network's own people, by name."""
    held = Membership.objects.current().own_people().filter(network=network)
    return User.objects.filter(is_active=True, pk__in=held.values("person")).order_by("name", "email")


def keepers_of(keeping: Keeping) -> QuerySet[User]:
    """Who keeps it today; ``keeping`` comes from ``with_keepers()``."""
    if keeping.has_responsible:  # type: ignore[attr-defined]
        return User.objects.filter(pk=keeping.responsible_id)
    if keeping.has_deputy:  # type: ignore[attr-defined]
        return User.objects.filter(pk=keeping.deputy_id)
    return coordinators_of(keeping.item.network)


def review_facts(page: Any, user: Any) -> dict[str, Any]:
    """What ``memos/partials/review.html`` shows: the day of the next review, whether it is past, and ``review_url``,
    where this person says that the item was reviewed, empty for whoever may not. One query."""
    mine = Keeping.objects.reviewable_by(user).filter(pk=OuterRef("pk"))
    keeping = Keeping.objects.published().filter(item=page.translation_key).annotate(is_mine=Exists(mine)).first()
    if keeping is None:
        return {}
    day = keeping.review_on
    address = reverse("memos:review", args=[page.translation_key]) if keeping.is_mine else ""
    return {"review_on": day, "is_review_overdue": bool(day and day < timezone.localdate()), "review_url": address}


def review_rows(item: Any, *, shows_names: bool) -> list[dict[str, Any]]:
    """The reviews of an item for ``memos/partials/reviews.html``, the last one first. One query."""
    return [
        {
            "at": each.at,
            "valid_until": each.valid_until,
            "by": each.by.get_full_name() if each.by and shows_names else "",
        }
        for each in Review.objects.filter(item=item).select_related("by")
    ]


def _told(keepings: Iterable[Keeping], person: Any) -> dict[Any, Told]:
    """What is said of each item that the person may see, by its key."""
    due = {keeping.item_id: keeping for keeping in keepings}
    told = {}
    for key, page in visible_pages(person, due).items():
        keeping = due[key]
        assert keeping.review_on is not None
        note = _("To be reviewed by %(day)s") % {"day": date_format(keeping.review_on, "DATE_FORMAT")}
        address = reverse("memos:review", args=[key])
        said = told_of(page, url=address, label=_("Review"), note=note, is_to_do=True)
        told[key] = Told(
            **{
                **vars(said),
                "due_on": keeping.review_on,
                "network_id": keeping.item.network_id,
                "network": keeping.item.network,
            }
        )
    return told


class ReviewKind(NotificationKind):
    """Told to whoever keeps the item, as long as the review is due."""

    def people(self, event: Event) -> QuerySet[User]:
        keeping = Keeping.objects.published().with_keepers().filter(item=event.item_id).first()
        return keepers_of(keeping) if keeping else User.objects.none()

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        mine = Keeping.objects.kept_by(person).filter(item__in=[event.item_id for event in events])
        mine = mine.filter(review_on__isnull=False).select_related("item__network")
        days = {each.item_id: each.review_on.isoformat() for each in mine}
        due = [event for event in events if days.get(event.item_id) == event.subject]
        wanted = {event.item_id for event in due}
        told = _told([each for each in mine if each.item_id in wanted], person)
        return {event.pk: told[event.item_id] for event in due if event.item_id in told}


REVIEW = ReviewKind(
    name="memos.review", label=gettext_lazy("Reviews of what I look after"), required=True, is_reminder=True
)


class ReviewReminders(ReminderSource):
    """Memos and notes that are to be reviewed by a day."""

    name = "memos.reviews"
    kind = "memos.review"

    def due_on(self, days: Collection[datetime.date]) -> Iterable[Obligation]:
        for keeping in Keeping.objects.published().filter(review_on__in=days).select_related("item"):
            assert keeping.review_on is not None
            yield Obligation(
                item=keeping.item_id,
                network=keeping.item.network_id,
                due_on=keeping.review_on,
                since=datetime.date.min,
                ref=keeping.review_on.isoformat(),
            )

    def owed_by(self, person: Any) -> Sequence[Told]:
        due = Keeping.objects.kept_by(person).filter(review_on__lte=timezone.localdate())
        due = due.select_related("item__network")
        told = _told(due.order_by("review_on", "pk"), person)
        return sorted(told.values(), key=lambda each: each.due_on or datetime.date.max)
