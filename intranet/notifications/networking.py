"""What networks are told: who asks to join, that an administrator let himself in, that the office named a coordinator.
And what whoever asked to join is told: the answer.

Invitations do not go this way: their link is a secret of which nothing but the hash is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intranet.accounts.models import User
from intranet.networks.access import Access, access_of
from intranet.networks.models import JoinRequest, Membership, Network
from intranet.networks.notices import coordinators_of
from intranet.networks.services import PUBLISHING_ROLES
from intranet.networks.signals import access_granted, join_answered, join_requested
from intranet.notifications.models import Event
from intranet.notifications.services import announce
from intranet.plugins import NotificationKind, Told

REQUEST, ANSWER, ACCESS = "networks.join_request", "networks.join_answer", "networks.access_granted"


def connect() -> None:
    join_requested.connect(_requested, sender=JoinRequest, dispatch_uid="notifications.join_requested")
    join_answered.connect(_answered, sender=JoinRequest, dispatch_uid="notifications.join_answered")
    access_granted.connect(_granted, sender=Membership, dispatch_uid="notifications.access_granted")


def _requested(sender: Any, request: JoinRequest, **kwargs: Any) -> None:
    announce(REQUEST, dedupe=f"{REQUEST}:{request.pk}", network=request.network_id, subject=str(request.pk))


def _answered(sender: Any, request: JoinRequest, **kwargs: Any) -> None:
    if request.person_id is not None:
        announce(ANSWER, dedupe=f"{ANSWER}:{request.pk}", network=request.network_id, subject=str(request.pk))


def _granted(sender: Any, membership: Membership, **kwargs: Any) -> None:
    announce(
        ACCESS,
        dedupe=f"{ACCESS}:{membership.pk}",
        network=membership.network_id,
        subject=str(membership.pk),
        details={"person": membership.person_id},
    )


class RequestKind(NotificationKind):
    """Somebody asks to join, and nobody has answered yet: told to those who coordinate the network."""

    def people(self, event: Event) -> QuerySet[User]:
        return coordinators_of(event.network_id)

    def networks_telling(self, person: Any) -> Collection[int]:
        return access_of(person).coordinate

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


class AnswerKind(NotificationKind):
    """A request to join was accepted or declined, or ended as the network closed: told to whoever made it.

    The network is one that the person may name; that it closed is told without the name else. A membership that was
    given is told of while the person has it, or it is to come.
    """

    def people(self, event: Event) -> QuerySet[User]:
        return User.objects.filter(join_requests=int(event.subject))

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        access = access_of(person)
        own = Membership.objects.filter(person=person.pk, network=OuterRef("network"), ended_at=None)
        planned = own.filter(starts_on__gt=timezone.localdate()).order_by("starts_on")
        begins_on = Subquery(planned.values("starts_on")[:1])
        mine = JoinRequest.objects.filter(person=person.pk).annotate(begins_on=begins_on)
        nameable = Q(network__in=Network.objects.nameable_by(access.network_ids))
        is_member = Q(network__in=access.network_ids) | Q(begins_on__isnull=False)
        told = mine.filter(
            (Q(state=JoinRequest.State.ACCEPTED) & nameable & is_member)
            | (Q(state=JoinRequest.State.DECLINED) & nameable)
            | Q(state=JoinRequest.State.CLOSED)
        )
        found = told.select_related("network").in_bulk([int(event.subject) for event in events])
        return {
            event.pk: _told_of_answer(answered, access)
            for event in events
            if (answered := found.get(int(event.subject)))
        }


def _told_of_answer(answered: Any, access: Access) -> Told:
    """``answered`` is a request, with ``begins_on`` where its person's membership is to come."""
    network, label = answered.network, _("Answer to my request")
    directory = reverse("networks:directory")
    if answered.state == JoinRequest.State.CLOSED:
        return Told(
            title=_("Your request to join %(name)s has ended") % {"name": network.name}
            if network.listed
            else _("Your request to join a network has ended"),
            url=directory,
            label=label,
            details=_("The network has closed, and takes nobody in any more."),
        )
    if answered.state == JoinRequest.State.DECLINED:
        return Told(
            title=_("Your request to join %(name)s was declined") % {"name": network.name},
            url=directory,
            label=label,
            details=_("The network’s coordinators have read it, and cannot accept it. Thank you for your interest."),
        )
    if network.pk not in access.network_ids:
        return Told(
            title=_("Your request to join %(name)s was accepted") % {"name": network.name},
            url=directory,
            label=label,
            details=_("You are a member from %(day)s on.") % {"day": date_format(answered.begins_on, "DATE_FORMAT")},
        )
    return Told(
        title=_("You are now a member of %(name)s") % {"name": network.name},
        url=reverse("wagtail_serve", args=[f"{network.slug}/"]) if network.pk in access.view else directory,
        label=label,
    )


class AccessKind(NotificationKind):
    """Somebody was let in by others than those who run the network: an administrator in need, or whom the office named.

    Told, also when it is over, to those who coordinate or publish; where nobody does, to all members. Who cannot sign
    in now finds it waiting: nobody comes in unheard by closing accounts first.
    """

    def people(self, event: Event) -> QuerySet[User]:
        others = Membership.objects.current().own_people().exclude(person=event.details.get("person"))
        members = others.filter(network=event.network_id)
        running = members.filter(role__in=PUBLISHING_ROLES)
        return User.objects.filter(pk__in=(running if running.exists() else members).values("person_id"))

    def networks_telling(self, person: Any) -> Collection[int]:
        access = access_of(person)
        running = Membership.objects.current().filter(network=OuterRef("pk"), role__in=PUBLISHING_ROLES)
        left_alone = Network.objects.filter(~Exists(running), pk__in=access.view)
        return access.publish | set(left_alone.values_list("pk", flat=True))

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        access = access_of(person)
        given = Membership.objects.filter(network__in=access.view).select_related("network", "person", "created_by")
        found = given.in_bulk([int(event.subject) for event in events])
        return {
            event.pk: _told_of_access(held, held.network_id in access.coordinate)
            for event in events
            if (held := found.get(int(event.subject)))
        }


def _told_of_access(held: Membership, is_coordinator: bool) -> Told:
    names = {
        "person": held.person,
        "role": held.get_role_display(),
        "day": date_format(held.until, "DATE_FORMAT") if held.until else "",
        "reason": held.reason,
        "by": held.created_by or "–",
        "name": held.network.name,
    }
    url = reverse("networks:people", args=[held.network.slug]) if is_coordinator else reverse("notifications:list")
    if not held.reason:
        return Told(
            title=_("The national office has named a coordinator of %(name)s") % names,
            url=url,
            label=_("New coordinator"),
            details=_("%(person)s has the role “%(role)s” at the invitation of %(by)s.") % names,
        )
    return Told(
        title=_("An administrator has been given access to %(name)s") % names,
        url=url,
        label=_("Access in need"),
        details=_("%(person)s has the role “%(role)s” until %(day)s, for this reason: %(reason)s") % names,
    )


REQUEST_KIND = RequestKind(name=REQUEST, label=gettext_lazy("Requests to join my network"), default_mode="now")
ANSWER_KIND = AnswerKind(
    name=ANSWER, label=gettext_lazy("Answers to my requests to join"), default_mode="now", by_network=False
)
ACCESS_KIND = AccessKind(
    name=ACCESS,
    label=gettext_lazy("Access given to my network from outside"),
    required=True,
    default_mode="now",
    reaches_closed=True,
)
