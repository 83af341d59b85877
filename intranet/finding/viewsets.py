"""Pinned answers in the admin: one list for all, kept by the national office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from intranet.finding.entries import version_at, versions_of
from intranet.finding.models import PinnedAnswer, today
from intranet.finding.pinning import FIELDS, save_pinned_answer
from intranet.pages.admin.history import ChangeFormatter, SavingMixin


class PinnedAnswerForm(WagtailAdminModelForm):
    """Queries, and the item by its address. An item that is not meant for the editor stays, unnamed."""

    address = forms.CharField(
        label=gettext_lazy("Address of the answer"),
        max_length=2_000,
        help_text=gettext_lazy(
            "Open the page, the memo or the term on the site and copy its address here. Whoever may not see it does "
            "not see it above the results either."
        ),
    )
    field_order = ("phrases_fr", "phrases_en", "address", "valid_from", "valid_until")

    class Meta:
        model = PinnedAnswer
        fields = ("phrases_fr", "phrases_en", "valid_from", "valid_until")
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in ("phrases_fr", "phrases_en")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.item:
            return
        shown = versions_of([self.instance.item], self.for_user).get(self.instance.item)
        if shown is not None:
            self.initial["address"] = shown.url
            return
        self.fields["address"].required = False
        self.fields["address"].help_text = _(
            "The present answer is not addressed to you, or is gone. Leave this empty to keep it, or give another one."
        )

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if not address:
            return ""
        version = version_at(address, self.for_user)
        if version is None:
            raise forms.ValidationError(
                _("You see nothing at this address that a search finds. Copy it from the page itself.")
            )
        self.instance.item = version.entry.key
        return address


class PinnedAnswerCreateView(SavingMixin, generic.CreateView):
    """A new answer."""

    save = staticmethod(save_pinned_answer)


class PinnedAnswerEditView(SavingMixin, generic.EditView):
    """A known answer."""

    save = staticmethod(save_pinned_answer)


class PinnedAnswerIndexView(generic.IndexView):
    """The answers, each with its item as far as the editor may see it; one statement for all items."""

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        answers = list(context["object_list"])
        shown = versions_of({answer.item for answer in answers}, self.request.user)
        for answer in answers:
            answer.shown = shown.get(answer.item)
        context["table"].data = answers
        return context


def _item_of(answer: Any) -> str:
    if answer.shown is None:
        return _("not addressed to you, or gone")
    return format_html('<a href="{}" lang="{}">{}</a>', answer.shown.url, answer.shown.language, answer.shown.title)


def _state_of(answer: PinnedAnswer) -> str:
    day = today()
    if answer.is_valid_on(day):
        return _("shown")
    return _("not shown any more") if answer.valid_until and answer.valid_until < day else _("not shown yet")


class PinnedAnswerViewSet(ModelViewSet):
    """Shown to whom the policy lets do something with pinned answers."""

    model = PinnedAnswer
    name = "pinned-answers"
    menu_label = gettext_lazy("Pinned answers")
    icon = "thumbtack"
    add_to_admin_menu = True
    menu_order = 370
    index_view_class = PinnedAnswerIndexView
    add_view_class = PinnedAnswerCreateView
    edit_view_class = PinnedAnswerEditView
    list_display = (
        "__str__",
        Column("item", label=gettext_lazy("Answer"), accessor=_item_of),
        Column("state", label=gettext_lazy("State"), accessor=_state_of),
        "valid_from",
        "valid_until",
    )
    search_fields = ("phrases_fr", "phrases_en")
    copy_view_enabled = False
    inspect_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[PinnedAnswerForm]:
        """The same form for a new answer and a known one."""
        return PinnedAnswerForm


class PinnedAnswerFormatter(ChangeFormatter):
    """What was changed in a pinned answer; its item is not named, the history's reader may not see it."""

    label = gettext_lazy("Change a pinned answer")
    model, fields = PinnedAnswer, FIELDS

    def change(self, name: str, before: Any, after: Any) -> str:
        return _("another answer") if name == "item" else super().change(name, before, after)


pinned_answer_viewset = PinnedAnswerViewSet("pinned-answers")
