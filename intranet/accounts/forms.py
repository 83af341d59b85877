"""The forms of accounts in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from intranet.accounts.models import User
from intranet.accounts.models.users import normalise_email


class SignInForm(LoginForm):
    """allauth's, without a link between the address and the password (the page has it below), or labels said twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class AccountCreationForm(forms.ModelForm[User]):
    """A new account. No password is set for somebody else: the person asks for a link at the sign-in page."""

    class Meta:
        model = User
        fields: ClassVar[tuple[str, ...]] = ("email", "name", "language")
        help_texts: ClassVar[dict[str, Any]] = {
            "email": _("The person sets a password by a link sent to this address, asked for at the sign-in page.")
        }

    def clean_email(self) -> str:
        return normalise_email(self.cleaned_data["email"])


class AccountEditForm(forms.ModelForm[User]):
    """Name, language, active or not. The address stays: who could change it could enter as that person."""

    class Meta:
        model = User
        fields: ClassVar[tuple[str, ...]] = ("name", "language", "is_active")

    def __init__(self, *args: Any, editing_self: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if editing_self:
            del self.fields["is_active"]
