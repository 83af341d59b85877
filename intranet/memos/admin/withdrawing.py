"""Withdrawing a memo instead of unpublishing it; archiving a memo or a note, and bringing it back."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from intranet.memos.archiving import archive, bring_back
from intranet.memos.exceptions import MemoError
from intranet.memos.models import ArchivedItem, MemoPage, MemoRecord, TrainingNotePage
from intranet.memos.services import withdraw
from intranet.networks.models import Item


def say_that_it_is_out_of_force(request: HttpRequest, page: Page) -> None:
    """Above the editor of a memo or a note that is withdrawn, or archived by itself: since when, and why. Nobody opens
    the editor of a page whose network is closed. One query."""
    if request.method != "GET" or not isinstance(page, MemoPage | TrainingNotePage):
        return
    items = Item.objects.select_related("memo_record", "archived_item").filter(pk=page.translation_key)
    item = items.first()
    record, archived = getattr(item, "memo_record", None), getattr(item, "archived_item", None)
    if record and record.withdrawn_at:
        words = _("Withdrawn on %(day)s.") % {"day": _day(record.withdrawn_at)}
        messages.warning(request, _with_reason(words, record.withdrawn_reason, record.withdrawn_language))
    if archived:
        words = _("Archived on %(day)s: it is kept for the record, and asks nothing of anyone any more.") % {
            "day": _day(archived.at)
        }
        messages.warning(request, _with_reason(words, archived.reason, archived.language))


def _day(moment: datetime.datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def _with_reason(words: str, reason: str, language: str) -> str:
    return format_html('{} <span lang="{}">{}</span>', words, language, reason) if reason else words


class ReasonForm(forms.Form):
    """Why it is no longer in force, as readers see it; ``question`` asks for it."""

    question: Any = ""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Its readers see this above the text."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = self.question


class WithdrawForm(ReasonForm):
    """Why the memo no longer holds."""

    question = gettext_lazy("Why is it withdrawn?")


class ArchiveForm(ReasonForm):
    """Why it is kept for the record alone."""

    question = gettext_lazy("Why is it archived?")


class _OutOfForceView(WagtailAdminTemplateMixin, FormView):
    """For those who may publish in the section; it holds for all language versions. ``page`` is a memo or a note."""

    models: tuple[type[MemoPage | TrainingNotePage], ...] = (MemoPage, TrainingNotePage)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.page.permissions_for_user(request.user).can_unpublish():
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def page(self) -> MemoPage | TrainingNotePage:
        for model in self.models:
            found = model.objects.filter(pk=self.kwargs["page_id"]).first()
            if found is not None:
                return found
        raise Http404

    def change(self, reason: str, language: str) -> str:
        """Do it; returns what is said then.

        Raises:
            MemoError: it cannot be done.
        """
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            said = self.change(form.cleaned_data.get("reason", ""), self.page.locale.language_code)
        except MemoError as error:
            form.add_error("reason" if "reason" in form.fields else None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, said)
        return redirect("wagtailadmin_pages:edit", self.page.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, page=self.page, is_memo=isinstance(self.page, MemoPage))


class WithdrawView(_OutOfForceView):
    """Asks for a reason; the memo stays readable where it is."""

    models = (MemoPage,)
    template_name = "memos/admin/withdraw.html"
    form_class = WithdrawForm
    page_title = gettext_lazy("Withdraw a memo")
    header_icon = "download"

    @cached_property
    def record(self) -> MemoRecord:
        return get_object_or_404(MemoRecord, item=self.page.translation_key)

    def change(self, reason: str, language: str) -> str:
        withdraw(self.record, reason=reason, language=language, by=self.request.user)
        return _("Memo %(number)s has been withdrawn.") % {"number": self.record.number}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, record=self.record)


class ArchiveView(_OutOfForceView):
    """Asks for a reason; the memo or the note stays readable where it is."""

    template_name = "memos/admin/archive.html"
    form_class = ArchiveForm
    page_title = gettext_lazy("Archive")
    header_icon = "folder-inverse"

    def change(self, reason: str, language: str) -> str:
        archive(self.page.translation_key, reason=reason, language=language, by=self.request.user)
        return _("“%(title)s” is archived.") % {"title": self.page.get_admin_display_title()}


class BringBackView(_OutOfForceView):
    """Takes it out of the archive."""

    template_name = "memos/admin/bring_back.html"
    form_class = forms.Form
    page_title = gettext_lazy("Bring back from the archive")
    header_icon = "upload"

    @cached_property
    def archived(self) -> ArchivedItem:
        return get_object_or_404(ArchivedItem, item=self.page.translation_key)

    def change(self, reason: str, language: str) -> str:
        bring_back(self.archived.item_id, by=self.request.user)
        return _("“%(title)s” is back from the archive.") % {"title": self.page.get_admin_display_title()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, archived=self.archived)
