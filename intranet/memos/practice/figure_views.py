"""The figures of trainings, for the office and for each network its own; and as files for funders."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from intranet.memos.practice.calendar import LENGTHS, fiscal_year, period_label, period_of
from intranet.memos.practice.definitions import COLUMNS, ONLY_VISIBLE, Column
from intranet.memos.practice.figures import Figures, Report, Session, may_see_all, report
from intranet.networks.access import Access, access_of
from intranet.networks.days import check_day
from intranet.networks.models import Network
from intranet.networks.models.networks import Region
from intranet.networks.views.filters import choice_filter
from intranet.pages.spreadsheets import as_spreadsheet, as_workbook

LENGTH_LABELS = {
    "month": gettext_lazy("Month"),
    "quarter": gettext_lazy("Quarter"),
    "year": gettext_lazy("Fiscal year"),
}
MOST_YEARS = 20


class PeriodForm(forms.Form):
    """A period by its first and last day, and how it is divided; what is not given: the fiscal year, by quarters."""

    since = forms.DateField(label=pgettext_lazy("first day", "From"), required=False, validators=[check_day])
    until = forms.DateField(label=gettext_lazy("Until"), required=False, validators=[check_day])
    by = forms.ChoiceField(label=gettext_lazy("Divided by"), required=False, choices=list(LENGTH_LABELS.items()))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = fiscal_year(timezone.localdate())
        since, until = cleaned.get("since"), cleaned.get("until")
        cleaned["since"] = since or (fiscal_year(until)[0] if until else first)
        cleaned["until"] = until or (fiscal_year(since)[1] if since else last)
        cleaned["by"] = cleaned.get("by") or "quarter"
        if cleaned["until"] < cleaned["since"]:
            self.add_error("until", _("The last day is before the first one. Change one of them."))
        elif cleaned["until"].year - cleaned["since"].year > MOST_YEARS:
            self.add_error("since", _("Choose a period of 20 years at most."))
        return cleaned


@dataclass(frozen=True)
class Asked:
    """What the figures are asked for."""

    since: datetime.date
    until: datetime.date
    by: str
    network: Network | None
    access: Access


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Sums by period and by region, each session, and all of it as a file."""
    networks = _networks(request)
    network = _chosen(request, networks)
    form = PeriodForm(request.GET)
    if not form.is_valid():
        context = {"title": _title(network), "fields": _fields(request, form, networks, network), "form": form}
        return render(request, "memos/practice/figures.html", context)
    data = form.cleaned_data
    asked = Asked(data["since"], data["until"], data["by"], network, access_of(request.user))
    found = report(request.user, asked.since, asked.until, network)
    if request.GET.get("export") in _EXPORTS:
        return _EXPORTS[request.GET["export"]](found, asked)
    return render(request, "memos/practice/figures.html", _context(request, form, networks, found, asked))


def _networks(request: HttpRequest) -> list[Network]:
    """Those whose own figures the person may see; nobody else knows of the page."""
    access = access_of(request.user)
    if may_see_all(request.user):
        return sorted(Network.objects.nameable_by(access.network_ids), key=lambda network: network.name)
    if not access.publish:
        raise Http404
    return sorted(Network.objects.filter(pk__in=access.publish), key=lambda network: network.name)


def _chosen(request: HttpRequest, networks: list[Network]) -> Network | None:
    """The network that is asked for; none: all, which is the office's."""
    slug = request.GET.get("network", "")
    if slug:
        chosen = next((network for network in networks if network.slug == slug), None)
        if chosen is None:
            raise Http404
        return chosen
    return None if may_see_all(request.user) else networks[0]


def _title(network: Network | None) -> str:
    if network is None:
        return _("Training figures")
    return _("Training figures of %(network)s") % {"network": network.name}


def _fields(
    request: HttpRequest, form: PeriodForm, networks: list[Network], network: Network | None
) -> list[dict[str, Any]]:
    data = form.cleaned_data
    days = [
        {
            "name": name,
            "label": form.fields[name].label,
            "type": "date",
            "value": data[name].isoformat() if data.get(name) else request.GET.get(name, ""),
        }
        for name in ("since", "until")
    ]
    by = data.get("by", "quarter")
    lengths = [(length, LENGTH_LABELS[length]) for length in LENGTHS]
    fields = [*days, choice_filter("by", str(form.fields["by"].label), lengths, by, is_required=True)]
    if may_see_all(request.user) or len(networks) > 1:
        choices = [(each.slug, each.name) for each in networks]
        chosen, is_required = network.slug if network else "", not may_see_all(request.user)
        fields.append(choice_filter("network", _("Network"), choices, chosen, is_required=is_required))
    return fields


