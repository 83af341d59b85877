"""Withdrawing a memo instead of unpublishing it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from intranet.memos.exceptions import MemoError
from intranet.memos.models import MemoPage, MemoRecord
from intranet.memos.services import withdraw


class WithdrawForm(forms.Form):
    """Why the memo no longer holds."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it withdrawn?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Readers of the memo see this above the text."),
    )


class WithdrawView(WagtailAdminTemplateMixin, FormView):
    """Asks for a reason; the memo stays readable where it is."""

    template_name = "memos/admin/withdraw.html"
    form_class = WithdrawForm
    page_title = gettext_lazy("Withdraw a memo")
    header_icon = "download"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.memo.permissions_for_user(request.user).can_unpublish():
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def memo(self) -> MemoPage:
        return get_object_or_404(MemoPage, pk=self.kwargs["page_id"])

    @cached_property
    def record(self) -> MemoRecord:
        return get_object_or_404(MemoRecord, item=self.memo.translation_key)

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        language = self.memo.locale.language_code
        try:
            withdraw(self.record, reason=form.cleaned_data["reason"], language=language, by=self.request.user)
        except MemoError as error:
            form.add_error("reason", str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Memo %(number)s has been withdrawn.") % {"number": self.record.number})
        return redirect("wagtailadmin_pages:edit", self.memo.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, memo=self.memo, record=self.record)
