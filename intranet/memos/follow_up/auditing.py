"""The record of one memo, to print: its editions, whom it was meant for at each time, and its receipts."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from intranet.memos.archiving import archive_facts
from intranet.memos.asked_words import chosen_words, names_of_asked, words_of_asked
from intranet.memos.edition_views import edition_row
from intranet.memos.follow_up.asked_then import asked_then
from intranet.memos.follow_up.figures import totals_of
from intranet.memos.follow_up.history import audiences_since
from intranet.memos.follow_up.overview import archived_words
from intranet.memos.follow_up.people import counts_by_edition, nameable, receipts_within, signer_of
from intranet.memos.follow_up.views import follow_up_page, followed_memo
from intranet.memos.models import Edition, MemoRecord
from intranet.networks.access import Access, access_of
from intranet.pages.audience_words import rule_words
from intranet.pages.languages import name_here

MOST = 2_000
"""Receipts on paper; the file has all."""


@require_safe
def memo_record(request: HttpRequest, memo_id: uuid.UUID) -> HttpResponse:
    """Everything that is kept of a memo, as far as this person is told it."""
    memo, scope = followed_memo(request, memo_id)
    record, access = memo.record, access_of(request.user)
    editions = list(record.editions.select_related("published_by").order_by("number", "revision"))
    shows_names = record.item.network_id in access.view
    names = names_of_asked(editions, access)
    counts = counts_by_edition(receipts_within(record, scope.networks))
    # One more tells whether there are more.
    found = list(receipts_within(record, scope.named)[: MOST + 1])
    receipts = found[:MOST]
    standing = _standing_events(record)
    audiences = audiences_since(record.item, record.published_at)
    then = asked_then(record, editions, audiences, standing, scope.networks)
    return follow_up_page(
        request,
        "memos/follow_up/record.html",
        memo,
        _("Record for an audit"),
        editions=[
            {
                **edition_row(edition, None, shows_names),
                "asked": _asked_at(edition),
                "whom": words_of_asked(edition, names),
                "people": _people_words(then[edition.published_at]),
            }
            for edition in editions
        ],
        archived=archived_words(archive_facts(record.item)) if record.is_archived and not record.withdrawn_at else "",
        withdrawals=_standing_rows(standing, shows_names),
        withdrawals_head=[_("Date"), _("What happened"), _("Person"), _("Reason")],
        audiences=[
            [
                _moment(audience.since),
                rule_words(audience.rule, record.item.network, access),
                _people_words(then[audience.since]),
            ]
            for audience in audiences
        ],
        asked=_asked_words(record, access),
        total=totals_of(record, scope.networks),
        scope=scope,
        counts=[[number, counts[number]] for number in sorted(counts)],
        receipts=[_receipt_row(receipt) for receipt in receipts],
        receipts_head=[_("Name"), _("Edition"), _("Language"), _("Opened on"), _("Acknowledged on"), _("Notes")],
        unnamed=sum(counts.values()) - len(receipts),
        is_cut=len(found) > MOST,
        made_at=timezone.now(),
        made_by=request.user.get_full_name(),
    )


def _asked_at(edition: Edition) -> str:
    """Whether the edition asked for an acknowledgement, and by when, in words."""
    facts = edition.content["facts"]
    if not facts["acknowledge"]:
        return _("No acknowledgement was asked.")
    if not facts["acknowledge_by"]:
        return _("An acknowledgement was asked without a set day.")
    day = date_format(datetime.date.fromisoformat(facts["acknowledge_by"]), "DATE_FORMAT")
    return _("An acknowledgement was asked by %(day)s.") % {"day": day}


def _people_words(count: int | None) -> str:
    """How many people were asked at a time that is past, in words; empty for nobody."""
    if count is None:
        return _("How many people were asked then is not known here.")
    if not count:
        return ""
    return ngettext("%(count)d person was asked then.", "%(count)d people were asked then.", count) % {"count": count}


def _standing_events(record: MemoRecord) -> list[Any]:
    """Each time that the memo was withdrawn or archived, or came back, the first one first."""
    events: list[Any] = [
        *record.withdrawal_events.select_related("by"),
        *record.item.archive_events.select_related("by"),
    ]
    return sorted(events, key=lambda event: event.at)


def _standing_rows(events: Iterable[Any], shows_names: bool) -> list[list[Any]]:
    return [
        [
            _moment(event.at),
            event.get_kind_display(),
            event.by.get_full_name() if event.by and shows_names else "–",
            format_html('<span lang="{}">{}</span>', event.language, event.reason) if event.reason else "–",
        ]
        for event in events
    ]


def _asked_words(record: MemoRecord, access: Access) -> str:
    """Of the audience, who is asked today, in words."""
    if not record.acknowledge:
        return _("Nobody is asked any more.")
    if record.asks_all:
        return _("Everyone in the audience whom the network may ask.")
    roles = record.asked_roles.order_by("role").values_list("role", flat=True)
    chosen = list(record.asked_networks.values_list("pk", flat=True))
    known = nameable(access.network_ids, chosen)
    return chosen_words(roles, [known.get(pk, "") for pk in chosen])


def _receipt_row(receipt: Any) -> list[Any]:
    colon, removed = pgettext("before a summary", ":"), _("(note removed with the name)")
    notes = [f"{_moment(note.at)}{colon} {note.text or removed}" for note in receipt.notes.all()]
    return [
        signer_of(receipt),
        receipt.edition,
        name_here(receipt.language),
        _moment(receipt.read_at) if receipt.read_at else _("not noted"),
        _moment(receipt.acknowledged_at),
        " · ".join(notes),
    ]


def _moment(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
