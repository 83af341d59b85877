"""Finding the page at an address: what one may not see is not found, by the same query."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from wagtail.models import Page

from intranet.networks.access import tokens_for
from intranet.networks.models.items import seen_by
from intranet.pages.models import HomePage
from intranet.pages.models.querysets import all_pages, with_known_type


def find_page(user: Any, language: str, path: str) -> Page | None:
    """The live page, or alias, at ``path`` (``halifax/tools/`` or empty for the home page) that ``user`` may see.

    The home page answers every signed-in person, a guest too: it shows only what the person may see.
    """
    slugs = [slug for slug in path.split("/") if slug]
    if not slugs:
        return _home_page(language)
    tokens = tokens_for(user)
    if not tokens:
        return None
    # Wagtail would walk down the slugs with two queries for each. The slug is indexed; the path decides.
    pages = Page.objects.filter(
        seen_by(tokens, "translation_key"),
        slug=slugs[-1],
        depth=len(slugs) + 2,
        url_path__endswith=f"/{'/'.join(slugs)}/",
        locale__language_code=language,
        live=True,
    )
    page = with_known_type(pages).select_related("locale").first()
    if page is None:
        return None
    specific = page.specific
    specific.locale = page.locale
    return specific


def _home_page(language: str) -> HomePage | None:
    """The home page, which knows its other versions already: they are read by the same query."""
    homes = list(HomePage.objects.filter(live=True).select_related("locale").order_by("path"))
    home = next((each for each in homes if each.locale.language_code == language), None)
    if home is not None:
        versions = [each for each in homes if each.translation_key == home.translation_key]
        home.live_versions = [each for each in versions if each.alias_of_id is None]
    return home


def version_instead_of(alias: Page, user: Any) -> Page | None:
    """The version that exists of what an untranslated page's alias stands for, if ``user`` may see it."""
    own = Q(translation_key=alias.translation_key) | Q(pk=alias.alias_of_id)
    return all_pages().visible_to(user).filter(own).select_related("locale").order_by("pk").first()
