"""Where Wagtail asks every object there is, it is made to ask for those of the person it works for.

Each function here stands for one of Wagtail's that has no hook: choosers in blocks, forms and rich text validate and
show any id, the reference index counts everybody's references, the logs show superusers everything. Outside the admin
(no ``current_editor()``) the stock behaviour stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from taggit.models import Tag, TaggedItem
from wagtail.admin import filters
from wagtail.admin.rich_text.converters.html_to_contentstate import PageLinkElementHandler
from wagtail.admin.widgets.chooser import BaseChooser
from wagtail.blocks.field_block import ChooserBlock
from wagtail.documents.rich_text.contentstate import DocumentLinkElementHandler
from wagtail.images.fields import WagtailImageField
from wagtail.images.rich_text.contentstate import ImageElementHandler
from wagtail.images.views import chooser as image_chooser
from wagtail.models import ModelLogEntry, Page, PageLogEntry, ReferenceIndex, get_default_page_content_type
from wagtail.permissions import policy_registry
from wagtail.url_routing import RouteResult
from wagtail.users.models import UserProfile

from intranet.pages.admin.usable import current_editor, may_use, usable_objects
from intranet.pages.models import GuardedDocument, GuardedImage
from intranet.pages.models.files import unreadable_picture
from intranet.pages.models.querysets import keys_as_text
from intranet.pages.permissions.sections import SECTION_PATH_LENGTH, section_actions
from intranet.pages.permissions.tester import Untitled


class _NotUsable:
    """What a chooser's block holds when the form named an object that the editor may not use, or that is not there."""

    pk = None


NOT_USABLE = _NotUsable()


def register() -> None:
    """Put the functions in place; called once when the app is ready."""
    _confine_blocks()
    _confine_widgets()
    _confine_rich_text()
    _confine_routes()
    _confine_references()
    _confine_logs()
    _confine_tags()
    _explain_broken_pictures()
    # The admin, and its e-mails, are in the language of the account.
    UserProfile.get_preferred_language = lambda self: self.user.language


def _confine_blocks() -> None:
    stock_value, stock_clean = ChooserBlock.value_from_form, ChooserBlock.clean
    stock_state, stock_prep = ChooserBlock.get_form_state, ChooserBlock.get_prep_value

    def value_from_form(self: ChooserBlock, value: Any) -> Any:
        editor = current_editor()
        if editor is None or value in (None, ""):
            return stock_value(self, value)
        try:
            instance = stock_value(self, value)
        except (TypeError, ValueError):
            return NOT_USABLE
        return instance if instance is not None and may_use(editor, instance) else NOT_USABLE

    def clean(self: ChooserBlock, value: Any) -> Any:
        if value is NOT_USABLE:
            raise ValidationError(_("Choose something that is in your section, or that is shared with you."))
        return stock_clean(self, value)

    ChooserBlock.value_from_form = value_from_form
    ChooserBlock.clean = clean
    ChooserBlock.get_form_state = lambda self, value: None if value is NOT_USABLE else stock_state(self, value)
    ChooserBlock.get_prep_value = lambda self, value: None if value is NOT_USABLE else stock_prep(self, value)


def _confine_widgets() -> None:
    stock_instance = BaseChooser.get_instance

    def get_instance(self: BaseChooser, value: Any) -> Any:
        editor = current_editor()
        try:
            instance = stock_instance(self, value)
        except (TypeError, ValueError):
            return None
        if editor is None or instance is None:
            return instance
        if not may_use(editor, instance):
            return None
        _show_as_live(editor, instance)
        return instance

    BaseChooser.get_instance = get_instance


def _confine_routes() -> None:
    """A link by its address becomes a link to the page, whichever it is, and tells its title; so does the API."""
    stock = Page.route

    def route(self: Page, request: HttpRequest, path_components: list[str]) -> RouteResult:
        found: RouteResult = stock(self, request, path_components)
        editor = current_editor()
        if editor is not None:
            if not may_use(editor, found.page):
                raise Http404
            _show_as_live(editor, found.page)
        return found

    Page.route = route


def _show_as_live(editor: Any, page: Any) -> None:
    """A page elsewhere shows the title that its readers know: its draft is its section's."""
    if isinstance(page, Page) and page.path[:SECTION_PATH_LENGTH] not in section_actions(editor):
        page.draft_title = page.title


def _is_usable(model: type[Any], attrs: dict[str, str]) -> bool:
    """Whether the object that a tag of the database's rich text names may be shown in the editor."""
    editor = current_editor()
    if editor is None:
        return True
    pk = attrs.get("id", "")
    return pk.isdigit() and usable_objects(model, editor).filter(pk=int(pk)).exists()


