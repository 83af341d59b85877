"""Why a person can, or cannot, see an item.

Everything is said in the words that the one who asks may know: no title, address or text of an item that is not
addressed to the asker, no name of an unlisted network that the asker is not in, and nothing that tells who is in it:
what depends on such a network is told of nobody. Verdicts come from the predicate and from what it reads
(``access_of``, ``seen_by``, ``rule_in_force``); nothing is worked out a second time here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from intranet.finding.entries import version_at, versions_of
from intranet.networks.access import EVERYONE, Access, Grant, access_of, tokens_for
from intranet.networks.models import AudienceToken, Item, Membership, Network
from intranet.pages.audience_words import audience_words, network_label
from intranet.pages.models.querysets import all_pages
from search.models import Entry, EntryToken, EntryVersion
from search.reading import visible_versions


@dataclass(frozen=True)
class Subject:
    """What is asked about: an item of the tree, its search entry, or both; ``shown`` as far as the asker sees it."""

    key: str
    item: Item | None
    entry: Entry | None
    shown: EntryVersion | None

    @property
    def tokens(self) -> frozenset[str]:
        """Its stored audience."""
        if self.item is not None:
            return frozenset(AudienceToken.objects.filter(item=self.item).values_list("token", flat=True))
        return frozenset(EntryToken.objects.filter(entry=self.entry).values_list("token", flat=True))

    @property
    def is_published(self) -> bool:
        """Whether those whom it is addressed to see a version of it."""
        if self.item is not None:
            return all_pages().visible_to_tokens(self.tokens).filter(translation_key=self.key).exists()
        return visible_versions([self.key], self.tokens).exists()


def subject_of(text: str, asker: Any) -> Subject | None:
    """The item with this key, or at this address where ``asker`` may see it; None where there is none.

    An address can be guessed, as can a key that a plugin chose, and must not tell whether something is there; the key
    of an item cannot. An item of a network that the asker may not know is there for those who see it.
    """
    text = text.strip()
    uid = _as_item(text)
    if uid is None:
        version = versions_of([text], asker).get(text) or version_at(text, asker)
        if version is None:
            return None
        text = version.entry.key
        uid = _as_item(text)
    key = str(uid or text)
    item = Item.objects.select_related("network", "rule_from__network").filter(pk=uid).first() if uid else None
    entry = Entry.objects.filter(key=key).first()
    shown = versions_of([key], asker).get(key)
    if shown is None and (item is None or item.network_id in _hidden_from(asker)):
        return None
    return Subject(key, item, entry, shown)


def _hidden_from(asker: Any) -> dict[int, str]:
    """The kinds, by key, of the networks of which ``asker`` may know nothing."""
    known = Network.objects.nameable_by(access_of(asker).network_ids)
    return dict(Network.objects.exclude(pk__in=known.values("pk")).values_list("pk", "kind"))


def _as_item(text: str) -> uuid.UUID | None:
    """The key of an item; what a plugin makes found that is no item has a key of another form."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def audience_of(item: Item | None, access: Access) -> str:
    """Whom the item is addressed to, in words; what is no item says it to everyone."""
    return audience_words(item, access) if item is not None else _("Everyone with an account")


def network_name(network: Network, access: Access) -> str:
    """The network's name, or what stands for one that the asker may not know."""
    return network_label(network, access) or _("A network that is not listed")


@dataclass(frozen=True)
class Link:
    """One membership in the chain; ``opens``: the item is seen because of it."""

    network: str
    role: str
    membership: Membership
    state: str
    grants: str
    opens: bool


@dataclass(frozen=True)
class AccessAnswer:
    """Whether a person sees an item, and why; ``sees`` is None where that cannot be told."""

    sees: bool | None
    reasons: tuple[str, ...]
    links: tuple[Link, ...]


