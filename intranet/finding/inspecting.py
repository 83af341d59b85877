"""An item as the search knows it: its entry, its attachments, its audience, and how far each engine has got.

What the item says (titles, texts, facets, attachments) is told to those alone whom it is addressed to. Of any other
item the asker learns what :mod:`intranet.finding.why` lets know: whom it is for, and the state of its entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import Length, Substr
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from intranet.finding.why import Subject, audience_of, network_name
from intranet.networks.access import (
    EVERYONE,
    GUEST_PREFIX,
    MEMBERS,
    NETWORK_PREFIX,
    PARTNERS,
    Access,
    access_of,
    networks_named,
)
from intranet.networks.models import Item, Network
from intranet.pages import kinds
from intranet.pages.audience_words import network_label
from intranet.pages.languages import name_here
from intranet.pages.models import DocumentText
from intranet.pages.searching import choices_named
from search.held import held_versions
from search.models import Delivery, Entry, EntryPassage, EntryToken, EntryVersion
from search.results import Engine

SHOWN_CHARACTERS = 500
"""Of a summary, and of headings."""
SHOWN_ROWS = 50
"""Attachments and tokens; of more the number is told."""


@dataclass(frozen=True)
class VersionState:
    """One language version; texts are cut, ``body_characters`` counts all that is searched in."""

    language: str
    title: str
    aliases: tuple[str, ...]
    url: str
    summary: str
    headings: str
    body_characters: int
    published: datetime | None


@dataclass(frozen=True)
class AttachmentState:
    """What an attachment gave; ``state`` and ``reason`` are empty where no file was read for it."""

    title: str
    url: str
    state: str
    reason: str
    characters: int
    passages: int


@dataclass(frozen=True)
class TokenState:
    """A token of the entry's audience, whom it lets in, and why the entry has it."""

    token: str
    audience: str
    reason: str


@dataclass(frozen=True)
class IndexState:
    """How far one engine has got with an entry; ``reason`` is why it was refused, ``held`` what it has now."""

    name: str
    state: str
    reason: str = ""
    held: str = ""
    made_at: datetime | None = None


@dataclass(frozen=True)
class Inspection:
    """An item as the search knows it, in words. ``rule_key`` is another item whose rule is in force, else empty.

    ``versions``, ``number``, ``facets`` and ``attachments`` are empty where the item is not addressed to the asker.
    """

    kind: str
    network: str
    audience: str
    rule: str
    rule_key: str
    languages: tuple[str, ...]
    is_deleted: bool
    is_missing: bool
    is_stale: bool
    tokens: tuple[TokenState, ...]
    indexes: tuple[IndexState, ...]
    version: int = 0
    written_at: datetime | None = None
    number: str = ""
    standing: str = ""
    date: datetime | None = None
    versions: tuple[VersionState, ...] = ()
    facets: tuple[tuple[str, str], ...] = ()
    attachments: tuple[AttachmentState, ...] = ()
    more_attachments: int = 0


def inspect(subject: Subject, asker: Any) -> Inspection:
    """What is stored about the item; as many statements for one attachment or token as for a hundred."""
    access, item, entry = access_of(asker), subject.item, subject.entry
    source = item.rule_from if item is not None else None
    held = frozenset(EntryToken.objects.filter(entry=entry).values_list("token", flat=True))
    versions = EntryVersion.objects.filter(entry=entry).order_by("language")
    is_shown = subject.shown is not None and entry is not None
    said = _said(entry, versions, asker) if is_shown and entry is not None else {}
    languages = [name_here(code) for code in versions.values_list("language", flat=True)] if not said else []
    return Inspection(
        kind=kinds.kind_label(entry.kind) if entry is not None and entry.kind else "",
        network=network_name(item.network, access) if item is not None and item.network else "",
        audience=audience_of(item, access),
        rule=str(source.get_rule_display()) if source is not None else "",
        rule_key=str(source.pk) if source is not None and item is not None and source.pk != item.pk else "",
        languages=tuple(languages) or tuple(version.language for version in said.get("versions", ())),
        is_deleted=entry is not None and entry.is_deleted,
        is_missing=entry is None,
        is_stale=item is not None and entry is not None and not entry.is_deleted and subject.tokens != held,
        tokens=_tokens(held, item, access, reveals=is_shown),
        indexes=_indexes(entry, reveals=is_shown),
        version=entry.version if entry is not None else 0,
        written_at=entry.written_at if entry is not None else None,
        **said,
    )


