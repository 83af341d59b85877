"""Writes of memos: the number, the record, the receipt."""

from __future__ import annotations

import datetime
import re
import uuid
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from intranet.memos import editions
from intranet.memos.announcing import announce_edition, end_news
from intranet.memos.exceptions import MemoError, NumberError, StaleEdition
from intranet.memos.models import (
    Acknowledgement,
    AskedRole,
    Edition,
    MemoNumberCounter,
    MemoPage,
    MemoRecord,
    Reading,
    ReceiptNote,
    WithdrawalEvent,
)
from intranet.memos.standing import lock_item, log_versions, moment_of_leaving, refuse_withdrawn_or_archived, with_words
from intranet.networks.models import Item, Network
from intranet.pages.search_sources import index_items

WITHDRAWN = "memos.withdraw"
NUMBER = re.compile(r"^([A-Z][A-Z0-9]{1,11})-(\d{4})-(\d{3,9})$")


def parse_number(number: str) -> tuple[str, int, int]:
    """Code, year and sequence of ``HFX-2026-014``.

    Raises:
        NumberError: it is not of that form.
    """
    match = NUMBER.match(number)
    if match is None or int(match[3]) == 0:
        raise NumberError(_("“%(number)s” is not a memo number. Use the form HFX-2026-014.") % {"number": number})
    return match[1], int(match[2]), int(match[3])


def format_number(code: str, year: int, sequence: int) -> str:
    """The number as people write it: ``HFX-2026-014``."""
    return f"{code}-{year}-{sequence:03d}"


@transaction.atomic
def record_publication(page: MemoPage, *, number: str = "") -> MemoRecord | None:
    """Keep the record of a memo in step with its live page, and its editions; the first publication gives the number.

    One number for all language versions, gapless per code and year, the year that of the network's time zone.
    ``number`` is one that the memo had elsewhere: it is kept, and raises the counter. Nothing happens for a draft.
    The search entries of the memos that it replaces, or replaced before, follow.

    Raises:
        NumberError: ``number`` is malformed, taken, or differs from the one that the memo has.
    """
    item = (
        Item.objects.select_for_update(of=("self",)).select_related("network").filter(pk=page.translation_key).first()
    )
    if item is None or item.network is None:
        return None
    record = MemoRecord.objects.filter(item=item).first()
    replaced = record.replaced_key if record else None
    record = _recorded(record, item, item.network, page, number)
    if record is not None and record.withdrawn_at is None:
        waiting = _editions_wait.get()
        if waiting is None:
            _make_edition(record, item.network.pk, page)
        else:
            waiting.append(page)
    # What the memo replaces, or no longer replaces, is found accordingly.
    replaces = record.replaced_key if record else None
    if replaces != replaced:
        index_items(key for key in (replaced, replaces) if key)
    return record


_editions_wait: ContextVar[list[MemoPage] | None] = ContextVar("memos_editions_wait", default=None)


@contextmanager
def editions_together(item: uuid.UUID) -> Iterator[None]:
    """Within it, publications of the item's versions make no edition; at its end, one has them all.

    The caller holds one transaction around it.
    """
    published: list[MemoPage] = []
    reset = _editions_wait.set(published)
    try:
        yield
    finally:
        _editions_wait.reset(reset)
    record = MemoRecord.objects.filter(item=item).select_related("item").first()
    live = MemoPage.objects.filter(translation_key=item, live=True, alias_of=None).order_by("pk")
    page = published[-1] if published else live.first()
    if record is not None and record.item.network_id is not None and page is not None:
        lock_item(item)
        edition = _make_edition(record, record.item.network_id, page)
        if edition is not None and edition.number > 1:
            # It was found as news of its first day when its pages came in.
            index_items([item])


def _make_edition(record: MemoRecord, network_id: int, page: MemoPage) -> Edition | None:
    edition = editions.freeze(record, network_id, page)
    if edition is not None:
        announce_edition(record, edition)
    return edition


def _recorded(
    record: MemoRecord | None, item: Item, network: Network, page: MemoPage, number: str
) -> MemoRecord | None:
    if not page.live:
        return _withdraw(record, page) if record else None
    if record is None:
        record = _first_publication(item, network, page, number)
    elif number and parse_number(number) != (record.code, record.year, record.sequence):
        raise NumberError(
            _("The memo has the number %(own)s already; it cannot become %(other)s.")
            % {"own": record.number, "other": number}
        )
    is_back = _is_published_again(record, page)
    if is_back and not page.given_withdrawal:
        _note_return(record, page)
    replaces = page.replaces.translation_key if page.replaces_id else None
    facts = {
        "effective_on": page.effective_on,
        "contact": page.contact,
        "acknowledge": page.acknowledge,
        "acknowledge_by": page.acknowledge_by,
        "replaces_id": replaces,
        "asks_all": not (page.asked_roles or page.asked_networks.exists()),
        **(_in_force() if is_back else {}),
    }
    if any(getattr(record, name) != value for name, value in facts.items()):
        for name, value in facts.items():
            setattr(record, name, value)
        record.save()
    _choose_whom_to_ask(record, page)
    return record


