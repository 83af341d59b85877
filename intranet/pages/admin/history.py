"""The history of what the office keeps for all: who changed what, before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal

from django.db import models, transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from wagtail.log_actions import LogFormatter, log

Outcome = Literal["created", "updated", "unchanged"]
SHOWN_CHARACTERS = 80


@transaction.atomic
def save_with_history(
    instance: models.Model, *, fields: Sequence[str], added: str, changed: str, by: Any = None
) -> Outcome:
    """Save a checked object, unless ``fields`` say what is there already, and note who changed what.

    The row is locked: of two who change it, the second one's history begins with what the first one wrote.
    ``added`` and ``changed`` are log actions.
    """
    held = type(instance)._default_manager.select_for_update().filter(pk=instance.pk).first()
    if held is None:
        instance.save()
        log(instance, added, user=by, content_changed=True)
        return "created"
    changes = {
        name: [_stored(before), _stored(after)]
        for name in fields
        if (before := getattr(held, name)) != (after := getattr(instance, name))
    }
    if not changes:
        return "unchanged"
    instance.save()
    log(instance, changed, user=by, content_changed=True, data={"changes": changes})
    return "updated"


def _stored(value: Any) -> Any:
    """A value as JSON has it."""
    return value if isinstance(value, bool | int | None) else str(value)


class SavingMixin:
    """For a create or edit view of Wagtail: saves through the service that writes the history.

    A subclass names ``save``, which takes the checked object and ``by``, who saves.
    """

    form: Any
    request: Any
    save: ClassVar[Callable[..., Outcome]]

    def save_instance(self) -> Any:
        instance = self.form.save(commit=False)
        type(self).save(instance, by=self.request.user)
        return instance


class ChangeFormatter(LogFormatter):
    """What was changed, before and after; a subclass names ``model`` and ``fields``."""

    model: ClassVar[type[models.Model]]
    fields: ClassVar[Sequence[str]]

    def format_message(self, log_entry: Any) -> str:
        changes = log_entry.data.get("changes", {})
        # A database may keep the names in an order of its own.
        return "; ".join(self.change(name, *changes[name]) for name in self.fields if name in changes)

    def change(self, name: str, before: Any, after: Any) -> str:
        """One change in words."""
        if name == "is_active":
            return _("activated") if after else _("made inactive")
        return _("%(field)s: “%(before)s” became “%(after)s”") % {
            "field": self.model._meta.get_field(name).verbose_name,
            "before": _short(before),
            "after": _short(after),
        }


def _short(value: Any) -> str:
    return Truncator(", ".join(str(value or "").splitlines())).chars(SHOWN_CHARACTERS)
