"""When a person wants e-mails: one rule, in SQL for a crowd, and applied again when somebody chooses otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from intranet.accounts.models import User
from intranet.notifications.kinds import chosen_kinds, known_kinds
from intranet.notifications.models import Notification, Preference
from intranet.notifications.models.events import Mode
from intranet.plugins import NotificationKind
from search.chunks import chunked

AT_ONCE = 200
"""Kinds and networks of one statement; SQLite takes 500 at most."""


def with_mode(people: QuerySet[User], kind: NotificationKind, network: int | None) -> QuerySet[Any]:
    """``people``, each with the ``mode`` chosen for a kind and a network.

    The network's own choice counts before the general one, the kind's before that of all kinds. Without a choice it is
    the kind's. What is required comes at once where nothing was to come. A reminder comes when it is due.
    """
    if kind.is_reminder:
        return people.annotate(mode=Value(Mode.NOW.value, CharField()))
    meant = Preference.objects.filter(
        Q(network=network) | Q(network=None), kind__in=("", kind.name), person=OuterRef("pk")
    )
    choice = Subquery(meant.order_by(F("network").desc(nulls_last=True), "-kind").values("mode")[:1])
    people = people.annotate(chosen=Coalesce(choice, Value(kind.default_mode), output_field=CharField()))
    if not kind.required:
        return people.annotate(mode=F("chosen"))
    return people.annotate(mode=Case(When(chosen=Mode.NONE, then=Value(Mode.NOW.value)), default=F("chosen")))


def count_modes(people: QuerySet[User], kind: NotificationKind, network: int | None, *, total: int) -> dict[str, int]:
    """How many of ``people``, who are ``total``, have each mode: one statement, about those who chose something."""
    chose = Preference.objects.filter(Q(network=network) | Q(network=None), kind__in=("", kind.name))
    choosing = people.order_by().filter(pk__in=chose.values("person"))
    rows = with_mode(choosing, kind, network).values("mode").annotate(people=Count("pk"))
    found = {row["mode"]: row["people"] for row in rows}
    default = Mode.NOW.value if kind.required and kind.default_mode == Mode.NONE else kind.default_mode
    found[default] = found.get(default, 0) + total - sum(found.values())
    return found


def set_mode(person: Any, mode: str | None, *, kind: str = "", network: int | None = None) -> bool:
    """Keep a choice; None takes it back. Gives back whether anything changed."""
    return set_modes(person, {(kind, network): mode})


@transaction.atomic
def set_modes(person: Any, choices: Mapping[tuple[str, int | None], str | None]) -> bool:
    """The same for several kinds and networks. What waits to be mailed follows once, when all is chosen."""
    changed = [_keep(person, kind, network, mode) for (kind, network), mode in choices.items()]
    if any(changed):
        follow(person)
    return any(changed)


def _keep(person: Any, kind: str, network: int | None, mode: str | None) -> bool:
    known = Preference.objects.filter(person=person.pk, kind=kind, network=network)
    if list(known.values_list("mode", flat=True)) == ([mode] if mode else []):
        return False
    known.delete()
    if mode:
        Preference.objects.create(person_id=person.pk, kind=kind, network_id=network, mode=Mode(mode).value)
    return True


def stop_mails(person: Any, *, kind: str = "", network: int | None = None) -> bool:
    """No more e-mails of a kind from a network, without a network: from all; without a kind: none of anything that may
    be stopped.

    Gives back whether anything changed.
    """
    if network is not None:
        return set_mode(person, Mode.NONE, kind=kind, network=network)
    kinds = [kind] if kind else [known.name for known in stoppable_kinds()]
    with transaction.atomic():
        Preference.objects.filter(person=person.pk, kind__in=kinds).exclude(mode=Mode.NONE).delete()
        return set_modes(person, {(name, None): Mode.NONE for name in kinds})


def stoppable_kinds() -> list[NotificationKind]:
    """Those whose e-mails may be stopped."""
    return [kind for kind in chosen_kinds() if not kind.required]


def follow(person: Any) -> None:
    """Let what waits to be mailed follow the person's choices: each kind and network one statement."""
    waiting = Notification.objects.of(person).filter(mail=None, mail_at__isnull=False)
    now, kinds = timezone.now(), known_kinds()
    held = waiting.order_by().values_list("event__kind", "event__network").distinct()
    chosen = [(name, network) for name, network in held if name in kinds and not kinds[name].is_reminder]
    for (name, network), mode in modes_of(person, chosen).items():
        waiting.filter(event__kind=name, event__network=network).update(
            mode=mode, mail_at=None if mode == Mode.NONE else now
        )


def still_wanted(rows: Iterable[Notification], person: Any) -> list[Notification]:
    """Those of the person's notifications of which the e-mails were not stopped since they were put into one.

    What is required stays, and so do reminders. Beside the query of ``rows`` those of ``modes_of``, for all kinds and
    networks. Of a kind that is switched off there is nothing to say.
    """
    kinds = known_kinds()
    rows = [row for row in rows if row.event.kind in kinds]
    modes = modes_of(person, {(row.event.kind, row.event.network_id) for row in rows})
    return [row for row in rows if modes[row.event.kind, row.event.network_id] != Mode.NONE]


def modes_of(person: Any, asked: Collection[tuple[str, int | None]]) -> dict[tuple[str, int | None], str]:
    """The modes of one person by kind and network: the same rule, one query for ``AT_ONCE`` of them."""
    pairs, kinds = list(asked), known_kinds()
    people = User.objects.filter(pk=person.pk).order_by()
    modes = (
        with_mode(people.annotate(pair=Value(number)), kinds[name], network).values_list("pair", "mode")
        for number, (name, network) in enumerate(pairs)
    )
    rows = chain.from_iterable(some[0].union(*some[1:], all=True) for some in chunked(modes, AT_ONCE))
    return {pairs[number]: str(mode) for number, mode in rows}
