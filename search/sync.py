"""Sending what is due to one index: claim, send, make searchable, then note what the index has."""

import logging
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from search import conf
from search.deliveries import lock, want
from search.engines.elasticsearch import indices
from search.engines.elasticsearch.documents import Document, document_of
from search.engines.elasticsearch.indices import Outcome
from search.exceptions import EngineUnavailable, IndexLost, Overloaded
from search.models import LAST_RETRY_SECONDS, Delivery, Entry, SearchIndex
from search.parts import EntryParts, entries_with_parts

logger = logging.getLogger(__name__)

BATCH = 500
_FIRST_RETRY_SECONDS = 2
#: The write alias is not there.
_INDEX_IS_LOST = 404
#: We may not write, the index is blocked, or its shard is away: no document is at fault, and none is passed over.
_INDEX_IS_CLOSED = frozenset({401, 403, 503})
_TOO_MANY_REQUESTS = 429
_NEWER_THERE = 409
_SETTLED = ("version", "rule", "claim", "claimed_until", "attempts", "retry_at", "refused", "error")
#: The server failed over this one document, or has no room for it now.
_TRY_AGAIN = frozenset({_TOO_MANY_REQUESTS, 500, 502, 504})


@dataclass(frozen=True)
class _Batch:
    """What was claimed, as it was read. ``hopeless`` entries have an outcome without being sent."""

    index: SearchIndex
    claim: uuid.UUID | None
    entries: dict[int, Entry]
    documents: list[Document]
    hopeless: dict[str, Outcome]


@dataclass(frozen=True)
class _Sent:
    """What became of a batch. A document without an outcome was not sent."""

    batch: _Batch
    outcomes: dict[str, Outcome]

    def has(self, statuses: Iterable[int]) -> bool:
        return any(outcome.status in statuses for outcome in self.outcomes.values())


def sync_index(index: SearchIndex, limit: int) -> int:
    """Send at most ``limit`` due entries to an index; gives back how many it has now taken.

    While Elasticsearch works on one batch the next one is read. Raises EngineUnavailable when it does not answer or
    takes nothing: what was claimed becomes due again.
    """
    taken = 0
    with ThreadPoolExecutor(1, "bulk") as sender:
        batch = _next_batch(index, limit)
        while batch:
            limit -= len(batch.entries)
            answer = sender.submit(indices.send, index, batch.documents)
            following = None
            try:
                following = _next_batch(index, limit)
                taken += _finish(_Sent(batch, batch.hopeless | answer.result()))
            except BaseException:
                # The request may have been carried out all the same: rows stay marked as in flight, but are due again.
                for unfinished in filter(None, (batch, following)):
                    _release(unfinished.claim)
                raise
            # What has become due meanwhile is taken, too.
            batch = following or _next_batch(index, limit)
    return taken


def _next_batch(index: SearchIndex, limit: int) -> _Batch | None:
    """Claim and read at most ``limit`` due entries; None if there are none."""
    claimed = _claim(index, min(limit, BATCH)) if limit > 0 else []
    if not claimed:
        return None
    try:
        read = entries_with_parts(delivery.entry_id for delivery in claimed)
        documents, hopeless = _documents_of(read)
    except BaseException:
        _release(claimed[0].claim)
        raise
    return _Batch(index, claimed[0].claim, {parts.entry.pk: parts.entry for parts in read}, documents, hopeless)


def _claim(index: SearchIndex, limit: int) -> list[Delivery]:
    """Take due deliveries so that no other worker takes them, until the claim expires."""
    now = timezone.now()
    with transaction.atomic():
        due = index.deliveries.due(now).order_by("id")
        due = due.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        deliveries = list(due[:limit])
        claim = uuid.uuid4()
        for delivery in deliveries:
            delivery.claim = claim
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).update(
            claim=claim, claimed_until=now + timedelta(seconds=conf.claim_seconds())
        )
    return deliveries


def _finish(sent: _Sent) -> int:
    """Make a batch searchable and note its outcome; gives back how many the index has taken."""
    index, outcomes = sent.batch.index, sent.outcomes
    if sent.has({_INDEX_IS_LOST}):
        raise IndexLost(f"the index {index.name} is missing")
    taken = _settle(sent, _make_searchable(index))
    _overtake(index, [key for key, outcome in outcomes.items() if outcome.status == _NEWER_THERE])
    if sent.has(_INDEX_IS_CLOSED):
        reason = next(found.reason for found in outcomes.values() if found.status in _INDEX_IS_CLOSED)
        raise EngineUnavailable(f"the index {index.name} takes nothing now ({reason})")
    if sent.has({_TOO_MANY_REQUESTS}):
        raise Overloaded(f"it has too much to do; {taken} of {len(sent.batch.entries)} documents were taken")
    return taken


