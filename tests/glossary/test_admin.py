"""The office keeps the terms in the admin; nobody else does."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from intranet.glossary.models import Term, TermForm
from tests.glossary.conftest import MakeTerm
from tests.pages.factories import make_network, make_person, signed_in

pytestmark = pytest.mark.django_db

EMPTY = dict.fromkeys(
    [f"{name}_{code}" for name in ("form", "acronyms", "variants", "definition") for code in ("en", "fr")], ""
)


def form(**fields: str) -> dict[str, str]:
    return {**EMPTY, "is_active": "on", **fields}


@pytest.fixture
def office() -> Client:
    return signed_in(make_person("office", (make_network("office", "office"), "publisher"), language="en"))


@pytest.fixture
def society() -> Client:
    return signed_in(make_person("society", (make_network("halifax"), "coordinator"), language="en"))


def test_the_office_adds_changes_and_deletes_a_term(office: Client) -> None:
    answer = office.post(reverse("terms:add"), form(form_en="shelter", form_fr="refuge", acronyms_fr=" MH \n\nMHF"))
    assert answer.status_code == 302
    term = Term.objects.get()
    assert (term.form_fr, term.acronyms_fr, term.is_active) == ("refuge", "MH\nMHF", True)
    edit = reverse("terms:edit", args=[term.pk])

    assert office.post(edit, form(form_en="shelter", definition_en="A roof.")).status_code == 302
    term.refresh_from_db()
    assert (term.form_fr, term.definition_en, term.slug) == ("", "A roof.", "shelter")
    assert list(TermForm.objects.values_list("text", flat=True)) == ["shelter"]

    office.post(reverse("terms:delete", args=[term.pk]))
    assert not Term.objects.exists()


def test_the_history_says_who_changed_what_and_when(office: Client, violence: Term) -> None:
    edit = reverse("terms:edit", args=[violence.pk])
    data = {name: getattr(violence, name) for name in EMPTY}
    office.post(edit, form(**data))
    office.post(edit, {**data, "acronyms_fr": "VFG"})

    (entry,) = ModelLogEntry.objects.filter(action="glossary.change_term")
    assert entry.user.email == "office@example.org"
    assert entry.data["changes"] == {"acronyms_fr": ["VFG\nVBG", "VFG"], "is_active": [True, False]}
    shown = office.get(reverse("terms:history", args=[violence.pk])).content.decode()
    assert "Acronyms in French: “VFG, VBG” became “VFG”; made inactive" in shown


def test_an_error_stands_at_its_field(office: Client, violence: Term) -> None:
    answer = office.post(reverse("terms:add"), form(form_en="abuse", acronyms_en="GBV"))
    assert answer.status_code == 200
    assert answer.context["form"].errors == {
        "acronyms_en": ["“GBV” is a form of the term “gender-based violence” already. Take it out of one of them."]
    }
    assert Term.objects.count() == 1


def test_terms_are_listed_and_found(office: Client, violence: Term, shelter: Term) -> None:
    shown = office.get(reverse("terms:index")).content.decode()
    assert "maison d’hébergement" in shown
    found = office.get(reverse("terms:index"), {"q": "VBG"}).content.decode()
    assert "violence fondée" in found
    assert "maison d’hébergement" not in found


@pytest.mark.parametrize("action", ["index", "add", "edit", "delete", "history"])
def test_terms_are_not_kept_by_others(society: Client, violence: Term, action: str) -> None:
    arguments: list[Any] = [violence.pk] if action in ("edit", "delete", "history") else []
    address = reverse(f"terms:{action}", args=arguments)
    for answer in (society.get(address), society.post(address, form(form_en="taken over"))):
        if arguments:
            assert answer.status_code == 404
        else:
            assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert list(Term.objects.values_list("form_en", flat=True)) == ["gender-based violence"]
    assert reverse("terms:index") not in society.get("/admin/").content.decode()


def test_the_list_takes_a_fixed_number_of_queries(office: Client, make_term: MakeTerm) -> None:
    counts = []
    for first, last in ((0, 1), (1, 3), (3, 15)):
        for number in range(first, last):
            make_term(form_en=f"word{number}")
        office.get(reverse("terms:index"))
        with CaptureQueriesContext(connection) as captured:
            office.get(reverse("terms:index"))
        counts.append(len(captured))
    assert len(set(counts)) == 1
