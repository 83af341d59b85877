"""The language switch of pages whose view says nothing leads to the same view, filters kept."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import resolve, reverse
from django.utils import translation


def links(path: str, language: str) -> list[str]:
    """Return the addresses that the switch offers on ``path``, read in ``language``."""
    request = RequestFactory().get(path)
    with translation.override(language):
        request.resolver_match = resolve(request.path_info)
        template = Template(
            "{% load frame %}{% same_view_links as language_links %}"
            '{% include "components/language_switch.html" with csrf_token=None %}'
        )
        return re.findall(r'href="([^"]+)"', template.render(Context({"request": request})))


@pytest.mark.parametrize(("language", "other"), [("en", "fr"), ("fr", "en")])
def test_switch_leads_to_the_same_view_with_its_filters(language: str, other: str) -> None:
    with translation.override(language):
        here = reverse("memos:list")
    with translation.override(other):
        there = reverse("memos:list")
    assert links(f"{here}?year=2026", language) == [f"{there}?year=2026"]


def test_switch_leads_home_where_no_page_answers() -> None:
    assert links("/en/no-such-page/", "en") == ["/fr/"]


def test_switch_offers_nothing_outside_the_language_trees() -> None:
    assert links("/accounts/login/", "en") == []
