"""A new index beside the live one: created, filled from the entry table, and put in its place when it lags no more."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from search import conf
from search.engines.elasticsearch import indices
from search.exceptions import EngineUnavailable, Overloaded, RebuildInterrupted
from search.models import Delivery, Entry, SearchIndex
from search.sync import BATCH, sync_index

logger = logging.getLogger(__name__)

State = SearchIndex.State
#: A query that has just looked up the old index may still ask it.
RETIRED_SECONDS = 60
#: How often between two entries not known to it an index is looked through for such.
LOOK_SECONDS = 60
#: How often in a row a server that has too much to do is asked again.
PATIENCE = 100
#: So many are sent between two looks at how far it is: while one batch is on its way the next one is made.
_ROUND = 10 * BATCH
_FILL = 1_000
_looked_at: dict[str, float] = {}


def rebuild(progress: Callable[[int], None] = lambda sent: None) -> SearchIndex:
    """Build a new index and put it in place of the live one; changes meanwhile go to both. Gives back the new one.

    Raises EngineUnavailable when Elasticsearch is away (the live index stays, and a worker goes on with the new one),
    RebuildInterrupted when another rebuild took over.
    """
    index = start_index()
    fill_deliveries(index)
    refusals = 0
    while not promote_if_ready(index):
        try:
            sent = sync_index(index, _ROUND)
        except Overloaded:
            refusals += 1
            if refusals > PATIENCE:
                raise
            sent = 0
        else:
            refusals = 0
        progress(sent)
        if not SearchIndex.objects.filter(pk=index.pk).exclude(state=State.RETIRED).exists():
            raise RebuildInterrupted(f"{index.name}: another rebuild took over.")
        if not sent:
            time.sleep(0.2)  # another worker has claimed what is left, or the server asked for a pause
    return index


def start_index() -> SearchIndex:
    """Create a new index, which writers feed from now on. One that was being built before is given up.

    It is noted as one to delete until it is there: whoever is killed in between leaves nothing behind.
    """
    prefix = conf.index_prefix()
    now = timezone.now()
    name = f"{prefix}-{now:%Y%m%d%H%M%S%f}"
    index = SearchIndex.objects.create(
        name=name, prefix=prefix, state=State.RETIRED, retired_at=now, schema=indices.schema()
    )
    indices.create_index(index)
    try:
        with transaction.atomic():
            _retire(SearchIndex.objects.select_for_update(no_key=True).filter(prefix=prefix, state=State.BUILDING))
            begun = SearchIndex.objects.filter(pk=index.pk).update(state=State.BUILDING, retired_at=None)
    except IntegrityError:
        begun = 0
    if not begun:
        raise RebuildInterrupted(f"{name}: another rebuild has just started.")
    index.state, index.retired_at = State.BUILDING, None
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
    unknown = Entry.objects.filter(~Exists(known))
    if not unknown.exists():
        return 0
    with transaction.atomic():
        missing = list(unknown.select_for_update().order_by("pk")[:_FILL])
        _want(index, missing)
    return len(missing)


def promote_if_ready(index: SearchIndex) -> bool:
    """Put a filled index in place of the live one as soon as nothing would vanish by it; says whether it is live.

    Under steady writing it never has everything. What it must have is every entry that readers find now; the changes
    of the last moment, a batch at most, follow as they would in any live index, hidden where they take away.
    """
    if not _is_ready(index) or add_missing(index):
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
        if not _is_ready(index) or not indices.refresh(index):
            return False
        indices.point_alias(index)
        _retire(SearchIndex.objects.filter(prefix=index.prefix, state=State.LIVE))
        SearchIndex.objects.filter(pk=index.pk).update(state=State.LIVE)
    index.state = State.LIVE
    return True


def maintain() -> list[SearchIndex]:
    """The indexes to feed. A lost one is given up; where none is of this program's making, a new one is begun."""
    prefix = conf.index_prefix()
    active = list(SearchIndex.objects.filter(prefix=prefix).exclude(state=State.RETIRED).order_by("state"))
    lost = [index for index in active if not indices.has_index(index)]
    if lost:
        _retire(SearchIndex.objects.filter(pk__in=[index.pk for index in lost]))
        active = [index for index in active if index not in lost]
    _delete_retired(prefix)
    begun = None
    if not any(index.schema == indices.schema() for index in active):
        begun = start_index()
        active = [begun, *(index for index in active if index.state == State.LIVE)]
    for index in active:
        if index is begun or not (index.is_filled or _is_being_filled(index)):
            fill_deliveries(index)
        elif index.is_filled and _is_time_to_look(index):
            add_missing(index)
    return active


def _is_ready(index: SearchIndex) -> bool:
    """Whether little is behind, and nothing that the live index has is not in this one at all."""
    if index.deliveries.behind()[BATCH:].exists():
        return False
    found_now = Delivery.objects.filter(
        index__prefix=index.prefix, index__state=State.LIVE, entry=OuterRef("entry"), version__gt=0
    )
    is_first = not SearchIndex.objects.filter(prefix=index.prefix, state=State.LIVE).exists()
    absent = index.deliveries.behind().filter(version=0, entry__is_deleted=False)
    return not (absent if is_first else absent.filter(Exists(found_now))).exists()


def _is_being_filled(index: SearchIndex) -> bool:
    """Whether the rebuild that began the index may still be giving it its rows; one that died is replaced."""
    age_seconds = abs((timezone.now() - index.created_at).total_seconds())  # the clock may have been put back
    is_new = age_seconds < conf.claim_seconds()
    return is_new and SearchIndex.objects.filter(prefix=index.prefix, state=State.LIVE).exists()


def _is_time_to_look(index: SearchIndex) -> bool:
    """Once a minute: a transaction that was open during a whole rebuild may have created entries unseen by it."""
    now = time.monotonic()
    if now - _looked_at.get(index.name, float("-inf")) < LOOK_SECONDS:
        return False
    _looked_at.clear()
    _looked_at[index.name] = now
    return True


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
    """Delete replaced indexes that nobody can be asking any more. (A day in the future is one of another clock.)"""
    now = timezone.now()
    is_old = Q(retired_at__lte=now - timedelta(seconds=RETIRED_SECONDS))
    is_of_another_clock = Q(retired_at__gt=now + timedelta(seconds=RETIRED_SECONDS))
    for index in SearchIndex.objects.filter(is_old | is_of_another_clock, prefix=prefix, state=State.RETIRED):
        try:
            indices.delete_index(index)
        except EngineUnavailable as error:
            logger.warning("The replaced index %s cannot be deleted now: %s", index.name, error)
            break
        with transaction.atomic():
            # In the order of whoever notes what was sent: the index, then its rows.
            SearchIndex.objects.select_for_update().filter(pk=index.pk).first()
            index.delete()
