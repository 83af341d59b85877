"""The coordinator's page: the people of her own network and nobody else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from intranet.networks import joining, notices, people
from intranet.networks.access import access_of
from intranet.networks.exceptions import NetworkError
from intranet.networks.forms import InvitationForm, RoleForm, TermForm
from intranet.networks.models import Invitation, JoinRequest, Membership, Network, Role
from intranet.networks.views.filters import search_filter
from intranet.networks.views.outcomes import outcome_of

PAGE_SIZE = 50


def _own_network(request: HttpRequest, slug: str) -> Network:
    """The network, if the reader coordinates it; any other is unknown."""
    return get_object_or_404(Network, slug=slug, pk__in=access_of(request.user).coordinate)


def network_people(request: HttpRequest, slug: str) -> HttpResponse:
    """Members, open invitations and requests; inviting."""
    network = _own_network(request, slug)
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation, secret = joining.invite(network=network, by=request.user, **form.cleaned_data)
        except NetworkError as error:
            form.add_error(None, str(error))
        else:
            _tell_sent(request, notices.send_invitation(invitation, secret), invitation.email)
            return redirect("networks:people", slug=slug)
    text = request.GET.get("q", "")[:100]
    page = Paginator(people.members_of(network, text), PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "network": network,
        "form": form,
        **search_filter(request, _("Name or e-mail address"), text),
        "page_obj": page,
        "former": people.former_members_of(network)[:PAGE_SIZE],
        "invitations": Invitation.objects.filter(network=network, accepted_at=None, revoked_at=None),
        "requests": JoinRequest.objects.filter(network=network, state=JoinRequest.State.WAITING),
        "roles": Role.choices,
        "today": timezone.localdate(),
        "open_url": notices.absolute(reverse("open_request", args=[slug])) if network.is_open_to_requests else "",
    }
    return render(request, "networks/people.html", context)


def member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change the role or the last day of one member, the first day of one to come, or end the membership now."""
    network = _own_network(request, slug)
    membership = get_object_or_404(Membership.objects.select_related("person"), pk=pk, network=network)
    form_class = TermForm if membership.is_to_come else RoleForm
    initial = {"role": membership.role, "starts_on": membership.starts_on, "until": membership.until}
    form = form_class(request.POST or None, initial=initial)
    if request.method == "POST":
        try:
            if "end" in request.POST:
                people.end_membership(membership, by=request.user)
                messages.success(request, _("The membership of %(name)s has ended.") % {"name": membership.person})
                return redirect("networks:people", slug=slug)
            if form.is_valid():
                people.change_membership(membership, by=request.user, **form.cleaned_data)
                messages.success(request, _("Saved: %(name)s.") % {"name": membership.person})
                return redirect("networks:people", slug=slug)
        except NetworkError as error:
            form.is_valid()
            form.add_error(None, str(error))
    return render(request, "networks/member.html", {"network": network, "membership": membership, "form": form})


@require_POST
def invitation_action(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Send an invitation again, with a new link, or withdraw it."""
    network = _own_network(request, slug)
    invitation = get_object_or_404(Invitation, pk=pk, network=network)
    if "revoke" in request.POST:
        joining.revoke(invitation)
        messages.success(request, _("The invitation to %(email)s is withdrawn.") % {"email": invitation.email})
        return redirect("networks:people", slug=slug)
    try:
        secret = joining.renew(invitation)
    except NetworkError as error:
        messages.error(request, str(error))
    else:
        invitation.refresh_from_db()
        _tell_sent(request, notices.send_invitation(invitation, secret), invitation.email)
    return redirect("networks:people", slug=slug)


@require_POST
def request_action(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Accept or decline a request to join."""
    network = _own_network(request, slug)
    asked = get_object_or_404(JoinRequest.objects.select_related("network"), pk=pk, network=network)
    is_accepted = "accept" in request.POST
    form = TermForm(request.POST)
    if is_accepted and not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
        return redirect("networks:people", slug=slug)
    term = form.cleaned_data if is_accepted else {"role": Role.READER}
    try:
        given = joining.decide(asked, accept=is_accepted, by=request.user, **term)
    except NetworkError as error:
        messages.error(request, str(error))
        return redirect("networks:people", slug=slug)
    if isinstance(given, Membership):
        messages.success(request, _said_of(given, term["role"]))
    elif given is not None:
        _tell_sent(request, notices.send_invitation(*given), asked.email)
    elif asked.person_id is not None or notices.send_declined(asked):
        messages.success(request, _("The request of %(name)s is declined.") % {"name": asked.name})
    else:
        messages.error(
            request,
            _("The request of %(name)s is declined, but the e-mail that says so could not be sent.")
            % {"name": asked.name},
        )
    return redirect("networks:people", slug=slug)


def _said_of(given: Membership, wanted: str) -> str:
    return outcome_of(
        given,
        wanted,
        kept=_("%(name)s keeps the role “%(role)s”, which allows more than “%(wanted)s”."),
        to_come=_("%(name)s is a member from %(day)s on."),
        until=_("%(name)s is now a member, until %(last)s."),
        now=_("%(name)s is now a member."),
        name=given.person,
        wanted=Role(wanted).label,
    )


def _tell_sent(request: HttpRequest, is_sent: bool, email: str) -> None:
    if is_sent:
        messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": email})
    else:
        messages.error(
            request,
            _("The invitation to %(email)s is ready, but the e-mail could not be sent. Press “Send again” later.")
            % {"email": email},
        )
