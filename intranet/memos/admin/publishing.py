"""Before a memo or a note is published, its editor sees who gets it, how, and what is missing."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.utils import get_breadcrumbs_items_for_page
from wagtail.models import Page

from intranet.memos.before_publishing.drafts import Draft
from intranet.memos.before_publishing.missing import gaps_of, needs_reason, obstacles_to
from intranet.memos.before_publishing.permissions import names_told
from intranet.memos.before_publishing.reach import people_in, reach_of, with_ways
from intranet.memos.editions import with_reason
from intranet.memos.forms import CHANGED_LENGTH
from intranet.memos.models import MemoPage, TrainingNotePage
from intranet.memos.models.keeping import BEFORE_PUBLISHING
from intranet.networks.access import access_of
from intranet.networks.models import Network
from intranet.notifications.models.events import Mode
from intranet.pages.audience_words import audience_words
from intranet.pages.models import BasePage
from intranet.pages.models.base import before_publishing_url

CHECKED_TYPES = (MemoPage, TrainingNotePage)
LOOKED_AT_SECONDS = 24 * 60 * 60
"""How long the button stays: the audience may change meanwhile."""
ON_A_PAGE = 50
WAYS = {
    Mode.NOW: gettext_lazy("e-mail at once"),
    Mode.DAILY: gettext_lazy("daily digest"),
    Mode.WEEKLY: gettext_lazy("weekly digest"),
    Mode.NONE: gettext_lazy("no e-mail"),
}


def show_before_publishing(request: HttpRequest, page: Page) -> HttpResponse | None:
    """The form was valid, and its draft is saved: what it would do is shown before it is done."""
    address = before_publishing_url(page)
    if address and request.resolver_match and request.resolver_match.url_name == "add":
        # The view that made the page ends here; those who wait for that must hear of it.
        for after in hooks.get_hooks("after_create_page"):
            after(request, page)
    return redirect(address) if address else None


def show_before_approving(request: HttpRequest, page: Page) -> HttpResponse | None:
    """The same after *Approve* in the editor, which has approved nothing yet."""
    address = before_publishing_url(page)
    is_approving = request.POST.get("workflow-action-name") == "approve" and page.workflow_in_progress
    return redirect(address) if is_approving and address else None


class _OfDraft(WagtailAdminTemplateMixin, TemplateView):
    """For those who write in the page's section."""

    header_icon = "view"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(self.page, CHECKED_TYPES):
            raise Http404
        if not self.page.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def page(self) -> BasePage:
        found: BasePage = get_object_or_404(Page, pk=self.kwargs["page_id"]).specific
        return found

    @cached_property
    def draft(self) -> Draft:
        return Draft.of(self.page)

    @property
    def mark(self) -> str:
        """What the editor's button put into the address, as a query: links between the two pages keep it."""
        mark = self.request.GET.get("draft", "")
        return f"?{urlencode({'draft': mark})}" if mark else ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = get_breadcrumbs_items_for_page(self.page, self.request.user)
        return [*items, {"url": "", "label": self.get_page_title()}]


