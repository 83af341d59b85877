"""Sample data for the gallery: the texts are in ``samples.yaml``, the forms here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

SOURCE = Path(__file__).with_name("samples.yaml")
HTML_KEYS = frozenset({"body", "callout_body", "snippet"})


class InvitationForm(forms.Form):
    """A form with every kind of field; bound without data, it shows its errors."""

    email = forms.EmailField(
        label="E-mail address", help_text="The invitation is sent there, in the person's language."
    )
    language = forms.ChoiceField(label="Language", choices=[("fr", "Français"), ("en", "English")])
    role = forms.ChoiceField(
        label="Role",
        choices=[("reader", "Reader"), ("contributor", "Contributor"), ("publisher", "Publisher")],
        widget=forms.RadioSelect,
    )
    message = forms.CharField(label="Personal message", widget=forms.Textarea, required=False)
    understood = forms.BooleanField(label="This person knows that nothing here may be forwarded.")


class Reader:
    """A signed-in person without a database; one who may write, so that her menu is complete."""

    is_authenticated = True
    is_active = True
    name = "Amina Tremblay-Okafor"
    email = "amina@example.org"

    def has_perm(self, permission: str) -> bool:
        """Say yes: templates show, they do not decide."""
        return True


@cache
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return texts


def _in_language(value: Any, language: str, key: str = "") -> Any:
    if isinstance(value, dict):
        if value.keys() == {"en", "fr"}:
            return _in_language(value[language], language, key)
        return {name: _in_language(inner, language, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_in_language(inner, language, key) for inner in value]
    return mark_safe(value) if key in HTML_KEYS and isinstance(value, str) else value


def samples(language: str) -> dict[str, Any]:
    """Return the context of the gallery's pages in ``language`` ("fr" or "en")."""
    context: dict[str, Any] = _in_language(_texts(), language)
    return context | {
        "tools": render_to_string(
            "notifications/unread_tool.html", {"unread": 3, "most": 99, "list_url": f"/{language}/gallery/home/"}
        ),
        "form": InvitationForm(),
        "bound_form": InvitationForm({"wrong-email": "amina@"}, prefix="wrong"),
    }