def _said(entry: Entry, versions: Any, asker: Any) -> dict[str, Any]:
    """What the entry says, for those whom it is addressed to."""
    attachments, more = _attachments(entry)
    return {
        "number": ", ".join(entry.identifiers),
        "standing": _standings().get(entry.standing, entry.standing),
        "date": entry.date,
        "versions": _versions(versions),
        "facets": _facets(entry, asker),
        "attachments": attachments,
        "more_attachments": more,
    }


def _standings() -> dict[str, str]:
    return {"current": _("in force"), "replaced": _("replaced by another item"), "archived": _("archived")}


def _versions(versions: Any) -> tuple[VersionState, ...]:
    cut = {name: Substr(name, 1, SHOWN_CHARACTERS + 1) for name in ("summary", "headings")}
    rows = versions.annotate(
        size=Length("body"), **{f"cut_{name}": expression for name, expression in cut.items()}
    ).defer("body", "summary", "headings")
    return tuple(
        VersionState(
            language=name_here(row.language),
            title=row.title,
            aliases=tuple(row.aliases[:SHOWN_ROWS]),
            url=row.url,
            summary=_cut(row.cut_summary),
            headings=_cut(row.cut_headings),
            body_characters=row.size,
            published=row.published,
        )
        for row in rows
    )


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS].rstrip()} …"


def _facets(entry: Entry, asker: Any) -> tuple[tuple[str, str], ...]:
    """The facets by which the entry is counted, without a network that the asker may not know."""
    labels = kinds.facets()
    known = {name: values for name, values in entry.facets.items() if name in labels}
    named = choices_named(asker, known, language=get_language() or "fr")
    return tuple(
        (label, ", ".join(sorted(named.get(name, {}).values()))) for name, label in labels.items() if named.get(name)
    )


def _attachments(entry: Entry) -> tuple[tuple[AttachmentState, ...], int]:
    """The first attachments with what the reading of their files gave, and how many more there are."""
    # The first passage of a file is its title.
    is_text = ~Q(text=F("title"))
    rows = list(
        EntryPassage.objects.filter(entry=entry)
        .values("document", "title", "url")
        .annotate(
            first=Min("position"),
            characters=Sum(Length("text"), filter=is_text, default=0),
            pieces=Count("pk", filter=is_text),
        )
        .order_by("first")
    )
    shown = rows[:SHOWN_ROWS]
    numbers = [int(row["document"]) for row in shown if row["document"].isdecimal() and len(row["document"]) < 19]
    states = {text.document_id: text for text in DocumentText.objects.current().filter(document__in=numbers)}
    return tuple(_attachment(row, states) for row in shown), len(rows) - len(shown)


def _attachment(row: Mapping[str, Any], states: dict[int, DocumentText]) -> AttachmentState:
    document = row["document"]
    text = states.get(int(document)) if document.isdecimal() else None
    return AttachmentState(
        title=row["title"],
        url=row["url"],
        state=str(text.get_state_display()) if text is not None else "",
        reason=text.reason if text is not None else "",
        characters=row["characters"],
        passages=row["pieces"],
    )