def _is_published_again(record: MemoRecord, page: MemoPage) -> bool:
    """A memo that was withdrawn stays so when its page is merely saved, as by a change of its place."""
    if record.withdrawn_at is None:
        return False
    if not record.withdrawn_reason:
        return True
    return page.last_published_at is not None and page.last_published_at > record.withdrawn_at


def _in_force() -> dict[str, Any]:
    return {"withdrawn_at": None, "withdrawn_by_id": None, "withdrawn_reason": "", "withdrawn_language": ""}


def _note_withdrawal(record: MemoRecord) -> None:
    """What the record says of its withdrawal, in a row that stays when the memo is back in force; once for a moment."""
    at = moment_of_leaving(record.withdrawal_events, record.withdrawn_at)
    withdrawal = {"kind": WithdrawalEvent.Kind.WITHDRAWN, "at": at}
    if not record.withdrawal_events.filter(**withdrawal).exists():
        record.withdrawal_events.create(
            **withdrawal,
            by=record.withdrawn_by,
            reason=record.withdrawn_reason,
            language=record.withdrawn_language,
        )


def _note_return(record: MemoRecord, page: MemoPage) -> None:
    record.withdrawal_events.create(kind=WithdrawalEvent.Kind.RETURNED, by=editions.publisher_of(page))


def _choose_whom_to_ask(record: MemoRecord, page: MemoPage) -> None:
    """The chosen roles and networks, written where they differ."""
    roles = set(page.asked_roles)
    held = {asked.role: asked for asked in record.asked_roles.all()}
    AskedRole.objects.filter(pk__in=[asked.pk for role, asked in held.items() if role not in roles]).delete()
    AskedRole.objects.bulk_create(AskedRole(record=record, role=role) for role in sorted(roles - held.keys()))
    record.asked_networks.set(page.asked_networks.all())


def note_reading(record: MemoRecord, *, person: Any, language: str) -> None:
    """Note that somebody who is asked opened the current edition; the first time stays."""
    Reading.objects.bulk_create(
        [Reading(record=record, person=person, edition=record.edition, language=language)], ignore_conflicts=True
    )


def acknowledge(record: MemoRecord, *, person: Any, language: str, edition: int | None = None) -> Acknowledgement:
    """Record that ``person`` read the current edition; a second call returns the first receipt.

    ``language`` is that of the text that was read, ``edition`` the one that the form showed, None the current one.

    Raises:
        NotInForce: there is nothing to acknowledge any more.
        StaleEdition: ``edition`` is not the current one; ``current`` says which is.
    """
    refuse_withdrawn_or_archived(
        record,
        withdrawn=_("Memo %(number)s has been withdrawn. There is nothing to acknowledge."),
        archived=_("Memo %(number)s is archived. There is nothing to acknowledge."),
    )
    if edition is not None and edition != record.edition:
        raise StaleEdition(
            _("The memo has changed since. Read the current edition, then acknowledge it."), record.edition
        )
    read = Reading.objects.filter(record=record, person=person, edition=record.edition)
    receipt, _made = Acknowledgement.objects.get_or_create(
        record=record,
        person=person,
        edition=record.edition,
        defaults={"language": language, "read_at": read.values_list("read_at", flat=True).first()},
    )
    end_news(record, person)
    return receipt


def correct_receipt(receipt: Acknowledgement, *, text: str, by: Any) -> ReceiptNote:
    """Put a note beside a receipt that is not right; the receipt stays as it is.

    Raises:
        MemoError: the note says nothing.
    """
    text = text.strip()
    if not text:
        raise MemoError(_("Say what is not right."))
    return ReceiptNote.objects.create(receipt=receipt, text=text, by=by)


