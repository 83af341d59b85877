"""The follow-up of a memo: figures, people, files to take away, and the record for an audit."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from intranet.memos.follow_up import people as asked_people
from intranet.memos.follow_up.charting import HEIGHT, WIDTH, chart_of
from intranet.memos.follow_up.figures import Figures, FollowUp, follow_up_of
from intranet.memos.follow_up.permissions import Scope, followed_by, scope_of
from intranet.memos.listing import ListedMemo, with_pages
from intranet.memos.memo_pages import memo_page
from intranet.memos.models import MemoRecord
from intranet.memos.presenting import reader_language
from intranet.networks.access import access_of
from intranet.networks.models import Network
from intranet.networks.views.filters import choice_filter
from intranet.pages.spreadsheets import FORMATS, as_spreadsheet
from search.text import fold

PAGE_SIZE = 50
NETWORKS_SHOWN = 100
ORDERS = ("name", "missing")


@require_safe
def memo_follow_up(request: HttpRequest, memo_id: uuid.UUID) -> HttpResponse:
    """The figures per network and in all, and how they came about over time."""
    memo, scope = followed_memo(request, memo_id)
    record = memo.record
    follow_up = follow_up_of(record, scope)
    networks = _networks(request, follow_up)
    order = request.GET.get("order", "")
    order = order if order in ORDERS else ORDERS[0]
    page = Paginator(_sorted(networks, follow_up, order), NETWORKS_SHOWN).get_page(request.GET.get("page"))
    first = record.editions.filter(number=record.edition, revision=1).values_list("published_at", flat=True).first()
    since = timezone.localdate(first or record.published_at)
    chart = chart_of(follow_up, since=since, due=record.acknowledge_by, today=timezone.localdate())
    return follow_up_page(
        request,
        "memos/follow_up/memo.html",
        memo,
        _("Follow-up"),
        follow_up=follow_up,
        scope=scope,
        head=_head(),
        rows=[_linked_row(memo, scope, networks[pk], figures) for pk, figures in page],
        page_obj=page,
        fields=[_order_filter(order)] if len(networks) > 1 else [],
        action=request.path,
        has_unlisted=scope.is_whole,
        chart=chart,
        chart_width=WIDTH,
        chart_height=HEIGHT,
    )


def _networks(request: HttpRequest, follow_up: FollowUp) -> dict[int, Network]:
    """The networks with figures that this person may name."""
    known = Network.objects.nameable_by(access_of(request.user).network_ids)
    return {network.pk: network for network in known.filter(pk__in=follow_up.networks)}


def _sorted(networks: dict[int, Network], follow_up: FollowUp, order: str = ORDERS[0]) -> list[tuple[int, Figures]]:
    """The networks by name; ``missing``: those first of which the most people have not acknowledged."""
    found = [(pk, follow_up.networks[pk]) for pk in sorted(networks, key=lambda pk: fold(networks[pk].name))]
    return sorted(found, key=lambda row: row[1].acknowledged - row[1].asked) if order == "missing" else found


def _order_filter(order: str) -> dict[str, Any]:
    labels = zip(ORDERS, (_("By name"), _("Most still to acknowledge first")), strict=True)
    return choice_filter("order", _("Order of the networks"), labels, order, is_required=True)


def _head() -> list[str]:
    return [_("Network"), _("Asked"), _("Acknowledged"), _("Not yet opened"), _("Overdue")]


def _cells(figures: Figures) -> list[int]:
    return [figures.asked, figures.acknowledged, figures.unopened, figures.overdue]


def _linked_row(memo: ListedMemo, scope: Scope, network: Network, figures: Figures) -> list[Any]:
    """The figures, each with the people behind it where their names may be told."""
    if scope.named is not None and network.pk not in scope.named:
        return [network.name, *_cells(figures)]
    address = reverse("memos:follow_up_people", args=[memo.id])
    states = ("", "acknowledged", "unopened", "owing")
    return [
        network.name,
        *(
            format_html('<a href="{}?network={}&amp;state={}">{}</a>', address, network.slug, state, count)
            if count
            else count
            for state, count in zip(states, _cells(figures), strict=True)
        ),
    ]


@require_safe
def people(request: HttpRequest, memo_id: uuid.UUID) -> HttpResponse:
    """Those asked, by name, as far as this person is told names."""
    memo, scope = followed_memo(request, memo_id)
    names = asked_people.nameable(access_of(request.user).network_ids, scope.named)
    slug, state = request.GET.get("network", ""), request.GET.get("state", "")
    networks = list(Network.objects.filter(pk__in=names))
    chosen = scope.named
    if slug:
        chosen = frozenset(network.pk for network in networks if network.slug == slug)
    found = asked_people.people_in(memo.record, chosen, state)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    options = sorted(((each.slug, each.name) for each in networks), key=lambda option: fold(option[1]))
    fields = [choice_filter("state", _("State"), asked_people.STATES.items(), state)]
    if len(options) > 1:
        fields.insert(0, choice_filter("network", _("Network"), options, slug))
    return follow_up_page(
        request,
        "memos/follow_up/people.html",
        memo,
        _("People"),
        people=asked_people.as_asked(memo.record, page, names),
        page_obj=page,
        fields=fields,
        action=request.path,
        clear_url=request.path if slug or state else "",
    )


@require_safe
def export(request: HttpRequest, memo_id: uuid.UUID) -> HttpResponse:
    """One of the tables (figures, people, receipts) as a file: ``?table=people&format=xlsx``."""
    memo, scope = followed_memo(request, memo_id)
    tables = {"networks": _network_table, "people": _people_table, "receipts": _receipt_table}
    table, kind = request.GET.get("table", "networks"), request.GET.get("format", FORMATS[0])
    if table not in tables or kind not in FORMATS:
        raise Http404
    head, rows = tables[table](request, memo.record, scope)
    return as_spreadsheet(f"{memo.record.number}-{table}-{timezone.localdate().isoformat()}", kind, head, rows)


Table = tuple[list[str], Iterable[list[Any]]]


def _network_table(request: HttpRequest, record: MemoRecord, scope: Scope) -> Table:
    follow_up = follow_up_of(record, scope)
    networks = _networks(request, follow_up)
    rows = [[networks[pk].name, *_cells(figures)] for pk, figures in _sorted(networks, follow_up)]
    return _head(), [*rows, [_("In all"), *_cells(follow_up.total)]]


def _people_table(request: HttpRequest, record: MemoRecord, scope: Scope) -> Table:
    names = asked_people.nameable(access_of(request.user).network_ids, scope.named)
    asked = asked_people.people_in(record, scope.named)
    found = asked_people.as_asked(record, asked, names, of=asked_people.people_within(record, scope.named))
    head = [_("Name"), _("Networks"), _("State"), _("Opened on"), _("Acknowledged on")]
    return head, ([each.name, each.networks, each.state, each.read_at, each.acknowledged_at] for each in found)


def _receipt_table(request: HttpRequest, record: MemoRecord, scope: Scope) -> Table:
    receipts = asked_people.receipts_within(record, scope.named)
    head = [_("Name"), _("Edition"), _("Language"), _("Opened on"), _("Acknowledged on"), _("Notes")]
    return head, _receipt_rows(receipts)


def _receipt_rows(receipts: Iterable[Any]) -> Iterator[list[Any]]:
    for each in receipts:
        notes = " · ".join(note.text for note in each.notes.all() if note.text)
        yield [
            asked_people.signer_of(each),
            each.edition,
            each.language,
            each.read_at,
            each.acknowledged_at,
            notes,
        ]


def followed_memo(request: HttpRequest, memo_id: uuid.UUID) -> tuple[ListedMemo, Scope]:
    """The memo, and what this person is told of it.

    Raises:
        Http404: there is none that this person may follow.
    """
    records = followed_by(request.user).select_related("item__network", "item__archived_item")
    record = get_object_or_404(records, item=memo_id)
    scope = scope_of(request.user, record)
    if scope is None:
        raise Http404
    return with_pages([record], reader_language(), only_titles=True)[0], scope


def follow_up_page(request: HttpRequest, template: str, memo: ListedMemo, title: str, **context: Any) -> HttpResponse:
    address = reverse("memos:follow_up", args=[memo.id])
    shared = {
        "record": memo.record,
        "is_archived": memo.record.is_archived,
        "follow_up_url": address,
        "people_url": reverse("memos:follow_up_people", args=[memo.id]),
        "export_url": reverse("memos:follow_up_export", args=[memo.id]),
        "record_url": reverse("memos:follow_up_record", args=[memo.id]),
    }
    return memo_page(request, template, memo, title, within=(_("Follow-up"), address), **shared, **context)
