"""What the editors of a section have to look after: languages that are missing, reviews, owners who left."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from intranet.memos.models import Edition, Keeping, MemoPage, TrainingNotePage
from intranet.networks.access import access_of
from intranet.pages.languages import name_here
from intranet.pages.listing import is_listed
from intranet.pages.models.querysets import pages_of_networks

ON_A_PAGE = 50
SOON = datetime.timedelta(days=30)


class UpkeepView(WagtailAdminTemplateMixin, TemplateView):
    """Three lists of the memos and notes of one's own sections."""

    template_name = "memos/admin/upkeep.html"
    page_title = gettext_lazy("Memos and notes to look after")
    header_icon = "clipboard-list"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not access_of(request.user).contribute:
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        networks = access_of(self.request.user).contribute
        missing = self._page_of(missing_languages(networks), "missing")
        kept = Keeping.objects.published().with_keepers().filter(item__network__in=networks)
        kept = kept.select_related("responsible", "deputy").order_by("review_on", "pk")
        due = self._page_of(kept.filter(review_on__lte=timezone.localdate() + SOON), "due")
        left = self._page_of(kept.filter(has_responsible=False, responsible__isnull=False), "left")
        titles = _titles({keeping.item_id for keeping in (*due, *left)})
        return {
            **super().get_context_data(**kwargs),
            "missing": [_missing_row(page) for page in missing],
            "missing_page": missing,
            "due": [_kept_row(keeping, titles) for keeping in due],
            "due_page": due,
            "left": [_kept_row(keeping, titles) for keeping in left],
            "left_page": left,
        }

    def _page_of(self, rows: QuerySet[Any], name: str) -> Any:
        """The page of one of the lists that the address names: each is read on by itself."""
        return Paginator(rows, ON_A_PAGE).get_page(self.request.GET.get(name))


def missing_languages(networks: frozenset[int]) -> QuerySet[Page]:
    """Live versions of memos and notes of the networks whose other language is not there, or behind a material change.

    Memos that are withdrawn are left out, and what is archived.
    ``missing``: what the last edition says of it, with the ``reason`` that readers see; ``is_alone``: it is not there.
    """
    types = ContentType.objects.get_for_models(MemoPage, TrainingNotePage).values()
    live = Page.objects.filter(live=True, alias_of=None, content_type__in=list(types))
    live = live.filter(is_listed("translation_key"))
    other = Page.objects.filter(translation_key=OuterRef("translation_key"), live=True, alias_of=None)
    last = Edition.objects.filter(record__item=OuterRef("translation_key")).order_by("-number", "-revision")
    behind = last.annotate(said_in=KT("content__missing__said_in")).values("said_in")[:1]
    pages = pages_of_networks(live, networks).annotate(
        is_alone=~Exists(other.exclude(pk=OuterRef("pk"))),
        missing=Subquery(last.values("content__missing")[:1]),
        changed_only_in=Subquery(behind),
    )
    pages = pages.filter(Q(is_alone=True) | Q(changed_only_in=F("locale__language_code")))
    return pages.select_related("locale").order_by("-first_published_at", "-pk")


def _missing_row(page: Page) -> dict[str, Any]:
    said = page.missing or {}
    return {
        "page": page,
        "language": name_here(page.locale.language_code),
        "is_alone": page.is_alone,
        "published": page.first_published_at,
        "reason": said.get("reason", ""),
    }


def _titles(keys: set[Any]) -> dict[Any, Page]:
    pages = Page.objects.filter(translation_key__in=keys, live=True, alias_of=None).order_by("pk")
    return {page.translation_key: page for page in pages}


def _kept_row(keeping: Any, titles: dict[Any, Page]) -> dict[str, Any]:
    return {
        "page": titles[keeping.item_id],
        "review_on": keeping.review_on,
        "is_overdue": keeping.review_on is not None and keeping.review_on < timezone.localdate(),
        "owner": keeping.responsible.get_full_name() if keeping.responsible else "",
        "keeper": _keeper(keeping),
    }


def _keeper(keeping: Any) -> str:
    """Who keeps it now, in words."""
    if keeping.has_responsible:
        return str(keeping.responsible.get_full_name())
    return str(keeping.deputy.get_full_name()) if keeping.has_deputy else _("The network’s coordinators")
