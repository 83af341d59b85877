"""What the office keeps about searches, in the admin."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from intranet.finding.pinning import ADDED, CHANGED
from intranet.finding.viewsets import PinnedAnswerFormatter, pinned_answer_viewset


@hooks.register("register_admin_viewset")
def register_pinned_answers() -> Any:
    return pinned_answer_viewset


@hooks.register("register_log_actions")
def register_pinned_answer_log(actions: Any) -> None:
    actions.register_action(ADDED, _("Pin an answer"), _("Answer pinned"))
    actions.register_action(CHANGED)(PinnedAnswerFormatter)
