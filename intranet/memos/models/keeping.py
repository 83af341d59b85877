"""Who looks after a memo or a note, and when it is to be read again."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from intranet.networks.access import access_of
from intranet.networks.models import Item, Membership, Network

BEFORE_PUBLISHING = "memos.before_publishing"
"""What the mark of a draft is signed for."""


class KeptPage(models.Model):
    """The fields of a page that somebody looks after; what is published of them is in ``Keeping``. Abstract."""

    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Keeps it up to date. Whoever leaves is followed by the deputy, then by the coordinator."),
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("deputy"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    review_on = models.DateField(
        _("to be reviewed on"),
        null=True,
        blank=True,
        help_text=_("The owner is reminded then, and readers are told when it is overdue."),
    )

    given_archiving: ClassVar[dict[str, Any]] = {}
    """``at``, ``reason`` and ``language`` of an archiving elsewhere, set on the object. Not stored on the page."""

    class Meta:
        abstract = True

    def before_publishing_url(self) -> str:
        """The address at which the latest revision, whose form was valid, can be published."""
        mark = signing.dumps([self.pk, self.latest_revision_id], salt=BEFORE_PUBLISHING)
        return f"{reverse('memo_before_publishing', args=[self.pk])}?{urlencode({'draft': mark})}"


def _belongs(person: str) -> Exists:
    """Whether the person in the outer row's field is somebody of the item's network today."""
    held = Membership.objects.current().own_people().filter(person__is_active=True)
    return Exists(held.filter(person=OuterRef(person), network=OuterRef("item__network")))


class KeepingQuerySet(models.QuerySet["Keeping"]):
    """What is kept, by whom, as of today."""

    def published(self) -> KeepingQuerySet:
        """Of items that are live and not archived; memos that are withdrawn are left out, notes have no record."""
        live = Page.objects.filter(translation_key=OuterRef("item_id"), live=True, alias_of=None)
        kept = self.filter(Exists(live), item__network__state=Network.State.ACTIVE)
        return kept.filter(item__memo_record__withdrawn_at=None, item__archived_item=None)

    def with_keepers(self) -> KeepingQuerySet:
        """With ``has_responsible`` and ``has_deputy``: whether they are still there."""
        return self.annotate(has_responsible=_belongs("responsible"), has_deputy=_belongs("deputy"))

    def kept_by(self, person: Any) -> KeepingQuerySet:
        """What this person keeps: as owner, as deputy of an owner who left, as coordinator where both did."""
        access = access_of(person)
        # Of this person it is known where she belongs; of the others it is asked.
        here, is_left = Q(item__network__in=access.view), ~_belongs("responsible")
        kept = Q(responsible=person.pk) | Q(is_left, deputy=person.pk)
        if access.coordinate:
            kept |= Q(is_left, ~_belongs("deputy"), item__network__in=access.coordinate)
        return self.published().filter(here, kept)

    def reviewable_by(self, person: Any) -> KeepingQuerySet:
        """What this person may say to be reviewed: the owner and the deputy, and who writes in the section."""
        access = access_of(person)
        named = Q(item__network__in=access.view) & (Q(responsible=person.pk) | Q(deputy=person.pk))
        return self.published().filter(named | Q(item__network__in=access.contribute))


class Keeping(models.Model):
    """Who keeps an item up to date, whatever its languages. Written by ``intranet.memos.keeping`` alone."""

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="keeping")
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    review_on = models.DateField(null=True, db_index=True)

    objects = KeepingQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.item)
