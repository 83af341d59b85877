"""Lists of memos and notes, and the acknowledgement."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from intranet.memos import services
from intranet.memos.exceptions import MemoError
from intranet.memos.follow_up.permissions import is_follower
from intranet.memos.forms import ReceiptNoteForm
from intranet.memos.listing import NOTE_STATES, STATES, memos_for, notes_for, with_pages
from intranet.memos.memo_pages import visible_memo
from intranet.memos.models import Acknowledgement, MemoPage, MemoRecord
from intranet.memos.presenting import memo_card, networks_of, note_card, reader_language
from intranet.networks.access import access_of
from intranet.networks.models import Item, Network
from intranet.networks.views.filters import choice_filter
from intranet.pages.listing import one_for_each_item
from intranet.pages.models import Topic
from search.text import fold

PAGE_SIZE = 20


@require_safe
def memo_list(request: HttpRequest) -> HttpResponse:
    """Every memo that the reader may see, by state, network, year and topic."""
    state = request.GET.get("state", "all")
    state = state if state in STATES else "all"
    labels = (_("To acknowledge"), _("Acknowledged"), _("Archived"))
    states = list(zip(STATES[1:], labels, strict=True))
    visible = memos_for(request.user, state)
    slug, year, topic = (request.GET.get(name, "") for name in ("network", "year", "topic"))
    records = visible.filter(item__network__in=_nameable(request, slug)) if slug else visible
    if year:
        records = records.filter(year=int(year)) if year.isdecimal() and len(year) < 5 else records.none()
    if topic:
        tagged = MemoPage.objects.filter(translation_key=OuterRef("item_id"), live=True, topics__slug=topic)
        records = records.filter(Exists(tagged))
    page = Paginator(records, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = memos_for(request.user, "archived" if state == "archived" else "all")
    years = shown.order_by("-year").values_list("year", flat=True).distinct()
    fields = [
        choice_filter("state", _("State"), states, state if state != "all" else ""),
        choice_filter("network", _("Network"), _networks(request, shown), slug),
        choice_filter("year", _("Year"), [(str(number), str(number)) for number in years], year),
        choice_filter("topic", _("Topic"), _topics(), topic),
    ]
    items = [memo_card(memo, request.user) for memo in with_pages(page, reader_language())]
    follow_url = reverse("memos:followed") if is_follower(request.user) else ""
    return _list(request, _("Service memos"), items, page, fields, follow_url=follow_url)


@require_safe
def note_list(request: HttpRequest) -> HttpResponse:
    """Every post-training note that the reader may see, by state, network, year and topic."""
    state = request.GET.get("state", "")
    state = state if state in NOTE_STATES else NOTE_STATES[0]
    visible = notes_for(request.user, state)
    items_seen = Item.objects.filter(pk__in=visible.values("translation_key"))
    slug, year, topic = (request.GET.get(name, "") for name in ("network", "year", "topic"))
    pages = visible
    if slug:
        pages = pages.filter(translation_key__in=items_seen.filter(network__in=_nameable(request, slug)).values("pk"))
    if year:
        is_year = year.isdecimal() and len(year) < 5 and int(year) >= datetime.MINYEAR
        pages = pages.filter(session_on__year=int(year)) if is_year else pages.none()
    if topic:
        pages = pages.filter(topics__slug=topic)
    shown = one_for_each_item(pages, reader_language()).select_related("locale")
    ordered = shown.order_by("-session_on", "-first_published_at", "-pk")
    page = Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("page"))
    years = visible.exclude(session_on=None).dates("session_on", "year", order="DESC")
    states = [("archived", _("Archived"))]
    fields = [
        choice_filter("state", _("State"), states, state if state == "archived" else ""),
        choice_filter("network", _("Network"), _networks(request, items_seen), slug),
        choice_filter("year", _("Year"), [(str(day.year), str(day.year)) for day in years], year),
        choice_filter("topic", _("Topic"), _topics(), topic),
    ]
    networks = networks_of(page)
    badge = {"status": _("Archived")} if state == "archived" else {}
    cards = [{**note_card(note, networks, request.user), **badge} for note in page]
    figures_url = reverse("memos:figures") if access_of(request.user).publish else ""
    return _list(request, _("Post-training notes"), cards, page, fields, figures_url=figures_url)


@require_POST
def acknowledge_memo(request: HttpRequest, memo_id: uuid.UUID) -> HttpResponse:
    """One button, once: the receipt is for the edition and the language that the form showed.

    From a list, the reader goes back to it; whoever had an old edition before them, or one that the form does not
    tell, gets the current text.
    """
    # Its item tells whether it is archived.
    records = MemoRecord.objects.visible_to(request.user).select_related("item__network", "item__archived_item")
    record = get_object_or_404(records, item=memo_id)
    language = _language_read(request, record)
    came_from = request.POST.get("from", "")
    try:
        services.acknowledge(record, person=request.user, language=language, edition=_edition_shown(request))
    except MemoError as error:
        messages.warning(request, str(error))
        came_from = ""
    else:
        messages.success(request, _("Recorded: you have acknowledged memo %(number)s.") % {"number": record.number})
    if came_from == "list":
        return redirect(f"{reverse('memos:list')}?state=to_acknowledge")
    if came_from == "home":
        return redirect(f"/{reader_language()}/")
    return redirect(with_pages([record], language, only_titles=True)[0].page.url + "#acknowledge")


def _edition_shown(request: HttpRequest) -> int:
    """The edition that the form showed; 0, which none is, where it does not say so in digits."""
    given = request.POST.get("edition", "")
    return int(given) if given.isdecimal() and len(given) < 9 else 0


def _language_read(request: HttpRequest, record: MemoRecord) -> str:
    """As the form says, if there is such a version; else the reader's, else the one that there is."""
    live = MemoPage.objects.filter(translation_key=record.item_id, live=True, alias_of=None)
    languages = list(live.values_list("locale__language_code", flat=True))
    wanted = (request.POST.get("language"), reader_language(), *languages)
    return next((code for code in wanted if code in languages), reader_language())


