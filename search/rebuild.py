"""A new index beside the live one: created, filled from the entry table, and put in its place when it lags no more."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from search import conf
from search.engines.elasticsearch import indices
from search.exceptions import RebuildInterrupted
from search.models import Delivery, Entry, SearchIndex
from search.sync import BATCH, sync_index

State = SearchIndex.State
#: A query that has just looked up the old index may still ask it.
RETIRED_SECONDS = 60
_FILL = 1_000


def rebuild(progress: Callable[[int], None] = lambda sent: None) -> SearchIndex:
    """Build a new index and put it in place of the live one; changes meanwhile go to both. Gives back the new one.

    Raises EngineUnavailable when Elasticsearch is away (the live index stays), RebuildInterrupted when another rebuild
    took over.
    """
    index = start_index()
    fill_deliveries(index)
    while not promote_if_ready(index):
        sent = sync_index(index, BATCH)
        progress(sent)
        if not SearchIndex.objects.filter(pk=index.pk).exclude(state=State.RETIRED).exists():
            raise RebuildInterrupted(f"{index.name}: another rebuild took over.")
        if not sent:
            time.sleep(0.2)  # another worker has claimed what is left
    return index


def start_index() -> SearchIndex:
    """Create a new index, which writers feed from now on. One that was being built before is given up."""
    prefix = conf.index_prefix()
    name = f"{prefix}-{timezone.now():%Y%m%d%H%M%S%f}"
    index = SearchIndex(name=name, prefix=prefix, state=State.BUILDING)
    indices.create_index(index)
    try:
        with transaction.atomic():
            _retire(SearchIndex.objects.select_for_update(no_key=True).filter(prefix=prefix, state=State.BUILDING))
            index.save()
    except IntegrityError:
        indices.delete_index(index)
        raise RebuildInterrupted(f"{name}: another rebuild has just started.") from None
    return index


def fill_deliveries(index: SearchIndex) -> None:
    """Give the index a delivery row for every entry.

    Each entry's row is locked for it, so that a writer who has not seen the index yet is waited for.
    """
    last = 0
    while True:
        with transaction.atomic():
            entries = list(Entry.objects.select_for_update().filter(pk__gt=last).order_by("pk")[:_FILL])
            _want(index, entries)
        if not entries:
            break
        last = entries[-1].pk
    SearchIndex.objects.filter(pk=index.pk).update(is_filled=True)
    index.is_filled = True


def add_missing(index: SearchIndex) -> int:
    """Note entries that the index does not know of or not as they are: those that were being created when it began."""
    known = Delivery.objects.filter(index=index, entry=OuterRef("pk"), wanted__gte=OuterRef("version"))
    with transaction.atomic():
        missing = list(Entry.objects.select_for_update().filter(~Exists(known)).order_by("pk")[:_FILL])
        _want(index, missing)
    return len(missing)


def promote_if_ready(index: SearchIndex) -> bool:
    """Put a filled index in place of the live one as soon as it has everything; says whether it is live."""
    if index.deliveries.behind().exists() or add_missing(index):
        return False
    indices.start_refreshing(index)
    with transaction.atomic():
        known = {
            found.pk: found
            for found in SearchIndex.objects.select_for_update(no_key=True)
            .filter(prefix=index.prefix)
            .exclude(state=State.RETIRED)
        }
        current = known.get(index.pk)
        if current is None:
            raise RebuildInterrupted(f"{index.name}: another rebuild took over.")
        if current.state == State.LIVE:
            return True
        if index.deliveries.behind().exists() or not indices.refresh(index):
            return False
        indices.point_alias(index)
        _retire(SearchIndex.objects.filter(prefix=index.prefix, state=State.LIVE))
        SearchIndex.objects.filter(pk=index.pk).update(state=State.LIVE)
    index.state = State.LIVE
    return True


def maintain() -> list[SearchIndex]:
    """The indexes to feed. A lost one is given up, and where there is none a new one is begun."""
    prefix = conf.index_prefix()
    _delete_retired(prefix)
    active = list(SearchIndex.objects.filter(prefix=prefix).exclude(state=State.RETIRED).order_by("state"))
    lost = [index for index in active if not indices.has_index(index)]
    if lost:
        _retire(SearchIndex.objects.filter(pk__in=[index.pk for index in lost]))
        active = [index for index in active if index not in lost]
    if not active:
        index = start_index()
        active = [index]
    for index in active:
        if not index.is_filled and not _is_being_filled(index):
            fill_deliveries(index)
    return active


def _is_being_filled(index: SearchIndex) -> bool:
    """Whether the rebuild that began the index may still be giving it its rows; one that died is replaced."""
    is_new = index.created_at > timezone.now() - timedelta(seconds=conf.claim_seconds())
    return is_new and SearchIndex.objects.filter(prefix=index.prefix, state=State.LIVE).exists()


def _want(index: SearchIndex, entries: list[Entry]) -> None:
    Delivery.objects.bulk_create(
        [Delivery(index=index, entry=entry, wanted=entry.version) for entry in entries],
        update_conflicts=True,
        unique_fields=["index", "entry"],
        update_fields=["wanted"],
        batch_size=100,
    )


def _retire(found: QuerySet[SearchIndex]) -> None:
    found.update(state=State.RETIRED, retired_at=timezone.now())


def _delete_retired(prefix: str) -> None:
    """Delete replaced indexes that nobody can be asking any more."""
    since = timezone.now() - timedelta(seconds=RETIRED_SECONDS)
    for index in SearchIndex.objects.filter(prefix=prefix, state=State.RETIRED, retired_at__lte=since):
        indices.delete_index(index)
        index.delete()
