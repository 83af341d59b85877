"""What happened: to a network, for its coordinators and the office; to an account, for the office."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from intranet.accounts.models import User
from intranet.networks import history
from intranet.networks.permissions import history_shown_to
from intranet.networks.views.managing import for_managers, way_back

PAGE_SIZE = 50


@require_safe
def network_history(request: HttpRequest, pk: int) -> HttpResponse:
    """For everybody else there is nothing."""
    network = get_object_or_404(history_shown_to(request.user), pk=pk)
    page = Paginator(history.events_of(network), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "network": network,
        "page_obj": page,
        "lines": history.lines_of(page),
        "back_url": way_back(request, network),
    }
    return render(request, "networks/history.html", context)


@for_managers
@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its memberships in the networks that the manager may follow, and what happened to it."""
    person = get_object_or_404(User, pk=pk)
    page = Paginator(history.events_of_account(person), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "person": person,
        "memberships": history.memberships_of(person, history_shown_to(request.user)),
        "page_obj": page,
        "lines": history.lines_of(page),
    }
    return render(request, "networks/account.html", context)
