"""All memos that somebody follows: what is overdue, what is still waited for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from intranet.memos.follow_up.figures import Figures, owed_within, past_due, totals_of_each
from intranet.memos.follow_up.permissions import Scope, followed_by, is_follower, scope_of
from intranet.memos.listing import ListedMemo, with_pages
from intranet.memos.models import MemoRecord
from intranet.memos.models.records import MemoRecordQuerySet
from intranet.memos.presenting import memo_card, reader_language
from intranet.networks.access import access_of
from intranet.networks.views.filters import choice_filter

PAGE_SIZE = 10
STATES = ("overdue", "owed", "all")


@dataclass(frozen=True)
class FollowedMemo:
    """A memo with the total that this person is told."""

    memo: ListedMemo
    figures: Figures


def memos_followed(user: Any, state: str = "all") -> MemoRecordQuerySet:
    """The memos in force that ``user`` follows; ``owed``: by somebody, ``overdue``: since a day that is past.

    The last day first, then those without one.
    """
    records = followed_by(user).in_force().select_related("item__network")
    if state != "all":
        access = access_of(user)
        # Whoever publishes for the network follows all who are asked, others their own people.
        issued = Q(item__network__in=access.publish)
        everybody, own = owed_within(records, None), owed_within(records, access.coordinate)
        records = records.filter(
            issued & Q(pk__in=everybody.filter(issued).order_by().values("pk")) | Q(pk__in=own.order_by().values("pk"))
        )
    if state == "overdue":
        records = past_due(records)
    return records.order_by(F("acknowledge_by").desc(nulls_last=True), "-published_at", "-pk")


def with_totals(user: Any, records: Iterable[MemoRecord]) -> list[FollowedMemo]:
    """Each memo with its total: four queries for all."""
    memos = with_pages(records, reader_language())
    scopes: dict[int, Scope] = {}
    for memo in memos:
        scope = scope_of(user, memo.record)
        assert scope is not None
        scopes[memo.record.pk] = scope
    totals = totals_of_each([(memo.record, scopes[memo.record.pk].networks) for memo in memos])
    return [FollowedMemo(memo, totals[memo.record.pk]) for memo in memos]


def followed_card(followed: FollowedMemo, user: Any) -> dict[str, Any]:
    """A followed memo for ``components/card.html``: it leads to the follow-up."""
    card = memo_card(followed.memo, user)
    figures, due = followed.figures, followed.memo.record.acknowledge_by
    day = _("to acknowledge by %(day)s") % {"day": date_format(due, "DATE_FORMAT")} if due else ""
    kept = {name: card[name] for name in ("title", "number", "network", "language", "language_code") if name in card}
    return {
        **kept,
        "url": reverse("memos:follow_up", args=[followed.memo.id]),
        "kind": _("Service memo"),
        "summary": " · ".join(part for part in (figures_in_words(figures), day) if part),
        **_tone(figures),
    }


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
    """What is overdue over all memos that this person follows; also what is owed, and all.

    How many pages there are is not counted: it would take looking at everybody for each memo.
    """
    if not is_follower(request.user):
        raise Http404
    state = request.GET.get("state", "")
    state = state if state in STATES else STATES[0]
    number = _page_number(request)
    start = (number - 1) * PAGE_SIZE
    records: Sequence[MemoRecord] = memos_followed(request.user, state)[start : start + PAGE_SIZE + 1]
    found = list(records)
    labels = [("owed", _("Not yet acknowledged by all")), ("all", _("All memos that ask for it"))]
    choice = choice_filter("state", _("State"), labels, state if state != STATES[0] else "")
    choice["options"][0]["label"] = _("Overdue")
    return render(
        request,
        "memos/follow_up/list.html",
        {
            "title": _("Follow-up of service memos"),
            "items": [followed_card(each, request.user) for each in with_totals(request.user, found[:PAGE_SIZE])],
            "fields": [choice],
            "action": request.path,
            "number": number,
            "has_next": len(found) > PAGE_SIZE,
            "breadcrumbs": [
                {"label": _("Service memos"), "url": reverse("memos:list")},
                {"label": _("Follow-up"), "url": ""},
            ],
        },
    )


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(int(text), 1) if text.isdecimal() and len(text) < 6 else 1
