"""The one approval task of every section."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Task, TaskState

from intranet.accounts.models import User
from intranet.networks.access import access_of
from intranet.networks.models import Membership
from intranet.networks.services import PUBLISHING_ROLES
from intranet.pages.models.base import before_publishing_url
from intranet.pages.models.querysets import keys_as_text, pages_of_networks
from intranet.pages.sections import network_id_of

DECISIONS: tuple[tuple[str, Any, bool], ...] = (
    ("reject", _("Request changes"), True),
    ("approve", _("Approve"), False),
    ("approve", _("Approve with comment"), True),
)
"""Name, label, and whether a comment is asked for."""


class NetworkApprovalTask(Task):
    """Whoever publishes in the page's network approves; one task serves all sections."""

    class Meta:
        verbose_name = _("approval by a publisher of the network")
        verbose_name_plural = _("approvals by a publisher of the network")

    def _may_decide(self, page: Page, user: Any) -> bool:
        return network_id_of(page) in access_of(user).publish

    def user_can_access_editor(self, page: Page, user: Any) -> bool:
        return self._may_decide(page, user)

    def page_locked_for_user(self, page: Page, user: Any) -> bool:
        return not self._may_decide(page, user)

    def locked_for_user(self, obj: Page, user: Any) -> bool:
        return not self._may_decide(obj, user)

    def user_can_lock(self, page: Page, user: Any) -> bool:
        return False

    def user_can_unlock(self, page: Page, user: Any) -> bool:
        return False

    def get_actions(self, page: Page, user: Any) -> list[tuple[str, Any, bool]]:
        return list(DECISIONS) if self._may_decide(page, user) else []

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> str | None:
        """Decide; what is looked at before it is published is approved there, with the comment that was given."""
        page = task_state.revision.content_object
        address = before_publishing_url(page) if action_name == "approve" else ""
        if not address:
            super().on_action(task_state, user, action_name, **kwargs)
            return None
        task_state.comment = kwargs.get("comment", "")
        task_state.save(update_fields=["comment"])
        return address

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> QuerySet[TaskState]:
        publish = access_of(user).publish
        if not publish:
            return TaskState.objects.none()
        ids = keys_as_text(pages_of_networks(Page.objects.all(), publish))
        return TaskState.objects.filter(
            status=TaskState.STATUS_IN_PROGRESS, task=self.task_ptr, revision__object_id__in=ids
        )

    def approvers(self, page: Page) -> QuerySet[User]:
        """The people who are told that the page waits: those who publish in its network."""
        current = Membership.objects.current().filter(network_id=network_id_of(page), role__in=PUBLISHING_ROLES)
        return User.objects.filter(is_active=True, pk__in=current.values("person_id"))

    @classmethod
    def get_description(cls) -> str:
        return str(_("People who may publish in the page’s network approve it."))
