"""How people come: invitations and requests."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intranet.networks.models.memberships import Role
from intranet.networks.models.networks import Network


class Invitation(models.Model):
    """An e-mail with a link that works once, until it expires. The link's secret is stored hashed."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.READER)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    """The first day of the membership; empty or past: the day on which the invitation is accepted."""
    until = models.DateField(_("until"), null=True, blank=True)
    language = models.CharField(
        _("language of the e-mail"), max_length=5, choices=[("fr", _("French")), ("en", _("English"))]
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.email} · {self.network}"

    @property
    def is_open(self) -> bool:
        """Neither used nor withdrawn nor expired, and what it gives is not over."""
        is_over = self.until is not None and self.until < timezone.localdate()
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now() and not is_over


class JoinRequest(models.Model):
    """Somebody asks to join; the network's coordinators decide. A network that closes ends what waits."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        CLOSED = "closed", _("ended: the network closed")

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="join_requests")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="join_requests"
    )
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=5, choices=[("fr", _("French")), ("en", _("English"))])
    message = models.TextField(_("message"), blank=True, max_length=2000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("network", "email"), condition=models.Q(state="waiting"), name="networks_request_waits_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} · {self.network}"
