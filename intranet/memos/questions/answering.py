"""Who answers the questions on a memo, from either side: as things stand today, written down nowhere.

Its contact (where that is the address of one of the network's own people), its owner and its deputy. Where none of them
is there, whoever publishes for the network. Nobody answers who may not see the memo.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower, Trim

from intranet.accounts.models import User
from intranet.accounts.models.users import normalise_email
from intranet.memos.models.keeping import Keeping
from intranet.memos.models.records import MemoRecord
from intranet.networks.access import access_of
from intranet.networks.models import AudienceToken, Membership
from intranet.networks.reach import people_reached
from intranet.networks.services import PUBLISHING_ROLES


def _held() -> QuerySet[Membership]:
    """The memberships by which people may answer."""
    return Membership.objects.current().own_people().filter(person__is_active=True)


def records_answered_by(person: Any) -> QuerySet[MemoRecord]:
    """The memos whose questions this person answers; one condition, a short one for those who publish nowhere."""
    access = access_of(person)
    records = MemoRecord.objects.visible_to(person).annotate(contact_email=Lower(Trim("contact")))
    named = Q(contact_email=getattr(person, "email", "")) | Q(item__keeping__responsible=person.pk)
    named |= Q(item__keeping__deputy=person.pk)
    # Of this person it is known where she belongs; of the others it is asked.
    named &= Q(item__network__in=access.view)
    if not access.publish:
        return records.filter(named)
    here = _held().filter(network=OuterRef("item__network"))
    of_nobody = Q(
        ~Exists(here.filter(person__email=OuterRef("contact_email"))),
        ~Exists(here.filter(person=OuterRef("item__keeping__responsible"))),
        ~Exists(here.filter(person=OuterRef("item__keeping__deputy"))),
        item__network__in=access.publish,
    )
    return records.filter(named | of_nobody)


def people_who_answer(record: MemoRecord) -> QuerySet[User]:
    """The same from the memo's side; three queries to build, then one condition. ``record.item`` is read too."""
    held = _held().filter(network=record.item.network_id)
    here = User.objects.filter(pk__in=held.values("person"))
    keepers = Keeping.objects.filter(item=record.item_id).values_list("responsible", "deputy").first() or ()
    named = here.filter(Q(email=normalise_email(record.contact)) | Q(pk__in=[pk for pk in keepers if pk]))
    people = named if named.exists() else here.filter(pk__in=held.filter(role__in=PUBLISHING_ROLES).values("person"))
    tokens = AudienceToken.objects.filter(item=record.item_id).values_list("token", flat=True)
    return people.filter(pk__in=people_reached(tokens).values("pk"))
