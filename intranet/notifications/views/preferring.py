"""What a person wants by e-mail, and when; secret addresses of feeds; what a network keeps out of e-mails."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from intranet.networks.access import access_of
from intranet.networks.models import Network
from intranet.notifications.clocks import habits_of
from intranet.notifications.feeds import make_address, stop_address
from intranet.notifications.forms import HabitsForm, ModesForm, TitlesForm
from intranet.notifications.models import FeedAddress, MailTitles
from intranet.notifications.services import hide_titles

WANTED = "feed_wanted"
"""In the session: the feed of which the person asked for an address a moment ago."""


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """When the e-mails of each kind come, from which network."""
    habits = habits_of(request.user)
    modes = ModesForm(request.POST or None, person=request.user)
    times = HabitsForm(request.POST or None, instance=habits)
    if request.method == "POST" and modes.is_valid() and times.is_valid():
        modes.save()
        times.save()
        messages.success(request, _("Saved."))
        return redirect("notifications:preferences")
    # Made where it is shown, so that it is stored nowhere; the next reading of the page no longer has it.
    feed = request.session.pop(WANTED, None) if request.method == "GET" else None
    address = make_address(request.user, feed) if feed else ""
    return _shown(request, modes=modes, times=times, made=feed, address=address)


@require_POST
def make_feed(request: HttpRequest, feed: str) -> HttpResponse:
    """A new secret address, which the page that follows shows once."""
    if feed not in FeedAddress.Feed.values:
        raise Http404
    request.session[WANTED] = feed
    return redirect(f"{reverse('notifications:preferences')}#feed-{feed}")


@require_POST
def stop_feed(request: HttpRequest, feed: str) -> HttpResponse:
    """End a secret address of one's own."""
    if stop_address(request.user, feed):
        messages.success(request, _("The address is revoked. Programs that use it get nothing from now on."))
    return redirect("notifications:preferences")


@require_http_methods(["GET", "HEAD", "POST"])
def network_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """What the e-mails about a network say; for its coordinators, for others it does not exist."""
    network = get_object_or_404(Network.objects.filter(pk__in=access_of(request.user).coordinate), slug=slug)
    are_hidden = MailTitles.objects.filter(pk=network.pk, are_hidden=True).exists()
    form = TitlesForm(request.POST or None, initial={"are_hidden": are_hidden})
    if request.method == "POST" and form.is_valid():
        hide_titles(network.pk, form.cleaned_data["are_hidden"], by=request.user)
        messages.success(request, _("Saved."))
        return redirect("networks:people", slug=network.slug)
    context = {"form": form, "network": network, "people_url": reverse("networks:people", args=[network.slug])}
    return render(request, "notifications/network_mail.html", context)


def _shown(request: HttpRequest, **context: Any) -> HttpResponse:
    used = dict(FeedAddress.objects.filter(person=request.user.pk).values_list("feed", "made_at"))
    feeds = [{"feed": feed, "label": label, "made_at": used.get(feed)} for feed, label in FeedAddress.Feed.choices]
    return render(request, "notifications/preferences.html", {**context, "feeds": feeds})