def _tokens(tokens: frozenset[str], item: Item | None, access: Access, *, reveals: bool) -> tuple[TokenState, ...]:
    """The tokens in words; those of networks that the asker may not know are one row, however many they are."""
    ids = {pk for prefix in (NETWORK_PREFIX, GUEST_PREFIX) for pk in networks_named(tokens, prefix)}
    known = {network.pk: network for network in Network.objects.nameable_by(access.network_ids).filter(pk__in=ids)}
    rows: list[TokenState] = []
    is_hidden = False
    for token in sorted(tokens):
        prefix, _colon, number = token.partition(":")
        network = known.get(int(number)) if f"{prefix}:" in (NETWORK_PREFIX, GUEST_PREFIX) else None
        if network is not None:
            rows.append(_network_token(token, network, item, access))
        elif f"{prefix}:" in (NETWORK_PREFIX, GUEST_PREFIX):
            is_hidden = True
        elif token in (EVERYONE, MEMBERS, PARTNERS):
            rows.append(TokenState(token, _wide_tokens()[token], _("The rule says so.")))
        elif reveals:
            rows.append(TokenState(token, _("Those to whom a plugin gives this token"), _("A plugin says so.")))
    rows = rows[:SHOWN_ROWS]
    return (*rows, TokenState("", _("Others"), _("Networks that are not listed."))) if is_hidden else tuple(rows)


def _wide_tokens() -> dict[str, str]:
    return {
        EVERYONE: _("Everyone with an account"),
        MEMBERS: _("Member societies and the national office"),
        PARTNERS: _("Partners"),
    }


def _network_token(token: str, network: Network, item: Item | None, access: Access) -> TokenState:
    label = network_label(network, access)
    if token.startswith(GUEST_PREFIX):
        return TokenState(token, _("Guests of %(network)s") % {"network": label}, _("The rule admits guests."))
    is_owner = item is not None and item.network_id == network.pk
    reason = _("It is in the section of this network.") if is_owner else _("The rule chooses this network.")
    return TokenState(token, _("Members of %(network)s") % {"network": label}, reason)


def _indexes(entry: Entry | None, *, reveals: bool) -> tuple[IndexState, ...]:
    if entry is None:
        return ()
    deliveries = list(Delivery.objects.in_use().filter(entry=entry).select_related("index").order_by("index"))
    held = held_versions(entry.key, [delivery.index.name for delivery in deliveries])
    embedded = IndexState(engine_name("embedded"), _("up to date: it reads the entry itself"))
    return (embedded, *(_state_of(delivery, reveals, _held(delivery, held)) for delivery in deliveries))


def _held(delivery: Delivery, held: dict[str, int | None] | None) -> str:
    """What Elasticsearch has now, whatever was noted."""
    if held is None:
        return _("Elasticsearch gives no answer now.")
    version = held.get(delivery.index.name)
    if version is None:
        return _("Elasticsearch does not hold it.")
    if version == delivery.wanted:
        return _("Elasticsearch holds this version (%(version)d).") % {"version": version}
    return _("Elasticsearch holds version %(version)d; it should hold %(wanted)d.") % {
        "version": version,
        "wanted": delivery.wanted,
    }


def engine_name(engine: Engine) -> str:
    """The engine as people read it."""
    return _("Embedded engine") if engine == "embedded" else "Elasticsearch"


def _state_of(delivery: Delivery, reveals: bool, held: str) -> IndexState:
    reason = ""
    if delivery.version >= delivery.wanted:
        state = _("up to date")
    elif delivery.refused >= delivery.wanted:
        state, reason = _("refused"), reason_of(delivery, reveals=reveals)
    else:
        state = ", ".join(_waiting(delivery))
    return IndexState(delivery.index.name, state, reason, held, delivery.index.created_at)


def _waiting(delivery: Delivery) -> Iterable[str]:
    """How a change waits: in words that follow one another."""
    is_hidden = delivery.restricted > delivery.version
    if delivery.claimed_until is not None and delivery.claimed_until > timezone.now():
        yield _("being sent; hidden from searches until then") if is_hidden else _("being sent")
    else:
        yield _("waiting to be sent; hidden from searches until then") if is_hidden else _("waiting to be sent")
    if delivery.attempts:
        yield _("the last attempt failed")


def reason_of(delivery: Delivery, *, reveals: bool) -> str:
    """Why a document was refused; only what sort of error it is where its text may not be shown.

    Elasticsearch quotes the value that it could not read.
    """
    return delivery.error if reveals else delivery.error.partition(":")[0][:60] if ":" in delivery.error else ""
