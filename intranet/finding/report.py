"""What was sought in a period, for the office."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminDateInput

from intranet.finding.asked import kept_days
from intranet.finding.models import SoughtQuery, today
from intranet.finding.permissions import is_reporter
from intranet.pages.spreadsheets import as_spreadsheet

SHOWN = 50
PERIOD = datetime.timedelta(days=90)


class PeriodForm(forms.Form):
    """A period and a language; empty: the last 90 days, both."""

    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=AdminDateInput)
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=AdminDateInput)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("All")), *settings.LANGUAGES],
    )

    def sought(self) -> QuerySet[SoughtQuery, Any]:
        """The queries of the period with their sums, the most people first; one statement.

        Nobody is known from one day to the next: who asks on two days is two of the people.
        """
        data = self.cleaned_data if self.is_bound and self.is_valid() else {}
        days = {"day__gte": data.get("since") or today() - PERIOD}
        if data.get("until"):
            days["day__lte"] = data["until"]
        found = SoughtQuery.objects.filter(**days)
        if data.get("language"):
            found = found.filter(language=data["language"])
        sums = {name: Sum(name) for name in ("people", "searches", "hits", "without", "clicked", "ranks")}
        # The sums need other names than the columns that they add up.
        totals = found.values("query", "language").annotate(**{f"all_{name}": each for name, each in sums.items()})
        # What the stubs cannot know: the names made above.
        return totals.order_by("-all_people", "-all_searches", "query", "language")  # type: ignore[misc]


def _row(total: dict[str, Any]) -> dict[str, Any]:
    people, clicked = total["all_people"], total["all_clicked"]
    return {
        "query": total["query"],
        "language": total["language"],
        "people": people,
        "searches": total["all_searches"],
        "hits": round(total["all_hits"] / people),
        "without": total["all_without"],
        "clicked": clicked,
        "rank": round(total["all_ranks"] / clicked, 1) if clicked else None,
    }


class SoughtView(WagtailAdminTemplateMixin, TemplateView):
    """The most sought, never found and never opened, and all of it as CSV."""

    template_name = "finding/admin/sought.html"
    page_title = gettext_lazy("What people search for")
    header_icon = "search"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_reporter(request.user):
            raise PermissionDenied
        form = PeriodForm(request.GET or None)
        if request.GET.get("export") == "csv":
            return _csv(form.sought())
        return super().dispatch(request, *args, form=form, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        sought = form.sought()
        exported = self.request.GET.copy()
        exported["export"] = "csv"
        return {
            **super().get_context_data(**kwargs),
            "days": kept_days(),
            "csv_url": f"?{exported.urlencode()}",
            "tables": [
                (_("Most sought"), _rows(sought)),
                (_("Never found"), _rows(sought.filter(all_without=F("all_people")))),
                (_("Never opened"), _rows(sought.filter(all_clicked=0, all_without__lt=F("all_people")))),
            ],
        }


def _rows(totals: QuerySet[SoughtQuery, dict[str, Any]]) -> list[dict[str, Any]]:
    return [_row(total) for total in totals[:SHOWN]]


def _csv(totals: Iterable[dict[str, Any]]) -> HttpResponse:
    """All of it."""
    columns = ("query", "language", "people", "searches", "hits", "without", "clicked", "rank")
    header = ["people_each_day" if column == "people" else column for column in columns]
    rows = ([row[column] for column in columns] for row in map(_row, totals))
    return as_spreadsheet(f"searches-{today().isoformat()}", "csv", header, rows)
