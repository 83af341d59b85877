"""From an event to a notification for each person whom it concerns, in bulk, in the worker."""

from __future__ import annotations

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Case, DateTimeField, QuerySet, Value, When
from django.utils import timezone

from intranet.accounts.models import User
from intranet.networks.models import AudienceToken
from intranet.networks.reach import people_reached
from intranet.notifications.kinds import known_kinds
from intranet.notifications.models import Event, Notification
from intranet.notifications.models.events import Mode
from intranet.notifications.preferences import with_mode
from intranet.plugins import NotificationKind

PART = 20_000
"""People of one statement: a worker that dies loses no more than this, and does it again."""


def expand_due() -> bool:
    """Give one event to its next people; says whether there is more to do.

    Two workers take two events. Events of a plugin that is switched off wait for it.
    """
    kinds = known_kinds()
    with transaction.atomic():
        waiting = Event.objects.filter(expanded_at=None, kind__in=list(kinds)).order_by("pk")
        event = waiting.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked).first()
        if event is None:
            return False
        _expand_part(event, kinds[event.kind])
    return True


def concerned(event: Event, kind: NotificationKind) -> QuerySet[User]:
    """People whom an event concerns: who may see its item, and of those whom the kind names.

    Closed accounts are left out unless the kind reaches them. Who did it needs no telling, unless it is required of
    everybody.
    """
    people = kind.people(event)
    if event.item_id is not None:
        tokens = AudienceToken.objects.filter(item=event.item_id).values_list("token", flat=True)
        reached = people_reached(tokens)
        people = reached if people is None else reached.filter(pk__in=people.values("pk"))
    elif people is None:
        people = User.objects.none()
    if event.actor_id is not None and not kind.required:
        people = people.exclude(pk=event.actor_id)
    return people if kind.reaches_closed else people.filter(is_active=True)


def _expand_part(event: Event, kind: NotificationKind) -> None:
    after = User.objects.filter(pk__gt=event.reached).order_by("pk").values_list("pk", flat=True)
    last = after[PART - 1 : PART].first()
    people = concerned(event, kind).filter(pk__gt=event.reached)
    _insert(event, kind, people.filter(pk__lte=last) if last else people)
    if last:
        event.reached = last
    else:
        event.expanded_at = timezone.now()
    event.save(update_fields=["reached", "expanded_at"])


def _insert(event: Event, kind: NotificationKind, people: QuerySet[User]) -> None:
    """One INSERT … SELECT; who has the notification already keeps it."""
    now = timezone.now()
    rows = with_mode(people.order_by(), kind, event.network_id).annotate(
        event_key=Value(event.pk),
        listed=Value(not kind.is_reminder),
        made=Value(now, DateTimeField()),
        looked_at=Case(When(mode=Mode.NONE, then=Value(None, DateTimeField())), default=Value(now, DateTimeField())),
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
