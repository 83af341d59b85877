"""Forms about networks and their people."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intranet.accounts.models import User
from intranet.accounts.models.users import normalise_email
from intranet.networks.days import check_day
from intranet.networks.models import Network, Role
from intranet.networks.pictures import UnreadablePicture, without_metadata


class DateInput(forms.DateInput):
    """A day as browsers offer a calendar for it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class LastDayField(forms.DateField):
    """A last day, empty when no end is planned; never past."""

    widget = DateInput

    def __init__(self) -> None:
        super().__init__(
            label=_("Until"),
            required=False,
            validators=[check_day],
            help_text=_("The last day. Leave empty when no end is planned."),
        )

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value < timezone.localdate():
            raise ValidationError(_("This day is past. Choose today or a later day, or end the membership."))


class RoleForm(forms.Form):
    """A role and its last day."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.READER)
    until = LastDayField()


class TermForm(RoleForm):
    """A role, its first day and its last."""

    starts_on = forms.DateField(
        label=pgettext_lazy("first day", "From"),
        required=False,
        validators=[check_day],
        widget=DateInput,
        help_text=_("The first day. Leave empty to begin at once; a day that is past means the same."),
    )
    field_order = ["role", "starts_on", "until"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts_on, until = cleaned.get("starts_on"), cleaned.get("until")
        if starts_on and until and until < starts_on:
            self.add_error(
                "until", _("This day is before the first day. Choose a later last day, or an earlier first day.")
            )
        return cleaned


class AddressForm(forms.Form):
    """Whom to invite, in which language."""

    email = forms.EmailField(label=_("E-mail address"))
    language = forms.ChoiceField(label=_("Language of the e-mail"), choices=settings.LANGUAGES)


class InvitationForm(TermForm, AddressForm):
    """Whom to invite, in which role, from when until when."""

    field_order = ["email", "language", "role", "starts_on", "until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].help_text = _(
            "The first day. Leave empty to begin when the invitation is accepted; a day that is past by then means the "
            "same."
        )


class CoordinatorForm(AddressForm):
    """Whom to invite to run a network. ``barred_email`` is refused: nobody lets himself into a network with people."""

    until = LastDayField()

    def __init__(self, *args: Any, barred_email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.barred_email = barred_email

    def clean_email(self) -> str:
        """The address, in the spelling under which it is stored."""
        email = normalise_email(self.cleaned_data["email"])
        if email == self.barred_email:
            raise ValidationError(
                _("You cannot invite yourself. In need, the command grant_access lets you in and tells the network.")
            )
        return email


class NewAccountForm(forms.Form):
    """The account that an invitation makes."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput({"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Your language"), choices=User.Language.choices)
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A few words that go together only for you are easy to remember."),
    )

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, name=self.data.get("name", "")))
        return password


class JoinForm(forms.Form):
    """A request by somebody who has an account."""

    message = forms.CharField(
        label=_("A word to the coordinators"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Do not write about a person whom you serve."),
    )


class OpenJoinForm(JoinForm):
    """A request by somebody without an account."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(label=_("Your e-mail address"), widget=forms.EmailInput({"autocomplete": "email"}))
    language = forms.ChoiceField(label=_("Your language"), choices=User.Language.choices)
    field_order = ("name", "email", "language", "message")


class NetworkForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the national office decides about a network; whether an unlisted one becomes listed, where ``may_list``."""

    languages = forms.CharField(
        label=_("Languages"),
        initial="fr, en",
        help_text=_("Language tags with commas between them, such as fr, en, iu."),
    )

    class Meta:
        model = Network
        fields: ClassVar[list[str]] = [
            "name_fr",
            "name_en",
            "slug",
            "code",
            "kind",
            "region",
            "languages",
            "time_zone",
            "joining",
            "listed",
            "may_ask_others",
            "logo",
        ]
        help_texts: ClassVar[dict[str, Any]] = {
            "joining": _("Only listed local networks take requests from people without an account.")
        }
        # Whether a network that the office may not know has it is not said.
        error_messages: ClassVar[dict[str, Any]] = {
            "slug": {"unique": _("This short name cannot be used. Choose another.")},
            "code": {"unique": _("This code cannot be used. Choose another.")},
        }

    def __init__(self, *args: Any, may_list: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["languages"] = ", ".join(self.instance.languages)
            # Its addresses and memo numbers were given out under these.
            for name in self.fields.keys() & {"slug", "kind", "code"}:
                self.fields[name].disabled = True
            if "listed" in self.fields and not (self.instance.listed or may_list):
                self.fields["listed"].disabled = True
                self.fields["listed"].help_text = _(
                    "Only its coordinators may make this network listed: the office reads the history of listed "
                    "networks."
                )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        kind, listed = (cleaned.get(name, getattr(self.instance, name)) for name in ("kind", "listed"))
        is_open = cleaned.get("joining") == Network.Joining.OPEN_REQUEST
        if is_open and not (kind == Network.Kind.LOCAL and listed):
            self.add_error("joining", _("Only listed local networks take requests from people without an account."))
        return cleaned

    def clean_languages(self) -> list[str]:
        tags = [tag.strip() for tag in self.cleaned_data["languages"].split(",") if tag.strip()]
        wrong = [tag for tag in tags if not tag.replace("-", "").isalnum() or len(tag) > 35]
        if wrong or not tags:
            raise ValidationError(_("Write language tags with commas between them, such as fr, en, iu."))
        return tags

    def clean_logo(self) -> Any:
        logo = self.cleaned_data.get("logo")
        if (
            logo
            and hasattr(logo, "content_type")
            and logo.content_type not in ("image/png", "image/jpeg", "image/webp")
        ):
            raise ValidationError(_("Choose a picture in the PNG, JPEG or WebP format."))
        if isinstance(logo, UploadedFile):
            try:
                return ContentFile(without_metadata(logo.read()), name=logo.name)
            except UnreadablePicture:
                raise ValidationError(_("Choose a picture in the PNG, JPEG or WebP format.")) from None
        # As a network without a logo has it: None would be a change.
        return logo or ""


class OwnNetworkForm(NetworkForm):
    """What coordinators decide about their network."""

    class Meta(NetworkForm.Meta):
        fields: ClassVar[list[str]] = ["name_fr", "name_en", "languages", "joining", "logo"]


class AccountForm(forms.Form):
    """A new account, made by the national office."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=150)
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices)
