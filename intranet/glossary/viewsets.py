"""Terms in the admin: one list for all, kept by the national office."""

from __future__ import annotations

from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import LogFormatter

from intranet.glossary.models import Term
from intranet.glossary.services import FIELDS, save_term

SHOWN_CHARACTERS = 80


class _Saving:
    """Saves through the service, which writes the history."""

    form: WagtailAdminModelForm
    request: Any

    def save_instance(self) -> Term:
        term: Term = self.form.save(commit=False)
        save_term(term, by=self.request.user)
        return term


class TermCreateView(_Saving, generic.CreateView):
    """A new term."""


class TermEditView(_Saving, generic.EditView):
    """A known term."""


class TermViewSet(ModelViewSet):
    """Shown to whom the policy lets do something with terms."""

    model = Term
    name = "terms"
    menu_label = gettext_lazy("Glossary")
    icon = "openquote"
    add_to_admin_menu = True
    menu_order = 360
    add_view_class = TermCreateView
    edit_view_class = TermEditView
    list_display = ("form_fr", "form_en", "acronyms_fr", "acronyms_en", "is_active")
    list_filter = ("is_active",)
    search_fields = ("form_fr", "form_en", "acronyms_fr", "acronyms_en", "variants_fr", "variants_en")
    ordering = ("form_fr", "form_en")
    copy_view_enabled = False
    inspect_view_enabled = False
    panels = (
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("form_fr"), FieldPanel("form_en")]),
                FieldRowPanel([FieldPanel("acronyms_fr"), FieldPanel("acronyms_en")]),
                FieldRowPanel([FieldPanel("variants_fr"), FieldPanel("variants_en")]),
            ],
            heading=gettext_lazy("How it is said"),
            help_text=gettext_lazy("Whoever seeks one of these finds what has any of the others."),
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("definition_fr"), FieldPanel("definition_en")])],
            heading=gettext_lazy("What it means"),
            help_text=gettext_lazy("Shown in search, in the glossary and under the pages where the term occurs."),
        ),
        FieldPanel("is_active"),
    )


class ChangeFormatter(LogFormatter):
    """What was changed in a term, before and after."""

    label = gettext_lazy("Change a term")

    def format_message(self, log_entry: Any) -> str:
        changes = log_entry.data.get("changes", {})
        # A database may keep the names in an order of its own.
        return "; ".join(_change(name, *changes[name]) for name in FIELDS if name in changes)


def _change(name: str, before: Any, after: Any) -> str:
    label = Term._meta.get_field(name).verbose_name
    if name == "is_active":
        return _("activated") if after else _("made inactive")
    return _("%(field)s: “%(before)s” became “%(after)s”") % {
        "field": label,
        "before": _short(before),
        "after": _short(after),
    }


def _short(text: str) -> str:
    return Truncator(", ".join(text.splitlines())).chars(SHOWN_CHARACTERS)


term_viewset = TermViewSet("terms")