def correct_receipt(request: HttpRequest, memo_id: uuid.UUID, edition: int) -> HttpResponse:
    """A note beside one's own receipt for an edition, be it an earlier one; the receipt stays."""
    memo = visible_memo(request.user, memo_id)
    receipt = get_object_or_404(Acknowledgement, person=request.user, record=memo.record, edition=edition)
    form = ReceiptNoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.correct_receipt(receipt, text=form.cleaned_data["text"], by=request.user)
        messages.success(request, _("Your note is kept beside the acknowledgement."))
        return redirect(memo.page.url + "#acknowledge")
    context = {"form": form, "memo": memo, "receipt": receipt, "title": _("Correct an acknowledgement")}
    return render(request, "memos/correct_receipt.html", context)


def _list(
    request: HttpRequest, title: str, items: list[dict[str, Any]], page: Any, fields: list[Any], **more: Any
) -> HttpResponse:
    return render(
        request,
        "memos/list.html",
        {
            "title": title,
            "items": items,
            "page_obj": page,
            "fields": fields,
            "action": request.path,
            "clear_url": request.path if any(request.GET.get(field["name"]) for field in fields) else "",
            **more,
        },
    )


def _nameable(request: HttpRequest, slug: str) -> QuerySet[Network]:
    return Network.objects.nameable_by(access_of(request.user).network_ids).filter(slug=slug)


def _networks(request: HttpRequest, seen: QuerySet[Any]) -> list[tuple[str, str]]:
    """The networks that issued something in sight, named only where the reader may know them."""
    path = "item__network" if seen.model is MemoRecord else "network"
    networks = Network.objects.nameable_by(access_of(request.user).network_ids).filter(pk__in=seen.values(path))
    return _alphabetical((network.slug, network.name) for network in networks)


def _topics() -> list[tuple[str, str]]:
    return _alphabetical((topic.slug, topic.name) for topic in Topic.objects.all())


def _alphabetical(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """In the order of a dictionary: an accent or a capital does not move a word."""
    return sorted(options, key=lambda option: fold(option[1]))
