"""What is true of a memo whatever its language: its number, its dates, whom it asks to acknowledge it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from intranet.networks.access import access_of, tokens_for
from intranet.networks.models import Item, Membership, Network, Role
from intranet.networks.models.items import seen_by
from intranet.networks.models.networks import asks_beyond
from intranet.networks.reach import deeper, is_everyone, is_reached, reaching_memberships


class MemoNumberCounter(models.Model):
    """The last number given for a network's code in a year; locked while the next one is given."""

    code = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("code", "year"), name="memos_counter_once"),)

    def __str__(self) -> str:
        return f"{self.code}-{self.year}: {self.last}"


def memberships_asked(person: Any, item: Any, *, chosen: Q, own: Q | None = None) -> models.QuerySet[Membership]:
    """Memberships by which a person is asked: they bring the person into the item's audience, and are of a network
    whose people the item's network may ask.

    ``chosen`` says which roles and networks count, ``own`` (all) which memberships in the item's network itself.
    """
    place = Item.objects.filter(pk=deeper(item))
    beyond, here = Exists(place.filter(asks_beyond("network__"))), Exists(place.filter(network=OuterRef("network_id")))
    return reaching_memberships(person, item).filter(Q(beyond) | (Q(here) & (own or Q())), chosen)


def is_asked(person: Any, record: Any, item: Any) -> Q:
    """Whether the memo asks the active person to acknowledge it, as its audience and its choices say.

    Each argument is a key, or an ``OuterRef`` of the query in which a subquery of the condition stands. A network asks
    its own people; it asks others when the national office granted that, and the office may. Where roles or networks
    are chosen, a membership counts that has them and brings the person into the audience.
    ``MemoRecordQuerySet.asked_of`` is the same for a person whose access is known, ``owing.people_asked`` for a memo.
    """
    everyone = MemoRecord.objects.filter(asks_beyond("item__network__"), pk=record, asks_all=True)
    # Guests of the network are not its own people, unless they are chosen.
    own = ~Q(role=Role.GUEST) | Q(Exists(MemoRecord.objects.filter(pk=deeper(record), asks_all=False)))
    by_membership = memberships_asked(person, item, chosen=chosen_by(record), own=own)
    return (Q(Exists(everyone)) & is_everyone(person, item)) | Q(Exists(by_membership))


def chosen_by(record: Any) -> Q:
    """Whether a membership has a role and a network that the memo chose; where it chose none, any."""
    roles = AskedRole.objects.filter(record=deeper(record))
    networks = MemoRecord.asked_networks.through.objects.filter(memorecord=deeper(record))
    return (~Q(Exists(roles)) | Q(Exists(roles.filter(role=OuterRef("role"))))) & (
        ~Q(Exists(networks)) | Q(Exists(networks.filter(network=OuterRef("network_id"))))
    )


def is_replaced_for(person: Any, item: Any) -> Exists:
    """Whether the person may see a memo that replaces the item's, archived or not."""
    live = Page.objects.filter(translation_key=OuterRef("item_id"), live=True, alias_of=None)
    newer = MemoRecord.objects.standing().filter(Exists(live), replaces=item)
    return Exists(newer.filter(is_reached(deeper(person), OuterRef("item_id"))))


def newer_for(user: Any) -> MemoRecordQuerySet:
    """Of the outer query's record: the memos that replace it, archived or not, as far as this person may see them."""
    return MemoRecord.objects.standing().visible_to(user).filter(replaces=OuterRef("item_id"))


def is_archived(item: str = "") -> Q:
    """Whether the item is archived: by itself, or with its network, which is closed.

    ``item`` is the way to the item from the outer query: ``item__``, or empty.
    """
    return Q(**{f"{item}archived_item__isnull": False}) | Q(**{f"{item}network__state": Network.State.CLOSED})


def is_item_archived(item: Item) -> bool:
    """The same of an item at hand; one query, unless ``archived_item`` was read with it."""
    return hasattr(item, "archived_item") or (item.network is not None and not item.network.is_active)


class MemoRecordQuerySet(models.QuerySet["MemoRecord"]):
    """Memos in force, as a person may see them, and as they are asked of a person."""

    def standing(self) -> MemoRecordQuerySet:
        """Memos that are not withdrawn: what they replace stays replaced, also once they are archived."""
        return self.filter(withdrawn_at=None)

    def in_force(self) -> MemoRecordQuerySet:
        """Memos that are neither withdrawn nor archived."""
        return self.standing().filter(item__archived_item=None, item__network__state=Network.State.ACTIVE)

    def archived(self) -> MemoRecordQuerySet:
        """Memos that are archived and not withdrawn: by themselves, or with their network, which is closed."""
        return self.standing().filter(is_archived("item__"))

    def withdrawn(self) -> MemoRecordQuerySet:
        """Memos that were withdrawn: readable, in no list."""
        return self.filter(withdrawn_at__isnull=False)

    def visible_to(self, user: Any) -> MemoRecordQuerySet:
        """Memos with a live version, meant for this person: the audience predicate."""
        tokens = tokens_for(user)
        if not tokens:
            return self.none()
        live = Page.objects.filter(translation_key=OuterRef("item_id"), live=True, alias_of=None)
        return self.filter(seen_by(tokens, "item_id"), Exists(live))

    def with_newer(self, user: Any) -> MemoRecordQuerySet:
        """With ``newer_number``, that of the last memo that replaces it and that this person may see."""
        newer = newer_for(user).order_by("-published_at", "-pk")
        return self.annotate(newer_number=Subquery(newer.values("number")[:1]))

    def asked_of(self, user: Any) -> MemoRecordQuerySet:
        """Memos whose acknowledgement is asked of this person, acknowledged or not: ``is_asked``, by access.

        A memo that is withdrawn or archived, or that another one replaced for this person, is no longer asked. Call it
        on ``visible_to``; ``intranet.memos.owing.people_asked`` is the same from the memo's side.
        """
        newer = newer_for(user)
        own = Q(item__network__in=access_of(user).view) | asks_beyond("item__network__")
        held = memberships_asked(user.pk, OuterRef("item_id"), chosen=chosen_by(OuterRef("pk")))
        asked = (Q(asks_all=True) & own) | (Q(asks_all=False) & Q(Exists(held)))
        return self.filter(asked, ~Exists(newer), acknowledge=True).in_force()


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
    def is_archived(self) -> bool:
        """Archived by itself, or with its network, which is closed."""
        return is_item_archived(self.item)

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
