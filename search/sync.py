"""Sending what is due to one index: claim, send, make searchable, then note what the index has."""

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from search import conf
from search.deliveries import lock, want
from search.engines.elasticsearch import indices
from search.engines.elasticsearch.documents import Document, document_of, entries_with_parts
from search.engines.elasticsearch.indices import Outcome
from search.exceptions import EngineUnavailable, IndexLost, Overloaded
from search.models import LAST_RETRY_SECONDS, Delivery, Entry, SearchIndex

logger = logging.getLogger(__name__)

BATCH = 500
_FIRST_RETRY_SECONDS = 2
#: The write alias is not there.
_INDEX_IS_LOST = 404
#: We may not write, the index is blocked, or its shard is away: no document is at fault, and none is passed over.
_INDEX_IS_CLOSED = frozenset({401, 403, 503})
_TOO_MANY_REQUESTS = 429
_NEWER_THERE = 409
#: The server failed over this one document, or has no room for it now.
_TRY_AGAIN = frozenset({_TOO_MANY_REQUESTS, 500, 502, 504})


@dataclass(frozen=True)
class _Sent:
    """What was claimed, as it was read, and what became of it. A document without an outcome was not sent."""

    index: SearchIndex
    claim: uuid.UUID | None
    entries: dict[int, Entry]
    outcomes: dict[str, Outcome]

    def has(self, statuses: Iterable[int]) -> bool:
        return any(outcome.status in statuses for outcome in self.outcomes.values())


def sync_index(index: SearchIndex, limit: int) -> int:
    """Send at most ``limit`` due entries to an index; gives back how many it has now taken.

    Raises EngineUnavailable when Elasticsearch does not answer or takes nothing: what was claimed becomes due again.
    """
    taken = 0
    while limit > 0:
        claimed = _claim(index, min(limit, BATCH))
        if not claimed:
            break
        limit -= len(claimed)
        taken += _deliver(index, claimed)
    return taken


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


def _deliver(index: SearchIndex, claimed: list[Delivery]) -> int:
    claim = claimed[0].claim
    try:
        entries = entries_with_parts(delivery.entry_id for delivery in claimed)
        documents, outcomes = _documents_of(entries)
        outcomes |= indices.send(index, documents)
        sent = _Sent(index, claim, {entry.pk: entry for entry in entries}, outcomes)
        if sent.has({_INDEX_IS_LOST}):
            raise IndexLost(f"the index {index.name} is missing")
        searchable_in = _make_searchable(index)
        taken = _settle(sent, searchable_in)
    except BaseException:
        # The request may have been carried out all the same: the rows stay marked as in flight, but are due again.
        _release(claim)
        raise
    _overtake(index, [key for key, outcome in outcomes.items() if outcome.status == _NEWER_THERE])
    if sent.has(_INDEX_IS_CLOSED):
        reason = next(found.reason for found in outcomes.values() if found.status in _INDEX_IS_CLOSED)
        raise EngineUnavailable(f"the index {index.name} takes nothing now ({reason})")
    if sent.has({_TOO_MANY_REQUESTS}):
        raise Overloaded(f"it has too much to do; {taken} of {len(claimed)} documents were taken")
    return taken


def _documents_of(entries: list[Entry]) -> tuple[list[Document], dict[str, Outcome]]:
    """The documents, and the outcome of entries that cannot be made into one: they must not hold up the others."""
    documents, outcomes = [], {}
    for entry in entries:
        try:
            documents.append(document_of(entry))
        except Exception as error:
            logger.exception("No document can be made of entry %s.", entry.pk)
            outcomes[entry.key] = Outcome(400, f"no document can be made of it: {type(error).__name__}")
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
        state = _state_of(SearchIndex.objects.select_for_update(no_key=True).filter(pk=sent.index.pk))
        held = lock(Delivery.objects.filter(claim=sent.claim))
        for delivery in held:
            entry = sent.entries[delivery.entry_id]
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
        Delivery.objects.bulk_update(
            held,
            ["version", "rule", "claim", "claimed_until", "attempts", "retry_at", "refused", "error"],
            batch_size=100,
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
        logger.warning("Of %d entries the index had later versions than the table; they are sent again.", len(entries))
        want(entries, taking_away={entry.pk for entry in entries})
