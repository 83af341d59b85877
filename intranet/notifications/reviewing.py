"""Reviews and comments: who is told that a draft waits, was approved or sent back, or that comments changed.

In place of Wagtail's own e-mails. Who may not edit the page when it is told is not told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.views.pages import edit
from wagtail.models import Page, TaskState, WorkflowState
from wagtail.permissions import policy_registry
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected, workflow_submitted

from intranet.accounts.models import User
from intranet.networks.access import access_of
from intranet.notifications.models import Event
from intranet.notifications.services import announce
from intranet.pages.models import NetworkApprovalTask
from intranet.pages.sections import network_id_of
from intranet.plugins import NotificationKind, Told

SUBMITTED, DECIDED, COMMENTS = "reviews.submitted", "reviews.decided", "reviews.comments"


def connect() -> None:
    """In place of Wagtail's receivers: under their identifiers, whichever app is ready first, theirs stay out."""
    for signal, sender, receiver, uid in (
        (task_submitted, TaskState, _submitted, "group_approval_task_submitted_email_notification"),
        (workflow_submitted, WorkflowState, _not_mailed, "workflow_state_submitted_email_notification"),
        (workflow_approved, WorkflowState, _decided, "workflow_state_approved_email_notification"),
        (workflow_rejected, WorkflowState, _decided, "workflow_state_rejected_email_notification"),
    ):
        signal.disconnect(sender=sender, dispatch_uid=uid)
        signal.connect(receiver, sender=sender, dispatch_uid=uid)
    edit.send_notification = _comments_changed


def _submitted(sender: Any, instance: TaskState, user: Any = None, **kwargs: Any) -> None:
    page = instance.workflow_state.content_object
    if isinstance(page, Page) and isinstance(instance.task.specific, NetworkApprovalTask):
        _announce(SUBMITTED, page, f"{SUBMITTED}:{instance.pk}", user, state=instance.pk)


def _not_mailed(sender: Any, **kwargs: Any) -> None:
    """The whole review needs no word beside that of its step."""


def _decided(sender: Any, instance: WorkflowState, user: Any = None, **kwargs: Any) -> None:
    page, author = instance.content_object, instance.requested_by
    if isinstance(page, Page) and author is not None and author != user:
        # A review that was sent back can be asked for again, and decided again.
        step = TaskState.objects.filter(workflow_state=instance).order_by("-pk").first()
        dedupe = f"{DECIDED}:{instance.pk}:{instance.status}:{step.pk if step else 0}"
        approved = instance.status == WorkflowState.STATUS_APPROVED
        _announce(DECIDED, page, dedupe, user, people=[author.pk], approved=approved)


def _comments_changed(recipients: Iterable[User], notification: str, context: dict[str, Any]) -> bool:
    """Called by the editor's view with the subscribers, and with the authors of each thread."""
    page, people = context["page"], sorted(person.pk for person in recipients)
    latest = page.latest_revision_id
    for pk in people:
        _announce(COMMENTS, page, f"{COMMENTS}:{page.pk}:{latest}:{pk}", context["editor"], people=[pk])
    return True


def _announce(kind: str, page: Page, dedupe: str, actor: Any, **details: Any) -> None:
    announce(kind, dedupe=dedupe, network=network_id_of(page), subject=str(page.pk), details=details, actor=actor)


class ReviewKind(NotificationKind):
    """Something about a draft, for people who may edit it now; its title is the draft's."""

    def people(self, event: Event) -> QuerySet[User]:
        return User.objects.filter(pk__in=event.details["people"])

    def networks_telling(self, person: Any) -> Collection[int]:
        return access_of(person).contribute

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        policy = policy_registry.get_by_type(Page)
        mine = policy.instances_user_has_permission_for(person, "change")
        pages = {str(page.pk): page for page in mine.filter(pk__in=[event.subject for event in events])}
        return {event.pk: self.told(event, pages[event.subject]) for event in events if self.is_told(event, pages)}

    def is_told(self, event: Event, pages: Mapping[str, Page]) -> bool:
        """Whether there is still something to say."""
        return event.subject in pages

    def told(self, event: Event, page: Page) -> Told:
        """What is said of the page that the person may edit."""
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        return Told(title=page.get_admin_display_title(), url=url, label=self.words(event))

    def words(self, event: Event) -> str:
        """What happened to it."""
        return _("Comments on a page have changed")


class SubmittedKind(ReviewKind):
    """Told to those who may decide, as long as nobody has."""

    def people(self, event: Event) -> QuerySet[User]:
        state = TaskState.objects.filter(pk=event.details["state"]).first()
        page = Page.objects.filter(pk=event.subject).first()
        if state is None or page is None or not isinstance(state.task.specific, NetworkApprovalTask):
            return User.objects.none()
        return state.task.specific.approvers(page)

    def networks_telling(self, person: Any) -> Collection[int]:
        return access_of(person).publish

    def tell(self, events: Sequence[Event], person: Any) -> Mapping[int, Told]:
        keys = [event.details["state"] for event in events]
        waiting = TaskState.objects.filter(pk__in=keys, status=TaskState.STATUS_IN_PROGRESS)
        open_keys = set(waiting.values_list("pk", flat=True))
        return super().tell([event for event in events if event.details["state"] in open_keys], person)

    def words(self, event: Event) -> str:
        return _("A page waits for your review")


class DecidedKind(ReviewKind):
    """Told to whoever asked for the review."""

    def words(self, event: Event) -> str:
        return _("Your page was approved") if event.details["approved"] else _("Changes are requested on your page")


SUBMITTED_KIND = SubmittedKind(name=SUBMITTED, label=gettext_lazy("Pages that wait for my review"), default_mode="now")
DECIDED_KIND = DecidedKind(name=DECIDED, label=gettext_lazy("Decisions about my pages"), default_mode="now")
COMMENTS_KIND = ReviewKind(name=COMMENTS, label=gettext_lazy("Comments on pages"), default_mode="now")