def _context(
    request: HttpRequest, form: PeriodForm, networks: list[Network], found: Report, asked: Asked
) -> dict[str, Any]:
    query = request.GET.copy()
    query.pop("export", None)
    base = f"{request.path}?{query.urlencode()}&" if query else f"{request.path}?"
    return {
        "title": _title(asked.network),
        "summary": _("Sessions held from %(since)s to %(until)s.")
        % {name: date_format(getattr(asked, name), "DATE_FORMAT") for name in ("since", "until")},
        "fields": _fields(request, form, networks, asked.network),
        "columns": COLUMNS,
        "only_visible": ONLY_VISIBLE,
        "total": _shown(found.sums(found.sessions)),
        "tables": [
            {"title": _("By period"), "head": _("Period"), "rows": _by_period(found, asked)},
            {"title": _("By region"), "head": _("Region"), "rows": _by_region(found, asked)},
        ],
        "sessions": [
            {
                "title": each.title,
                "language": each.language,
                "url": each.url,
                "held_on": each.held_on,
                "cells": _shown(found.sums([each]), _SESSION_FIGURES),
            }
            for each in found.sessions[:SHOWN]
        ],
        "session_columns": _SESSION_FIGURES,
        "more": max(len(found.sessions) - SHOWN, 0),
        "exports": [
            {"url": f"{base}export=xlsx", "label": _("Excel file (.xlsx)")},
            {"url": f"{base}export=csv", "label": _("By period and region (.csv)")},
            {"url": f"{base}export=sessions", "label": _("Session by session (.csv)")},
        ],
    }


SHOWN = 100
"""How many sessions the page names; the files have all."""


def _cells(sums: Figures, columns: Iterable[Column] = COLUMNS) -> list[Any]:
    return [getattr(sums, column.name) for column in columns]


def _shown(sums: Figures, columns: Sequence[Column] = COLUMNS) -> list[tuple[Column, Any]]:
    """The figures with their columns, as the page shows them."""
    return list(zip(columns, _cells(sums, columns), strict=True))


def _periods(found: Report, asked: Asked) -> list[tuple[datetime.date, list[Session]]]:
    """The sessions of each period in which there is one, the first period first."""
    periods: dict[datetime.date, list[Session]] = {}
    for each in reversed(found.sessions):
        periods.setdefault(period_of(each.held_on, asked.by), []).append(each)
    return sorted(periods.items())


def _by_period(found: Report, asked: Asked) -> list[dict[str, Any]]:
    return [
        {"label": period_label(first, asked.by), "cells": _shown(found.sums(sessions))}
        for first, sessions in _periods(found, asked)
    ]


def _by_region(found: Report, asked: Asked) -> list[dict[str, Any]]:
    return [
        {"label": _region(region), "cells": _shown(found.sums(found.sessions, region, asked.access))}
        for region in found.regions(asked.access)
    ]


def _region(region: str) -> str:
    return str(Region(region).label) if region in Region.values else _("No region")


def _crossed(found: Report, asked: Asked) -> Iterable[list[Any]]:
    """Each period in all, then by region."""
    for first, sessions in _periods(found, asked):
        label = period_label(first, asked.by)
        yield [label, _("All"), *_cells(found.sums(sessions))]
        for region in found.regions(asked.access):
            sums = found.sums(sessions, region, asked.access)
            if sums.sessions:
                yield [label, _region(region), *_cells(sums)]
    yield [_("All"), _("All"), *_cells(found.sums(found.sessions))]


def _crossed_columns() -> list[str]:
    return [_("Period"), _("Region"), *(str(column.label) for column in COLUMNS)]


_SESSION_FIGURES = tuple(column for column in COLUMNS if column.name != "sessions")


def _session_rows(found: Report) -> Iterable[Sequence[Any]]:
    for each in found.sessions:
        own = _cells(found.sums([each]), _SESSION_FIGURES)
        yield [each.held_on, each.session or each.title, each.title, each.steps, *own]


def _session_columns() -> list[str]:
    names = [_("Date"), _("Session"), _("Post-training note"), _("Steps")]
    return [*names, *(str(column.label) for column in _SESSION_FIGURES)]


def _file_name(asked: Asked) -> str:
    own = f"-{asked.network.slug}" if asked.network else ""
    return f"training{own}-{asked.since.isoformat()}-{asked.until.isoformat()}"


def _as_csv(found: Report, asked: Asked) -> HttpResponse:
    return as_spreadsheet(_file_name(asked), "csv", _crossed_columns(), _crossed(found, asked))


def _sessions_as_csv(found: Report, asked: Asked) -> HttpResponse:
    return as_spreadsheet(f"{_file_name(asked)}-sessions", "csv", _session_columns(), _session_rows(found))


def _as_xlsx(found: Report, asked: Asked) -> HttpResponse:
    definitions = [(str(column.label), str(column.definition)) for column in COLUMNS]
    definitions.append((_("Which notes count"), str(ONLY_VISIBLE)))
    return as_workbook(
        _file_name(asked),
        [
            (_("Figures"), _crossed_columns(), _crossed(found, asked)),
            (_("Sessions"), _session_columns(), _session_rows(found)),
            (_("Definitions"), [_("Figure"), _("What it means")], definitions),
        ],
    )


_EXPORTS = {"csv": _as_csv, "sessions": _sessions_as_csv, "xlsx": _as_xlsx}
