"""What must not come out of a stale index: entries that have lost something it still has."""

from dataclasses import dataclass

from django.db.models import Count, F, Q

from search.exceptions import EngineUnavailable
from search.models import Delivery, SearchIndex

MAX_KEYS = 1_000
MAX_RULES = 100


@dataclass(frozen=True)
class Exclusions:
    """What a query to the index must leave out."""

    keys: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def exclusions_for(index: SearchIndex) -> Exclusions:
    """What to leave out of a query to this index, by key up to a thousand, a whole rule by its id.

    Raises EngineUnavailable when there is more: the embedded engine answers until the index has caught up.
    """
    pending = Delivery.objects.filter(index=index).pending()
    keys = tuple(pending.order_by("id").values_list("entry__key", flat=True)[: MAX_KEYS + 1])
    if len(keys) <= MAX_KEYS:
        return Exclusions(keys)
    rules = _whole_rules(index)
    # What may be in flight is not known to have its old rule in the index any more, so it is named by its key.
    rest = pending.filter(~Q(rule__in=rules) | Q(claimed_until__isnull=False))
    keys = tuple(rest.order_by("id").values_list("entry__key", flat=True)[: MAX_KEYS + 1])
    if len(keys) > MAX_KEYS:
        raise EngineUnavailable("More entries have lost something than one query can leave out.")
    return Exclusions(keys, tuple(rules))


def _whole_rules(index: SearchIndex) -> list[str]:
    """The rules all of whose indexed entries are pending."""
    is_pending = Q(restricted__gt=F("version"))
    touched = Delivery.objects.filter(index=index).pending().exclude(rule="").order_by().values("rule").distinct()
    counted = (
        Delivery.objects.filter(index=index, rule__in=touched)
        .values("rule")
        .annotate(entries=Count("pk"), pending=Count("pk", filter=is_pending))
        .filter(entries=F("pending"))
        .order_by("-pending")
    )
    return [row["rule"] for row in counted[:MAX_RULES]]
