"""Memberships: the source of every right."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intranet.networks.models.networks import Network


class Role(models.TextChoices):
    """What a member may do, from the least; a guest stands beside."""

    READER = "reader", _("reader")
    CONTRIBUTOR = "contributor", _("contributor")
    PUBLISHER = "publisher", _("publisher")
    COORDINATOR = "coordinator", _("coordinator")
    GUEST = "guest", _("guest")


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, with the one definition of being in force."""

    def current(self, day: datetime.date | None = None) -> MembershipQuerySet:
        """Memberships in force on ``day`` (today in the site's time zone): begun, not past, not ended."""
        return self.filter(current_condition(day))

    def between(self, first_day: datetime.date, last_day: datetime.date | None) -> MembershipQuerySet:
        """Memberships that are, or will be, in force on some of these days; None: without an end."""
        lasting = self.filter(Q(until=None) | Q(until__gte=first_day), ended_at=None)
        return lasting if last_day is None else lasting.filter(starts_on__lte=last_day)

    def own_people(self) -> MembershipQuerySet:
        """Those of the people who belong to a network that is open; its guests do not. Accounts may be closed."""
        return self.exclude(role=Role.GUEST).filter(network__state=Network.State.ACTIVE)


def current_condition(day: datetime.date | None = None, prefix: str = "") -> Q:
    """The one definition of a membership in force; ``until`` is the last day that counts."""
    day = day or timezone.localdate()
    return Q(
        **{f"{prefix}ended_at": None, f"{prefix}starts_on__lte": day},
    ) & (Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gte": day}))


class Membership(models.Model):
    """A person's role in a network, from a day, until a day. It is ended, never deleted."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.READER)
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day. Empty: no end is planned."))
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    reason = models.TextField(
        _("reason"), blank=True, help_text=_("Given when an administrator takes a membership in need.")
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ("network_id", "person_id", "starts_on", "pk")
        indexes = (
            models.Index(fields=("person", "ended_at"), name="networks_member_person"),
            models.Index(fields=("network", "ended_at"), name="networks_member_network"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("starts_on")), name="networks_member_until_after_from"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} · {self.network} · {self.get_role_display()}"

    @property
    def is_to_come(self) -> bool:
        """Whether it has yet to begin."""
        return self.ended_at is None and self.starts_on > timezone.localdate()

    @property
    def has_begun(self) -> bool:
        """Whether it was ever in force, or is."""
        over = timezone.localdate(self.ended_at) if self.ended_at else timezone.localdate()
        return self.starts_on <= over

    def is_current(self, day: datetime.date | None = None) -> bool:
        """The same for one membership, without a query."""
        day = day or timezone.localdate()
        return self.ended_at is None and self.starts_on <= day and (self.until is None or self.until >= day)
