"""What must not come out of a stale index: entries that have lost something it still has."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, F, Q

from search import conf
from search.exceptions import EngineUnavailable
from search.models import Delivery, SearchIndex
from search.stamps import Stamps

MAX_KEYS = 1_000
MAX_RULES = 100
#: A filtered relation cannot compare two columns of the joined row, so this is said in SQL.
_LIVE_AND_PENDING = """
    SELECT i.id, i.name, e.key FROM search_searchindex i
    LEFT JOIN search_delivery d ON d.index_id = i.id AND d.restricted > d.version
    LEFT JOIN search_entry e ON e.id = d.entry_id
    WHERE i.prefix = %s AND i.state = %s AND i.schema = %s ORDER BY d.id LIMIT %s
"""
_STAMPS = "SELECT 0, s.name, s.value FROM search_stamp s"


@dataclass(frozen=True)
class Exclusions:
    """What a query to the index must leave out."""

    keys: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class LiveIndex:
    """The index that answers now, by its own name, and what it must not answer with."""

    name: str
    exclusions: Exclusions


@dataclass(frozen=True)
class SearchState:
    """What must be known before anything is asked: the stamps, and the live index with the keys pending in it."""

    stamps: Stamps
    index: tuple[int, str] | None
    pending: tuple[str, ...]

    def live_index(self) -> LiveIndex:
        """The live index with what to leave out of it, by key up to a thousand, a whole rule by its id.

        Raises EngineUnavailable when there is none yet that this program can read, and when there is more to leave
        out than a query can: the embedded engine answers until the index has caught up.
        """
        if self.index is None:
            raise EngineUnavailable("there is no index yet that this program can read")
        pk, name = self.index
        return LiveIndex(name, Exclusions(self.pending) if len(self.pending) <= MAX_KEYS else _by_rule(pk))


def read_state() -> SearchState:
    """One statement."""
    statement, values = _STAMPS, list[str | int]()
    if conf.elasticsearch_url():
        from search.engines.elasticsearch.indices import schema

        statement = f"{_STAMPS} UNION ALL SELECT * FROM ({_LIVE_AND_PENDING}) p"
        values = [conf.index_prefix(), SearchIndex.State.LIVE, schema(), MAX_KEYS + 1]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    return SearchState(
        stamps={name: value for pk, name, value in rows if not pk},
        index=next(((pk, name) for pk, name, _key in rows if pk), None),
        pending=tuple(key for pk, _name, key in rows if pk and key),
    )


def _by_rule(index_id: int) -> Exclusions:
    rules = _whole_rules(index_id)
    # What may be in flight is not known to have its old rule in the index any more, so it is named by its key.
    rest = Delivery.objects.filter(index=index_id).pending().filter(~Q(rule__in=rules) | Q(claimed_until__isnull=False))
    keys = tuple(rest.order_by("id").values_list("entry__key", flat=True)[: MAX_KEYS + 1])
    if len(keys) > MAX_KEYS:
        raise EngineUnavailable("More entries have lost something than one query can leave out.")
    return Exclusions(keys, tuple(rules))


def _whole_rules(index_id: int) -> list[str]:
    """The rules all of whose indexed entries are pending."""
    is_pending = Q(restricted__gt=F("version"))
    touched = Delivery.objects.filter(index=index_id).pending().exclude(rule="").order_by().values("rule").distinct()
    counted = (
        Delivery.objects.filter(index=index_id, rule__in=touched)
        .values("rule")
        .annotate(entries=Count("pk"), pending=Count("pk", filter=is_pending))
        .filter(entries=F("pending"))
        .order_by("-pending")
    )
    return [row["rule"] for row in counted[:MAX_RULES]]
