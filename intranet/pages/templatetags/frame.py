"""What the frame of every page works out for itself where a view says nothing."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template import Context
from django.urls import translate_url

from intranet.pages.languages import LanguageLink, home_links, links_to

register = template.Library()

PAGE_TREE = "wagtail_serve"
"""The view of the page tree: what exists in which language is told by its pages alone."""


@register.simple_tag(takes_context=True)
def same_view_links(context: Context) -> list[LanguageLink]:
    """Return the links to the same view in each language, its filters kept; the home pages where no view answers.

    Empty outside the language trees, whose addresses do not say the language.
    """
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None:
        return []
    request = context["request"]
    if match.url_name == PAGE_TREE:
        return home_links()
    here = request.get_full_path()
    urls = {code: translate_url(here, code) for code, _name in settings.LANGUAGES}
    return links_to(urls) if len(set(urls.values())) > 1 else []
