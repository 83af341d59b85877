"""From an event to a notification for each person whom it concerns, in bulk, in the worker."""

from __future__ import annotations

import datetime
import logging

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Case, DateTimeField, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from intranet.accounts.models import User
from intranet.networks.models import AudienceToken, Membership
from intranet.networks.reach import people_reached
from intranet.notifications.kinds import known_kinds, late_kinds, standing_events
from intranet.notifications.models import Event, Notification
from intranet.notifications.models.events import KNOWN_SINCE, Mode
from intranet.notifications.preferences import with_mode
from intranet.plugins import NotificationKind

logger = logging.getLogger(__name__)

PART = 20_000
"""People of one statement: a worker that dies loses no more than this, and does it again."""
PAUSE = datetime.timedelta(minutes=15)
"""Until an event is tried again whose kind failed to name its people."""


def expand_due() -> bool:
    """Give one event to its next people; says whether there is more to do.

    Two workers take two events. Events of a plugin that is switched off wait for it; what a plugin fails to give holds
    up no other.
    """
    kinds, now = known_kinds(), timezone.now()
    with transaction.atomic():
        # A pause that is longer than any was noted by a clock that has been put back since.
        ready = Q(retry_at=None) | Q(retry_at__lte=now) | Q(retry_at__gt=now + PAUSE)
        waiting = Event.objects.filter(ready, expanded_at=None, kind__in=list(kinds)).order_by("pk")
        event = waiting.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked).first()
        if event is None:
            return False
        try:
            with transaction.atomic():
                _expand_part(event, kinds[event.kind])
        except Exception:
            logger.exception("The event %s (%s) cannot be given to people.", event.pk, event.kind)
            Event.objects.filter(pk=event.pk).update(retry_at=now + PAUSE)
    return True


def tell_late() -> bool:
    """Give a standing event to those whom it has come to concern, each event once a day; says whether there is more.

    One statement looks and tells, whether somebody is missing or nobody. The e-mails go from the next full hour on: who
    joins where much is asked gets one. A kind that fails to name its standing events holds up no other.
    """
    return any(_tell_late_of(kind) for kind in late_kinds())


def _tell_late_of(kind: NotificationKind) -> bool:
    try:
        with transaction.atomic():
            return _look_at_one(kind)
    except Exception:
        logger.exception("The kind %s cannot name the events that still hold.", kind.name)
        return False


def _look_at_one(kind: NotificationKind) -> bool:
    """Look at the standing event that has waited for longest; False where all were looked at today."""
    now = timezone.now()
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    next_hour = now.replace(minute=0, second=0, microsecond=0) + datetime.timedelta(hours=1)
    looked_at = Q(expanded_at__gte=today, expanded_at__lte=next_hour)
    due = standing_events(kind).exclude(Q(expanded_at=None) | looked_at).order_by("expanded_at", "pk")
    event = due.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked).first()
    if event is None:
        return False
    has_it = Notification.objects.filter(event=event, person=OuterRef("pk"))
    try:
        with transaction.atomic():
            _insert(event, kind, concerned(event, kind).filter(~Exists(has_it)), mail_at=next_hour)
    except Exception:
        # Its next turn comes tomorrow, as that of the others.
        logger.exception("The event %s (%s) cannot be given to who came later.", event.pk, event.kind)
    event.expanded_at = now
    event.save(update_fields=["expanded_at"])
    return True


def concerned(event: Event, kind: NotificationKind) -> QuerySet[User]:
    """People whom an event concerns: who may see its item, and of those whom the kind names.

    Of what was no news when it was announced, whoever came since. Closed accounts are left out unless the kind
    reaches them. Who did it needs no telling, unless it is required of everybody.
    """
    people = kind.people(event)
    if event.item_id is not None:
        tokens = AudienceToken.objects.filter(item=event.item_id).values_list("token", flat=True)
        reached = people_reached(tokens)
        people = reached if people is None else reached.filter(pk__in=people.values("pk"))
    elif people is None:
        people = User.objects.none()
    if known_since := event.details.get(KNOWN_SINCE):
        begun = Membership.objects.current().filter(person=OuterRef("pk"), starts_on__gt=known_since)
        people = people.filter(Exists(begun))
    if event.actor_id is not None and not kind.required:
        people = people.exclude(pk=event.actor_id)
    return people if kind.reaches_closed else people.filter(is_active=True)


def _expand_part(event: Event, kind: NotificationKind) -> None:
    after = User.objects.filter(pk__gt=event.reached).order_by("pk").values_list("pk", flat=True)
    last = after[PART - 1 : PART].first()
    people = concerned(event, kind).filter(pk__gt=event.reached)
    _insert(event, kind, people.filter(pk__lte=last) if last else people, mail_at=timezone.now())
    if last:
        event.reached = last
    else:
        event.expanded_at = timezone.now()
    event.save(update_fields=["reached", "expanded_at"])


def _insert(event: Event, kind: NotificationKind, people: QuerySet[User], *, mail_at: datetime.datetime) -> None:
    """One INSERT … SELECT; who has the notification already keeps it."""
    now = timezone.now()
    rows = with_mode(people.order_by(), kind, event.network_id).annotate(
        event_key=Value(event.pk),
        listed=Value(not kind.is_reminder),
        made=Value(now, DateTimeField()),
        looked_at=Case(
            When(mode=Mode.NONE, then=Value(None, DateTimeField())), default=Value(mail_at, DateTimeField())
        ),
    )
    chosen = rows.values_list("event_key", "pk", "mode", "listed", "made", "looked_at")
    try:
        statement, values = chosen.query.sql_with_params()
    except EmptyResultSet:
        return
    table, name = Notification._meta.db_table, connection.ops.quote_name
    columns = ", ".join(map(name, ("event_id", "person_id", "mode", "is_listed", "made_at", "mail_at")))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {name(table)} ({columns}) {statement} ON CONFLICT DO NOTHING", values)
