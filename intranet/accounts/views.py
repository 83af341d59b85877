"""A person's own page."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.i18n import set_language

from intranet.accounts.middleware import READ_IN
from intranet.accounts.models import User
from intranet.accounts.requests import SignedInRequest


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What people change in their own account."""

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["name", "language"]


@login_required
def profile(request: SignedInRequest) -> HttpResponse:
    """Name and preferred language; the address is changed by the national office."""
    user = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        response = redirect("profile")
        if "language" in form.changed_data:
            translation.activate(user.language)
            request.session.pop(READ_IN, None)
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax", httponly=True)
        messages.success(request, _("Saved."))
        return response
    memberships = user.memberships.current().filter(network__state="active").select_related("network")
    return render(request, "accounts/profile.html", {"form": form, "memberships": memberships})


def choose_language(request: HttpRequest) -> HttpResponseBase:
    """The language of the addresses without one: a visitor's is kept in a cookie, a person's until she signs out."""
    response = set_language(request)
    chosen = request.POST.get("language")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        request.session[READ_IN] = chosen
    return response
