"""The documents' lists, which say whether search finds a document by its text, and if not, what the editor can do."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.documents.views import chooser, documents
from wagtail.permissions import policy_registry

from intranet.pages.extraction.services import read_again
from intranet.pages.models import DocumentText, GuardedDocument


def text_of(document: GuardedDocument) -> DocumentText:
    """What is known of the document's text; a document that was not noticed yet waits like the others."""
    found = getattr(document, "text", None)
    return found if found and found.file_hash == document.file_hash else DocumentText(document=document)


class TextColumn(Column):
    """The state of the text, with the reason where there is something to do."""

    cell_template_name = "pages/admin/document_text_cell.html"

    def __init__(self) -> None:
        super().__init__("text", label=_("In the search"), accessor=text_of, width="22%")


class SectionIndexView(documents.IndexView):
    """Wagtail's list."""

    def get_base_queryset(self) -> QuerySet[GuardedDocument]:
        return super().get_base_queryset().select_related("text")

    @cached_property
    def columns(self) -> list[Column]:
        *first, usage = super().columns
        return [*first, TextColumn(), usage]


class TextInChooserMixin:
    """Wagtail's chooser."""

    def get_object_list(self) -> QuerySet[GuardedDocument]:
        return super().get_object_list().select_related("text", "collection")

    @property
    def columns(self) -> list[Column]:
        return [*super().columns, TextColumn()]


class SectionDocumentChooseView(TextInChooserMixin, chooser.DocumentChooseView):
    pass


class SectionDocumentChooseResultsView(TextInChooserMixin, chooser.DocumentChooseResultsView):
    pass


class ReadAgainView(View):
    """An editor's wish that a file be read once more, whose text could not be had."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, document_id: int) -> HttpResponse:
        document = get_object_or_404(GuardedDocument, pk=document_id)
        policy = policy_registry.get_by_type(GuardedDocument)
        if not policy.user_has_permission_for_instance(request.user, "change", document):
            raise PermissionDenied
        read_again(document)
        messages.success(request, gettext("The file will be read again in a moment."))
        return redirect("wagtaildocs:edit", document.pk)


def register() -> None:
    """Put the views in place, before Wagtail's addresses name them; called once when the app is ready."""
    documents.IndexView = SectionIndexView
    chooser.viewset.choose_view_class = SectionDocumentChooseView
    chooser.viewset.choose_results_view_class = SectionDocumentChooseResultsView
