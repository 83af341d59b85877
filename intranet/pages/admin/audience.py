"""*Who can see this*: the item's rule, seen and changed in the admin, at once and with a dated entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.utils import get_breadcrumbs_items_for_page
from wagtail.log_actions import log
from wagtail.models import Page

from intranet.networks import audiences
from intranet.networks.access import EVERYONE, Access, access_of
from intranet.networks.audiences import Rule, rule_in_force, rule_of, tokens_of
from intranet.networks.exceptions import AudienceError
from intranet.networks.models import AudienceEvent, AudienceToken, Item, Network
from intranet.networks.reach import count_people, people_reached
from intranet.pages.audience_words import audience_words
from intranet.pages.permissions.sections import SECTION_DEPTH
from intranet.pages.permissions.tester import SectionPageTester

LOG_ACTION = "pages.audience"
HISTORY_LENGTH = 20


class AudienceForm(forms.Form):
    """A choice in plain words. ``Rule`` in, ``Rule`` out; networks that the editor may not name stay as they are."""

    choice = forms.ChoiceField(label=gettext_lazy("Who can see this"), widget=forms.RadioSelect, required=False)
    networks = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Chosen networks"),
        queryset=Network.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Used with “Chosen networks”. The section always sees its own pages."),
    )
    guests = forms.BooleanField(
        label=gettext_lazy("Guests of this section"),
        required=False,
        help_text=gettext_lazy("Used with “Chosen networks”. For example a consultant who works with the section."),
    )
    confirmed = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, item: Item, access: Access, inherited: str | None, **kwargs: Any) -> None:
        self.rule = rule_of(item)
        named = Network.objects.active().nameable_by(access.network_ids).exclude(pk=item.network_id)
        self.unnamed = frozenset(self.rule.networks - set(named.values_list("pk", flat=True)))
        # A form view always passes an "initial" of its own, empty as a rule.
        now = {"choice": self.rule.choice, "networks": list(self.rule.networks), "guests": self.rule.guests}
        kwargs["initial"] = {**now, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        choices = [(value, label) for value, label in Item.Rule.choices]
        if inherited is not None:
            choices.insert(0, ("", inherited))
        self.fields["choice"].choices = choices
        self.fields["networks"].queryset = named.order_by("name_fr" if _is_french() else "name_en")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("choice", "") not in dict(self.fields["choice"].choices):
            self.add_error("choice", _("Choose who can see this."))
        needs_names = cleaned.get("choice") == Item.Rule.NETWORKS and not cleaned.get("guests") and not self.unnamed
        if needs_names and not cleaned.get("networks"):
            self.add_error("networks", _("Choose at least one network, or the guests of this section."))
        return cleaned

    def chosen_rule(self) -> Rule:
        """The rule that the form asks for."""
        choice = self.cleaned_data["choice"]
        if choice != Item.Rule.NETWORKS:
            return Rule(choice)
        chosen = frozenset(network.pk for network in self.cleaned_data["networks"])
        return Rule(choice, chosen | self.unnamed, self.cleaned_data["guests"])


def _is_french() -> bool:
    return (get_language() or "fr").startswith("fr")


@dataclass(frozen=True)
class AudienceSummary:
    """What the editor reads beside a page: who, how many, and where the rule comes from."""

    words: str
    people: int
    origin: str
    url: str
    may_change: bool
    told_by_address: str
    """The words of the address that come from pages above which not all readers see; empty where there are none."""


def summary_of(page: Page, user: Any) -> AudienceSummary | None:
    """The summary for ``user``; None for the tree's root, the homes and a page that is not saved yet."""
    if not page.pk or page.depth < SECTION_DEPTH:
        return None
    item = _item_of(page)
    tokens = list(item.audience.values_list("token", flat=True))
    return AudienceSummary(
        words=audience_words(item, access_of(user)),
        people=count_people(tokens),
        origin="" if item.rule else _title_of(item.rule_from, page),
        url=reverse("page_audience", args=[page.pk]),
        may_change=may_change_audience(user, page),
        told_by_address=_told_by_address(page, item, tokens),
    )


def _told_by_address(page: Page, item: Item, tokens: Iterable[str]) -> str:
    """``housing/crisis-at-pine-street`` where the page above is for fewer people; a section's own name is left out."""
    above = page.url_path.strip("/").split("/")[SECTION_DEPTH - 1 : -1]
    if not above or item.rule_from_id != item.pk:
        return ""
    there = set(AudienceToken.objects.filter(item=item.parent_id).values_list("token", flat=True))
    return "" if EVERYONE in there or there >= set(tokens) else "/".join(above)


def may_change_audience(user: Any, page: Page) -> bool:
    """Changing a rule needs the publishing grant on the item's network."""
    return page.depth >= SECTION_DEPTH and "publish" in SectionPageTester(user, page).permissions


def _item_of(page: Page) -> Item:
    return Item.objects.select_related("network", "rule_from__network").get(pk=page.translation_key)


def _title_of(item: Item | None, page: Page) -> str:
    """The title of the page whose rule is in force: it is on the way up, so in the person's admin."""
    if item is None:
        return ""
    versions = Page.objects.filter(translation_key=item.pk, depth__gte=SECTION_DEPTH)
    found = versions.filter(locale=page.locale_id).first() or versions.first()
    return found.get_admin_display_title() if found else ""


