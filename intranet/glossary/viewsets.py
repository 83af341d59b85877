"""Terms in the admin: one list for all, kept by the national office."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from intranet.glossary.models import Term
from intranet.glossary.services import FIELDS, save_term
from intranet.pages.admin.history import ChangeFormatter, SavingMixin


class TermCreateView(SavingMixin, generic.CreateView):
    """A new term."""

    save = staticmethod(save_term)


class TermEditView(SavingMixin, generic.EditView):
    """A known term."""

    save = staticmethod(save_term)


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


class TermFormatter(ChangeFormatter):
    """What was changed in a term."""

    label = gettext_lazy("Change a term")
    model, fields = Term, FIELDS


term_viewset = TermViewSet("terms")
