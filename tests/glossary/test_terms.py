"""Terms, and what is said when one cannot be."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from intranet.glossary.models import Term, TermForm
from intranet.glossary.search_sources import TermSource
from search import Query, search, suggest
from search.models import Entry, EntryVersion
from tests.glossary.conftest import MakeTerm
from tests.pages.factories import make_network, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

EVERYONE = frozenset({"everyone"})


def errors(**fields: object) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as raised:
        Term(**fields).full_clean()
    return raised.value.message_dict


def test_forms_are_kept_under_their_keys(violence: Term) -> None:
    kept = TermForm.objects.filter(term=violence).values_list("language", "kind", "text", "key", "first", "letter")
    assert list(kept) == [
        ("en", "main", "gender-based violence", "en:gender based violence", "en:gender", "g"),
        ("en", "acronym", "GBV", "=gbv", "=gbv", "g"),
        ("fr", "main", "violence fondée sur le genre", "fr:violenc fond sur genr", "fr:violenc", "v"),
        ("fr", "acronym", "VFG", "=vfg", "=vfg", "v"),
        ("fr", "acronym", "VBG", "=vbg", "=vbg", "v"),
        ("fr", "variant", "violence basée sur le genre", "fr:violenc base sur genr", "fr:violenc", "v"),
    ]
    assert violence.slug == "gender-based-violence"


def test_a_term_is_said_in_one_language_at_least() -> None:
    reason = ["Give the term in English or in French, or in both."]
    assert errors(definition_en="Nothing.") == {"form_en": reason, "form_fr": reason}


def test_what_another_term_has_is_named(violence: Term) -> None:
    assert errors(form_fr="Violences fondées sur le genre", form_en="new", acronyms_en="gbv") == {
        "form_fr": [
            "“Violences fondées sur le genre” is a form of the term “gender-based violence” already."
            " Take it out of one of them."
        ],
        "acronyms_en": ["“gbv” is a form of the term “gender-based violence” already. Take it out of one of them."],
    }
    Term.objects.update(is_active=False)
    assert errors(form_en="Gender-Based Violence") == {
        "form_en": [
            "“Gender-Based Violence” is a form of the term “gender-based violence”, which is not active."
            " Activate that one."
        ]
    }


def test_the_same_word_in_the_other_language_is_another_form(make_term: MakeTerm) -> None:
    make_term(form_en="bail")
    assert make_term(form_fr="bail").pk is not None


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"acronyms_en": "G B"}, "acronyms_en", "“G B” is no acronym: use 2 to 30 letters or digits without a blank."),
        ({"acronyms_fr": "VF"}, "form_fr", "There are other forms in this language: give the term itself too."),
        (
            {"variants_en": "one two three four five six seven"},
            "variants_en",
            "“one two three four five six seven” is not 1 to 6 words long, at most 120 characters.",
        ),
        ({"variants_en": "…"}, "variants_en", "“…” is not 1 to 6 words long, at most 120 characters."),
    ],
)
def test_a_form_that_could_not_be_found_is_refused(fields: dict[str, str], field: str, reason: str) -> None:
    assert errors(form_en="term", **fields) == {field: [reason]}


def test_saving_writes_the_entry_in_the_transaction(make_term: MakeTerm) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        make_term(form_en="shelter")
        raise RuntimeError
    assert not Entry.objects.filter(kind="term").exists()
    term = make_term(form_en="shelter", form_fr="refuge", acronyms_en="SHL", definition_fr="Un toit.")
    versions = EntryVersion.objects.filter(entry__key=str(term.pk)).order_by("language")
    assert list(versions.values_list("language", "title", "summary", "aliases", "url")) == [
        ("en", "shelter", "", ["SHL"], "/en/glossary/shelter/"),
        ("fr", "refuge", "Un toit.", [], "/fr/glossaire/shelter/"),
    ]


def test_a_term_is_found_and_suggested_until_it_is_not_active(violence: Term) -> None:
    assert [hit.key for hit in search(Query("violence genre", EVERYONE, language="fr")).hits] == [str(violence.pk)]
    assert [each.title for each in suggest("gender-b", EVERYONE, "en")] == ["gender-based violence"]
    assert search(Query("violence", frozenset({"members", "guest:1"}))).hits == ()
    violence.is_active = False
    violence.save()
    assert search(Query("violence genre", EVERYONE, language="fr")).hits == ()
    assert list(TermSource().entries()) == []


def test_a_deleted_term_is_gone_from_search(violence: Term) -> None:
    Term.objects.all().delete()
    assert search(Query("violence", EVERYONE)).hits == ()
    assert TermForm.objects.count() == 0


def test_terms_are_for_every_active_account_but_guests(violence: Term, shelter: Term) -> None:
    network = make_network("halifax")
    shelter.is_active = False
    shelter.save()
    assert list(Term.objects.visible_to(make_person("reader", (network, "reader")))) == [violence]
    assert list(Term.objects.visible_to(make_person("new"))) == [violence]
    assert list(Term.objects.visible_to(make_person("guest", (network, "guest")))) == []
    assert list(Term.objects.visible_to(make_person("gone", (network, "reader"), is_active=False))) == []
