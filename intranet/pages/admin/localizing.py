"""wagtail-localize, per object: its views ask one permission of the whole site."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import ResolverMatch
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.blocks import ChooserBlock, ListBlock, StreamBlock, StructBlock
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail_localize import operations
from wagtail_localize.models import OverridableSegment, Translation, TranslationSource

from intranet.pages.admin.usable import usable_objects
from intranet.pages.models.base import before_publishing_url
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
        overwrites_live = match.url_name == "convert_to_alias" and page.live
        becomes_live = match.url_name == "submit_page_translation" and has_live_alias(page)
        if (_publishes_updates(request, match) or overwrites_live or becomes_live) and not tester.can_publish():
            raise PermissionDenied


def refuse_unseen(request: HttpRequest, match: ResolverMatch) -> HttpResponse | None:
    """What is looked at before it is published is not published together with an update of several languages."""
    if not _publishes_updates(request, match):
        return None
    if not any(before_publishing_url(page.specific) for page in _pages_of(match)):
        return None
    messages.error(
        request,
        _("Update without publishing, then publish each language in its editor: it shows first who gets it."),
    )
    return redirect(request.get_full_path())


def look_before_publishing(request: HttpRequest, page: Page) -> HttpResponse | None:
    """*Publish* beside a translation keeps the draft and leads to where it is looked at, if the page names that place.

    Readers go on reading what was published last.
    """
    if request.method != "POST" or request.POST.get("action") != "publish" or not before_publishing_url(page):
        return None
    translation = translations_into(page).first()
    # The editor's own view refuses whoever may not publish.
    if translation is None or not SectionPageTester(request.user, page).can_publish():
        return None
    with transaction.atomic():
        refusal = _refusal_to_save(translation, request.user)
        draft = Page.objects.get(pk=page.pk).get_latest_revision_as_object()
        # The library writes a draft into what is read, too: there it is undone.
        is_undone = draft.live and not refusal
        transaction.set_rollback(is_undone)
    if refusal:
        messages.error(request, refusal)
        return redirect("wagtailadmin_pages:edit", page.pk)
    if is_undone:
        draft.save_revision(user=request.user, clean=False)
    return redirect(before_publishing_url(draft))


def translations_into(page: Page) -> QuerySet[Translation]:
    """The one translation that the page follows passage by passage; none where it is written by itself."""
    of_page: QuerySet[Translation] = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale=page.locale_id, enabled=True
    )
    return of_page


def _refusal_to_save(translation: Translation, user: Any) -> str:
    """Save the translation as a draft; else why not."""
    try:
        translation.save_target(user=user, publish=False)
    except ValidationError:
        return _("Some translations cannot be published as they are. See the errors beside them.")
    except DataError:
        return _("A translation is too long for its place. Shorten the titles, then publish again.")
    return ""


def _publishes_updates(request: HttpRequest, match: ResolverMatch) -> bool:
    return match.url_name == "update_translations" and bool(request.POST.get("publish_translations"))


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
