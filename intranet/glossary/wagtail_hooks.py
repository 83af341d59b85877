"""Terms in the admin, and in its history."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from intranet.glossary.services import ADDED, CHANGED
from intranet.glossary.viewsets import TermFormatter, term_viewset


@hooks.register("register_admin_viewset")
def register_term_views() -> Any:
    return term_viewset


@hooks.register("register_log_actions")
def register_term_log(actions: Any) -> None:
    actions.register_action(ADDED, _("Add a term"), _("Term added"))
    actions.register_action(CHANGED)(TermFormatter)