def access_answer(person: Any, subject: Subject, asker: Any) -> AccessAnswer:
    """The verdict of the predicate, and the chain of memberships, grants and rule behind it.

    Memberships in networks that the asker may not know are no part of it. Where one of them could change the verdict,
    it is told of nobody, whoever has one (docs/decisions/0003).
    """
    hidden = {} if person.pk == asker.pk else _hidden_from(asker)
    audience = subject.tokens
    grants = [grant for grant in access_of(person).grants if grant.network_id not in hidden]
    shared = _tokens_told(grants, hidden, person) & audience
    is_published, may_depend = subject.is_published, not shared and bool(audience & _tokens_within(hidden))
    sees = None if may_depend and is_published and person.is_active else _sees(person, subject)
    links = tuple(
        _link(membership, [grant for grant in grants if grant.network_id == membership.network_id], shared, asker)
        for membership in Membership.objects.filter(person=person.pk)
        .exclude(network__in=hidden)
        .select_related("network")
        .order_by("ended_at", "network_id", "starts_on")
    )
    return AccessAnswer(sees, tuple(_reasons(person, subject, shared, sees, may_depend, access_of(asker))), links)


def _tokens_told(grants: list[Grant], hidden: dict[int, str], person: Any) -> frozenset[str]:
    """What follows from these grants alone; that somebody is no mere guest does where one of them says so."""
    tokens = frozenset(token for grant in grants for token in grant.tokens)
    if not hidden or any(grant.permission == "view" for grant in grants):
        tokens |= tokens_for(person) & {EVERYONE}
    return tokens


def _tokens_within(hidden: dict[int, str]) -> frozenset[str]:
    """What may hang on memberships in these networks: to come as a guest alone can take everyone's token away."""
    grants = [Grant(pk, permission, kind) for pk, kind in hidden.items() for permission in ("view", "visit")]
    return frozenset(token for grant in grants for token in grant.tokens) | (frozenset({EVERYONE} if hidden else ()))


def _sees(person: Any, subject: Subject) -> bool:
    if subject.item is not None:
        return all_pages().visible_to(person).filter(translation_key=subject.key).exists()
    return visible_versions([subject.key], tokens_for(person)).exists()


def _link(membership: Membership, grants: Iterable[Grant], shared: frozenset[str], asker: Any) -> Link:
    is_current = membership.is_current() and membership.network.is_active
    held = [grant for grant in grants if is_current]
    return Link(
        network=network_name(membership.network, access_of(asker)),
        role=membership.get_role_display(),
        membership=membership,
        state=_membership_state(membership, bool(held)),
        grants=", ".join(sorted(_permission_names().get(grant.permission, grant.permission) for grant in held)),
        opens=any(grant.tokens & shared for grant in held),
    )


def _permission_names() -> dict[str, str]:
    return {
        "view": _("see the section"),
        "visit": _("come as a guest"),
        "contribute": _("write"),
        "publish": _("publish"),
        "coordinate": _("coordinate"),
    }


def _membership_state(membership: Membership, has_grants: bool) -> str:
    if not membership.network.is_active:
        return _("the network is closed")
    if membership.is_current():
        return _("in force") if has_grants else _("in force, but its grants are missing: run check_access")
    begins_later = membership.ended_at is None and membership.starts_on > timezone.localdate()
    return _("not begun yet") if begins_later else _("over")


def _reasons(
    person: Any, subject: Subject, shared: frozenset[str], sees: bool | None, may_depend: bool, asker: Access
) -> Iterable[str]:
    words = audience_of(subject.item, asker)
    if sees is None:
        yield _("This cannot be told: it may depend on a network that is not listed and that you do not belong to.")
    elif sees:
        yield _("The rule in force addresses it to: %(audience)s.") % {"audience": words}
        if EVERYONE in shared:
            yield _("The account is one of everyone’s: it did not come as a guest alone.")
    elif not person.is_active:
        yield _("The account is closed.")
    elif shared:
        yield _("It is addressed to this person, but no language version of it is published.")
    elif may_depend:
        yield _("No language version of it is published.")
    else:
        yield _("The rule in force addresses it to: %(audience)s. No membership in force gives access to that.") % {
            "audience": words
        }
