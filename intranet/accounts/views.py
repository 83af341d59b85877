"""A person's own page."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

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
        translation.activate(user.language)
        messages.success(request, _("Saved."))
        response = redirect("profile")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax", httponly=True)
        return response
    memberships = user.memberships.current().filter(network__state="active").select_related("network")
    return render(request, "accounts/profile.html", {"form": form, "memberships": memberships})
