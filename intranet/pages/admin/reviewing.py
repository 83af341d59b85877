"""Who is told by e-mail that a draft waits for review, was approved or sent back: those who may see it now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wagtail.admin.mail import (
    EmailNotificationMixin,
    Notifier,
    WorkflowStateApprovalEmailNotifier,
    WorkflowStateRejectionEmailNotifier,
    send_notification,
)
from wagtail.admin.views.pages import edit
from wagtail.models import Page, TaskState, WorkflowState
from wagtail.permissions import policy_registry
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected

from intranet.accounts.models import User
from intranet.pages.models import NetworkApprovalTask


def connect() -> None:
    """In place of Wagtail's receivers: under their identifiers, whichever app is ready first, theirs stay out."""
    for signal, sender, notifier, uid in (
        (task_submitted, TaskState, _submitted, "pages.task_submitted"),
        (workflow_approved, WorkflowState, _approved, "workflow_state_approved_email_notification"),
        (workflow_rejected, WorkflowState, _rejected, "workflow_state_rejected_email_notification"),
    ):
        signal.disconnect(sender=sender, dispatch_uid=uid)
        signal.connect(notifier, sender=sender, dispatch_uid=uid)
    # Subscribers to comments and authors of comments are told as long as they may edit the page.
    edit.send_notification = _notify_of_comments


def _notify_of_comments(recipients: Iterable[User], notification: str, extra_context: dict[str, Any]) -> bool:
    return send_notification(_still_there(recipients, extra_context["page"]), notification, extra_context)


def _still_there(people: Iterable[User], page: Any) -> set[User]:
    """Those of ``people`` who may edit ``page`` today; its title is not for those who left."""
    if not isinstance(page, Page):
        return set()
    may = policy_registry.get_by_type(Page).users_with_permission_for_instance("change", page)
    return set(may.filter(pk__in=[person.pk for person in people]))


class SubmissionNotifier(EmailNotificationMixin, Notifier):
    """A draft waits: told to the people who publish in its network, not to the one who sent it."""

    notification = "submitted"

    def __init__(self) -> None:
        super().__init__((TaskState,))

    def can_handle(self, instance: TaskState, **kwargs: Any) -> bool:
        return super().can_handle(instance, **kwargs) and isinstance(instance.task.specific, NetworkApprovalTask)

    def get_context(self, task_state: TaskState, **kwargs: Any) -> dict[str, Any]:
        page = task_state.workflow_state.content_object
        return {
            **super().get_context(task_state, **kwargs),
            "task": task_state.task.specific,
            "object": page,
            "page": page.specific,
            "model_name": page._meta.verbose_name,
        }

    def get_recipient_users(self, task_state: TaskState, **kwargs: Any) -> set[User]:
        page = task_state.workflow_state.content_object
        sender = kwargs.get("user")
        return {person for person in task_state.task.specific.approvers(page) if person != sender}


class ApprovalNotifier(WorkflowStateApprovalEmailNotifier):
    def get_recipient_users(self, workflow_state: WorkflowState, **kwargs: Any) -> set[User]:
        return _still_there(super().get_recipient_users(workflow_state, **kwargs), workflow_state.content_object)


class RejectionNotifier(WorkflowStateRejectionEmailNotifier):
    def get_recipient_users(self, workflow_state: WorkflowState, **kwargs: Any) -> set[User]:
        return _still_there(super().get_recipient_users(workflow_state, **kwargs), workflow_state.content_object)


_submitted, _approved, _rejected = SubmissionNotifier(), ApprovalNotifier(), RejectionNotifier()
