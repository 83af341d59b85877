"""Forms about searches."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from intranet.finding.models import MAX_NAME


class NameForm(forms.Form):
    """What a search is called."""

    name = forms.CharField(label=_("Name of the search"), max_length=MAX_NAME)


class SaveForm(NameForm):
    """A name, and the search itself: the part of its address behind the question mark."""

    search = forms.CharField(widget=forms.HiddenInput, max_length=20_000, required=False)
