"""How a search was understood: what the engines say of it reaches the page and the API."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone
from django.utils.safestring import mark_safe

from intranet.finding.asked import PARAMETER, Asking
from intranet.finding.presenting import answer_context, explanation_of
from intranet.networks.access import Access
from intranet.pages.results import result_of
from intranet.pages.searching import SearchAnswer, SearchParams, answer_of
from search import Expansion, FoundIn, Hit, HitVersion, Replacement, Results

pytestmark = pytest.mark.django_db


def hit(title: str, **fields: Any) -> Hit:
    date = datetime.datetime(2026, 3, 2, tzinfo=timezone.get_default_timezone())
    given: dict[str, Any] = {
        "key": "0" * 32, "kind": "page", "title": title, "url": "/en/x/", "language": "en", "external_id": "",
        "date": date, "published": date, "snippet": mark_safe("a <mark>word</mark>"), "facets": {},
        "versions": (HitVersion("en", title, "/en/x/", ""), HitVersion("fr", f"{title} (fr)", "/fr/x/", "")),
    }  # fmt: skip
    return Hit(**given | fields)


def answered(**fields: Any) -> SearchAnswer:
    hits = fields.pop("hits", (hit("Found"),))
    results = Results(len(hits), 1, 20, hits, {}, "embedded", False, **fields)
    return answer_of(results, {}, SearchParams("word", language="en"), Access())


def page_of(answer: SearchAnswer, query: str = "word") -> str:
    asked = QueryDict(f"q={query}")
    params = SearchParams(query, language="en")
    context = {"query": query, "action": "/en/search/", **answer_context(asked, params, answer)}
    request = RequestFactory().get(f"/en/search/?q={query}")
    request.user = AnonymousUser()
    return render_to_string("finding/search.html", context, request)


def test_corrected_answer_says_what_was_not_found_and_what_is_shown() -> None:
    html = page_of(answered(did_you_mean="meeting", is_corrected=True), "meetnig")

    assert "Nothing was found for “meetnig”. Here is what “meeting” finds." in html
    assert "<strong>1</strong> result for “meeting”" in html
    assert "Did you mean" not in html


def test_answer_that_is_corrected_in_part_leads_to_what_was_typed() -> None:
    html = page_of(answered(did_you_mean="team meeting", is_corrected=True, total_as_typed=1), "team meetnig")

    assert "No result has every word of “team meetnig” as it was typed. Here is what “team meeting” finds." in html
    assert '<a href="?q=team+meetnig&amp;exact=1">Search only for what I typed</a>' in html


def test_answer_of_a_spelling_that_is_not_known_says_that_it_is_similar() -> None:
    html = page_of(answered(is_corrected=True), "meetnig")

    assert "“meetnig” was not found as it was typed. Here is what a similar spelling finds." in html
    assert "<strong>1</strong> result</p>" in html


def test_other_spelling_is_offered_beside_what_was_found() -> None:
    html = page_of(answered(did_you_mean="meeting"), "meting")

    assert '<a href="?q=meeting">meeting</a>' in html
    assert "<strong>1</strong> result for “meting”" in html


def test_what_was_also_searched_for_is_said_once() -> None:
    html = page_of(answered(expansions=(Expansion("GBV", ("VFG", "violence")), Expansion("vfg", ("VFG",)))), "GBV vfg")

    assert '<q>VFG</q>, <q>violence</q>. <a href="?q=GBV+vfg&amp;exact=1">Search only for what I typed</a>' in html


def test_what_explains_a_word_stands_above_with_its_name_in_both_languages() -> None:
    html = page_of(answered(answers=(hit("gender-based violence"),)))

    box = html[html.index("answer-box") : html.index("result__snippet")]
    assert "gender-based violence</a>" in box
    assert '<a href="/fr/x/" referrerpolicy="no-referrer" hreflang="fr" lang="fr">gender-based violence (fr)</a>' in box
    assert "a <mark>word</mark>" in box


def test_a_memo_is_shown_with_its_number() -> None:
    assert '<span class="number">HFX-2026-014</span>' in page_of(
        answered(hits=(hit("x", identifiers=("HFX-2026-014",)),))
    )


def test_every_link_of_a_result_says_which_query_led_there() -> None:
    one = hit("x", replacement=Replacement("New", "/fr/new/", "fr"), found_in=FoundIn("Plan", "/d/1/#page=3", 3))
    answer = answered(hits=(one,), answers=(hit("term"),))
    asking = Asking("word", "en", "f" * 32)
    for made in (result_of(answer.found[0]), explanation_of(answer.answers[0])):
        shown = asking.mark(made, 1)
        parts = [part.url for name in ("found_in", "replacement") if (part := shown.get(name))]
        urls = [shown["url"], *parts, *(other["url"] for other in shown["versions"])]
        assert len(urls) == (4 if parts else 2)
        assert [url for url in urls if f"{PARAMETER}=ffff" not in url] == []


def test_replaced_and_archived_results_and_documents_say_so() -> None:
    replaced = hit("Old", standing="replaced", replacement=Replacement("New <rule>", "/fr/new/", "fr"))
    hidden = hit("Older", standing="replaced")
    archived = hit("Oldest", standing="archived", found_in=FoundIn("Plan", "/documents/1/plan.pdf#page=3", 3))

    html = page_of(answered(hits=(replaced, hidden, archived)))

    assert html.count("Replaced</span>") == 2
    assert '<a href="/fr/new/" referrerpolicy="no-referrer" hreflang="fr" lang="fr">New &lt;rule&gt;</a>' in html
    assert html.count("Replaced by:") == 1
    assert "Archived</span>" in html
    assert '<a href="/documents/1/plan.pdf#page=3" referrerpolicy="no-referrer">Plan, page 3</a>' in html


def test_a_presentation_has_slides() -> None:
    found = hit("Training", found_in=FoundIn("Plan", "/documents/1/plan.pptx#page=3", 3))

    assert ">Plan, slide 3</a>" in page_of(answered(hits=(found,)))
