"""Pages of the admin that say why: an item and a person, and the documents that an index refuses."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from intranet.accounts.models import User
from intranet.accounts.models.users import normalise_email
from intranet.finding import why
from intranet.finding.entries import versions_of
from intranet.finding.inspecting import engine_name, inspect, reason_of
from intranet.finding.permissions import is_inspector
from intranet.networks.access import access_of
from intranet.pages import kinds
from search import Query, SearchTimeout, explain
from search.deliveries import try_again
from search.models import Delivery
from search.query import TEXT_CHARACTERS

REFUSED_ON_A_PAGE = 50


class InspectorMixin(WagtailAdminTemplateMixin):
    """Open to those who keep the accounts."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_inspector(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]


class WhyForm(forms.Form):
    """An item, and what is asked about it."""

    item = forms.CharField(
        label=gettext_lazy("Key or address of the item"),
        max_length=2_000,
        help_text=gettext_lazy(
            "The address of something that you see yourself, or any key. The key of a page stands under “Who can see "
            "this” in its section, and is the “id” of the API."
        ),
    )
    person = forms.CharField(
        label=gettext_lazy("Can this person see it?"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("The e-mail address of an account."),
    )
    query = forms.CharField(
        label=gettext_lazy("Why does it rank where it does?"),
        required=False,
        max_length=TEXT_CHARACTERS,
        help_text=gettext_lazy("The words of a search. It is explained for what you see yourself."),
    )

    exact = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, asker: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asker = asker

    def clean_item(self) -> why.Subject:
        subject = why.subject_of(self.cleaned_data["item"], self.asker)
        if subject is None:
            raise forms.ValidationError(
                _("There is no item with this key, and nothing at this address that is addressed to you.")
            )
        return subject

    def clean_person(self) -> User | None:
        address = self.cleaned_data["person"].strip()
        if not address:
            return None
        person = User.objects.filter(email=normalise_email(address)).first()
        if person is None:
            raise forms.ValidationError(_("There is no account with this address."))
        return person


class WhyView(InspectorMixin, TemplateView):
    """What is stored about an item, why a person can or cannot see it, how a hit was scored."""

    template_name = "finding/admin/why.html"
    page_title = gettext_lazy("Search: why")
    header_icon = "help"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asker = self.request.user
        form = WhyForm(self.request.GET or None, asker=asker)
        context: dict[str, Any] = {**super().get_context_data(**kwargs), "form": form}
        if not form.is_bound or not form.is_valid():
            return context
        subject, person, text = (form.cleaned_data[name] for name in ("item", "person", "query"))
        context |= {"subject": subject, "inspection": inspect(subject, asker), "person": person, "text": text}
        if person is not None:
            context["answer"] = why.access_answer(person, subject, asker)
        # What is explained tells which words a text has: only of what the asker may read.
        if text and subject.shown is not None:
            language, exact = get_language() or "fr", form.cleaned_data["exact"]
            query = Query(text, access_of(asker).tokens, language=language, exact=exact, archived=True)
            try:
                context["explanation"] = explanation = explain(query, subject.key)
                context["engine_name"] = explanation and engine_name(explanation.engine)
            except SearchTimeout as error:
                context["problem"] = str(error)
        return context


class RefusedView(InspectorMixin, TemplateView):
    """The documents that an index refuses, each with its reason; one or all of them are sent again."""

    template_name = "finding/admin/refused.html"
    page_title = gettext_lazy("Refused by the search")
    header_icon = "warning"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        refused = Delivery.objects.in_use().refused()
        pages = Paginator(refused.select_related("entry", "index").order_by("pk"), REFUSED_ON_A_PAGE)
        page = pages.get_page(self.request.GET.get("p"))
        shown = versions_of([delivery.entry.key for delivery in page], self.request.user)
        rows = [
            {
                "pk": delivery.pk,
                "key": delivery.entry.key,
                "kind": kinds.kind_label(delivery.entry.kind),
                "shown": (version := shown.get(delivery.entry.key)),
                "index": delivery.index.name,
                "reason": reason_of(delivery, reveals=version is not None),
                "url": f"{reverse('finding_why')}?item={delivery.entry.key}",
            }
            for delivery in page
        ]
        return {**super().get_context_data(**kwargs), "rows": rows, "page": page}

    def post(self, request: HttpRequest) -> HttpResponse:
        refused = Delivery.objects.in_use().refused()
        chosen = request.POST.get("delivery", "")
        if chosen != "all":
            refused = refused.filter(pk=int(chosen)) if re.fullmatch("[0-9]{1,18}", chosen) else refused.none()
        count = try_again(refused)
        messages.success(
            request,
            ngettext("%(count)d document will be sent again.", "%(count)d documents will be sent again.", count)
            % {"count": count},
        )
        return redirect("finding_refused")
