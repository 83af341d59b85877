"""All memos that somebody follows: what is overdue, what is still waited for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from intranet.memos.archiving import archive_facts
from intranet.memos.follow_up.figures import Figures, owed_within, past_due, totals_of_each
from intranet.memos.follow_up.permissions import Scope, followed_by, is_follower, scope_of
from intranet.memos.listing import ListedMemo, with_pages
from intranet.memos.models import MemoRecord
from intranet.memos.models.records import MemoRecordQuerySet
from intranet.memos.presenting import memo_card, reader_language
from intranet.memos.services import is_overdue
from intranet.networks.access import access_of
from intranet.networks.models.networks import asks_beyond
from intranet.networks.views.filters import choice_filter

PAGE_SIZE = 10
KEPT_SECONDS = 300
STATES = ("overdue", "owed", "all", "withdrawn", "archived")
STEPS = (1, 3, 6)
"""How many times what is wanted is looked at in a step: mostly the first one is enough."""


@dataclass(frozen=True)
class FollowedMemo:
    """A memo with the total that this person is told."""

    memo: ListedMemo
    figures: Figures


def memos_followed(user: Any, state: str = "all") -> MemoRecordQuerySet:
    """The memos in force that ``user`` follows; ``owed``: by somebody, ``overdue``: since a day that is past.

    The last day first, then those without one; what is overdue for longest first. Of memos that may ask people of many
    networks all are here: ``is_in`` tells by the total. ``withdrawn``, ``archived``: those out of force, the last one
    first.
    """
    records = followed_by(user).select_related("item__network", "item__archived_item")
    if state == "withdrawn":
        return records.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at", "-pk")
    if state == "archived":
        return records.archived().order_by("-published_at", "-pk")
    records = records.in_force()
    if state != "all":
        access = access_of(user)
        issued = Q(item__network__in=access.publish)
        # To look for somebody who owes among everybody, for each memo, would take long: their totals tell.
        wide = issued & (asks_beyond("item__network__") | Q(asks_all=False))
        own_issued = owed_within(records.filter(issued), access.publish).order_by().values("pk")
        own = owed_within(records, access.coordinate).order_by().values("pk")
        records = records.filter(wide | Q(pk__in=own_issued) | Q(pk__in=own), acknowledge=True)
    if state == "overdue":
        return past_due(records).order_by("acknowledge_by", "published_at", "pk")
    return records.order_by(F("acknowledge_by").desc(nulls_last=True), "-published_at", "-pk")


def is_in(state: str, figures: Figures) -> bool:
    """Whether a memo with this total is in ``state``."""
    owed = figures.asked - figures.acknowledged
    return {"overdue": figures.overdue, "owed": owed}.get(state, 1) > 0


def read_on(
    user: Any, state: str, records: MemoRecordQuerySet, *, wanted: int, start: int = 0
) -> tuple[list[FollowedMemo], int | None]:
    """Up to ``wanted`` of the ordered records that are in ``state``, and the place to go on from, None at the end.

    Looked at is from the place ``start``, ten times as many as are wanted at most: seven queries for each of ``STEPS``.
    """
    found: list[FollowedMemo] = []
    for step in (wanted * times for times in STEPS):
        seen = list(records[start : start + step + 1])
        totals = {each.memo.record.pk: each for each in with_totals(user, seen[:step])}
        for place, record in enumerate(seen[:step], start + 1):
            if record.pk in totals and is_in(state, totals[record.pk].figures):
                found.append(totals[record.pk])
            if len(found) == wanted:
                return found, place if place < start + len(seen) else None
        if len(seen) <= step:
            return found, None
        start += step
    return found, start


def with_totals(user: Any, records: Iterable[MemoRecord]) -> list[FollowedMemo]:
    """Each memo with its total: six queries for all at most."""
    memos = with_pages(records, reader_language())
    scopes: dict[int, Scope] = {}
    for memo in memos:
        scope = scope_of(user, memo.record)
        assert scope is not None
        scopes[memo.record.pk] = scope
    totals = _kept_totals([memo.record for memo in memos if scopes[memo.record.pk].is_whole])
    own = [(memo.record, scopes[memo.record.pk].networks) for memo in memos if memo.record.pk not in totals]
    totals |= totals_of_each(own)
    return [FollowedMemo(memo, totals[memo.record.pk]) for memo in memos]


def _kept_totals(records: list[MemoRecord]) -> dict[int, Figures]:
    """The totals of everybody, which are kept for some minutes: they are asked for with every look at the home page."""
    keys = {f"memos:total:{record.pk}:{record.edition}:{is_overdue(record)}": record for record in records}
    kept = cache.get_many(keys)
    missing = totals_of_each([(record, None) for key, record in keys.items() if key not in kept])
    cache.set_many({key: missing[record.pk] for key, record in keys.items() if record.pk in missing}, KEPT_SECONDS)
    return {record.pk: kept.get(key) or missing[record.pk] for key, record in keys.items()}


def followed_card(followed: FollowedMemo, user: Any) -> dict[str, Any]:
    """A followed memo for ``components/card.html``: it leads to the follow-up."""
    memo = followed.memo
    card = memo_card(memo, user)
    figures, due, withdrawn = followed.figures, memo.record.acknowledge_by, memo.record.withdrawn_at
    day = _("to acknowledge by %(day)s") % {"day": date_format(due, "DATE_FORMAT")} if due else ""
    kept = {name: card[name] for name in ("title", "number", "network", "language", "language_code") if name in card}
    said = (figures_in_words(figures), day)
    if archived := memo.record.is_archived and archive_facts(memo.record.item):
        said = (archived_words(archived),)
    if withdrawn:
        said = (_("Withdrawn on %(day)s") % {"day": date_format(timezone.localtime(withdrawn), "DATE_FORMAT")},)
    return {
        **kept,
        "url": reverse("memos:follow_up", args=[memo.id]),
        "kind": _("Service memo"),
        "summary": " · ".join(part for part in said if part),
        **_tone(figures),
    }


def archived_words(archived: dict[str, Any]) -> str:
    """When it was archived, or that it is with its network."""
    if archived["at"] is None:
        return _("Archived with its network, which is closed")
    return _("Archived on %(day)s") % {"day": date_format(timezone.localtime(archived["at"]), "DATE_FORMAT")}


def figures_in_words(figures: Figures) -> str:
    """“3 of 12 have acknowledged; 4 have not opened it yet”."""
    if not figures.asked:
        return _("Nobody is asked at the moment.")
    said = ngettext(
        "%(count)d of %(asked)d has acknowledged", "%(count)d of %(asked)d have acknowledged", figures.acknowledged
    ) % {"count": figures.acknowledged, "asked": figures.asked}
    if not figures.unopened:
        return said
    unopened = ngettext("%(count)d has not opened it yet", "%(count)d have not opened it yet", figures.unopened)
    return f"{said}; {unopened % {'count': figures.unopened}}"


def _tone(figures: Figures) -> dict[str, str]:
    if figures.overdue:
        label = ngettext("%(count)d overdue", "%(count)d overdue", figures.overdue) % {"count": figures.overdue}
        return {"status": label, "status_tone": "error"}
    if figures.asked and figures.acknowledged == figures.asked:
        return {"status": _("Everyone has acknowledged"), "status_tone": "success"}
    return {}


@require_safe
def followed_list(request: HttpRequest) -> HttpResponse:
    """What is overdue over all memos that this person follows; also what is owed, all, and what is out of force.

    How many pages there are is not counted: it would take looking at everybody for each memo. A page begins where the
    one before it stopped reading.
    """
    if not is_follower(request.user):
        raise Http404
    state = request.GET.get("state", "")
    state = state if state in STATES else STATES[0]
    start, records = _start(request), memos_followed(request.user, state)
    followed, following = read_on(request.user, state, records, wanted=PAGE_SIZE, start=start)
    in_force = (_("Overdue"), _("Not yet acknowledged by all"), _("All memos that ask for it"))
    states = zip(STATES, (*in_force, _("Withdrawn memos"), _("Archived memos")), strict=True)
    return render(
        request,
        "memos/follow_up/list.html",
        {
            "title": _("Follow-up of service memos"),
            "items": [followed_card(each, request.user) for each in followed],
            "empty_title": _nothing_in(state),
            "fields": [choice_filter("state", _("State"), states, state, is_required=True)],
            "action": request.path,
            "start": start,
            "following": following,
            "breadcrumbs": [
                {"label": _("Service memos"), "url": reverse("memos:list")},
                {"label": _("Follow-up"), "url": ""},
            ],
        },
    )


def _nothing_in(state: str) -> str:
    """That no memo is in ``state``."""
    return {
        "overdue": _("Nothing is overdue here"),
        "owed": _("No acknowledgement is waited for here"),
        "withdrawn": _("No memo that you follow was withdrawn"),
        "archived": _("No memo that you follow is archived"),
    }.get(state, _("No memo that you follow asks for an acknowledgement"))


def _start(request: HttpRequest) -> int:
    text = request.GET.get("start", "")
    return int(text) if text.isdecimal() and len(text) < 7 else 0
