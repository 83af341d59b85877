"""The form of every page: what it may refer to."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import DateField, DateTimeField, ModelChoiceField, ModelMultipleChoiceField
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.blocks import BlockField, StreamValue
from wagtail.blocks.base import BlockWidget
from wagtail.models import Page
from wagtail.rich_text import RichText

from intranet.networks.days import check_day
from intranet.networks.models import Network
from intranet.pages.admin.usable import usable_objects
from intranet.pages.models import GuardedDocument, GuardedImage
from intranet.pages.streams import references_in

CONFINED = (Page, GuardedDocument, GuardedImage, Network)
"""Models whose objects a form offers only as far as the person may see them."""


def _references(value: Any) -> dict[type[Model], frozenset[int]]:
    """What a body, or the markup of a rich text, refers to."""
    found = references_in(RichText(value) if isinstance(value, str) else value)
    return {Page: found.pages, GuardedDocument: found.documents, GuardedImage: found.images}


class KeptWidget(BlockWidget):
    """Shows the blocks that were there, whatever was sent."""

    def __init__(self, widget: BlockWidget, kept: Any) -> None:
        super().__init__(widget.block_def, widget.attrs)
        self.kept = kept

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return self.kept


class SectionPageForm(WagtailAdminPageForm):
    """Refuses what the editor may not see: choices, and new links in rich text. Blocks that arrive in pieces stay, and
    so do choices of several that the editor may not name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_pieces = self.is_bound and self._keep_what_arrived_in_pieces()
        self.unnamed: dict[str, list[Model]] = {}
        for name, field in self.fields.items():
            if self.for_user and isinstance(field, ModelChoiceField) and issubclass(field.queryset.model, CONFINED):
                field.queryset = usable_objects(field.queryset.model, self.for_user)
                if isinstance(field, ModelMultipleChoiceField):
                    self._keep_unnamed(name, field)
            if isinstance(field, DateField | DateTimeField):
                field.validators = [*field.validators, check_day]

    def _keep_unnamed(self, name: str, field: ModelMultipleChoiceField) -> None:
        """What is chosen and not offered to this editor, who could neither keep nor remove it, stays chosen."""
        chosen = list(self.initial.get(name) or ())
        offered = set(field.queryset.filter(pk__in=[each.pk for each in chosen]).values_list("pk", flat=True))
        self.unnamed[name] = [each for each in chosen if each.pk not in offered]
        if self.unnamed[name]:
            words = _("Others that you may not see are chosen too; they stay chosen.")
            if field.queryset.model is Network:
                words = _("Other networks are chosen too; they stay chosen.")
            field.help_text = f"{field.help_text} {words}" if field.help_text else words

    def _keep_what_arrived_in_pieces(self) -> bool:
        """Whether a body cannot be read, as when its script did not run; the stored one is kept then."""
        broken = False
        for name, field in self.fields.items():
            if not isinstance(field, BlockField):
                continue
            try:
                field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            except (KeyError, ValueError):
                field.widget = KeptWidget(field.widget, self.get_initial_for_field(field, name))
                broken = True
        return broken

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.has_pieces:
            message = _(
                "A part of the page did not arrive, so nothing has been saved: below is the text as it was. "
                "Reload this page, with JavaScript switched on, and make your changes again."
            )
            self.add_error(None, ValidationError(message))
        if self.for_user:
            for name in list(cleaned):
                self._refuse_foreign(name, cleaned[name])
                if name in self.unnamed:
                    cleaned[name] = [*cleaned[name], *self.unnamed[name]]
        return cleaned

    def _refuse_foreign(self, name: str, value: Any) -> None:
        """An error on the field for new references to what is not there for this editor."""
        if not isinstance(value, StreamValue | str):
            return
        # What was there before, perhaps deleted since, does not keep the editor from saving.
        before = _references(getattr(self.instance, name, ""))
        for model, pks in _references(value).items():
            new = pks - before[model]
            if new and usable_objects(model, self.for_user).filter(pk__in=new).count() != len(new):
                self.add_error(name, ValidationError(_foreign_message(model)))


def _foreign_message(model: type[Model]) -> str:
    if model is Page:
        return _("The text links to a page that does not exist or that you may not see. Remove the link.")
    if model is GuardedImage:
        return _("The text shows an image that does not exist or that you may not see. Remove the image.")
    return _("The text links to a document that does not exist or that you may not see. Remove the link.")
