"""One's own API tokens: made, shown once, revoked."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.models import APIToken


class TokenForm(forms.Form):
    """The name of a new token."""

    name = forms.CharField(
        label=gettext_lazy("Name of the token"),
        max_length=100,
        help_text=gettext_lazy("For example the program that will use it."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def list_tokens(request: HttpRequest) -> HttpResponse:
    """The tokens in use, and a form for a new one, whose text is shown in this answer alone."""
    form = TokenForm(request.POST or None)
    plaintext = ""
    if request.method == "POST" and form.is_valid():
        _token, plaintext = APIToken.create_token(user=request.user, name=form.cleaned_data["name"])
        form = TokenForm()
    tokens = APIToken.objects.filter(user=request.user, revoked_at=None).order_by("-created", "-pk")
    return render(request, "accounts/tokens.html", {"form": form, "plaintext": plaintext, "tokens": tokens})


@login_required
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token of one's own; another person's is not found."""
    get_object_or_404(APIToken, pk=pk, user=request.user, revoked_at=None).revoke()
    messages.success(request, _("The token is revoked. Programs that use it are refused from now on."))
    return redirect("api_tokens")
