"""What is true of a memo whatever its language: its number, its dates, whom it asks to acknowledge it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from intranet.networks.access import EVERYONE, GUEST_PREFIX, KIND_TOKENS, NETWORK_PREFIX, access_of, tokens_for
from intranet.networks.models import AudienceToken, Item, Membership, Network, Role
from intranet.networks.models.items import seen_by


class MemoNumberCounter(models.Model):
    """The last number given for a network's code in a year; locked while the next one is given."""

    code = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("code", "year"), name="memos_counter_once"),)

    def __str__(self) -> str:
        return f"{self.code}-{self.year}: {self.last}"


ASKS_BEYOND = Q(item__network__may_ask_others=True) | Q(item__network__kind=Network.Kind.OFFICE)
"""The memo's network may ask people of others (docs/decisions/0005)."""


def _counting_memberships(user: Any) -> models.QuerySet[Membership]:
    """Memberships of the person by which the outer memo, which chose roles or networks, asks them."""
    record = OuterRef(OuterRef("pk"))
    chosen_roles = AskedRole.objects.filter(record=record)
    chosen_networks = MemoRecord.asked_networks.through.objects.filter(memorecord=record)
    network = Cast("network_id", models.CharField())
    # The tokens that the membership gives, as intranet.networks.access says.
    token = Case(
        When(role=Role.GUEST, then=Concat(Value(GUEST_PREFIX), network)), default=Concat(Value(NETWORK_PREFIX), network)
    )
    kind = Case(
        *(When(network__kind=kind, then=Value(token)) for kind, token in KIND_TOKENS.items()), default=Value("")
    )
    held = (
        Membership.objects.current()
        .filter(person=user.pk, network__state=Network.State.ACTIVE)
        .annotate(token=token, kind_token=kind)
    )
    audience = AudienceToken.objects.filter(item=OuterRef(OuterRef("item_id")))
    full = Q(Exists(audience.filter(token__in=[OuterRef("kind_token"), Value(EVERYONE)])))
    own_or_granted = Exists(
        Item.objects.filter(pk=OuterRef(OuterRef("item_id"))).filter(
            Q(network=OuterRef("network_id")) | Q(network__may_ask_others=True) | Q(network__kind=Network.Kind.OFFICE)
        )
    )
    return held.filter(
        Exists(audience.filter(token=OuterRef("token"))) | (full & ~Q(role=Role.GUEST)),
        ~Exists(chosen_roles) | Exists(chosen_roles.filter(role=OuterRef("role"))),
        ~Exists(chosen_networks) | Exists(chosen_networks.filter(network=OuterRef("network_id"))),
        own_or_granted,
    )


class MemoRecordQuerySet(models.QuerySet["MemoRecord"]):
    """Memos in force, as a person may see them, and as they are asked of a person."""

    def in_force(self) -> MemoRecordQuerySet:
        """Memos that are not withdrawn."""
        return self.filter(withdrawn_at=None)

    def withdrawn_keys(self) -> models.QuerySet[MemoRecord, Any]:
        """The items of memos that were withdrawn: readable, in no list."""
        return self.filter(withdrawn_at__isnull=False).values("item_id")

    def visible_to(self, user: Any) -> MemoRecordQuerySet:
        """Memos with a live version, meant for this person: the audience predicate."""
        tokens = tokens_for(user)
        if not tokens:
            return self.none()
        live = Page.objects.filter(translation_key=OuterRef("item_id"), live=True, alias_of=None)
        return self.filter(seen_by(tokens, "item_id"), Exists(live))

    def asked_of(self, user: Any) -> MemoRecordQuerySet:
        """Memos whose acknowledgement is asked of this person, acknowledged or not.

        A network asks its own people; it asks others when the national office granted that, and the office may.
        Where roles or networks are chosen, a membership counts that has them and brings the person into the audience.
        A memo that is withdrawn, or that another one replaced for this person, is no longer asked. Call it on
        ``visible_to``; ``intranet.memos.owing.people_asked`` is the same from the memo's side.
        """
        newer = MemoRecord.objects.in_force().visible_to(user).filter(replaces=OuterRef("item_id"))
        own = Q(item__network__in=access_of(user).view)
        chosen = Q(asks_all=False) & Exists(_counting_memberships(user))
        return self.filter(
            (Q(asks_all=True) & (own | ASKS_BEYOND)) | chosen, ~Exists(newer), acknowledge=True
        ).in_force()


class MemoRecord(models.Model):
    """A memo that was published at least once. It is withdrawn, never deleted; its number stays taken.

    Written by ``intranet.memos.services`` alone.
    """

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="memo_record")
    number = models.CharField(_("number"), max_length=30, unique=True)
    code = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    edition = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_reason = models.TextField(blank=True)
    """What readers are told; empty where the memo was taken away from them by unpublishing it."""
    withdrawn_language = models.CharField(max_length=5, blank=True)
    effective_on = models.DateField(null=True)
    contact = models.CharField(max_length=200, blank=True)
    acknowledge = models.BooleanField(default=False)
    acknowledge_by = models.DateField(null=True)
    asks_all = models.BooleanField(default=True)
    """False: of the audience, those are asked who have a chosen role, in a chosen network."""
    asked_networks = models.ManyToManyField(Network, related_name="+")
    replaces = models.ForeignKey(Item, on_delete=models.SET_NULL, null=True, related_name="memo_replacements")

    objects = MemoRecordQuerySet.as_manager()

    class Meta:
        ordering = ("-published_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("code", "year", "sequence"), name="memos_record_sequence_once"),)

    def __str__(self) -> str:
        return self.number

    @property
    def replaced_key(self) -> uuid.UUID | None:
        """The item that this memo replaces now; None where there is none, or the memo is withdrawn."""
        return self.replaces_id if self.withdrawn_at is None else None


class AskedRole(models.Model):
    """A role whose people are asked to acknowledge the memo; see ``MemoRecord.asks_all``."""

    record = models.ForeignKey(MemoRecord, on_delete=models.CASCADE, related_name="asked_roles")
    role = models.CharField(max_length=12, choices=Role.choices)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("record", "role"), name="memos_asked_role_once"),)

    def __str__(self) -> str:
        return f"{self.record} · {self.get_role_display()}"
