"""Who manages networks: the office those that it may name, coordinators their own.

A closed network gives its people nothing, so ``access_of`` does not know it. Whoever may open it again is found by the
membership itself: an unlisted network is known to nobody else.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from intranet.networks.access import access_of
from intranet.networks.models import Membership, Network, Role
from intranet.networks.models.networks import NetworkQuerySet


def may_manage(user: Any) -> bool:
    """Coordinators of the national office, and the administrator of the machine."""
    return bool(access_of(user).office_coordinate) or bool(user.is_superuser and user.is_active)


def managed_by(user: Any) -> NetworkQuerySet:
    """The networks whose names and joining the person may change.

    Managers: the listed ones, and the unlisted ones that they belong to, whatever their state. Coordinators: their own,
    and their closed ones as ``reopened_by`` says.
    """
    access = access_of(user)
    if may_manage(user):
        closed = _memberships(user).filter(network__state=Network.State.CLOSED)
        return Network.objects.nameable_by(access.network_ids | set(closed.values_list("network_id", flat=True)))
    return Network.objects.filter(Q(pk__in=access.coordinate) | Q(pk__in=_left_to_coordinators(user).values("pk")))


def history_shown_to(user: Any) -> NetworkQuerySet:
    """The networks whose history the person reads, which names people: the listed ones for managers, and for
    coordinators their own. Who is in an unlisted network is the business of its coordinators alone."""
    own = Q(pk__in=access_of(user).coordinate) | Q(pk__in=_left_to_coordinators(user).values("pk"))
    return Network.objects.filter(own | Q(listed=True) if may_manage(user) else own)


def reopened_by(user: Any) -> NetworkQuerySet:
    """The networks that the person may open again: the office's managers open what they manage.

    Others open only what the office may not know: unlisted networks that they coordinate. A listed one was closed by
    the office, and stays so until the office decides.
    """
    return managed_by(user) if may_manage(user) else _left_to_coordinators(user)


def _left_to_coordinators(user: Any) -> NetworkQuerySet:
    held = _memberships(user).filter(role=Role.COORDINATOR)
    return Network.objects.filter(pk__in=held.values("network"), state=Network.State.CLOSED, listed=False)


def _memberships(user: Any) -> Any:
    return Membership.objects.current().filter(person=user.pk, person__is_active=True)
