"""Addresses of the admin that are ours, and stock ones whose views are: these come first, the names stay Wagtail's."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access

from intranet.pages.admin import account, audience, documents, reports


def _route(address: str, view: Any, name: str | None = None) -> URLPattern:
    return path(address, never_cache(require_admin_access(view)), name=name)


def _listing(address: str, view: Any) -> list[URLPattern]:
    return [_route(address, view.as_view()), _route(f"{address}results/", view.as_view(results_only=True))]


urlpatterns = [
    _route("pages/<int:page_id>/audience/", audience.AudienceView.as_view(), "page_audience"),
    _route("documents/<int:document_id>/read-again/", documents.ReadAgainView.as_view(), "document_read_again"),
    _route("account/", account.OwnAccountView.as_view()),
    _route("tag-autocomplete/", reports.own_tags),
    _route("tag-autocomplete/<slug:app_name>/<slug:model_name>/", reports.own_tags),
    *_listing("reports/locked/", reports.OwnLockedPagesView),
    *_listing("reports/workflow/", reports.OwnWorkflowView),
    *_listing("reports/workflow_tasks/", reports.OwnWorkflowTasksView),
    *_listing("reports/site-history/", reports.OwnHistoryView),
    *_listing("localize/reports/translations/", reports.OwnTranslationsView),
    *_listing("redirects/", reports.OwnRedirectsView),
]
