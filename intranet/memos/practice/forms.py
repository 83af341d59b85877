"""What people say of a training: a society of its steps, a coordinator of numbers, a participant of the session."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intranet.memos.models import PracticeMark, PracticeStep
from intranet.memos.practice.models import COMMENT_LENGTH, SENTENCE_LENGTH
from intranet.memos.practice.services import MOST_PEOPLE, Said
from intranet.networks.models import Network


class StepForm(forms.Form):
    """One step, as a society sees it; nothing chosen says nothing."""

    state = forms.ChoiceField(choices=PracticeMark.State.choices, widget=forms.RadioSelect, required=False)
    sentence = forms.CharField(label=gettext_lazy("In a sentence"), max_length=SENTENCE_LENGTH, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("sentence") and not cleaned.get("state"):
            self.add_error("state", _("Choose one of the three, so that your sentence can be kept."))
        return cleaned


class StepsForm:
    """The steps of a note for one society: a ``StepForm`` each."""

    def __init__(
        self, network: Network, steps: Iterable[PracticeStep], marks: Iterable[PracticeMark], data: Any = None
    ) -> None:
        self.network = network
        last = {mark.step_id: mark for mark in marks if mark.network_id == network.pk}
        self.forms: dict[PracticeStep, StepForm] = {}
        for step in steps:
            mark = last.get(step.pk)
            initial = {"state": mark.state, "sentence": mark.sentence} if mark else {}
            prefix = f"{network.slug}-{step.key}"
            self.forms[step] = StepForm(data, prefix=prefix, initial=initial, auto_id="id_%s")

    def is_valid(self) -> bool:
        # Every form says what is wrong with it, not the first one alone.
        valid = [form.is_valid() for form in self.forms.values()]
        return all(valid)

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Each with the place in the page and the message."""
        return [
            {"id": form["state"].auto_id + "_0", "message": message, "number": number}
            for number, form in enumerate(self.forms.values(), 1)
            for messages in form.errors.values()
            for message in messages
        ]

    def said(self) -> dict[PracticeStep, Said]:
        """What is chosen, by step."""
        return {
            step: Said(form.cleaned_data["state"], form.cleaned_data["sentence"])
            for step, form in self.forms.items()
            if form.cleaned_data["state"]
        }


class TookPartForm(forms.Form):
    """For which of the person's networks; not asked where there is one or none."""

    network = forms.ModelChoiceField(
        label=gettext_lazy("I took part for"), queryset=Network.objects.none(), to_field_name="slug", empty_label=None
    )

    def __init__(self, *args: Any, networks: QuerySet[Network], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.networks = list(networks.order_by("slug"))
        if len(self.networks) > 1:
            self.fields["network"].queryset = networks.order_by("slug")  # type: ignore[attr-defined]
            self.fields["network"].label_from_instance = lambda network: network.name  # type: ignore[attr-defined]
        else:
            del self.fields["network"]

    @property
    def chosen(self) -> Network | None:
        if "network" in self.fields:
            chosen: Network = self.cleaned_data["network"]
            return chosen
        return self.networks[0] if self.networks else None


STARS = (
    ("5", gettext_lazy("5: very useful")),
    ("4", gettext_lazy("4: useful")),
    ("3", gettext_lazy("3: somewhat useful")),
    ("2", gettext_lazy("2: not very useful")),
    ("1", gettext_lazy("1: not useful")),
)


class RatingForm(forms.Form):
    """A participant's rating, once."""

    stars = forms.TypedChoiceField(
        label=gettext_lazy("How useful was it for your work?"), choices=STARS, widget=forms.RadioSelect, coerce=int
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=COMMENT_LENGTH,
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy(
            "Read, without your name, by those who publish this note and by the national office. "
            "Write nothing about the people you serve."
        ),
    )


class PeopleForm(forms.Form):
    """How many people of a network took part."""

    network = forms.ModelChoiceField(
        label=gettext_lazy("Network"), queryset=Network.objects.none(), to_field_name="slug", empty_label=None
    )
    people = forms.IntegerField(label=gettext_lazy("People who took part"), min_value=0, max_value=MOST_PEOPLE)

    def __init__(self, *args: Any, networks: QuerySet[Network], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["network"].queryset = networks.order_by("slug")  # type: ignore[attr-defined]
        self.fields["network"].label_from_instance = lambda network: network.name  # type: ignore[attr-defined]
