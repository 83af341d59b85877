"""Whatever the search page, the API and the suggestions are asked: an answer or a clear 400, and no foreign page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from intranet.finding.models import PinnedAnswer, SavedSearch
from intranet.finding.pinning import save_pinned_answer
from intranet.networks.audiences import Rule
from tests.pages.factories import make_network, make_page, make_person, section_of, signed_in

SECRET = "Qvzxsecret"
SURFACES = ("/fr/recherche/", "/en/search/", "/api/v1/search", "/api/v1/suggest")
FILTERS = ("kind", "network", "region", "topic", "language", "year")
PINNED = f"Plan {SECRET}"
OPERATORS = "\"'-+*?()[]{}:^~\\/&|!<>=%_.,;#@$`«»“”\x00\t\n "
ODD = "\u202e\u200f\u0301\u200d\ufeff\ufffe\U0001f469\U0001f3fd\u200d\U0001f52c\u05d0\u0627ﬁßİıœ"
NUMBERS = ("", "0", "-1", "1", "2", "20", "100", "101", "1e3", "９", "²", "2147483648", "9" * 400, "NaN", "1.5", "\x00")

words = st.sampled_from(["plan", "l'accueil", "AND", "OR NOT", "title:plan", "_exists_", "--", SECRET.lower()[:3]])
pieces = st.one_of(words, st.text(OPERATORS, max_size=8), st.text(ODD, max_size=6), st.text(max_size=12))
texts = st.one_of(
    st.lists(pieces, max_size=8).map(" ".join),
    st.lists(pieces, max_size=8).map("".join),
    st.tuples(pieces, st.integers(1, 10_000)).map(lambda pair: (pair[0] * pair[1])[:10_000]),
)
# An address holds bytes: half a character and half a surrogate pair are among them.
raw = st.one_of(texts.map(lambda text: quote(text, safe="")), st.binary(max_size=12).map(lambda each: quote(each)))
raw = st.one_of(raw, st.just("%ED%A0%80"), st.just("%"), st.just("%u0041"))
values = st.one_of(st.sampled_from(["page", "halifax", "directors", "fr", "en", "2026"]), raw)
numbers = st.one_of(st.sampled_from(NUMBERS).map(quote), st.integers().map(str), raw)


@st.composite
def questions(draw: st.DrawFn) -> str:
    """The part of an address behind the question mark."""
    asked = [("q", draw(raw))]
    for name in ("page", "size", "sort", "archived", "exact"):
        if draw(st.booleans()):
            asked.append((name, draw(numbers)))
    for name in draw(st.lists(st.sampled_from(FILTERS), max_size=4)):
        asked.append((name, draw(values)))
    return "&".join(f"{name}={value}" for name, value in asked)


@pytest.fixture
def reader(engine: str) -> Client:
    """Somebody of Halifax. Québec and a table have pages that every broad question would find."""
    halifax, quebec, table = make_network("halifax"), make_network("quebec"), make_network("directors", "table")
    for number in range(3):
        page = make_page(section_of(halifax), f"Plan d'accueil {number}", summary="Un plan « à jour » \U0001f469")
        make_page(section_of(halifax, "en"), f"Plan {number}", version_of=page, rule=Rule("members"))
    for hidden in (quebec, table):
        page = make_page(section_of(hidden), PINNED, summary=f"plan accueil {SECRET}")
        pinned = PinnedAnswer(phrases_fr="plan\nà l'accueil", phrases_en="OR NOT", item=str(page.translation_key))
        save_pinned_answer(pinned)
    if engine == "elasticsearch":
        call_command("search_sync")
    return signed_in(make_person("reader", (halifax, "reader"), language="en"))


def ask(client: Client, asked: str, engine: str, surfaces: tuple[str, ...]) -> None:
    """Put the question to each of the surfaces."""
    for address in surfaces:
        response: Any = client.get(f"{address}?{asked}", follow=True)
        assert response.status_code in (200, 400), (address, response.status_code)
        assert SECRET not in response.content.decode(), address
        if address == "/api/v1/search" and response.status_code == 200:
            answer = response.json()
            assert (answer["engine"], answer["degraded"]) == (engine, False)
            assert len(answer["results"]) <= min(answer["total"], answer["size"])
            assert answer["total"] <= 4
            assert PINNED not in [each["title"] for each in answer["pinned"]]
        elif response.status_code == 400 and address.startswith("/api/"):
            assert response["Content-Type"] == "application/problem+json"


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(asked=questions(), surfaces=st.sampled_from(SURFACES).map(lambda address: (address,)))
@example(asked="q=" + "a%20" * 5_000, surfaces=SURFACES)
@example(asked="q=" + "a" * 10_000, surfaces=SURFACES)
@example(asked="q=" + '"' * 9_999, surfaces=SURFACES)
@example(asked="q=%00&network=%00&kind=%00&topic=%00&year=%00&language=%00", surfaces=SURFACES)
@example(asked="q=plan&page=-1&size=-1", surfaces=SURFACES)
@example(asked="q=plan&page=501&size=20", surfaces=SURFACES)
@example(asked="&".join(f"network=n{number}" for number in range(501)), surfaces=SURFACES)
@example(asked="sort=sideways&page=x&size=y", surfaces=SURFACES)
@example(asked="", surfaces=SURFACES)
def test_every_question_has_an_answer(engine: str, reader: Client, asked: str, surfaces: tuple[str, ...]) -> None:
    ask(reader, asked, engine, surfaces)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=questions(), name=st.one_of(texts, st.just("plan")))
@example(asked="q=plan&archived=1&exact=1&sort=date&region=qc&network=directors", name="plan")
@example(asked="q=" + "a" * 10_000, name="x" * 500)
def test_every_question_can_be_saved_or_the_reason_is_said(reader: Client, asked: str, name: str) -> None:
    SavedSearch.objects.all().delete()
    answer: Any = reader.post("/en/search/saved/", {"name": name, "search": f"?{asked}"})
    assert answer.status_code in (200, 302)
    if answer.status_code == 200:
        assert answer.context["form"].errors
        return
    saved = SavedSearch.objects.get()
    again = f"/api/v1/search?{saved.query_string}"
    for address in (answer["Location"], "/en/search/saved/", "/api/v1/searches", again):
        found: Any = reader.get(address)
        assert found.status_code in (200, 400), address
        assert SECRET not in found.content.decode(), address
    assert reader.get(answer["Location"]).status_code == 200


def test_guest_without_a_token_and_visitor_get_nothing(engine: str, reader: Client) -> None:
    nobody = signed_in(make_person("nobody", is_active=True))
    assert nobody.get("/api/v1/search?q=plan").json()["total"] == 0
    assert Client().get("/api/v1/search?q=plan").status_code == 401
    assert Client().get("/en/search/?q=plan").status_code == 302
