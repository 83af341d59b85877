"""The forms of notifications."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from intranet.notifications.kinds import chosen_kinds
from intranet.notifications.models import Preference
from intranet.notifications.models.events import Mode
from intranet.notifications.preferences import set_mode

MODES = (
    (Mode.NOW.value, _("At once")),
    (Mode.DAILY.value, _("Once a day, together")),
    (Mode.WEEKLY.value, _("Once a week, together")),
    (Mode.NONE.value, _("No e-mail")),
)


class ModesForm(forms.Form):
    """When the e-mails of each kind come, from all networks."""

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        chosen = dict(Preference.objects.filter(person=person.pk, network=None).values_list("kind", "mode"))
        for kind in chosen_kinds():
            choices = [choice for choice in MODES if choice[0] != Mode.NONE or not kind.required]
            help_text = _("What you must read always comes by e-mail.") if kind.required else ""
            initial = chosen.get(kind.name, chosen.get("", kind.default_mode))
            self.fields[kind.name] = forms.ChoiceField(
                label=kind.label, choices=choices, initial=initial, help_text=help_text
            )

    @transaction.atomic
    def save(self) -> None:
        for name, mode in self.cleaned_data.items():
            set_mode(self.person, mode, kind=name)
