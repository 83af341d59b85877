"""Hooks of the editor's side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import Page
from wagtail_localize import wagtail_hooks as localize_hooks

from intranet.networks.models import Item
from intranet.pages.admin import menus, moving, panels
from intranet.pages.admin.audience import LOG_ACTION
from intranet.pages.admin.deleting import SectionDeleteBulkAction, kept_below, refusal_of_deletion
from intranet.pages.admin.localizing import look_before_publishing
from intranet.pages.admin.log_messages import name_own_places_only
from intranet.pages.admin.topics import topic_viewset
from intranet.pages.admin.viewset import own_pages, section_page_viewset
from intranet.pages.extraction.services import items_using
from intranet.pages.models import GuardedDocument, GuardedImage
from intranet.pages.permissions.sections import SECTION_DEPTH
from intranet.pages.search_sources import index_items
from intranet.pages.uses import write_uses_of

hooks.register("construct_main_menu", menus.confine_main_menu)
hooks.register("construct_settings_menu", menus.confine_settings_menu)
hooks.register("construct_reports_menu", menus.confine_reports_menu)
hooks.register("construct_help_menu", menus.confine_help_menu)
hooks.register("construct_homepage_panels", panels.confine_panels)
hooks.register("construct_homepage_summary_items", panels.confine_summary, order=1000)
# The classes themselves, after Wagtail's own, which they replace.
hooks.register("register_bulk_action", moving.SectionMoveBulkAction, order=1000)
hooks.register("register_bulk_action", SectionDeleteBulkAction, order=1000)
hooks.register("register_log_actions", name_own_places_only, order=1000)
# Before wagtail-localize's own, which shows its editor and publishes.
hooks.register("before_edit_page", look_before_publishing, order=-1)


# Its two queries for each row of a listing; the same buttons stay in the header of a page.
_LISTING_BUTTONS = "register_page_listing_more_buttons"
hooks._hooks[_LISTING_BUTTONS] = [
    entry for entry in hooks._hooks[_LISTING_BUTTONS] if entry[0] is not localize_hooks.page_listing_more_buttons
]


@hooks.register("register_admin_viewset")
def register_page_views() -> Any:
    """After Wagtail's own, which it replaces."""
    return [section_page_viewset, topic_viewset]


@hooks.register("construct_page_chooser_queryset")
def confine_page_chooser(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Browsing and searching for a page: one's own sections and the way there, without a query per row."""
    own = pages.filter(pk__in=own_pages(request).order_by().values("pk"))
    return own.prefetch_related("locale").prefetch_workflow_states().annotate_approved_schedule()


@hooks.register("after_copy_page")
def give_copy_its_audience(request: HttpRequest, page: Page, new_page: Page) -> None:
    moving.take_over_rules(page, new_page, request.user)


@hooks.register("before_delete_page")
def keep_what_was_published(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refuse_deletion(request, [page])


@hooks.register("before_bulk_action")
def keep_what_was_published_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    pages = [item for item in objects if isinstance(item, Page)]
    return _refuse_deletion(request, pages) if action_type == "delete" else None


def _refuse_deletion(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    kept = kept_below(pages)
    if kept is None:
        return None
    messages.error(request, refusal_of_deletion(kept))
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk)


@hooks.register("register_page_header_buttons")
def audience_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if page.pk and page.depth >= SECTION_DEPTH:
        url = reverse("page_audience", args=[page.pk])
        yield Button(_("Who can see this"), url, icon_name="view", priority=35)


@hooks.register("register_log_actions")
def register_audience_log(actions: Any) -> None:
    @actions.register_action(LOG_ACTION)
    class AudienceFormatter(LogFormatter):
        label = gettext_lazy("Change who can see it")

        def format_message(self, log_entry: Any) -> str:
            after = log_entry.data.get("after", "")
            if after not in Item.Rule.values:
                return _("Who can see it now follows the page above.")
            return _("Can be seen by: %(choice)s") % {"choice": Item.Rule(after).label}


@hooks.register("after_bulk_action")
def note_moved_files(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> None:
    """Wagtail moves them into another collection by one statement, of which no signal tells."""
    if action_type == "add_to_collection":
        documents = [each.pk for each in objects if isinstance(each, GuardedDocument)]
        write_uses_of(GuardedDocument, documents)
        write_uses_of(GuardedImage, [each.pk for each in objects if isinstance(each, GuardedImage)])
        index_items(items_using(documents))