class BeforePublishingView(_OfDraft):
    """The numbers and the gaps; the button, where the draft came from the editor's own."""

    template_name = "memos/admin/before_publishing.html"
    page_title = gettext_lazy("Before publishing")

    @cached_property
    def is_ready(self) -> bool:
        """Whether the editor pressed *Publish* on the draft that is the latest now."""
        try:
            named = signing.loads(self.request.GET.get("draft", ""), salt=BEFORE_PUBLISHING, max_age=LOOKED_AT_SECONDS)
        except signing.BadSignature:
            return False
        return bool(named == [self.page.pk, self.page.latest_revision_id])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tester = self.page.permissions_for_user(request.user)
        if not tester.can_publish() or tester.page_locked():
            raise PermissionDenied
        if not self.is_ready:
            messages.warning(request, _("The draft has changed since. Look at it again, then publish it."))
            return redirect("wagtailadmin_pages:edit", self.page.pk)
        if obstacles := obstacles_to(self.draft):
            messages.error(request, " ".join(f"{each.text} {each.remedy}" for each in obstacles))
            return redirect("wagtailadmin_pages:edit", self.page.pk)
        if self.draft.withdrawn and not request.POST.get("back_in_force"):
            messages.error(request, _("The memo is withdrawn. Say that it is to be in force again, or leave it."))
            return redirect(request.get_full_path())
        if needs_reason(self.draft) and not self._declare_reason(request.POST.get("missing_reason", "")):
            messages.error(request, _("Say why there is no version in the other language: readers see it."))
            return redirect(request.get_full_path())
        revision, review = self.page.latest_revision, self.page.current_workflow_task_state
        if review is None:
            PublishPageRevisionAction(revision, user=request.user).execute()
        else:
            review.approve(user=request.user, comment=review.comment)
        page = type(self.page).objects.get(pk=self.page.pk)
        for after in hooks.get_hooks("after_publish_page"):
            after(request, page)
        messages.success(request, self._done(revision), buttons=self._buttons(page))
        return redirect("wagtailadmin_explore", page.get_parent().pk)

    def _declare_reason(self, words: str) -> bool:
        """Put the reason on the draft, as the editor's form does; false where there is none."""
        reason = words.strip()[:CHANGED_LENGTH]
        revision, stored = self.page.latest_revision, self.draft.page.declaration
        if reason:
            revision.content["declaration"] = with_reason(self.draft.record, stored, reason)
            revision.save(update_fields=["content"])
        return bool(reason)

    def _done(self, revision: Any) -> str:
        title = self.draft.page.get_admin_display_title()
        scheduled = self.draft.page.go_live_at
        if scheduled and scheduled > timezone.now():
            return _("“%(title)s” will be published at the time that you chose.") % {"title": title}
        return _("“%(title)s” has been published.") % {"title": title}

    def _buttons(self, page: BasePage) -> list[Any]:
        edit = messages.button(reverse("wagtailadmin_pages:edit", args=[page.pk]), _("Edit"))
        return [messages.button(page.url, _("View live")), edit] if page.live and page.url else [edit]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft, user = self.draft, self.request.user
        reach, obstacles = reach_of(draft, user), obstacles_to(draft)
        return {
            **super().get_context_data(**kwargs),
            "page": self.page,
            "draft": draft.page,
            "audience": audience_words(draft.item, access_of(user)),
            "audience_url": reverse("page_audience", args=[self.page.pk]),
            "asks": draft.asks,
            "withdrawn": draft.withdrawn,
            "is_archived": draft.is_archived,
            "reach": reach,
            "mails": [(WAYS[Mode(mode)], people) for mode, people in reach.mails.items()],
            "gaps": gaps_of(draft, user),
            "is_hindered": bool(obstacles),
            "needs_reason": needs_reason(draft),
            "reason_length": CHANGED_LENGTH,
            "mark": self.mark,
            "may_publish": self.is_ready and not obstacles and self.page.permissions_for_user(user).can_publish(),
        }


class ReachedPeopleView(_OfDraft):
    """The names of a network's people who will get it, for those who may know them."""

    template_name = "memos/admin/reached_people.html"
    page_title = gettext_lazy("Who will get it")

    @cached_property
    def network(self) -> Network:
        known = Network.objects.nameable_by(access_of(self.request.user).network_ids)
        network = get_object_or_404(known, slug=self.kwargs["slug"])
        if not names_told(self.request.user, self.draft.item.network)(network.pk):
            raise Http404
        return network

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(people_in(self.draft, self.network), ON_A_PAGE).get_page(self.request.GET.get("p"))
        people = with_ways(self.draft, list(page), self.request.user)
        return {
            **super().get_context_data(**kwargs),
            "page": self.page,
            "network": self.network,
            "asks": self.draft.asks,
            "people_page": page,
            "people": [(each, WAYS[Mode(each.mode)] if each.mode else "") for each in people],
            "mark": self.mark or "?",
            "back_url": reverse("memo_before_publishing", args=[self.page.pk]) + self.mark,
        }
