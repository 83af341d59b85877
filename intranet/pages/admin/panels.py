"""The dashboard: what waits for me, what I did, in my sections alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.admin.site_summary import PagesSummaryItem
from wagtail.admin.views.home import (
    LockedPagesPanel,
    RecentEditsPanel,
    UserObjectsInWorkflowModerationPanel,
    WorkflowObjectsToModeratePanel,
)
from wagtail.models import Page, Revision, Task, TaskState, WorkflowState, WorkflowTask
from wagtail.permissions import policy_registry

from intranet.pages.models.querysets import keys_as_text
from intranet.pages.models.tasks import DECISIONS, NetworkApprovalTask


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


class ReviewPanel(WorkflowObjectsToModeratePanel):
    """What waits for my decision, in a fixed number of queries: the stock panel asks four for each page."""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        waiting = TaskState.objects.reviewable_by(user).filter(task__in=NetworkApprovalTask.objects.values("pk"))
        states = (
            waiting.select_related("revision__user", "workflow_state", "task")
            .prefetch_related("revision__content_object__latest_revision")
            .annotate(previous_revision_id=Revision.objects.previous_revision_id_subquery())
            .order_by("-started_at")
        )
        shown = [state for state in states if state.revision.content_object]
        tasks = _tasks_with_status(state.workflow_state for state in shown)
        return {
            "states": [self._row(state, tasks[state.workflow_state_id]) for state in shown],
            "request": parent_context["request"],
            "csrf_token": parent_context["csrf_token"],
        }

    @staticmethod
    def _row(state: TaskState, tasks: list[Task]) -> dict[str, Any]:
        page = state.revision.content_object
        return {
            "obj": page,
            "revision": state.revision,
            "previous_revision_id": state.previous_revision_id,
            "live_revision_id": page.live_revision_id,
            "task_state": state,
            "actions": DECISIONS,
            "workflow_tasks": tasks,
            "workflow_action_url_name": "wagtailadmin_pages:workflow_action",
            "workflow_preview_url_name": "wagtailadmin_pages:workflow_preview",
            "revisions_compare_url_name": "wagtailadmin_pages:revisions_compare",
        }


def _tasks_with_status(reviews: Iterable[WorkflowState]) -> dict[int, list[Task]]:
    """By review: the tasks of its workflow, each with its latest ``status`` and ``status_display``."""
    workflows = {review.pk: review.workflow_id for review in reviews}
    latest: dict[tuple[int, int], str] = {}
    begun = TaskState.objects.filter(workflow_state__in=list(workflows)).order_by("started_at", "pk")
    for review, task, status in begun.values_list("workflow_state_id", "task_id", "status"):
        latest[review, task] = status
    steps: dict[int, list[Task]] = defaultdict(list)
    for step in WorkflowTask.objects.filter(workflow__in=set(workflows.values())).select_related("task"):
        steps[step.workflow_id].append(step.task)
    words = dict(TaskState.STATUS_CHOICES)
    found: dict[int, list[Task]] = {}
    for review, workflow in workflows.items():
        found[review] = [copy(task) for task in steps[workflow]]
        for task in found[review]:
            task.status = latest.get((review, task.pk), "")
            task.status_display = words.get(task.status, _("Not started"))
    return found


REPLACED: dict[str, type[Any]] = {
    "recent_edits": OwnRecentEditsPanel,
    "locked_pages": OwnLockedPagesPanel,
    "user_objects_in_workflow_moderation": OwnWorkflowPanel,
    "workflow_objects_to_moderate": ReviewPanel,
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
    own = keys_as_text(_own_pages(user))
    return WorkflowState.objects.filter(base_content_type=ContentType.objects.get_for_model(Page), object_id__in=own)
