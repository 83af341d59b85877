"""Moving and copying in the admin: whole items, in one transaction, refused beforehand with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.views.pages.bulk_actions.move import MoveBulkAction
from wagtail.admin.views.pages.copy import CopyView
from wagtail.admin.views.pages.move import MoveConfirmView
from wagtail.models import Page

from intranet.networks import audiences
from intranet.networks.audiences import rule_in_force, rule_of
from intranet.networks.exceptions import NetworkError
from intranet.networks.models import Item
from intranet.pages.permissions.moves import refusal_of_move, refusal_of_place
from intranet.pages.permissions.sections import SECTION_PATH_LENGTH
from intranet.plugins import registry


def _reason_against(page: Page, destination: Page, user: Any) -> str:
    reason = refusal_of_move(page, destination)
    if not reason and not page.permissions_for_user(user).can_move_to(destination):
        reason = _("You may not move this page there. Publishing rights are needed in both places when it is live.")
    return reason


class SectionMoveConfirmView(MoveConfirmView):
    """Says why not before asking; moves the item in one transaction."""

    def dispatch(
        self, request: HttpRequest, page_to_move_id: int, destination_id: int, *args: Any, **kwargs: Any
    ) -> Any:
        page = get_object_or_404(Page, id=page_to_move_id)
        reason = _reason_against(page, get_object_or_404(Page, id=destination_id), request.user)
        if reason:
            messages.error(request, reason)
            return redirect("wagtailadmin_pages:move", page.pk)
        return super().dispatch(request, page_to_move_id, destination_id, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.page_to_move.path[:SECTION_PATH_LENGTH] != self.destination.path[:SECTION_PATH_LENGTH]:
            messages.warning(
                request,
                _(
                    "The history goes along: whoever edits in the section that it comes to can read the earlier "
                    "versions and comments. To leave them behind, copy the text into a new page there."
                ),
            )
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().post(request, *args, **kwargs)
        except (NetworkError, ValidationError) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
            return redirect("wagtailadmin_pages:move", self.page_to_move.pk)


class SectionMoveBulkAction(MoveBulkAction):
    """The same for several pages; each move is checked again, as the one before may have changed the place."""

    def __init__(self, request: HttpRequest, model: type[Page]) -> None:
        super().__init__(request, model)
        self.stayed: list[tuple[Page, str]] = []

    def prepare_action(self, pages: list[Page], pages_without_access: dict[str, Any]) -> HttpResponse | None:
        destination = self.cleaned_form.cleaned_data["chooser"]
        refused = [row["item"] for row in pages_without_access["pages_without_destination_access"]]
        self._say_why((page, _reason_against(page, destination, self.request.user)) for page in refused)
        response: HttpResponse | None = super().prepare_action(pages, pages_without_access)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        self._say_why(self.stayed)
        return response

    def _say_why(self, stayed: Iterable[tuple[Page, str]]) -> None:
        for page, reason in stayed:
            title = page.specific_deferred.get_admin_display_title()
            text = _("“%(title)s” stays where it is. %(reason)s") % {"title": title, "reason": reason}
            messages.error(self.request, text)

    def get_execution_context(self) -> dict[str, Any]:
        return {**super().get_execution_context(), "stayed": self.stayed}

    @classmethod
    @transaction.atomic
    def execute_action(
        cls,
        objects: list[Page],
        destination: Page | None = None,
        stayed: list[tuple[Page, str]] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Puts into ``stayed`` the pages that did not move, each with the reason."""
        if destination is None:
            return None
        moved = 0
        for page in objects:
            destination.refresh_from_db()
            current = Page.objects.get(pk=page.pk)
            reason = refusal_of_move(current, destination)
            if not reason:
                current.specific.move(destination, pos="last-child", user=kwargs.get("user"))
                moved += 1
            elif stayed is not None:
                stayed.append((current, reason))
        return moved, 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        if not num_parent_objects:
            return None
        return str(super().get_success_message(num_parent_objects, num_child_objects))


class SectionCopyForm(CopyForm):
    """Without aliases: in one's own language they would be pages that no reader reaches.

    What is not ``is_published_by_copy`` comes as a draft, with all that is copied above and beside it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)
        drafts = [model for model in registry.page_models() if not getattr(model, "is_published_by_copy", True)]
        is_draft = issubclass(self.page.specific_class or Page, tuple(drafts))
        self._below_are_drafts = bool(drafts) and self.page.get_descendants().live().type(*drafts).exists()
        publishing = self.fields.get("publish_copies")
        if publishing is not None and is_draft:
            publishing.disabled = True
            publishing.help_text = _("The copy is a draft. It is published by itself, like any new page of its type.")
        elif publishing is not None and self._below_are_drafts:
            publishing.help_text = _(
                "Some of the subpages are of a type that is not published by copying. If the subpages are copied, all "
                "copies are drafts."
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self._below_are_drafts and cleaned.get("copy_subpages"):
            cleaned["publish_copies"] = False
        destination = cleaned.get("new_parent_page")
        if destination is not None:
            reason = refusal_of_place(self.page, destination)
            if reason:
                self.add_error("new_parent_page", reason)
        return cleaned


class SectionCopyView(CopyView):
    """A copy is seen by whom its source is seen."""

    def get_form_class(self) -> type[CopyForm]:
        return SectionCopyForm

    @transaction.atomic
    def form_valid(self, form: CopyForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        return response


def take_over_rules(source: Page, copy: Page, by: Any) -> None:
    """Give ``copy`` the audience of ``source``, and what was copied below it the rules of what it was copied from.

    Copies of aliases below it are no versions, either: they are places, where something hangs below them, or go.
    """
    source_item = Item.objects.select_related("rule_from").get(pk=source.translation_key)
    copy_item = Item.objects.select_related("rule_from").get(pk=copy.translation_key)
    wanted = rule_in_force(source_item)
    if rule_in_force(copy_item) != wanted or source_item.rule:
        audiences.set_rule(copy_item.pk, wanted, by=by)
    _take_over_below(source, copy, by)


def _take_over_below(source: Page, copy: Page, by: Any) -> None:
    copies = {page.slug: page for page in copy.get_children()}
    for child in source.get_children():
        twin = copies.get(child.slug)
        if twin is None:
            continue
        rule = rule_of(Item.objects.get(pk=child.translation_key))
        if rule.choice:
            audiences.set_rule(twin.translation_key, rule, by=by)
        _take_over_below(child, twin, by)
        if child.alias_of_id:
            _make_place(twin)


def _make_place(copy: Page) -> None:
    """Wagtail makes a page with the other language's text of the copy of an alias: nobody reads it as a version."""
    if not copy.get_children().exists():
        copy.delete()
    elif copy.live:
        copy.specific.unpublish(log_action=None)
