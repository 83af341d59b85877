"""What coordinators are told: who asks to join, and that an administrator let himself in.

Invitations do not go this way: their link is a secret of which nothing but the hash is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intranet.accounts.models import User
from intranet.networks.access import access_of
from intranet.networks.models import JoinRequest, Membership
from intranet.networks.notices import coordinators_of
from intranet.networks.signals import access_granted, join_requested
from intranet.notifications.models import Event
from intranet.notifications.services import announce
from intranet.plugins import NotificationKind, Told

REQUEST, ACCESS = "networks.join_request", "networks.access_granted"


def connect() -> None:
    join_requested.connect(_requested, sender=JoinRequest, dispatch_uid="notifications.join_requested")
    access_granted.connect(_granted, sender=Membership, dispatch_uid="notifications.access_granted")


def _requested(sender: Any, request: JoinRequest, **kwargs: Any) -> None:
    announce(REQUEST, dedupe=f"{REQUEST}:{request.pk}", network=request.network_id, subject=str(request.pk))


def _granted(sender: Any, membership: Membership, **kwargs: Any) -> None:
    announce(
        ACCESS,
        dedupe=f"{ACCESS}:{membership.pk}",
        network=membership.network_id,
        subject=str(membership.pk),
        details={"person": membership.person_id},
    )


class CoordinatorKind(NotificationKind):
    """Told to the people who coordinate the event's network, as long as they do."""

    def people(self, event: Event) -> QuerySet[User]:
        return coordinators_of(event.network_id).exclude(pk=event.details.get("person"))


class RequestKind(CoordinatorKind):
    """Somebody asks to join, and nobody has answered yet."""

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        waiting = JoinRequest.objects.filter(state=JoinRequest.State.WAITING, network__in=access_of(person).coordinate)
        found = waiting.select_related("network").in_bulk([int(event.subject) for event in events])
        return {
            event.pk: Told(
                title=_("%(person)s asks to join %(name)s") % {"person": asked.name, "name": asked.network.name},
                url=reverse("networks:people", args=[asked.network.slug]),
                label=_("Request to join"),
            )
            for event in events
            if (asked := found.get(int(event.subject)))
        }


class AccessKind(CoordinatorKind):
    """An administrator has access to the network, for a reason, until a day."""

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        given = Membership.objects.current().filter(network__in=access_of(person).coordinate)
        found = given.select_related("network", "person").in_bulk([int(event.subject) for event in events])
        return {
            event.pk: Told(
                title=_("An administrator has been given access to %(name)s") % {"name": held.network.name},
                url=reverse("networks:people", args=[held.network.slug]),
                label=_("Access in need"),
                details=_("%(person)s has the role “%(role)s” until %(day)s, for this reason: %(reason)s")
                % {
                    "person": held.person,
                    "role": held.get_role_display(),
                    "day": date_format(held.until, "DATE_FORMAT") if held.until else "",
                    "reason": held.reason,
                },
            )
            for event in events
            if (held := found.get(int(event.subject)))
        }


REQUEST_KIND = RequestKind(name=REQUEST, label=gettext_lazy("Requests to join my network"), default_mode="now")
ACCESS_KIND = AccessKind(
    name=ACCESS, label=gettext_lazy("Administrators’ access to my network"), required=True, default_mode="now"
)
