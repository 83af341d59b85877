"""The editor's form of a memo, which asks what kind of change this is, and the reader's note beside a receipt."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intranet.accounts.models import User
from intranet.memos.editions import language_left_behind
from intranet.memos.facts import day_of_publication, is_due_too_early, nobody_chosen
from intranet.memos.keeping import people_who_may_keep
from intranet.memos.models import Edition, MemoPage, MemoRecord, Review
from intranet.memos.owing import people_chosen
from intranet.networks.access import access_of
from intranet.networks.days import check_day
from intranet.networks.models import Item, Role
from intranet.pages.admin.forms import SectionPageForm
from intranet.pages.languages import name_in_sentence

CHANGED_LENGTH = 300
A_YEAR = datetime.timedelta(days=365)
DECLARED = ("change", "changed_en", "changed_fr")


class KeptForm(SectionPageForm):
    """Offers the network's own people as owner and deputy, whoever else is named already stays.

    A form that was open while somebody said that the item still holds does not take that back.
    """

    known_review = forms.IntegerField(widget=forms.HiddenInput, required=False)
    """The last review when the form was opened; 0 where there was none."""

    def __init__(self, *args: Any, parent_page: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, parent_page=parent_page, **kwargs)
        place = self.instance if self.instance.pk else parent_page
        item = Item.objects.select_related("network").filter(pk=place.translation_key).first() if place else None
        self.last_review = Review.objects.filter(item=item).first() if item and self.instance.pk else None
        self.initial["known_review"] = self.last_review.pk if self.last_review else 0
        people = people_who_may_keep(item.network) if item and item.network else User.objects.none()
        for name in ("responsible", "deputy"):
            if name in self.fields:
                field = self.fields[name]
                field.queryset = people | User.objects.filter(pk=getattr(self.instance, f"{name}_id"))
                field.label_from_instance = User.get_full_name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("deputy") and cleaned["deputy"] == cleaned.get("responsible"):
            self.add_error("deputy", _("The deputy is somebody else than the owner."))
        last, known, day = self.last_review, cleaned.get("known_review"), cleaned.get("review_on")
        if last is not None and known not in (None, last.pk) and (day is None or day < last.valid_until):
            cleaned["review_on"] = last.valid_until
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """A new page is a draft, until its editor has seen who gets it: ``intranet.memos.admin.publishing``."""
        if self.instance._state.adding:
            self.instance.live = False
        return super().save(commit)


class MemoForm(KeptForm):
    """What is declared goes into ``MemoPage.declaration``, on the draft, until an edition uses it."""

    change = forms.ChoiceField(
        label=gettext_lazy("What kind of change is this?"),
        choices=[
            (
                Edition.Kind.MINOR,
                gettext_lazy("Minor: a typo, a clarification, or the version in the other language. Receipts stand."),
            ),
            (
                Edition.Kind.MATERIAL,
                gettext_lazy("Material: a new edition is made, and everyone who is asked acknowledges it again."),
            ),
        ],
        widget=forms.RadioSelect,
    )
    changed_fr = forms.CharField(
        label=gettext_lazy("What changed, in French"), max_length=CHANGED_LENGTH, required=False
    )
    changed_en = forms.CharField(
        label=gettext_lazy("What changed, in English"),
        max_length=CHANGED_LENGTH,
        required=False,
        help_text=gettext_lazy(
            "Shown to readers above the text. A material change needs it in the language of this page."
        ),
    )
    missing_reason = forms.CharField(
        label=gettext_lazy("Why there is no version in the other language"),
        max_length=CHANGED_LENGTH,
        help_text=gettext_lazy(
            "Readers see this. Publish both versions, or say why there is one only and until when. A material change "
            "that the other version does not have yet needs it too."
        ),
    )

    asked_roles = forms.MultipleChoiceField(
        label=gettext_lazy("Only people with these roles"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Nothing chosen: every role."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = (
            MemoRecord.objects.filter(item=self.instance.translation_key).first() if self.instance.pk else None
        )
        waiting = self._waiting()
        if self.record is None:
            for name in DECLARED:
                del self.fields[name]
        self.fields["missing_reason"].required = not self._has_other_language()
        self._offer_own_memos()
        changed = waiting.get("changed", {})
        initial = {
            "change": waiting.get("change"),
            "changed_en": changed.get("en"),
            "changed_fr": changed.get("fr"),
            "missing_reason": waiting.get("missing_reason") or self._reason_given(),
        }
        self.initial |= {name: value for name, value in initial.items() if value}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        own = f"changed_{self.instance.locale.language_code}"
        if cleaned.get("change") == Edition.Kind.MATERIAL and not cleaned.get(own) and not self.is_deferred_validation:
            self.add_error(own, _("Say in a few words what changed: everyone who is asked reads it."))
        self._refuse_early_day(cleaned)
        if cleaned.get("expire_at"):
            self.add_error(
                "expire_at", _("A memo does not end by itself. Withdraw it, with a reason, when it no longer applies.")
            )
        if cleaned.get("acknowledge") and not self.is_deferred_validation and self._asks_nobody(cleaned):
            self.add_error("asked_roles", nobody_chosen())
        return cleaned

    def _refuse_early_day(self, cleaned: dict[str, Any]) -> None:
        """A day that is past may stay through a minor change: nobody is asked anew."""
        is_asked_anew = self.record is None or cleaned.get("change") == Edition.Kind.MATERIAL
        published_on = day_of_publication(cleaned.get("go_live_at"))
        held = None if is_asked_anew else self.record.acknowledge_by
        if not is_due_too_early(cleaned.get("acknowledge_by"), published_on=published_on, held=held):
            return
        if published_on == timezone.localdate():
            words = _("This day is past. Choose today or a later day, or none.")
        else:
            day = date_format(published_on, "DATE_FORMAT")
            words = _("The memo is published on %(day)s. Choose that day or a later one, or none.") % {"day": day}
        self.add_error("acknowledge_by", words)

    def _post_clean(self) -> None:
        """With the new text on the page: readers of the other version are told why theirs stands as it was."""
        super()._post_clean()
        said = self.cleaned_data
        is_material = said.get("change") == Edition.Kind.MATERIAL and not self.is_deferred_validation
        if not is_material or self.record is None or said.get("missing_reason") or "missing_reason" in self.errors:
            return
        if code := language_left_behind(self.record, self.instance):
            words = _("Say why the version in %(language)s does not have this change yet, and until when.")
            self.add_error("missing_reason", words % {"language": name_in_sentence(code)})

    def _offer_own_memos(self) -> None:
        """A memo that takes another one's place ends what that asks of people: for who writes for its network."""
        networks = access_of(self.for_user).contribute if self.for_user else frozenset()
        own = Item.objects.filter(network__in=networks).values("pk")
        field = self.fields["replaces"]
        field.queryset = MemoPage.objects.filter(Q(translation_key__in=own) | Q(pk=self.instance.replaces_id))
        field.error_messages["invalid_choice"] = _("Choose a memo of a network for which you write.")

    def _asks_nobody(self, cleaned: dict[str, Any]) -> bool:
        """Whether the chosen roles and networks leave nobody of the audience; it is known once the item has a place."""
        roles, networks = cleaned.get("asked_roles") or [], list(cleaned.get("asked_networks") or [])
        item = Item.objects.select_related("network").filter(pk=self.instance.translation_key).first()
        if not (roles or networks) or item is None:
            return False
        return not people_chosen(item, roles, [network.pk for network in networks]).exists()

    def save(self, commit: bool = True) -> MemoPage:
        self.instance.declaration = self._declaration()
        page: MemoPage = super().save(commit)
        return page

    def _declaration(self) -> dict[str, Any]:
        said = {name: self.cleaned_data.get(name) or "" for name in (*DECLARED, "missing_reason")}
        if not any(said.values()):
            return {}
        changed = {code: said[f"changed_{code}"] for code, _name in settings.LANGUAGES}
        return {
            "id": str(uuid.uuid4()),
            "change": said["change"],
            "changed": changed,
            "missing_reason": said["missing_reason"],
        }

    def _waiting(self) -> dict[str, Any]:
        """What the draft declares and no edition has used."""
        stored: dict[str, Any] = self.instance.declaration or {}
        if not stored.get("id"):
            return {}
        used = self.record is not None and self.record.editions.filter(declaration=stored["id"]).exists()
        return {} if used else stored

    def _has_other_language(self) -> bool:
        """Whether another language version is published."""
        if not self.instance.pk:
            return False
        versions = MemoPage.objects.filter(translation_key=self.instance.translation_key, live=True, alias_of=None)
        return versions.exclude(pk=self.instance.pk).exists()

    def _reason_given(self) -> str:
        """The reason that readers see now; none where this version is the one that is late."""
        if self.record is None:
            return ""
        last = self.record.editions.order_by("-number", "-revision").values_list("content__missing", flat=True).first()
        is_of_this = not last or last["language"] == self.instance.locale.language_code
        return "" if is_of_this else str(last["reason"])


class ReviewForm(forms.Form):
    """Until when an item that was reviewed holds; a year, where nothing else is chosen."""

    valid_until = forms.DateField(
        label=gettext_lazy("Still valid until"),
        validators=[check_day],
        initial=lambda: timezone.localdate() + A_YEAR,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Whoever looks after it is reminded then."),
    )


class ReceiptNoteForm(forms.Form):
    """What is not right about a receipt."""

    text = forms.CharField(
        label=gettext_lazy("What is not right?"),
        max_length=500,
        widget=forms.Textarea,
        help_text=gettext_lazy(
            "For example: I pressed the button by mistake. Write nothing about the people you serve."
        ),
    )
