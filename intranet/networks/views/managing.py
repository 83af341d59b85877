"""What the national office manages: networks and accounts, without thereby seeing any section. And what coordinators
change of their own network."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from intranet.accounts.models import User
from intranet.accounts.services import create_account, set_account_active
from intranet.networks import joining, notices, services
from intranet.networks.access import access_of
from intranet.networks.exceptions import NetworkError
from intranet.networks.forms import AccountForm, CoordinatorForm, NetworkForm, OwnNetworkForm
from intranet.networks.models import Network, Role
from intranet.networks.permissions import history_shown_to, managed_by, may_manage, reopened_by
from intranet.networks.views.filters import search_filter

PAGE_SIZE = 50
View = Callable[..., HttpResponse]


def for_managers(view: View) -> View:
    """For everybody else the address does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_manage(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@for_managers
@require_safe
def networks(request: HttpRequest) -> HttpResponse:
    found = managed_by(request.user)
    text = request.GET.get("q", "")[:100]
    if text:
        found = found.filter(Q(name_fr__icontains=text) | Q(name_en__icontains=text) | Q(code__iexact=text))
    page = Paginator(found.order_by("name_fr", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page, **search_filter(request, _("Name or code"), text)}
    return render(request, "networks/manage_networks.html", context)


@for_managers
def create_network(request: HttpRequest) -> HttpResponse:
    form = NetworkForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            network = services.provision_network(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The network “%(name)s” and its section are ready.") % {"name": network.name})
            return redirect("networks:invite_coordinator", pk=network.pk)
    return render(request, "networks/manage_form.html", {"form": form, "title": _("New network")})


def edit_network(request: HttpRequest, pk: int) -> HttpResponse:
    """The office changes all, coordinators what is theirs to decide; for everybody else there is nothing."""
    network = get_object_or_404(managed_by(request.user), pk=pk)
    is_manager = may_manage(request.user)
    form_class = NetworkForm if is_manager else OwnNetworkForm
    shows_history = history_shown_to(request.user).filter(pk=network.pk).exists()
    # Listing a network shows its history to the office: whoever reads it already decides that.
    form = form_class(request.POST or None, request.FILES or None, instance=network, may_list=shows_history)
    if request.method == "POST" and form.is_valid():
        fresh = Network.objects.get(pk=network.pk)
        services.update_network(fresh, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved: %(name)s.") % {"name": fresh.name})
        return redirect(way_back(request, network))
    context = {
        "form": form,
        "title": network.name,
        "network": network,
        "cancel_url": way_back(request, network),
        "may_close": is_manager,
        "shows_history": shows_history,
        "may_invite_coordinator": is_manager and network.is_active and joining.lacks_coordinator(network),
    }
    return render(request, "networks/manage_form.html", context)


def way_back(request: HttpRequest, network: Network) -> str:
    """The page from which the person came to a network."""
    if may_manage(request.user):
        return reverse("networks:manage")
    if network.pk in access_of(request.user).coordinate:
        return reverse("networks:people", args=[network.slug])
    return reverse("networks:directory")


@require_POST
def set_state(request: HttpRequest, pk: int) -> HttpResponse:
    """The office's managers close and open; coordinators open again what nobody else may know."""
    network = get_object_or_404(reopened_by(request.user), pk=pk)
    state = Network.State.CLOSED if "close" in request.POST else Network.State.ACTIVE
    services.set_network_state(network, state, by=request.user)
    if state == Network.State.CLOSED:
        messages.success(request, _("The network “%(name)s” is closed.") % {"name": network.name})
    else:
        messages.success(request, _("The network “%(name)s” is open again.") % {"name": network.name})
    return redirect(way_back(request, network))


@for_managers
def invite_coordinator(request: HttpRequest, pk: int) -> HttpResponse:
    """The office names who runs a network, also one whose section it never sees; whoever runs it invites the others."""
    network = get_object_or_404(Network, pk=pk)
    has_people = network.memberships.exists()
    if not network.listed and has_people and network.pk not in access_of(request.user).network_ids:
        # An unlisted network that runs has coordinators of its own, and is unknown to the office.
        raise Http404
    if not joining.lacks_coordinator(network):
        if notices.coordinators_of(network).exists():
            messages.error(request, _("This network has a coordinator, who invites its people."))
        else:
            messages.error(
                request,
                _(
                    "The account of this network’s coordinator is closed. Open it again; or ask for access in need: "
                    "the command grant_access lets somebody in and tells the network."
                ),
            )
        return redirect("networks:manage")
    form = CoordinatorForm(request.POST or None, barred_email=cast(User, request.user).email if has_people else "")
    if request.method == "POST" and form.is_valid():
        try:
            invitation, secret = joining.invite(
                network=network, role=Role.COORDINATOR, by=request.user, **form.cleaned_data
            )
        except NetworkError as error:
            form.add_error(None, str(error))
        else:
            if notices.send_invitation(invitation, secret):
                messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": invitation.email})
            else:
                messages.error(request, _("The e-mail could not be sent. Invite the person again later."))
            return redirect("networks:manage")
    title = _("Invite somebody to %(name)s") % {"name": network.name}
    return render(request, "networks/manage_form.html", {"form": form, "title": title})


@for_managers
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:100]
    found = User.objects.order_by("name", "email", "pk")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(email__icontains=text))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page, **search_filter(request, _("Name or e-mail address"), text)}
    return render(request, "networks/manage_accounts.html", context)


@for_managers
def create_person(request: HttpRequest) -> HttpResponse:
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = create_account(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("email", error.messages[0])
        else:
            _tell_made(request, person)
            return redirect("networks:accounts")
    return render(request, "networks/manage_form.html", {"form": form, "title": _("New account")})


def _tell_made(request: HttpRequest, person: User) -> None:
    names = {"name": person, "email": person.email}
    if notices.send_new_account(person):
        messages.success(
            request,
            _("The account of %(name)s is ready. The link to choose a password is on its way to %(email)s.") % names,
        )
    else:
        messages.error(
            request,
            _(
                "The account of %(name)s is ready, but the e-mail could not be sent. "
                "The link to choose a password can be asked for at the sign-in page."
            )
            % names,
        )


@for_managers
@require_POST
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    if person.pk == request.user.pk:
        messages.error(request, _("You cannot close your own account. Ask another manager."))
        return redirect("networks:accounts")
    set_account_active(person, "open" in request.POST, by=request.user)
    if person.is_active:
        messages.success(request, _("The account of %(name)s is open again.") % {"name": person})
    else:
        messages.success(request, _("The account of %(name)s is closed.") % {"name": person})
    return redirect("networks:accounts")
