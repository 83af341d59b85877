"""What is sought, counted without persons.

One row says that somebody, known by a keyed hash salted with the day and the query, looked for a query today. When the
day is over, the rows of a query become one count where three people or more asked it, and all of them are deleted.
"""

from __future__ import annotations

import datetime
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from intranet.finding.models import MAX_SOUGHT, AskedQuery, SoughtQuery
from intranet.finding.permissions import is_reporter
from intranet.plugins import Job, registry
from search.text import fold, word_spans

logger = logging.getLogger(__name__)

MIN_PEOPLE = 3
"""A query that fewer people asked on a day is dropped: it may tell who asked it."""
KEPT = datetime.timedelta(hours=24)
REF_CHARACTERS = 32
PARAMETER = "from_search"
"""Of the links of results: which query, which rank."""
_signer = signing.Signer(salt="intranet.finding.from_search", sep=".")


def kept_days() -> int:
    """How many days counts are kept; 0: nothing is noted."""
    return int(registry.plugin("finding").setting("SEARCH_LOG_DAYS"))


def normalised(text: str) -> str:
    """The words of a query alone, folded; what is only signs is empty."""
    return " ".join(fold(word) for _start, _end, word in word_spans(text))[:MAX_SOUGHT].rstrip()


def ref_of(person_id: int, query: str, language: str, day: datetime.date) -> str:
    """The hash of a person who asks a query on a day: another day or query has another one."""
    value = f"{day.isoformat()}|{person_id}|{language}|{query}"
    return salted_hmac("intranet.finding.asked", value, algorithm="sha256").hexdigest()[:REF_CHARACTERS]


@dataclass(frozen=True)
class Asking:
    """A query that somebody asks now; ``ref`` stands for the person."""

    query: str
    language: str
    ref: str

    def mark(self, result: dict[str, Any], rank: int) -> dict[str, Any]:
        """The result; each of its links, whatever of it they open, says which query led there and at which rank."""

        def with_mark(part: Any) -> Any:
            return part and replace(part, url=marked(part.url, self.ref, rank))

        return {
            **result,
            "url": marked(result["url"], self.ref, rank),
            "found_in": with_mark(result.get("found_in")),
            "replacement": with_mark(result.get("replacement")),
            "versions": [{**other, "url": marked(other["url"], self.ref, rank)} for other in result["versions"]],
        }


def asking_of(person: Any, text: str, language: str) -> Asking | None:
    """What is noted of a query; None where nothing is.

    Whoever reads the counts is no part of them: they would tell that one or two others asked what one asks oneself.
    """
    query = normalised(text)
    if not query or not kept_days() or is_reporter(person):
        return None
    return Asking(query, language, ref_of(person.pk, query, language, timezone.localdate()))


def note_search(asking: Asking, hits: int) -> None:
    """Note that a query was asked, once for each person and day; count the days that are over, if nobody has yet."""
    ref, today = asking.ref, timezone.localdate()
    noted = AskedQuery.objects.filter(ref=ref).update(hits=hits, searches=F("searches") + 1)
    if not noted:
        row = AskedQuery(ref=ref, day=today, query=asking.query, language=asking.language, hits=hits)
        AskedQuery.objects.bulk_create([row], ignore_conflicts=True)
    if AskedQuery.objects.filter(day__lt=today).exists():
        count_past_days()


def note_click(mark: str) -> None:
    """Note which rank was opened, from the mark of its link; of several the best. Foreign marks are nothing."""
    try:
        ref, _sep, rank = _signer.unsign(mark).partition("-")
    except signing.BadSignature:
        return
    AskedQuery.objects.filter(Q(clicked_rank=None) | Q(clicked_rank__gt=int(rank)), ref=ref).update(
        clicked_rank=int(rank)
    )


def marked(url: str, ref: str, rank: int) -> str:
    """The address of a result with its mark, which ``FoundMiddleware`` takes off again."""
    address, sharp, fragment = url.partition("#")
    joined = "&" if "?" in address else "?"
    return f"{address}{joined}{PARAMETER}={_signer.sign(f'{ref}-{rank}')}{sharp}{fragment}"


def after(response: HttpResponse, note: Callable[[], None]) -> HttpResponse:
    """The same response, after which ``note`` runs: when all of it is sent, and whatever becomes of it.

    No task: the arguments of one are kept in its table, who asked what with them.
    """
    stock_close = response.close

    def close() -> None:
        try:
            with transaction.atomic():
                note()
        except Exception:
            logger.exception("A search was not noted")
        finally:
            stock_close()

    response.close = close  # type: ignore[method-assign]
    return response


@transaction.atomic
def count_past_days(now: datetime.datetime | None = None) -> None:
    """Count the days that are over, and forget who asked; forget counts that are older than the setting says."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    rows: defaultdict[tuple[datetime.date, str, str], list[AskedQuery]] = defaultdict(list)
    past = AskedQuery.objects.select_for_update().filter(day__lt=today).order_by("ref")
    for row in past:
        rows[row.day, row.language, row.query].append(row)
    counted = [_count(asked) for asked in rows.values() if len(asked) >= MIN_PEOPLE]
    SoughtQuery.objects.bulk_create(counted, ignore_conflicts=True)
    AskedQuery.objects.filter(Q(day__lt=today) | Q(asked_at__lte=now - KEPT)).delete()
    SoughtQuery.objects.filter(day__lt=today - datetime.timedelta(days=kept_days())).delete()


def _count(asked: list[AskedQuery]) -> SoughtQuery:
    ranks = [row.clicked_rank for row in asked if row.clicked_rank is not None]
    return SoughtQuery(
        day=asked[0].day,
        language=asked[0].language,
        query=asked[0].query,
        people=len(asked),
        searches=sum(row.searches for row in asked),
        hits=sum(row.hits for row in asked),
        without=sum(row.hits == 0 for row in asked),
        clicked=len(ranks),
        ranks=sum(ranks),
    )


class CountSearchesJob(Job):
    """Counts a day as soon as it is over."""

    name = "finding.count_searches"
    every_seconds = 60.0

    def run(self) -> None:
        count_past_days()
