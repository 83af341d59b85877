"""Invitations and requests, also for people without an account."""

from __future__ import annotations

from typing import Any, cast

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from intranet.accounts.models import User
from intranet.networks import joining
from intranet.networks.access import access_of
from intranet.networks.audiences import open_sections
from intranet.networks.exceptions import MembershipError
from intranet.networks.forms import JoinForm, NewAccountForm, OpenJoinForm
from intranet.networks.models import Membership, Network
from intranet.networks.views.outcomes import outcome_of

PAGE_SIZE = 50
SIGN_IN_BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Says what is offered; nothing is used up before the button is pressed."""
    offer = joining.find_open(secret)
    if offer is None:
        is_closed = joining.is_of_closed_network(secret)
        return render(request, "networks/invitation_gone.html", {"is_closed": is_closed}, status=404)
    has_account = User.objects.filter(email=offer.email).exists()
    context: dict[str, Any] = {"invitation": offer, "has_account": has_account}
    if has_account:
        return _accept_with_account(request, secret, context)
    form = NewAccountForm(request.POST or None, email=offer.email, initial={"language": offer.language})
    if request.method == "POST" and form.is_valid():
        try:
            membership = joining.accept(secret, **form.cleaned_data)
        except (MembershipError, ValidationError):
            # The form was sent twice, or the address has an account by now: the link says what is left to do.
            return redirect(request.path)
        login(request, membership.person, backend=SIGN_IN_BACKEND)
        messages.success(request, " ".join((_("Welcome."), _said_of(membership, offer.role))))
        return redirect("to_home")
    return render(request, "networks/invitation.html", {**context, "form": form})


def _accept_with_account(request: HttpRequest, secret: str, context: dict[str, Any]) -> HttpResponse:
    if not request.user.is_authenticated:
        if request.method == "POST":
            # The form of a new account, sent twice: the first made the account, and used the link.
            return redirect(request.path)
        context["login_url"] = f"{reverse('account_login')}?next={request.path}"
        return render(request, "networks/invitation.html", context)
    if request.method == "POST":
        try:
            membership = joining.accept(secret, person=request.user)
        except MembershipError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _said_of(membership, context["invitation"].role))
            return redirect("to_home")
    context["is_for_reader"] = request.user.email == context["invitation"].email
    return render(request, "networks/invitation.html", context)


def _said_of(membership: Membership, offered: str) -> str:
    return outcome_of(
        membership,
        offered,
        kept=_("You keep your role in %(name)s, “%(role)s”, which allows more than the invitation."),
        to_come=_("You are a member of %(name)s from %(day)s on."),
        until=_("You are now a member of %(name)s, until %(last)s."),
        now=_("You are now a member of %(name)s."),
        name=membership.network.name,
    )


@require_safe
def open_networks(request: HttpRequest) -> HttpResponse:
    """The local networks that anybody may ask to join: the only names that are shown to people without an account."""
    page = Paginator(Network.objects.open_to_requests().by_name(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "networks/open_networks.html", {"page_obj": page})


def open_request(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody without an account asks to join a local network that allows it; any other name is unknown."""
    found = Network.objects.open_to_requests().filter(slug=slug).first()
    if found is None:
        raise Http404
    form = OpenJoinForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="signup"):
            return render(request, "networks/too_many.html", status=429)
        _ask(network=found, **form.cleaned_data)
        # The same answer whether the address has an account or not.
        return render(request, "networks/asked.html", {"network": found})
    return render(request, "networks/join.html", {"network": found, "form": form, "is_open": True})


def _ask(**asked: Any) -> None:
    """Of a network that has closed meanwhile, the address is unknown."""
    try:
        joining.ask_to_join(**asked)
    except MembershipError:
        raise Http404 from None


def request_to_join(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody with an account asks to join a network that takes requests."""
    access = access_of(request.user)
    network = (
        Network.objects.active()
        .nameable_by(access.network_ids)
        .filter(slug=slug)
        .exclude(joining=Network.Joining.INVITATION)
        .first()
    )
    if network is None or network.pk in access.view:
        raise Http404
    user = cast(User, request.user)
    waiting = joining.waiting_of(user).filter(network=network).first()
    form = JoinForm(request.POST or None, initial={"message": waiting.message if waiting else ""})
    if request.method == "POST" and form.is_valid():
        _ask(
            network=network,
            email=user.email,
            name=str(user),
            language=user.language,
            message=form.cleaned_data["message"],
            person=user,
        )
        messages.success(request, _("Your request is with the coordinators of %(name)s.") % {"name": network.name})
        return redirect("networks:directory")
    context = {
        "network": network,
        "form": form,
        "waiting": waiting,
        "has_section": network.pk in open_sections(user, [network]),
    }
    return render(request, "networks/join.html", context)
