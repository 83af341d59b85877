"""Who may say what of a training. All of it is asked only for a note that the person may see."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from wagtail.models import Page

from intranet.memos.models import TrainingNotePage
from intranet.memos.models.archives import archived_items
from intranet.memos.presenting import reader_language
from intranet.networks.access import (
    EVERYONE,
    KIND_TOKENS,
    NETWORK_PREFIX,
    access_of,
    network_token,
    networks_named,
)
from intranet.networks.models import AudienceToken, Item, Network
from intranet.pages.listing import one_for_each_item

MARKING_KIND = Network.Kind.SOCIETY
"""Whose networks say how far they are with a step."""


def note_for(user: Any, key: uuid.UUID) -> TrainingNotePage:
    """The live note in the reader's language, or in the one there is.

    Raises:
        Http404: there is none that the person may see.
    """
    visible = TrainingNotePage.objects.visible_to(user).filter(translation_key=key, alias_of=None)
    note: TrainingNotePage | None = one_for_each_item(visible, reader_language()).select_related("locale").first()
    if note is None:
        raise Http404
    return note


def note_asking(user: Any, key: uuid.UUID) -> TrainingNotePage:
    """The same, as long as it asks something: one that is archived does not.

    Raises:
        Http404: there is none, or it is archived.
    """
    note = note_for(user, key)
    if archived_items().filter(pk=key).exists():
        raise Http404
    return note


def networks_addressed(item: Page | uuid.UUID) -> QuerySet[Network]:
    """The active networks to whose people the item is addressed: one query to build."""
    key = item.translation_key if isinstance(item, Page) else item
    tokens = set(AudienceToken.objects.filter(item=key).values_list("token", flat=True))
    networks = Network.objects.active()
    if EVERYONE in tokens:
        return networks
    kinds = [kind for kind, token in KIND_TOKENS.items() if token in tokens]
    return networks.filter(Q(pk__in=networks_named(tokens, NETWORK_PREFIX)) | Q(kind__in=kinds))


def societies_addressed(keys: Iterable[uuid.UUID], societies: Iterable[int]) -> set[tuple[uuid.UUID, int]]:
    """The same for the keys of many items, and of societies: the pairs of which it is true. One query."""
    own = {network_token(pk): pk for pk in societies}
    all_of_them = {EVERYONE, KIND_TOKENS[MARKING_KIND]}
    found: set[tuple[uuid.UUID, int]] = set()
    tokens = AudienceToken.objects.filter(item__in=list(keys), token__in=[*own, *all_of_them])
    for key, token in tokens.values_list("item", "token"):
        found |= {(key, pk) for pk in (own.values() if token in all_of_them else (own[token],))}
    return found


def networks_marked_by(user: Any, addressed: QuerySet[Network]) -> QuerySet[Network]:
    """The societies for which the person says how far they are: as their publisher or coordinator.

    A society that the note is not addressed to says nothing of it: its readers would learn of the note.
    """
    return addressed.filter(kind=MARKING_KIND, pk__in=access_of(user).publish)


def publishes_for_a_society(user: Any) -> bool:
    """Whether there can be a note of which the person says how far a society is."""
    return any(grant.permission == "publish" and grant.kind == MARKING_KIND for grant in access_of(user).grants)


def networks_counted_by(user: Any, item: Item, addressed: QuerySet[Network]) -> QuerySet[Network]:
    """The networks for which the person says how many took part: her own; all that she may name, for the issuer's."""
    access = access_of(user)
    if item.network_id in access.publish:
        return addressed.nameable_by(access.network_ids)  # type: ignore[attr-defined, no-any-return]
    return addressed.filter(pk__in=access.publish)


def networks_of_participant(user: Any, addressed: QuerySet[Network]) -> QuerySet[Network]:
    """The networks for which the person may have taken part."""
    return addressed.filter(pk__in=access_of(user).view)


def reads_comments(user: Any, item: Item) -> bool:
    """Those who publish for the note's network, and the office."""
    access = access_of(user)
    return item.network_id in access.publish or bool(access.office_publish)
