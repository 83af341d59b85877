"""Who owes an acknowledgement: for one memo the people, as ``MemoRecordQuerySet.asked_of`` for one person the memos."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from wagtail.models import Page

from intranet.accounts.models import User
from intranet.memos.models import Acknowledgement, MemoRecord
from intranet.networks.access import network_token
from intranet.networks.models import AudienceToken, Network
from intranet.networks.reach import people_reached


def people_asked(record: MemoRecord) -> QuerySet[User]:
    """The people whom the memo asks now, acknowledged or not; nobody where nothing is asked or no version is live."""
    network = record.item.network
    live = Page.objects.filter(translation_key=record.item_id, live=True, alias_of=None)
    if not record.acknowledge or network is None or not live.exists():
        return User.objects.none()
    may_ask_others = network.may_ask_others or network.kind == Network.Kind.OFFICE
    people = people_reached(_tokens(record) if may_ask_others else [network_token(network.pk)])
    is_live = Page.objects.filter(translation_key=OuterRef("item_id"), live=True, alias_of=None)
    for newer in MemoRecord.objects.filter(Exists(is_live), replaces=record.item_id):
        people = people.exclude(pk__in=people_reached(_tokens(newer)).values("pk"))
    return people


def people_owing(record: MemoRecord) -> QuerySet[User]:
    """Those of them who have not acknowledged the current edition."""
    receipts = Acknowledgement.objects.filter(record=record, edition=record.edition, person=OuterRef("pk"))
    return people_asked(record).filter(~Exists(receipts))


def _tokens(record: MemoRecord) -> QuerySet[AudienceToken, str]:
    return AudienceToken.objects.filter(item=record.item_id).values_list("token", flat=True)
