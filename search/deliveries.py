"""The outbox: what each Elasticsearch index must still hear of."""

from collections.abc import Iterable, Set

from django.db import transaction
from django.db.models import QuerySet

from search.chunks import chunked
from search.models import ACTIVE_STATES, Delivery, DeliveryQuerySet, Entry, SearchIndex

CHUNK = 200


def want(entries: Iterable[Entry], *, taking_away: Set[int] = frozenset()) -> None:
    """Note for every index in use that it must get these entries, as part of the writer's transaction.

    The list of indexes is read after the entries are locked: a rebuild that starts meanwhile locks them too, so it
    either is on this list or sees these versions.
    """
    written = list(entries)
    if not written:
        return
    ids = [entry.pk for entry in written]
    active = SearchIndex.objects.filter(state__in=ACTIVE_STATES).order_by("pk")
    for index_id in list(active.values_list("pk", flat=True)):
        lock(Delivery.objects.filter(index=index_id, entry__in=ids))
        adding = [_delivery(index_id, entry) for entry in written if entry.pk not in taking_away]
        taking = [_delivery(index_id, entry, takes_away=True) for entry in written if entry.pk in taking_away]
        _upsert(adding, ["wanted", "retry_at"])
        _upsert(taking, ["wanted", "restricted", "retry_at"])


def try_again(deliveries: DeliveryQuerySet) -> int:
    """Send those of these documents that an index has refused once more, as they are; gives back how many.

    The others are not waited for.
    """
    tried = 0
    for ids in chunked(list(deliveries.refused().order_by("id").values_list("pk", flat=True)), CHUNK):
        refused = Delivery.objects.filter(pk__in=ids).refused()
        with transaction.atomic():
            lock(refused)
            tried += refused.update(refused=0, attempts=0, retry_at=None)
    return tried


def lock(deliveries: QuerySet[Delivery]) -> list[Delivery]:
    """These rows, locked until the transaction ends, in the one order in which everybody locks them."""
    return list(deliveries.select_for_update().order_by("id"))


def _delivery(index_id: int, entry: Entry, *, takes_away: bool = False) -> Delivery:
    return Delivery(index_id=index_id, entry=entry, wanted=entry.version, restricted=entry.version if takes_away else 0)


def _upsert(deliveries: list[Delivery], fields: list[str]) -> None:
    if deliveries:
        Delivery.objects.bulk_create(
            deliveries, update_conflicts=True, unique_fields=["index", "entry"], update_fields=fields, batch_size=100
        )
