"""What the office keeps about searches, in the admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from intranet.finding.admin_views import RefusedView, WhyView
from intranet.finding.permissions import is_inspector, is_reporter
from intranet.finding.pinning import ADDED, CHANGED
from intranet.finding.report import SoughtView
from intranet.finding.viewsets import PinnedAnswerFormatter, pinned_answer_viewset


@hooks.register("register_admin_viewset")
def register_pinned_answers() -> Any:
    return pinned_answer_viewset


@hooks.register("register_log_actions")
def register_pinned_answer_log(actions: Any) -> None:
    actions.register_action(ADDED, _("Pin an answer"), _("Answer pinned"))
    actions.register_action(CHANGED)(PinnedAnswerFormatter)


class InspectorMenuItem(MenuItem):
    """For those who keep the accounts."""

    def is_shown(self, request: HttpRequest) -> bool:
        return is_inspector(request.user)


@hooks.register("register_admin_urls")
def register_addresses() -> list[URLPattern]:
    return [
        path("search-why/", WhyView.as_view(), name="finding_why"),
        path("reports/searches/", SoughtView.as_view(), name="finding_sought"),
        path("search-refused/", RefusedView.as_view(), name="finding_refused"),
    ]


@hooks.register("register_settings_menu_item")
def register_why() -> MenuItem:
    return InspectorMenuItem(_("Search: why"), reverse_lazy("finding_why"), icon_name="help", order=900)


@hooks.register("register_settings_menu_item")
def register_refused() -> MenuItem:
    return InspectorMenuItem(
        _("Refused by the search"), reverse_lazy("finding_refused"), icon_name="warning", order=910
    )


class ReporterMenuItem(MenuItem):
    """For the office's publishers and coordinators."""

    def is_shown(self, request: HttpRequest) -> bool:
        return is_reporter(request.user)


@hooks.register("register_reports_menu_item")
def register_sought() -> MenuItem:
    address = reverse_lazy("finding_sought")
    return ReporterMenuItem(_("What people search for"), address, icon_name="search", order=900)
