"""Why a page may not go to a place: what would tear an item apart, or put it where nobody looks for it."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _
from wagtail.models import Page

from intranet.pages.keeping import kept_pages
from intranet.pages.permissions.sections import SECTION_PATH_LENGTH
from intranet.pages.placing import subtree


def refusal_of_place(page: Page, destination: Page) -> str:
    """Why ``page``, or a copy of it, cannot be below ``destination`` whatever the role; empty when it can."""
    if destination.depth < 3:
        return _("Choose a place in a section.")
    if page.locale_id != destination.locale_id:
        return _("Choose a place in the same language. The other language versions follow by themselves.")
    return ""


def refusal_of_leaving(key: uuid.UUID) -> str:
    """Why the item cannot go to another network; empty when it can.

    What was published to be kept, it or what is below it in any language, stays with the network that issued it, whose
    number it has.
    """
    kept = kept_pages().filter(translation_key__in=subtree(key)).order_by("depth", "path").first()
    if kept is None:
        return ""
    return _(
        "“%(title)s” was published by this network, and stays with it. "
        "Withdraw or archive it here, and publish it anew in the other network."
    ) % {"title": kept.title}


def refusal_of_move(page: Page, destination: Page) -> str:
    """Why ``page``, with all its language versions, cannot move below ``destination``; empty when it can."""
    reason = refusal_of_place(page, destination)
    if reason:
        return reason
    if destination.translation_key in subtree(page.translation_key):
        return _("A page cannot be placed below itself or below one of its other language versions.")
    if page.path[:SECTION_PATH_LENGTH] != destination.path[:SECTION_PATH_LENGTH]:
        reason = refusal_of_leaving(page.translation_key)
        if reason:
            return reason
    versions = Page.objects.filter(translation_key=page.translation_key)
    targets = {target.locale_id: target for target in Page.objects.filter(translation_key=destination.translation_key)}
    for version in versions.select_related("locale"):
        target = targets.get(version.locale_id)
        if target is not None and not Page._slug_is_available(version.slug, target, page=version):
            return _(
                "In %(language)s, another page at that place has the same address: “%(slug)s”. Change it first."
            ) % {
                "language": version.locale.get_display_name(),
                "slug": version.slug,
            }
    return ""


def has_live_version(page: Page) -> bool:
    """Whether the item, or one below it, is live in any language."""
    keys = subtree(page.translation_key)
    return Page.objects.filter(translation_key__in=keys, live=True).exists()