def widens(before: Iterable[str], after: Iterable[str]) -> bool:
    """Whether somebody would see what they do not see now, or whole kinds of networks would."""
    before, after = frozenset(before), frozenset(after)
    new = after - before
    if not new:
        return False
    kinds = {token for token in new if ":" not in token}
    if kinds and EVERYONE not in before:
        return True
    return people_reached(after).exclude(pk__in=people_reached(before).values("pk")).exists()


def change_audience(page: Page, rule: Rule, *, by: Any) -> None:
    """Set the item's rule and note it in the log of each language version, in one transaction."""
    with transaction.atomic():
        before = rule_of(_item_of(page))
        if before == rule:
            return
        audiences.set_rule(page.translation_key, rule, by=by)
        for version in Page.objects.filter(translation_key=page.translation_key).specific():
            log(version, LOG_ACTION, user=by, data={"before": before.choice, "after": rule.choice})


class AudienceView(WagtailAdminTemplateMixin, FormView):
    """The page *Who can see this* of one page; it works without JavaScript."""

    template_name = "pages/admin/audience.html"
    form_class = AudienceForm
    page_title = gettext_lazy("Who can see this")
    header_icon = "view"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.page = get_object_or_404(Page, pk=kwargs["page_id"]).specific_deferred
        tester = SectionPageTester(request.user, self.page)
        if self.page.depth < SECTION_DEPTH or "view" not in tester.permissions:
            raise PermissionDenied
        self.may_change = may_change_audience(request.user, self.page)
        if request.method == "POST" and not self.may_change:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def item(self) -> Item:
        return _item_of(self.page)

    @cached_property
    def access(self) -> Access:
        return access_of(self.request.user)

    def get_form_kwargs(self) -> dict[str, Any]:
        inherited = self._inherited_label()
        return {**super().get_form_kwargs(), "item": self.item, "access": self.access, "inherited": inherited}

    def _inherited_label(self) -> str | None:
        """The choice to inherit, in words; a section's root always says for itself."""
        if self.page.depth == SECTION_DEPTH or self.item.parent_id is None:
            return None
        parent = Item.objects.select_related("network", "rule_from__network").get(pk=self.item.parent_id)
        return _("As the page above (%(words)s, from “%(title)s”)") % {
            "words": audience_words(parent, self.access),
            "title": _title_of(parent.rule_from, self.page),
        }

    def _tokens_after(self, rule: Rule) -> frozenset[str]:
        if rule.choice:
            return tokens_of(rule, self.item.network_id)
        parent = Item.objects.select_related("rule_from").get(pk=self.item.parent_id)
        return tokens_of(rule_in_force(parent), self.item.network_id)

    def form_valid(self, form: AudienceForm) -> HttpResponse:
        rule = form.chosen_rule()
        before = frozenset(self.item.audience.values_list("token", flat=True))
        after = self._tokens_after(rule)
        if widens(before, after) and not form.cleaned_data["confirmed"]:
            now, then = count_people(before), count_people(after)
            return self.render_to_response(self.get_context_data(form=form, widening={"now": now, "then": then}))
        try:
            change_audience(self.page, rule, by=self.request.user)
        except AudienceError as error:
            form.add_error("choice", str(error))
            return self.form_invalid(form)
        people = count_people(after)
        messages.success(
            self.request,
            ngettext("Saved. %(count)s person can see this now.", "Saved. %(count)s people can see this now.", people)
            % {"count": people},
        )
        return redirect("page_audience", self.page.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = get_breadcrumbs_items_for_page(self.page, self.request.user)
        return [*items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            page=self.page,
            summary=summary_of(self.page, self.request.user),
            may_change=self.may_change,
            below=Item.objects.filter(rule_from=self.item).exclude(pk=self.item.pk).count(),
            history=self._history(),
        )

    def _history(self) -> list[dict[str, Any]]:
        events = AudienceEvent.objects.filter(key=self.item.pk).select_related("by")[:HISTORY_LENGTH]
        events = list(events)
        wanted = {pk for event in events for pk in [*event.before["networks"], *event.after["networks"]]}
        named = {
            network.pk: network.name
            for network in Network.objects.nameable_by(self.access.network_ids).filter(pk__in=wanted)
        }
        return [
            {
                "at": event.at,
                "by": event.by,
                "before": _rule_words(event.before, named),
                "after": _rule_words(event.after, named),
                "is_move": event.before.get("parent") != event.after.get("parent"),
            }
            for event in events
        ]


def _rule_words(rule: dict[str, Any], named: dict[int, str]) -> str:
    """A rule of the history, without a name that the editor may not know."""
    if not rule.get("choice"):
        return _("as the page above")
    if rule["choice"] != Item.Rule.NETWORKS:
        return str(Item.Rule(rule["choice"]).label)
    names = [named[pk] for pk in rule["networks"] if pk in named]
    if len(names) < len(rule["networks"]):
        names.append(_("others"))
    if rule.get("guests"):
        names.append(_("guests of the section"))
    return _("Chosen networks: %(names)s") % {"names": ", ".join(names)}
