"""The dashboard: what waits for me, what I did, in my sections alone."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest
from wagtail.admin.site_summary import PagesSummaryItem
from wagtail.admin.views.home import LockedPagesPanel, RecentEditsPanel, UserObjectsInWorkflowModerationPanel
from wagtail.models import Page, WorkflowState
from wagtail.permissions import policy_registry


def _own_pages(user: Any) -> QuerySet[Page]:
    return policy_registry.get_by_type(Page).explorable_instances(user)


class OwnPagesSummaryItem(PagesSummaryItem):
    """How many pages there are in one's sections, never in the whole site."""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        policy = policy_registry.get_by_type(Page)
        pages = policy.instances_user_has_any_permission_for(self.request.user, {"add", "change"})
        return {
            "root_page": policy.explorable_root_instance(self.request.user),
            "total_pages": pages.count(),
            "site_name": "",
        }


class OwnRecentEditsPanel(RecentEditsPanel):
    """Pages that I edited and may still see here."""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        edited = [page.pk for _date, page in context["last_edits"]]
        mine = set(_own_pages(parent_context["request"].user).filter(pk__in=edited).values_list("pk", flat=True))
        context["last_edits"] = [(date, page) for date, page in context["last_edits"] if page.pk in mine]
        return context


class OwnLockedPagesPanel(LockedPagesPanel):
    """Pages that I locked and may still see here."""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        own = _own_pages(parent_context["request"].user)
        context["locked_pages"] = context["locked_pages"].filter(pk__in=own.order_by().values("pk"))
        return context


class OwnWorkflowPanel(UserObjectsInWorkflowModerationPanel):
    """What I sent to review and may still see here."""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        states = [state for state in context["workflow_states"] if isinstance(state.content_object, Page)]
        pks = [state.content_object.pk for state in states]
        mine = set(_own_pages(parent_context["request"].user).filter(pk__in=pks).values_list("pk", flat=True))
        context["workflow_states"] = [state for state in states if state.content_object.pk in mine]
        return context


REPLACED: dict[str, type[Any]] = {
    "recent_edits": OwnRecentEditsPanel,
    "locked_pages": OwnLockedPagesPanel,
    "user_objects_in_workflow_moderation": OwnWorkflowPanel,
}
DROPPED = frozenset({"whats_new_in_wagtail_version", "upgrade_notification"})


def confine_panels(request: HttpRequest, panels: list[Any]) -> None:
    """Replace the panels that show what one once touched."""
    panels[:] = [
        REPLACED.get(getattr(panel, "name", ""), lambda panel=panel: panel)()
        for panel in panels
        if getattr(panel, "name", "") not in DROPPED
    ]


def confine_summary(request: HttpRequest, items: list[Any]) -> None:
    """Replace the count of all pages."""
    items[:] = [OwnPagesSummaryItem(request) if isinstance(item, PagesSummaryItem) else item for item in items]


def own_workflow_states(user: Any) -> QuerySet[WorkflowState]:
    """Review states of the pages of one's sections."""
    ids = _own_pages(user).order_by().values_list(Cast("pk", CharField()), flat=True)
    return WorkflowState.objects.filter(base_content_type=ContentType.objects.get_for_model(Page), object_id__in=ids)
