"""Networks: the office, the societies, the partners, the local networks and the tables."""

from __future__ import annotations

import zoneinfo
from functools import cache
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from intranet.networks.models.names import BilingualName


class Region(models.TextChoices):
    """Canada Post's two-letter codes of the provinces and territories."""

    AB = "AB", _("Alberta")
    BC = "BC", _("British Columbia")
    MB = "MB", _("Manitoba")
    NB = "NB", _("New Brunswick")
    NL = "NL", _("Newfoundland and Labrador")
    NS = "NS", _("Nova Scotia")
    NT = "NT", _("Northwest Territories")
    NU = "NU", _("Nunavut")
    ON = "ON", _("Ontario")
    PE = "PE", _("Prince Edward Island")
    QC = "QC", _("Quebec")
    SK = "SK", _("Saskatchewan")
    YT = "YT", _("Yukon")


#: They are files, which take 20 ms to look through.
_time_zones = cache(zoneinfo.available_timezones)


def validate_time_zone(value: str) -> None:
    if value not in _time_zones():
        raise ValidationError(
            _("“%(value)s” is not a time zone. Use a name such as America/Halifax."), params={"value": value}
        )


def default_languages() -> list[str]:
    return ["fr", "en"]


def asks_beyond(prefix: str = "") -> models.Q:
    """Whether the network may ask people of others to acknowledge (docs/decisions/0005); ``prefix`` leads to it."""
    return models.Q(**{f"{prefix}may_ask_others": True}) | models.Q(**{f"{prefix}kind": Network.Kind.OFFICE})


OPEN_TO_REQUESTS = {"kind": "local", "listed": True, "joining": "open_request", "state": "active"}
"""What a network is that people without an account may ask to join: only its name is shown to anybody."""


class NetworkQuerySet(models.QuerySet["Network"]):
    """Networks, by state and by who may name them."""

    def active(self) -> NetworkQuerySet:
        return self.filter(state=Network.State.ACTIVE)

    def open_to_requests(self) -> NetworkQuerySet:
        """Networks that people without an account may ask to join."""
        return self.filter(**OPEN_TO_REQUESTS)

    def by_name(self) -> NetworkQuerySet:
        """In the order of their names in the language in force."""
        return self.order_by("name_en" if (get_language() or "fr").startswith("en") else "name_fr", "pk")

    def nameable_by(self, network_ids: frozenset[int]) -> NetworkQuerySet:
        """Networks whose name a person may see: the listed ones, and the unlisted ones among ``network_ids``,
        those the person belongs to (``access_of(user).network_ids``)."""
        return self.filter(models.Q(listed=True) | models.Q(pk__in=network_ids))


class Network(BilingualName, models.Model):
    """A group of people with a section of its own."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("national office")
        SOCIETY = "society", _("member society")
        PARTNER = "partner", _("partner")
        LOCAL = "local", _("local network")
        TABLE = "table", _("table, committee, working group")

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        CLOSED = "closed", _("closed")

    class Joining(models.TextChoices):
        INVITATION = "invitation", _("by invitation")
        REQUEST = "request", _("on request, by people who have an account")
        OPEN_REQUEST = "open_request", _("on request, also by people without an account")

    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    code = models.CharField(
        _("code"),
        max_length=12,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Z][A-Z0-9]{1,11}$", _("Use 2 to 12 capital letters or digits, a letter first."))
        ],
        help_text=_("Begins the numbers of this network’s memos, for example HFX."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name_en = models.CharField(_("name in English"), max_length=200)
    name_fr = models.CharField(_("name in French"), max_length=200)
    region = models.CharField(_("region"), max_length=2, choices=Region.choices, blank=True)
    languages = models.JSONField(_("languages"), default=default_languages)
    time_zone = models.CharField(
        _("time zone"), max_length=40, default="America/Toronto", validators=[validate_time_zone]
    )
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True)
    listed = models.BooleanField(
        _("listed"),
        default=True,
        help_text=_("Others may name it as an audience. Only its members see the name of an unlisted network."),
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ACTIVE, editable=False)
    joining = models.CharField(_("how people join"), max_length=15, choices=Joining.choices, default=Joining.INVITATION)
    may_ask_others = models.BooleanField(
        _("may ask people of other networks to acknowledge"),
        default=False,
        help_text=_("Granted by the national office: acknowledgement may be asked beyond the network’s own people."),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = NetworkQuerySet.as_manager()

    class Meta:
        verbose_name = _("network")
        verbose_name_plural = _("networks")
        ordering = ("slug",)
        default_permissions = ("add", "change", "delete", "view")
        permissions: ClassVar = [
            ("visit_network", _("Sees what is shared with the network’s guests")),
            ("contribute_network", _("Drafts in the network’s section")),
            ("publish_network", _("Publishes in the network’s section")),
            ("coordinate_network", _("Manages the network’s people")),
        ]

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    @property
    def is_open_to_requests(self) -> bool:
        """Whether people without an account may ask to join."""
        return all(getattr(self, name) == value for name, value in OPEN_TO_REQUESTS.items())


class NetworkEvent(models.Model):
    """What happened to a network and its people, dated; never changed, never deleted."""

    class Kind(models.TextChoices):
        CREATED = "created", _("created")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")
        CHANGED = "changed", _("changed")
        MEMBER_ADDED = "member_added", _("member added")
        MEMBER_CHANGED = "member_changed", _("member changed")
        MEMBER_ENDED = "member_ended", _("membership ended")
        ACCESS_GRANTED = "access_granted", _("access granted to an administrator")
        COORDINATOR_APPOINTED = "appointed", _("coordinator named by the national office")

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ("-at", "-pk")
