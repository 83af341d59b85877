"""Memos in the Wagtail admin."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.action_menu import UnpublishMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import Page

from intranet.memos.admin.publishing import (
    CHECKED_TYPES,
    BeforePublishingView,
    ReachedPeopleView,
    show_before_approving,
    show_before_publishing,
)
from intranet.memos.admin.upkeep import UpkeepView
from intranet.memos.admin.withdrawing import (
    ArchiveView,
    BringBackView,
    WithdrawView,
    say_that_it_is_out_of_force,
)
from intranet.memos.archiving import ARCHIVED, RETURNED
from intranet.memos.follow_up.permissions import is_follower
from intranet.memos.keeping import REVIEWED
from intranet.memos.models import ArchivedItem, MemoPage, MemoRecord
from intranet.memos.presenting import follow_up_url
from intranet.memos.questions.permissions import may_read_removals
from intranet.memos.services import WITHDRAWN
from intranet.networks.access import access_of
from intranet.pages.placing import subtree


@hooks.register("register_admin_urls")
def register_addresses() -> list[URLPattern]:
    return [
        path("memos/<int:page_id>/withdraw/", WithdrawView.as_view(), name="memo_withdraw"),
        path("memos/<int:page_id>/archive/", ArchiveView.as_view(), name="memo_archive"),
        path("memos/<int:page_id>/bring-back/", BringBackView.as_view(), name="memo_bring_back"),
        path("memos/<int:page_id>/publish/", BeforePublishingView.as_view(), name="memo_before_publishing"),
        path("memos/<int:page_id>/publish/<slug:slug>/", ReachedPeopleView.as_view(), name="memo_reached_people"),
        path("reports/upkeep/", UpkeepView.as_view(), name="memos_upkeep"),
    ]


class UpkeepMenuItem(MenuItem):
    """For those who write in a section."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(access_of(request.user).contribute)


@hooks.register("register_reports_menu_item")
def register_upkeep() -> MenuItem:
    address = reverse_lazy("memos_upkeep")
    return UpkeepMenuItem(gettext_lazy("Memos and notes to look after"), address, icon_name="clipboard-list", order=800)


class FiguresMenuItem(MenuItem):
    """For those who publish: the office sees all figures, others their own networks'."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(access_of(request.user).publish)


@hooks.register("register_reports_menu_item")
def register_figures() -> MenuItem:
    address = reverse_lazy("memos:figures")
    return FiguresMenuItem(gettext_lazy("Training figures"), address, icon_name="table", order=810)


@hooks.register("register_log_actions")
def register_withdrawal_log(actions: Any) -> None:
    @actions.register_action(WITHDRAWN)
    class WithdrawalFormatter(LogFormatter):
        label = gettext_lazy("Withdraw a memo")

        def format_message(self, log_entry: Any) -> str:
            return _("Withdrawn: %(reason)s") % {"reason": log_entry.data.get("reason", "")}


@hooks.register("register_log_actions")
def register_archive_log(actions: Any) -> None:
    @actions.register_action(ARCHIVED)
    class ArchiveFormatter(LogFormatter):
        label = gettext_lazy("Archive")

        def format_message(self, log_entry: Any) -> str:
            return _("Archived: %(reason)s") % {"reason": log_entry.data.get("reason", "")}

    actions.register_action(RETURNED, gettext_lazy("Bring back"), gettext_lazy("Brought back from the archive"))


@hooks.register("register_log_actions")
def register_review_log(actions: Any) -> None:
    @actions.register_action(REVIEWED)
    class ReviewFormatter(LogFormatter):
        label = gettext_lazy("Review")

        def format_message(self, log_entry: Any) -> str:
            day = date_format(datetime.date.fromisoformat(log_entry.data["until"]), "DATE_FORMAT")
            return _("Reviewed, still valid until %(day)s") % {"day": day}


class FollowUpMenuItem(MenuItem):
    """For those who publish, and for coordinators."""

    def is_shown(self, request: HttpRequest) -> bool:
        return is_follower(request.user)


@hooks.register("register_reports_menu_item")
def register_follow_up() -> MenuItem:
    address = reverse_lazy("memos:followed")
    return FollowUpMenuItem(gettext_lazy("Follow-up of service memos"), address, icon_name="tasks", order=790)


class RemovedQuestionsMenuItem(MenuItem):
    """For coordinators, who remove questions."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_read_removals(request.user)