@transaction.atomic
def withdraw(record: MemoRecord, *, reason: str, language: str, by: Any) -> None:
    """Take the memo out of force: its audience reads it where it is, marked with ``reason``; no list or search has it.

    Receipts and editions stay. Publishing it again puts it back in force; what was planned before does not.

    Raises:
        MemoError: there is no reason, or it is withdrawn already.
    """
    # Revisions before the item, as a publication locks them.
    _end_schedules(record.item_id, by=by)
    lock_item(record.item_id)
    record.refresh_from_db()
    reason = with_words(reason, _("Say why the memo is withdrawn: its readers see it."))
    if record.withdrawn_at is not None:
        raise MemoError(_("Memo %(number)s has been withdrawn already.") % {"number": record.number})
    record.withdrawn_at = timezone.now()
    record.withdrawn_by, record.withdrawn_reason, record.withdrawn_language = by, reason, language
    record.save()
    _note_withdrawal(record)
    log_versions(record.item_id, WITHDRAWN, by=by, reason=reason)
    index_items(key for key in (record.item_id, record.replaces_id) if key)


def _end_schedules(key: uuid.UUID, *, by: Any) -> None:
    """Take every version's planned publication back, with a line in its history."""
    for page in MemoPage.objects.filter(translation_key=key, alias_of=None):
        for revision in page.revisions.filter(approved_go_live_at__isnull=False):
            revision.approved_go_live_at = None
            revision.save(user=by, update_fields=["approved_go_live_at"])


def take_over_withdrawal(record: MemoRecord, *, at: datetime.datetime, reason: str, language: str) -> bool:
    """A memo that comes in was withdrawn elsewhere: it is so here; whether it was not yet, or not in these words.

    Its versions may say the same withdrawal in their languages: the words that are there stay. What it replaces is
    found accordingly; the caller indexes the memo itself.
    """
    held = (record.withdrawn_at, record.withdrawn_reason)
    if held == (at, reason) or (record.withdrawn_at == at and record.withdrawn_language != language):
        return False
    _end_schedules(record.item_id, by=None)
    record.withdrawn_at, record.withdrawn_by = at, None
    record.withdrawn_reason, record.withdrawn_language = reason, language
    record.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason", "withdrawn_language"])
    _note_withdrawal(record)
    index_items(key for key in (record.replaces_id,) if key)
    return True


def _first_publication(item: Item, network: Network, page: MemoPage, number: str) -> MemoRecord:
    published_at = page.first_published_at or timezone.now()
    if number:
        code, year, sequence = parse_number(number)
        _raise_counter(code, year, sequence)
        taken = MemoRecord.objects.filter(code=code, year=year, sequence=sequence).exists()
        if taken:
            raise NumberError(_("The number %(number)s belongs to another memo.") % {"number": number})
    else:
        code, year = network.code, published_at.astimezone(zoneinfo.ZoneInfo(network.time_zone)).year
        sequence = _next_sequence(code, year)
    return MemoRecord.objects.create(
        item=item,
        code=code,
        year=year,
        sequence=sequence,
        number=format_number(code, year, sequence),
        published_at=published_at,
    )


def _locked_counter(code: str, year: int) -> MemoNumberCounter:
    counter, made = MemoNumberCounter.objects.get_or_create(code=code, year=year)
    return counter if made else MemoNumberCounter.objects.select_for_update().get(pk=counter.pk)


def _next_sequence(code: str, year: int) -> int:
    counter = _locked_counter(code, year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


@transaction.atomic
def set_number_aside(number: str) -> None:
    """Never give ``number`` to another memo: one that had it elsewhere is about to come in.

    Raises:
        NumberError: it is malformed.
    """
    _raise_counter(*parse_number(number))


def _raise_counter(code: str, year: int, sequence: int) -> None:
    counter = _locked_counter(code, year)
    if sequence > counter.last:
        counter.last = sequence
        counter.save(update_fields=["last"])


def _withdraw(record: MemoRecord, page: MemoPage) -> MemoRecord:
    """The last live version is gone: nobody sees the memo any more; publishing it again brings it back."""
    others = MemoPage.objects.filter(translation_key=page.translation_key, live=True).exclude(pk=page.pk)
    if record.withdrawn_at is None and not others.exists():
        record.withdrawn_at, record.withdrawn_by = timezone.now(), editions.publisher_of(page)
        record.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _note_withdrawal(record)
    return record


def is_overdue(record: MemoRecord, today: datetime.date | None = None) -> bool:
    """The day to acknowledge by is past."""
    return record.acknowledge_by is not None and record.acknowledge_by < (today or timezone.localdate())


def deletion_refusal() -> str:
    """Why a memo that was published cannot be deleted, and what to do instead."""
    return _("A published memo is withdrawn, never deleted. Withdraw it instead.")
