"""wagtail-localize, per object: its views ask one permission of the whole site."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, QueryDict
from django.urls import ResolverMatch
from wagtail.blocks import ChooserBlock, ListBlock, StreamBlock, StructBlock
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail_localize import operations
from wagtail_localize.models import OverridableSegment, TranslationSource

from intranet.pages.admin.usable import usable_objects
from intranet.pages.permissions.tester import SectionPageTester

EDITS = frozenset({"submit_page_translation", "update_translations", "convert_to_alias"})


def check_role(request: HttpRequest, match: ResolverMatch) -> None:
    """Translating asks for the right to edit, publishing a translation for the right to publish.

    The guard has already answered for pages outside the person's sections.

    Raises:
        django.core.exceptions.PermissionDenied: the role is missing.
    """
    if match.url_name == "edit_override" and request.method == "PUT":
        _check_override(request, match)
    if match.url_name not in EDITS:
        return
    for page in _pages_of(match):
        tester = SectionPageTester(request.user, page)
        if not tester.can_edit() or tester.is_fixed:
            raise PermissionDenied
        publishes = match.url_name == "update_translations" and request.POST.get("publish_translations")
        overwrites_live = match.url_name == "convert_to_alias" and page.live
        becomes_live = match.url_name == "submit_page_translation" and has_live_alias(page)
        if (publishes or overwrites_live or becomes_live) and not tester.can_publish():
            raise PermissionDenied


def has_live_alias(page: Page) -> bool:
    """Whether the page stands in for a missing language version, live: a translation would turn it into one at once."""
    versions = Page.objects.filter(translation_key=page.translation_key)
    return versions.filter(live=True, alias_of__isnull=False).exists()


def _pages_of(match: ResolverMatch) -> list[Page]:
    if "page_id" in match.kwargs:
        return list(Page.objects.filter(pk=match.kwargs["page_id"]))
    source = TranslationSource.objects.get(pk=match.kwargs["translation_source_id"])
    return list(Page.objects.filter(translation_key=source.object_id))


def _check_override(request: HttpRequest, match: ResolverMatch) -> None:
    """Another image, document or page for one language: one that the person may use, else it does not exist."""
    segment = OverridableSegment.objects.select_related("context", "source").filter(
        pk=match.kwargs["overridable_segment_id"]
    )
    found = segment.first()
    if found is None:
        raise Http404
    model = _chosen_model(found.source.get_source_instance(), found.context.path.split("."))
    if model is None:
        return
    value = _put_value(request)
    if not value.isdigit() or not usable_objects(model, request.user).filter(pk=int(value)).exists():
        raise Http404


def _put_value(request: HttpRequest) -> str:
    if request.content_type == "multipart/form-data":
        data, _files = request.parse_file_upload(request.META, BytesIO(request.body))
    else:
        data = QueryDict(request.body, encoding=request.encoding)
    return str(data.get("value", "")).strip('"')


def _chosen_model(instance: Any, path: list[str]) -> type[Model] | None:
    """The model that a chooser at ``path`` (a field, then block ids and names) chooses from; None for other blocks."""
    field = instance._meta.get_field(path[0])
    if not isinstance(field, StreamField):
        return field.related_model if field.is_relation else None
    block, value = field.stream_block, getattr(instance, path[0])
    for part in path[1:]:
        if isinstance(block, StreamBlock):
            child = next((child for child in value if child.id == part), None)
            if child is None:
                return None
            block, value = child.block, child.value
        elif isinstance(block, ListBlock):
            block, value = block.child_block, next((c.value for c in value.bound_blocks if c.id == part), None)
        elif isinstance(block, StructBlock):
            block, value = block.child_blocks[part], value.get(part)
    return block.model_class if isinstance(block, ChooserBlock) else None


class SectionTranslationCreator(operations.TranslationCreator):
    """Translates what the person may edit: a related page of another section is left as it is."""

    def create_translations(self, instance: Any, include_related_objects: bool = True) -> None:
        if isinstance(instance, Page) and self.user is not None:
            tester = SectionPageTester(self.user, instance)
            if tester.is_fixed or not tester.can_edit() or (has_live_alias(instance) and not tester.can_publish()):
                return
        super().create_translations(instance, include_related_objects)


def register() -> None:
    operations.TranslationCreator = SectionTranslationCreator