def _documents_of(read: list[EntryParts]) -> tuple[list[Document], dict[str, Outcome]]:
    """The documents, and the outcome of entries that cannot be made into one: they must not hold up the others."""
    documents, outcomes = [], {}
    for parts in read:
        try:
            documents.append(document_of(parts))
        except Exception as error:
            logger.exception("No document can be made of entry %s.", parts.entry.pk)
            outcomes[parts.entry.key] = Outcome(400, f"no document can be made of it: {type(error).__name__}")
    return documents, outcomes


def _release(claim: uuid.UUID | None) -> None:
    """Make what was claimed due again."""
    with transaction.atomic():
        held = lock(Delivery.objects.filter(claim=claim))
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in held]).update(claimed_until=timezone.now())


def _make_searchable(index: SearchIndex) -> str:
    """Refresh a live index: until then the old document is still found, so nothing may be noted as sent.

    An index that is being built is refreshed once, when it takes the live one's place. Gives back the state for which
    everything sent is now as searchable as it must be; empty if a copy did not do it.
    """
    state = _state_of(SearchIndex.objects.filter(pk=index.pk))
    return state if state == SearchIndex.State.BUILDING or indices.refresh(index) else ""


def _state_of(found: QuerySet[SearchIndex]) -> str:
    state = found.values_list("state", flat=True).first()
    if state is None:
        raise IndexLost("the index was replaced, and is deleted")
    return state


def _settle(sent: _Sent, searchable_in: str) -> int:
    """Note the outcome of each delivery that the claim still holds.

    The index's row is locked, so that it does not go live meanwhile; not its key, which new deliveries refer to.
    Nobody is waited for in here, so no writer waits for Elasticsearch.
    """
    now = timezone.now()
    taken = 0
    with transaction.atomic():
        state = _state_of(SearchIndex.objects.select_for_update(no_key=True).filter(pk=sent.batch.index.pk))
        held = lock(Delivery.objects.filter(claim=sent.batch.claim))
        for delivery in held:
            entry = sent.batch.entries[delivery.entry_id]
            outcome = sent.outcomes.get(entry.key)
            if outcome is None or outcome.status in _INDEX_IS_CLOSED:
                delivery.claimed_until = now
            elif outcome.status < 300 and state == searchable_in:
                _note_taken(delivery, entry)
                taken += 1
            elif outcome.status < 300:
                _note_retry(delivery, "not searchable on every copy yet", now)
            elif outcome.status == _NEWER_THERE or outcome.status in _TRY_AGAIN:
                _note_retry(delivery, outcome.reason, now)
            else:
                _note_refused(delivery, entry, outcome.reason, now)
        # As an upsert, because the CASE of a bulk_update takes as long as Elasticsearch itself.
        Delivery.objects.bulk_create(
            held, update_conflicts=True, unique_fields=["id"], update_fields=_SETTLED, batch_size=BATCH
        )
    return taken


def _note_taken(delivery: Delivery, entry: Entry) -> None:
    delivery.version = max(delivery.version, entry.version)
    delivery.rule = entry.rule
    delivery.claim = delivery.claimed_until = delivery.retry_at = None
    delivery.attempts = 0
    delivery.error = ""


def _note_retry(delivery: Delivery, reason: str, now: datetime) -> None:
    pause_seconds = min(_FIRST_RETRY_SECONDS * 2**delivery.attempts, LAST_RETRY_SECONDS)
    delivery.attempts = min(delivery.attempts + 1, 10)
    delivery.retry_at = now + timedelta(seconds=pause_seconds)
    delivery.claim = None
    delivery.claimed_until = now
    delivery.error = reason[:1000]


def _note_refused(delivery: Delivery, entry: Entry, reason: str, now: datetime) -> None:
    """Set a document aside that the index refuses: it is tried again when its entry changes, or by hand.

    It stays marked as in flight: of an earlier request it may not be known what the index made of it.
    """
    logger.error("Elasticsearch refuses entry %s: %s", entry.pk, reason)
    delivery.refused = entry.version
    delivery.claim = delivery.retry_at = None
    delivery.claimed_until = now
    delivery.error = reason[:1000]


def _overtake(index: SearchIndex, keys: list[str]) -> None:
    """Number entries above what the index has of them, where it has more than the table: that was taken back, from a
    backup, and only the table is right."""
    if not keys:
        return
    there = indices.stored_versions(index, keys)
    with transaction.atomic():
        locked = Entry.objects.select_for_update().filter(key__in=there).order_by("pk")
        entries = [entry for entry in locked if entry.version < there[entry.key]]
        for entry in entries:
            entry.version = there[entry.key] + 1
        Entry.objects.bulk_update(entries, ["version"], batch_size=100)
        if entries:
            logger.warning("Of %d entries the index had later versions; they are sent again.", len(entries))
        want(entries, taking_away={entry.pk for entry in entries})
