"""A draft of a memo or a note, as far as it decides who gets it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import OuterRef, QuerySet

from intranet.accounts.models import User
from intranet.memos.editions import Declaration, language_left_behind
from intranet.memos.models import MemoPage, MemoRecord
from intranet.memos.models.records import is_item_archived, is_replaced_for
from intranet.memos.owing import people_chosen
from intranet.memos.telling import NOTE, PUBLISHED, TO_ACKNOWLEDGE
from intranet.networks.models import AudienceToken, Item, Membership, Network, Role
from intranet.networks.models.networks import asks_beyond
from intranet.networks.reach import memberships_reaching, people_reached
from intranet.pages.models import BasePage
from intranet.plugins import NotificationKind


@dataclass(frozen=True)
class Draft:
    """``page`` is the latest revision as an object."""

    page: BasePage
    item: Item

    @classmethod
    def of(cls, page: BasePage) -> Draft:
        """The latest draft of the page, with its item's network."""
        item = Item.objects.select_related("network", "rule_from", "archived_item").get(pk=page.translation_key)
        return cls(page.get_latest_revision_as_object(), item)

    @cached_property
    def tokens(self) -> frozenset[str]:
        """The audience, as it is now."""
        return frozenset(AudienceToken.objects.filter(item=self.item).values_list("token", flat=True))

    @cached_property
    def record(self) -> MemoRecord | None:
        return MemoRecord.objects.filter(item=self.item).first()

    @property
    def withdrawn(self) -> MemoRecord | None:
        """The record of a memo that is withdrawn: publishing the draft puts it back in force."""
        record = self.record if isinstance(self.page, MemoPage) else None
        return record if record is not None and record.withdrawn_at is not None else None

    @cached_property
    def is_archived(self) -> bool:
        """Whether the item is archived: it stays so when it is published, asks nothing, and nobody is told."""
        return is_item_archived(self.item)

    @property
    def asks(self) -> bool:
        """Whether an acknowledgement is asked."""
        return isinstance(self.page, MemoPage) and self.page.acknowledge and not self.is_archived

    @cached_property
    def is_new(self) -> bool:
        """Whether publishing it tells people: the first publication, or a new edition of a memo."""
        if self.is_archived:
            return False
        if not isinstance(self.page, MemoPage):
            versions = type(self.page).objects.filter(translation_key=self.item.pk, alias_of=None)
            return not versions.exclude(first_published_at=None).exists()
        if self.record is None:
            return True
        said = Declaration.read(self.page.declaration)
        return said.is_material and not self.record.editions.filter(declaration=said.id).exists()

    @cached_property
    def left_behind(self) -> str:
        """The language whose readers would be asked anew and find the text as it was; empty for none."""
        if not isinstance(self.page, MemoPage) or self.record is None or not self.is_new:
            return ""
        return language_left_behind(self.record, self.page)

    @cached_property
    def audience(self) -> QuerySet[User]:
        """Everybody who can see it once it is published."""
        return people_reached(self.tokens)

    @cached_property
    def asked(self) -> QuerySet[User]:
        """Those who must acknowledge it then."""
        if not self.asks:
            return User.objects.none()
        roles, networks = list(self.page.asked_roles), [network.pk for network in self.page.asked_networks.all()]
        people = people_chosen(self.item, roles, networks) if roles or networks else self._asked_without_choice()
        # Few memos are replaced: nobody is looked at for what is not there.
        if not MemoRecord.objects.standing().filter(replaces=self.item).exists():
            return people
        return people.filter(~is_replaced_for(OuterRef("pk"), self.item.pk))

    @cached_property
    def asked_count(self) -> int:
        """How many must acknowledge it."""
        return self.asked.order_by().count() if self.asks else 0

    def _asked_without_choice(self) -> QuerySet[User]:
        """A network asks all its own people but guests; others where it may (docs/decisions/0005)."""
        network = self.item.network
        if network is None or Network.objects.filter(asks_beyond(), pk=network.pk).exists():
            return self.audience
        return people_chosen(self.item, [role for role in Role.values if role != Role.GUEST], [network.pk])

    @cached_property
    def memberships(self) -> QuerySet[Membership]:
        """The memberships that bring people into the audience."""
        return memberships_reaching(self.tokens)

    @property
    def kinds(self) -> tuple[NotificationKind | None, NotificationKind | None]:
        """As what it is told to those who must acknowledge it, and to the others; None where nothing is new."""
        if not self.is_new:
            return None, None
        if not isinstance(self.page, MemoPage):
            return None, NOTE
        return (TO_ACKNOWLEDGE if self.asks else None), PUBLISHED
