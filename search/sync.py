"""Sending what is due to one index: claim, send, make searchable, then note what the index has."""

import logging
import uuid
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from search import conf
from search.deliveries import lock
from search.engines.elasticsearch import indices
from search.engines.elasticsearch.documents import document_of, entries_with_parts
from search.exceptions import EngineUnavailable
from search.models import Delivery, SearchIndex

logger = logging.getLogger(__name__)

BATCH = 500
_FIRST_RETRY_SECONDS = 2
_LAST_RETRY_SECONDS = 300
#: The write alias is not there.
_INDEX_IS_LOST = 404
#: A blocked index, too many requests, errors of the server itself: the document is not at fault.
_TRY_AGAIN = frozenset({403, 429, 500, 502, 503, 504})


class IndexLost(EngineUnavailable):
    """The index is not there any more; another one must be built."""


def sync_index(index: SearchIndex, limit: int) -> int:
    """Send at most ``limit`` due entries to an index; gives back how many it has now taken.

    Raises EngineUnavailable when Elasticsearch does not answer: what was claimed becomes due again.
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
            delivery.claimed_until = now + timedelta(seconds=conf.claim_seconds())
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).update(
            claim=claim, claimed_until=now + timedelta(seconds=conf.claim_seconds())
        )
    return deliveries


def _deliver(index: SearchIndex, claimed: list[Delivery]) -> int:
    claim = claimed[0].claim
    try:
        entries = {entry.key: entry for entry in entries_with_parts(delivery.entry_id for delivery in claimed)}
        outcomes = indices.send(index, [document_of(entry) for entry in entries.values()])
        if any(status == _INDEX_IS_LOST for _key, status, _reason in outcomes):
            raise IndexLost(f"the index {index.name} is missing")
    except BaseException:
        # The request may have been carried out all the same: the rows stay marked as in flight, but are due again.
        _release(claim)
        raise
    statuses = {entries[key].pk: (status, reason) for key, status, reason in outcomes}
    versions = {entry.pk: (entry.version, entry.rule) for entry in entries.values()}
    try:
        return _settle(index, claim, statuses, versions)
    except EngineUnavailable:
        _release(claim)
        raise


def _release(claim: uuid.UUID | None) -> None:
    """Make what was claimed due again."""
    with transaction.atomic():
        held = lock(Delivery.objects.filter(claim=claim))
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in held]).update(claimed_until=timezone.now())


def _settle(
    index: SearchIndex,
    claim: uuid.UUID | None,
    statuses: dict[int, tuple[int, str]],
    versions: dict[int, tuple[int, str]],
) -> int:
    """Note the outcome of each delivery that this claim still holds."""
    now = timezone.now()
    taken = 0
    with transaction.atomic():
        is_searchable = _make_searchable(index)
        held = lock(Delivery.objects.filter(claim=claim))
        for delivery in held:
            version, rule = versions[delivery.entry_id]
            status, reason = statuses.get(delivery.entry_id, (503, "no answer for this document"))
            if status < 300 and is_searchable:
                _note_taken(delivery, version, rule)
                taken += 1
            elif status in _TRY_AGAIN or status < 300:
                _note_retry(delivery, reason or "not searchable on every copy yet", now)
            elif status == 409:
                _note_retry(delivery, "the index has a newer version", now)
            else:
                _note_refused(delivery, version, reason)
        Delivery.objects.bulk_update(
            held,
            ["version", "rule", "claim", "claimed_until", "attempts", "retry_at", "refused", "error"],
            batch_size=100,
        )
    return taken


def _make_searchable(index: SearchIndex) -> bool:
    """Refresh a live index: until then the old document is still found, so nothing may be noted as sent.

    An index that is being built is refreshed once, before it takes the live one's place. Its row is locked, so that
    this does not happen meanwhile; not its key, which new deliveries refer to: no writer waits for Elasticsearch.
    """
    state = SearchIndex.objects.select_for_update(no_key=True).values_list("state", flat=True).get(pk=index.pk)
    return state == SearchIndex.State.BUILDING or indices.refresh(index)


def _note_taken(delivery: Delivery, version: int, rule: str) -> None:
    delivery.version = max(delivery.version, version)
    delivery.rule = rule
    delivery.claim = delivery.claimed_until = delivery.retry_at = None
    delivery.attempts = 0
    delivery.error = ""


def _note_retry(delivery: Delivery, reason: str, now: datetime) -> None:
    pause_seconds = min(_FIRST_RETRY_SECONDS * 2**delivery.attempts, _LAST_RETRY_SECONDS)
    delivery.attempts = min(delivery.attempts + 1, 10)
    delivery.retry_at = now + timedelta(seconds=pause_seconds)
    delivery.claim = None
    delivery.claimed_until = now
    delivery.error = reason[:1000]


def _note_refused(delivery: Delivery, version: int, reason: str) -> None:
    """Set a document aside that the index refuses: it is tried again when its entry changes."""
    logger.error("Elasticsearch refuses entry %s: %s", delivery.entry_id, reason)
    delivery.refused = version
    delivery.claim = delivery.claimed_until = delivery.retry_at = None
    delivery.error = reason[:1000]
