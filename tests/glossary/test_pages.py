"""The list of terms and a term's own page."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from intranet.accounts.models import User
from intranet.glossary.models import Term
from intranet.networks.models import Network
from intranet.networks.services import add_membership
from tests.glossary.conftest import MakeTerm
from tests.pages.factories import make_network, make_page, make_person, section_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

FR, EN = "/fr/glossaire/", "/en/glossary/"
TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")[^"]+')


def entries(person: User, address: str = FR, **params: str) -> list[tuple[str, list[str]]]:
    """The letters with what stands under them."""
    groups = signed_in(person).get(address, params).context["groups"]
    return [(group["letter"], [entry["text"] for entry in group["entries"]]) for group in groups]


def test_names_and_acronyms_stand_under_their_letters(
    reader: User, violence: Term, shelter: Term, make_term: MakeTerm
) -> None:
    make_term(form_en="wellness check")
    make_term(form_fr="2ELGBTQIA+", form_en="2SLGBTQIA+")
    make_term(form_fr="écoute active")
    make_term(form_fr="entente", is_active=False)
    assert entries(reader) == [
        ("0–9", ["2ELGBTQIA+"]),
        ("E", ["écoute active"]),
        ("M", ["maison d’hébergement"]),
        ("V", ["VBG", "VFG", "violence fondée sur le genre"]),
        ("W", ["wellness check"]),
    ]
    assert entries(reader, EN)[1] == ("E", ["écoute active"])
    assert ("G", ["GBV", "gender-based violence"]) in entries(reader, EN)


def test_both_languages_stand_side_by_side(reader: User, violence: Term) -> None:
    page = signed_in(reader).get(FR).content.decode()
    assert '<a href="/fr/glossaire/gender-based-violence/" lang="fr">violence fondée sur le genre</a>' in page
    assert '<span class="terms__language">English</span> gender-based violence (GBV)' in page
    assert '<span class="terms__language">English</span> GBV (gender-based violence)' in page
    assert "Tort causé à des personnes en raison de leur genre." in page


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"q": "vbg"}, ["violence fondée sur le genre"]),
        ({"q": "gender"}, ["violence fondée sur le genre"]),
        ({"q": "HEBERG"}, ["maison d’hébergement"]),
        ({"q": "rien"}, []),
        ({"letter": "v"}, ["VBG", "VFG", "violence fondée sur le genre"]),
        ({"letter": "m"}, ["maison d’hébergement"]),
        ({"letter": "x"}, []),
    ],
)
def test_the_list_is_filtered(
    reader: User, violence: Term, shelter: Term, params: dict[str, str], found: list[str]
) -> None:
    assert [text for _letter, texts in entries(reader, **params) for text in texts] == found


def test_a_term_has_a_page_that_searches_for_it(reader: User, violence: Term) -> None:
    page = signed_in(reader).get(FR + "gender-based-violence/").content.decode()
    assert "<h1>violence fondée sur le genre</h1>" in page
    assert page.index("Tort causé") < page.index("Harm done")
    assert 'href="/fr/recherche/?q=violence+fond%C3%A9e+sur+le+genre"' in page
    assert 'href="/en/glossary/gender-based-violence/" hreflang="en"' in page
    assert "/admin/" not in page


def test_a_term_of_one_language_says_so(reader: User, make_term: MakeTerm) -> None:
    make_term(form_en="wellness check", definition_fr="Visite de la police.")
    page = signed_in(reader).get(FR + "wellness-check/").content.decode()
    assert '<h1 lang="en">wellness check</h1>' in page
    assert '<p lang="fr">Visite de la police.</p>' in page


def test_the_office_finds_the_way_to_change_a_term(violence: Term) -> None:
    office = signed_in(make_person("office", (make_network("office", "office"), "publisher")))
    assert f"/admin/terms/edit/{violence.pk}/" in office.get(FR + "gender-based-violence/").content.decode()
    assert "/admin/terms/new/" in office.get(FR).content.decode()


@pytest.mark.parametrize("address", [FR, EN, FR + "gender-based-violence/", FR + "?q=violence", FR + "?letter=v"])
def test_guests_find_nothing(guest: User, violence: Term, address: str) -> None:
    client = signed_in(guest)
    nowhere = address.partition("/glos")[0] + "/nowhere/"
    answer, nothing = client.get(address), client.get(nowhere)
    assert (answer.status_code, nothing.status_code) == (404, 404)
    assert TOKEN.sub("", answer.content.decode()) == TOKEN.sub("", nothing.content.decode())
    assert "glossaire" not in client.get("/fr/").content.decode()


def test_a_guest_who_joins_sees_terms(guest: User, violence: Term) -> None:
    add_membership(person=guest, network=make_network("moncton"), role="reader")
    assert entries(guest) != []
    assert 'href="/fr/glossaire/"' in signed_in(guest).get("/fr/").content.decode()


def test_inactive_and_unknown_terms_and_anonymous_people(reader: User, violence: Term) -> None:
    violence.is_active = False
    violence.save()
    client = signed_in(reader)
    assert client.get(FR + "gender-based-violence/").status_code == 404
    assert client.get(FR + "nothing/").status_code == 404
    assert "violence" not in client.get(FR).content.decode()
    assert Client().get(FR)["Location"].startswith("/accounts/login/")


def test_the_list_takes_a_fixed_number_of_queries(reader: User, make_term: MakeTerm) -> None:
    client = signed_in(reader)
    counts = []
    for first, last in ((0, 1), (1, 3), (3, 30)):
        for number in range(first, last):
            make_term(
                form_en=f"word {number}", form_fr=f"mot {number}", acronyms_fr=f"M{number}T", definition_fr="Oui."
            )
        client.get(FR)
        with CaptureQueriesContext(connection) as captured:
            client.get(FR)
        counts.append(len(captured))
    assert len(set(counts)) == 1
    assert counts[0] <= 12


def test_search_without_words_shows_no_terms_unless_they_are_chosen(reader: User, violence: Term) -> None:
    make_page(section_of(Network.objects.get(slug="halifax")), "Accueil")

    def found(**asked: str) -> tuple[list[str], dict[str, int]]:
        context = signed_in(reader).get("/fr/recherche/", asked).context
        kinds = next(group for group in context["groups"] if group["name"] == "kind")
        return [result["title"] for result in context["results"]], {each.value: each.count for each in kinds["values"]}

    titles, kinds = found()
    assert titles[0] == "Accueil"
    assert violence.form_fr not in titles
    assert kinds["term"] == 1
    assert found(kind="term")[0] == [violence.form_fr]
    assert found(q="violence")[0] == [violence.form_fr]
    assert violence.form_fr not in found(q="-abri")[0]
