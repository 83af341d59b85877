"""What a query is also looked for as."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intranet.glossary.expanding import expand
from intranet.glossary.models import AUDIENCE, Term
from search import EntryData, Query, TextVersion, search, write_entries
from search.expansion import expansions_of
from search.pending import read_state
from search.stamps import Stamps
from tests.glossary.conftest import MakeTerm

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

OTHERS_OF_VIOLENCE = (
    "gender-based violence",
    "violence fondée sur le genre",
    "GBV",
    "VFG",
    "VBG",
    "violence basée sur le genre",
)


def stamps() -> Stamps:
    return read_state().stamps


def expanded(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(expansion.typed, expansion.forms) for expansion in expand(text, AUDIENCE, stamps())]


@pytest.mark.parametrize(
    ("text", "typed", "form"),
    [
        ("violence fondée sur le genre", "violence fondée sur le genre", "violence fondée sur le genre"),
        ("les VIOLENCES FONDEES sur le genre au travail", "VIOLENCES FONDEES sur le genre", OTHERS_OF_VIOLENCE[1]),
        ("gender based violence", "gender based violence", "gender-based violence"),
        ("help for gender‑based violence?", "gender‑based violence", "gender-based violence"),
        ("vfg", "vfg", "VFG"),
        ("que dit la VFG ?", "VFG", "VFG"),
        ("G.B.V. training", "G.B.V", "GBV"),
    ],
)
def test_a_term_is_found_in_every_form_and_gives_the_others(violence: Term, text: str, typed: str, form: str) -> None:
    assert expanded(text) == [(typed, tuple(other for other in OTHERS_OF_VIOLENCE if other != form))]
    assert [expansion.key for expansion in expand(text, AUDIENCE, stamps())] == [str(violence.pk)]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("maisons d'hébergement", "maisons d'hébergement"),
        ("une maison d’hebergement à Moncton", "maison d’hebergement"),
        ("maison hébergement", "maison hébergement"),
        ("transition houses", "transition houses"),
        ("Women's Shelters", "Women's Shelters"),
        ("womens shelter", None),
        ("maison. Hébergement", None),
        ("maison de transition", None),
        ("transitional housing", None),
    ],
)
def test_number_accents_and_articles_are_of_no_account(shelter: Term, text: str, typed: str | None) -> None:
    assert [found for found, _forms in expanded(text)] == ([typed] if typed else [])


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("intervenant·e", "intervenante"),
        ("intervenant·e", "les intervenantes"),
        ("intervenante", "intervenant[e]s"),
        ("intervenant", "l’intervenant.e.s"),
        ("directrice générale", "directeur·rice général·e"),
        ("travailleur social", "travailleuses sociales"),
        ("tribunal", "tribunaux"),
        ("réseau", "reseaux"),
    ],
)
def test_french_gender_number_and_inclusive_writing(make_term: MakeTerm, form: str, text: str) -> None:
    make_term(form_fr=form, form_en="other")
    assert [forms for _typed, forms in expanded(text)] == [("other",)]


@pytest.mark.parametrize("text", ["personnes sans abri", "sans-abri"])
def test_words_that_turn_the_sense_count(make_term: MakeTerm, text: str) -> None:
    make_term(form_fr="abri", form_en="shelter")
    make_term(form_fr="sans-abri", form_en="homeless")
    assert [forms for _typed, forms in expanded(text)] == [("homeless",)]


def test_the_longest_term_wins_and_the_rest_is_read_on(violence: Term, make_term: MakeTerm) -> None:
    make_term(form_en="violence", form_fr="violence")
    make_term(form_en="gender", form_fr="genre")
    make_term(form_en="survivor", form_fr="personne survivante")
    found = expanded("survivors of gender-based violence and gender")
    assert found == [
        ("gender-based violence", tuple(form for form in OTHERS_OF_VIOLENCE if form != "gender-based violence")),
        ("survivors", ("personne survivante",)),
        ("gender", ("genre",)),
    ]


def test_a_word_of_both_languages_names_both_terms(make_term: MakeTerm) -> None:
    make_term(form_en="bail", form_fr="mise en liberté sous caution")
    make_term(form_en="lease", form_fr="bail")
    assert sorted(expanded("bail")) == [("bail", ("lease",)), ("bail", ("mise en liberté sous caution",))]


def test_both_terms_of_one_word_are_looked_for(make_term: MakeTerm) -> None:
    make_term(form_en="bail", form_fr="mise en liberté sous caution")
    make_term(form_en="lease", form_fr="bail")
    (group,) = Query("bail", AUDIENCE, expansions=expansions_of("bail", AUDIENCE, stamps())).clauses.words
    assert set(group.forms) == {"lease", "mise en liberté sous caution"}


@pytest.mark.parametrize("text", ['enfants "vbg"', "enfants -vbg", "enfants -maisons -d'hébergement"])
def test_neither_a_phrase_nor_what_must_not_be_there_is_expanded(violence: Term, shelter: Term, text: str) -> None:
    results = search(Query(text, AUDIENCE))
    assert (results.expansions, results.answers) == ((), ())


@pytest.mark.parametrize("tokens", [{"guest:1"}, {"network:1", "members"}, set()])
def test_whom_terms_are_not_meant_for_gets_none(violence: Term, tokens: set[str]) -> None:
    assert list(expand("vbg", frozenset(tokens), stamps())) == []
    if tokens:
        results = search(Query("vbg", frozenset(tokens)))
        assert (results.expansions, results.answers, results.hits) == ((), (), ())


def test_a_term_stands_behind_what_has_the_word(violence: Term) -> None:
    title = TextVersion("fr", "Bulletin", "/x/", body="Un mot sur la VFG.")
    write_entries(
        [EntryData(key="x", kind="page", versions=(title,), tokens=AUDIENCE, rule="x", date=violence.added_at)]
    )
    results = search(Query("vfg", AUDIENCE, language="fr"))
    assert [hit.key for hit in results.hits] == ["x", str(violence.pk)]
    assert [answer.key for answer in results.answers] == [str(violence.pk)]


def test_a_function_word_is_an_acronym_in_capitals_only(make_term: MakeTerm) -> None:
    make_term(form_en="information technology", form_fr="informatique", acronyms_en="IT")
    assert expanded("is it here") == []
    assert expanded("IT help") == [("IT", ("information technology", "informatique"))]


def test_a_word_of_every_day_is_an_acronym_in_capitals_only(make_term: MakeTerm) -> None:
    make_term(form_en="child protection", form_fr="protection de l’enfance", acronyms_en="CAS", acronyms_fr="DPJ")
    assert expanded("étude de cas") == []
    assert [typed for typed, _forms in expanded("appeler la CAS ou la dpj")] == ["CAS", "dpj"]


def test_refugees_seek_no_refuge(make_term: MakeTerm) -> None:
    make_term(form_en="shelter", form_fr="refuge")
    make_term(form_en="newcomer", form_fr="réfugié")
    assert expanded("refugees") == [("refugees", ("newcomer",))]
    assert expanded("refuges") == [("refuges", ("shelter",))]


def test_a_change_holds_for_the_next_query(violence: Term) -> None:
    violence.is_active = False
    violence.save()
    assert expanded("gbv") == []
    violence.is_active = True
    violence.acronyms_en = ""
    violence.save()
    assert expanded("gbv") == []
    violence.variants_en = "gendered harm"
    violence.save()
    assert [typed for typed, _forms in expanded("Gendered harms")] == ["Gendered harms"]


@pytest.mark.parametrize("terms", [1, 3, 30])
def test_the_glossary_is_read_once_and_again_after_a_change(make_term: MakeTerm, terms: int) -> None:
    made = [
        make_term(form_en=f"word{number} thing", form_fr=f"mot{number} chose", acronyms_en=f"WT{number}X")
        for number in range(terms)
    ]
    text = " ".join(f"word{number} things wt{number}x" for number in range(2000))
    found, statements = counted(text)
    assert (found, statements) == (min(terms, 10) * 2, 1)
    assert counted(text) == (found, 0)
    made[0].delete()
    assert counted(text)[1] == 1
    assert counted("?! …") == (0, 0)


def counted(text: str) -> tuple[int, int]:
    """How many expansions there are, and how many statements they took."""
    now = stamps()
    with CaptureQueriesContext(connection) as captured:
        return len(list(expand(text, AUDIENCE, now))), len(captured)


def test_search_asks_the_glossary(violence: Term) -> None:
    (expansion,) = expansions_of("vbg et enfants", AUDIENCE, stamps())
    assert (expansion.typed, expansion.key) == ("vbg", str(violence.pk))
    assert "gender-based violence" in expansion.forms