def _confine_rich_text() -> None:
    stock_page = PageLinkElementHandler.get_attribute_data
    stock_document = DocumentLinkElementHandler.get_attribute_data
    stock_image = ImageElementHandler.create_entity

    def page_data(self: Any, attrs: dict[str, str]) -> dict[str, Any]:
        if _is_usable(Page, attrs):
            return stock_page(self, attrs)
        return {"id": _number(attrs), "url": None, "parentId": None}

    def document_data(self: Any, attrs: dict[str, str]) -> dict[str, Any]:
        return stock_document(self, attrs) if _is_usable(GuardedDocument, attrs) else {"id": _number(attrs)}

    def image_entity(self: Any, name: str, attrs: dict[str, str], state: Any, contentstate: Any) -> Any:
        shown = attrs if _is_usable(GuardedImage, attrs) else {**attrs, "id": "0"}
        entity = stock_image(self, name, shown, state, contentstate)
        entity.data["id"] = attrs.get("id")
        return entity

    PageLinkElementHandler.get_attribute_data = page_data
    DocumentLinkElementHandler.get_attribute_data = document_data
    ImageElementHandler.create_entity = image_entity


def _number(attrs: dict[str, str]) -> int | None:
    pk = attrs.get("id", "")
    return int(pk) if pk.isdigit() else None


def _own_references(references: QuerySet[ReferenceIndex]) -> QuerySet[ReferenceIndex]:
    """References that pages of one's own sections make; what other sections refer to is not even counted."""
    editor = current_editor()
    if editor is None:
        return references
    own = keys_as_text(policy_registry.get_by_type(Page).explorable_instances(editor))
    return references.filter(~Q(base_content_type=get_default_page_content_type()) | Q(object_id__in=own))


def _confine_references() -> None:
    stock_to, stock_bulk = ReferenceIndex.get_references_to, ReferenceIndex.get_references_to_in_bulk

    def get_references_to(cls: type[ReferenceIndex], object: Any) -> QuerySet[ReferenceIndex]:
        return _own_references(stock_to(object))

    def get_references_to_in_bulk(cls: type[ReferenceIndex], objects: Any) -> QuerySet[ReferenceIndex]:
        return _own_references(stock_bulk(objects))

    ReferenceIndex.get_references_to = classmethod(get_references_to)
    ReferenceIndex.get_references_to_in_bulk = classmethod(get_references_to_in_bulk)


GUARDED_LOGS = ("page", "guardeddocument", "guardedimage", "network", "collection")
"""Models whose log entries name a section's objects."""


def _confine_logs() -> None:
    pages, models = type(PageLogEntry.objects), type(ModelLogEntry.objects)
    stock_pages, stock_models = pages.viewable_by_user, models.viewable_by_user

    def page_entries(self: Any, user: Any) -> QuerySet[PageLogEntry]:
        return stock_pages(self, Untitled(user))

    def model_entries(self: Any, user: Any) -> QuerySet[ModelLogEntry]:
        return stock_models(self, user).exclude(content_type__model__in=GUARDED_LOGS)

    pages.viewable_by_user = page_entries
    models.viewable_by_user = model_entries


def _confine_tags() -> None:
    stock = filters.popular_tags_for_model

    def popular_tags(model: type[Any], count: int = 10) -> Iterable[Tag]:
        """The tags that are used most among the files of one's own sections."""
        editor = current_editor()
        if editor is None:
            return stock(model, count)
        own = policy_registry.get_by_type(model).instances_user_has_any_permission_for(editor, {"choose"})
        used = TaggedItem.objects.filter(
            content_type__app_label=model._meta.app_label,
            content_type__model=model._meta.model_name,
            object_id__in=own.values("pk"),
        )
        return (
            Tag.objects.filter(pk__in=used.values("tag"))
            .annotate(uses=Count("taggit_taggeditem_items", filter=Q(taggit_taggeditem_items__in=used)))
            .order_by("-uses", "name")[:count]
        )

    filters.popular_tags_for_model = popular_tags
    image_chooser.popular_tags_for_model = popular_tags


def _explain_broken_pictures() -> None:
    """Wagtail's form decodes the picture to count its points, and fails with the server's error where it is cut off."""
    stock = WagtailImageField.check_image_pixel_size

    def check_image_pixel_size(self: WagtailImageField, f: Any) -> None:
        try:
            stock(self, f)
        except (OSError, SyntaxError, ValueError) as error:
            raise ValidationError(unreadable_picture(f.name), code="invalid_image") from error

    WagtailImageField.check_image_pixel_size = check_image_pixel_size
