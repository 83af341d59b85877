"""Items and who may see them: the rule on the item, and the stored effective audience."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intranet.networks.models.networks import Network


class ItemQuerySet(models.QuerySet["Item"]):
    """Items, with the audience predicate."""

    def visible_to_tokens(self, tokens: frozenset[str]) -> ItemQuerySet:
        """Items whose audience meets a person's tokens (``tokens_for(user)``)."""
        return self.filter(seen_by(tokens, "pk"))

    def sections(self) -> ItemQuerySet:
        """Those that are a network's section itself; their pages are always live, in both languages."""
        return self.filter(network__isnull=False, parent__network=None)


class Item(models.Model):
    """A thing with one audience, whatever its language versions: its key is the ``translation_key`` they share.

    ``rule`` is the item's own choice, empty when it inherits; ``rule_from`` is the item whose choice is in force.
    Written by ``intranet.networks.audiences`` alone.
    """

    class Rule(models.TextChoices):
        SECTION = "section", _("The section’s members only")
        MEMBERS = "members", _("Member societies and the national office")
        PARTNERS = "partners", _("Societies, the national office and partners")
        EVERYONE = "everyone", _("Everyone with an account")
        NETWORKS = "networks", _("Chosen networks")

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, null=True, related_name="items")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    rule = models.CharField(max_length=10, choices=Rule.choices, blank=True)
    rule_networks = models.ManyToManyField(Network, related_name="+")
    rule_guests = models.BooleanField(default=False)
    rule_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="governed")

    objects = ItemQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("network", "rule_from"), name="networks_item_rule"),)

    def __str__(self) -> str:
        return str(self.key)


class AudienceToken(models.Model):
    """One token of an item's effective audience."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="audience", db_index=False)
    token = models.CharField(max_length=40)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("item", "token"), name="networks_audience_once"),)
        indexes = (models.Index(fields=("token", "item"), name="networks_audience_token"),)

    def __str__(self) -> str:
        return self.token


class AudienceEvent(models.Model):
    """A dated row for each change of an item's own rule or place; never changed, never deleted.

    The key is kept without a foreign key, so that the history outlives the item.
    """

    key = models.UUIDField(db_index=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ("-at", "-pk")


def seen_by(tokens: frozenset[str], outer_key: str) -> models.Exists:
    """The audience predicate in SQL: the item named by the outer query's ``outer_key`` has one of ``tokens``."""
    return models.Exists(AudienceToken.objects.filter(Q(item=models.OuterRef(outer_key)), token__in=tokens))
