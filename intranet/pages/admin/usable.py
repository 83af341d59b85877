"""What an editor may refer to, and for whom the admin works just now.

Wagtail's choosers, blocks and rich text validate against every object there is; they are handed the answer from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Model, Q, QuerySet
from wagtail.models import Page
from wagtail.permissions import policy_registry

from intranet.networks.access import access_of
from intranet.networks.models import Network
from intranet.pages.models import GuardedDocument, GuardedImage, Topic
from intranet.pages.models.querysets import all_pages
from intranet.pages.permissions.sections import SECTION_PATH_LENGTH, section_actions

_editor: ContextVar[Any] = ContextVar("pages_admin_editor", default=None)


@contextmanager
def editing_as(user: Any) -> Iterator[None]:
    """Within it, choosers and blocks know of nothing that ``user`` may not see. The guard opens one per request."""
    reset = _editor.set(user)
    try:
        yield
    finally:
        _editor.reset(reset)


def current_editor() -> Any | None:
    """The person for whom the admin works, or None outside of it."""
    return _editor.get()


def usable_objects(model: type[Model], user: Any) -> QuerySet[Any]:
    """The objects of ``model`` that ``user`` may refer to: what one sees, and what one's sections hold."""
    if issubclass(model, Page):
        own = policy_registry.get_by_type(Page).explorable_instances(user).order_by().values("pk")
        seen = all_pages().visible_to(user).order_by().values("pk")
        return model._default_manager.filter(Q(pk__in=own) | Q(pk__in=seen))
    if issubclass(model, GuardedDocument | GuardedImage):
        return model._default_manager.visible_to(user)
    if issubclass(model, Network):
        return Network.objects.active().nameable_by(access_of(user).network_ids)
    if issubclass(model, Topic):
        return Topic.objects.all()
    return policy_registry.get_by_type(model).instances_user_has_any_permission_for(
        user, {"add", "change", "choose", "view"}
    )


def may_use(user: Any, instance: Model) -> bool:
    """Whether ``user`` may refer to ``instance``; without a query for pages of one's own sections."""
    if isinstance(instance, Page) and (
        instance.depth <= 2 or instance.path[:SECTION_PATH_LENGTH] in section_actions(user)
    ):
        return bool(access_of(user).contribute)
    return usable_objects(type(instance), user).filter(pk=instance.pk).exists()
