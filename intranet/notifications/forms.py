"""The forms of notifications."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from intranet.networks.access import access_of
from intranet.networks.models import Network
from intranet.notifications.kinds import chosen_kinds
from intranet.notifications.models import MailHabits, Notification, Preference
from intranet.notifications.models.events import Mode
from intranet.notifications.preferences import set_modes

MODES = (
    (Mode.NOW.value, gettext_lazy("At once")),
    (Mode.DAILY.value, gettext_lazy("Once a day")),
    (Mode.WEEKLY.value, gettext_lazy("Once a week")),
    (Mode.NONE.value, gettext_lazy("No e-mail")),
)
TIME_ZONES = (
    *("America/St_Johns", "America/Halifax", "America/Moncton", "America/Toronto", "America/Winnipeg"),
    *("America/Regina", "America/Edmonton", "America/Vancouver", "America/Whitehorse", "America/Yellowknife"),
    "America/Iqaluit",
)
"""Those of Canada, from east to west, then the north."""
ZONE_NAMES = {"America/St_Johns": "St. John’s"}
"""Where the name of a zone does not write its town’s."""


class ModesForm(forms.Form):
    """When the e-mails of each kind come: from all networks, and from those for which something else is chosen.

    Kinds of which the person cannot be told are left out, and what was chosen for them stays.
    """

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        chosen = {
            (row.network_id, row.kind): row.mode for row in Preference.objects.filter(person=person.pk).order_by("pk")
        }
        self.networks = _networks_of(person, {network for network, _kind in chosen if network})
        self._places: dict[str, tuple[int | None, str]] = {}
        for kind in chosen_kinds():
            telling = kind.networks_telling(person)
            if telling is not None and not telling:
                continue
            choices = [choice for choice in MODES if choice[0] != Mode.NONE or not kind.required]
            general = chosen.get((None, kind.name), chosen.get((None, ""), kind.default_mode))
            help_text = _("What you must read always comes by e-mail.") if kind.required else ""
            self._add(None, kind, choices, general, help_text)
            as_above = [("", gettext_lazy("As above")), *choices]
            for network in self.networks if kind.by_network else ():
                if telling is None or network.pk in telling:
                    self._add(network.pk, kind, as_above, chosen.get((network.pk, kind.name), ""))

    def _add(self, network: int | None, kind: Any, choices: Any, initial: str, help_text: str = "") -> None:
        name = f"{network or 'all'}-{kind.name}"
        self._places[name] = (network, kind.name)
        self.fields[name] = forms.ChoiceField(
            label=kind.label, choices=choices, initial=initial, help_text=help_text, required=network is None
        )

    def general(self) -> Iterator[forms.BoundField]:
        """The fields of all networks."""
        return (self[name] for name, (network, _kind) in self._places.items() if network is None)

    def by_network(self) -> list[dict[str, Any]]:
        """For each network its name, its fields, and whether something is chosen for it."""
        groups = []
        for network in self.networks:
            fields = [self[name] for name, (key, _kind) in self._places.items() if key == network.pk]
            groups.append({"name": network.name, "fields": fields, "is_chosen": any(field.value() for field in fields)})
        return groups

    def save(self) -> None:
        places = {name: (kind, network) for name, (network, kind) in self._places.items()}
        set_modes(self.person, {places[name]: mode or None for name, mode in self.cleaned_data.items()})


def _networks_of(person: Any, chosen: set[int]) -> list[Network]:
    """The person's networks, the office, and those that have a choice, as far as the person may name them."""
    access = access_of(person)
    networks = Network.objects.active().nameable_by(access.network_ids)
    own = networks.filter(pk__in=access.network_ids | chosen) | networks.filter(kind=Network.Kind.OFFICE)
    return sorted(own, key=lambda network: network.name.casefold())


class HabitsForm(forms.ModelForm):  # type: ignore[type-arg]
    """When e-mails may go, and when digests come."""

    class Meta:
        model = MailHabits
        fields: ClassVar[list[str]] = ["quiet_from", "quiet_until", "digest_at", "digest_day", "time_zone"]
        widgets: ClassVar[dict[str, Any]] = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("quiet_from", "quiet_until", "digest_at")
        }
        labels: ClassVar[dict[str, Any]] = {"quiet_until": pgettext_lazy("hour", "Until")}
        help_texts: ClassVar[dict[str, Any]] = {
            "quiet_from": gettext_lazy(
                "What comes in these hours waits until they are over. Leave both empty to get e-mails at any hour."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.time_zone
        zones = [*TIME_ZONES, *([stored] if stored and stored not in TIME_ZONES else [])]
        choices = [
            ("", _("That of my network")),
            *((zone, ZONE_NAMES.get(zone) or zone.rpartition("/")[2].replace("_", " ")) for zone in zones),
        ]
        self.fields["time_zone"] = forms.ChoiceField(
            label=self.fields["time_zone"].label, choices=choices, required=False
        )

    def clean(self) -> dict[str, datetime.time]:
        cleaned: dict[str, Any] = super().clean() or {}
        begin, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if (begin is None) != (end is None):
            self.add_error("quiet_until", _("Give both times, or neither."))
        elif begin is not None and begin == end:
            self.add_error("quiet_until", _("Both times are the same. Give two different ones, or leave both empty."))
        return cleaned

    @transaction.atomic
    def save(self, commit: bool = True) -> MailHabits:
        """What waits to be mailed follows."""
        habits: MailHabits = super().save(commit)
        waiting = Notification.objects.of(habits.person).filter(mail_at__isnull=False)
        waiting.update(mail_at=timezone.now())
        return habits


class TitlesForm(forms.Form):
    """Whether a network keeps its titles out of e-mails."""

    are_hidden = forms.BooleanField(
        label=gettext_lazy("No titles in e-mails"),
        required=False,
        help_text=gettext_lazy(
            "E-mails then say only that something is new, without its title, its number or the network’s name."
        ),
    )