@hooks.register("register_reports_menu_item")
def register_removed_questions() -> MenuItem:
    address = reverse_lazy("memos:removed_questions")
    return RemovedQuestionsMenuItem(gettext_lazy("Removed questions"), address, icon_name="bin", order=820)


@hooks.register("register_page_header_buttons")
def offer_follow_up(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if isinstance(page, MemoPage):
        records = MemoRecord.objects.select_related("item__network").filter(item=page.translation_key)
        address = follow_up_url(record, user) if (record := records.first()) else ""
        if address:
            yield Button(_("Follow-up"), address, icon_name="tasks", priority=36)


@hooks.register("register_page_header_buttons")
def offer_archiving(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """For whoever may publish: archive what is live and in force, bring back what is archived."""
    if not isinstance(page, CHECKED_TYPES) or not page.permissions_for_user(user).can_unpublish():
        return
    if ArchivedItem.objects.filter(item=page.translation_key).exists():
        address = reverse("memo_bring_back", args=[page.pk])
        yield Button(_("Bring back from the archive"), address, icon_name="upload", priority=38)
    elif not MemoRecord.objects.filter(item=page.translation_key, withdrawn_at__isnull=False).exists():
        address = reverse("memo_archive", args=[page.pk])
        yield Button(pgettext("verb", "Archive"), address, icon_name="folder-inverse", priority=38)


class WithdrawMenuItem(UnpublishMenuItem):
    """Stands where a page of another type offers to unpublish."""

    label = gettext_lazy("Withdraw")

    def get_url(self, context: dict[str, Any]) -> str:
        return reverse("memo_withdraw", args=[context["page"].pk])


@hooks.register("construct_page_action_menu")
def offer_withdrawal(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    page = context.get("page")
    if isinstance(page, MemoPage) and MemoRecord.objects.standing().filter(item=page.translation_key).exists():
        menu_items[:] = [
            WithdrawMenuItem(item.order) if type(item) is UnpublishMenuItem else item for item in menu_items
        ]


hooks.register("before_publish_page", show_before_publishing)
hooks.register("after_edit_page", show_before_approving)
# Before wagtail-localize's own, which shows its editor.
hooks.register("before_edit_page", say_that_it_is_out_of_force, order=-1)


@hooks.register("before_unpublish_page")
def withdraw_instead(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A memo goes out of force with a reason, and stays readable. Both languages go together."""
    if isinstance(page, MemoPage) and MemoRecord.objects.filter(item=page.translation_key).exists():
        return redirect("memo_withdraw", page.pk)
    below = request.POST.get("include_descendants")
    return _refuse_withdrawal(request, page, subtree(page.translation_key)) if below else None


@hooks.register("before_bulk_action")
def publish_one_by_one(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> HttpResponse | None:
    """Each after its editor has seen who gets it; those below what is chosen too."""
    pages = [page for page in objects if isinstance(page, Page)]
    if action_type != "publish" or not pages:
        return None
    meant = Q(pk__in=[page.pk for page in pages])
    if request.POST.get("include_descendants"):
        meant |= reduce(or_, (Q(path__startswith=page.path, live=False) for page in pages))
    types = ContentType.objects.get_for_models(*CHECKED_TYPES).values()
    if not Page.objects.filter(meant, content_type__in=types).exists():
        return None
    messages.error(
        request,
        _("Service memos and post-training notes are published one by one, in their editor: it shows who gets each."),
    )
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk)


@hooks.register("before_bulk_action")
def withdraw_one_by_one(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> HttpResponse | None:
    """Each needs its own reason; those below what is chosen too."""
    pages = [page for page in objects if isinstance(page, Page)]
    if action_type != "unpublish" or not pages:
        return None
    meant = Q(pk__in=[page.pk for page in pages])
    if request.POST.get("include_descendants"):
        meant |= reduce(or_, (Q(path__startswith=page.path, live=True) for page in pages))
    return _refuse_withdrawal(request, pages[0], Page.objects.filter(meant).values("translation_key"))


def _refuse_withdrawal(request: HttpRequest, page: Page, keys: Any) -> HttpResponse | None:
    """Where one of the items is a memo: its number, and why it stays."""
    numbers = MemoRecord.objects.filter(item__in=keys).order_by("number").values_list("number", flat=True)
    if not numbers:
        return None
    messages.error(
        request,
        _("Memos are withdrawn one by one, each with its reason. Unpublish the others without them: %(numbers)s.")
        % {"numbers": ", ".join(numbers)},
    )
    return redirect("wagtailadmin_explore", page.get_parent().pk)
