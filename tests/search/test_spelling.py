"""A mistyped word is met where it is long and nobody has it; numbers and acronyms are never guessed."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from search import Query, Results, search
from search.spelling import corrected, nearest
from tests.search.factories import entry, version, write

EVERYONE = frozenset({"everyone"})


@pytest.fixture(autouse=True)
def _sync_is_there(engine: str) -> None:
    """Every test of this module runs on both engines."""


@pytest.fixture
def corpus(engine: str, sync: Callable[[], None]) -> Iterator[None]:
    write(
        entry(
            "shelter",
            version("fr", "Abri", summary="Un hébergement dans l’urgence"),
            version("en", "Shelter", summary="Its accommodation"),
        ),
        entry("secret", version("fr", "Restructuration"), tokens=frozenset({"network:9"})),
        entry("number", version("fr", "Entente"), identifiers=("HFX-2026-014",)),
    )
    sync()
    yield


def ask(text: str) -> Results:
    return search(Query(text, EVERYONE, language="fr"))


def guesses(engine: str) -> bool:
    """PostgreSQL's text index keeps no list of words: search/README.md, limits."""
    return engine == "elasticsearch" or connection.vendor == "sqlite"


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [("hebergment", "hébergement"), ("urgance", "urgence"), ("acomodation", "accommodation")],
)
def test_a_mistyped_word_is_answered_by_the_spelling_that_is_there(engine: str, typed: str, meant: str) -> None:
    results = ask(typed)
    if guesses(engine):
        assert [hit.key for hit in results.hits] == ["shelter"]
        # The snippet is in the reader's language, French, whatever the word was found in.
        assert ("<mark>" in results.hits[0].snippet) == (meant != "accommodation")
        assert (results.did_you_mean, results.is_corrected) == (meant, True)
    else:
        assert (results.total, results.did_you_mean) == (0, None)


@pytest.mark.usefixtures("corpus")
def test_beside_words_that_are_found_it_is_only_proposed() -> None:
    results = ask("hebergement urgance")
    assert [hit.key for hit in results.hits] == ["shelter"]
    assert results.is_corrected is False
    assert results.did_you_mean == "hebergement urgence"


def test_a_correction_is_a_whole_word() -> None:
    seen = ["The women’s shelter", "Children's rights", "D’aujourd’hui", "An organization’s plan", "L’abri"]
    meant = {
        "womems shelter": "women’s shelter",
        "childrns rights": "children's rights",
        "aujourdui": "aujourd’hui",
        "organizaton": "organization",
        "shelte shelters": "shelter shelters",
        "abrri": "abri",
    }
    assert {typed: corrected(typed, typed.split()[:1], seen) for typed in meant} == meant


def test_what_only_differs_by_its_sign_is_found(engine: str, sync: Callable[[], None]) -> None:
    write(entry("list", version("en", "The Williams’s list")))
    sync()
    results = ask("williamss")
    if guesses(engine):
        assert [hit.key for hit in results.hits] == ["list"]
    assert (results.did_you_mean, results.is_corrected) == (None, False)


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize(
    "typed", ["restructurations", "restructuraton", "HFX-2026-015", "2026-041", "urge", "VFGX", '"hebergment"']
)
def test_nothing_is_guessed_that_is_not_for_this_reader_or_not_a_word(typed: str) -> None:
    results = ask(typed)
    assert (results.total, results.did_you_mean, results.is_corrected) == (0, None, False)


def test_nearest_words_come_first_and_keep_their_first_letter() -> None:
    assert nearest("famile", ["famille", "facile", "gamille", "familiale"]) == ["facile", "famille"]
    assert nearest("acueil", ["accueil", "recueil"]) == ["accueil"]
    assert nearest("hebergmeent", ["hebergements", "hebergement"]) == ["hebergement", "hebergements"]


def test_a_correction_keeps_what_is_right() -> None:
    assert corrected("plan d'hebergment VFG", ["hebergment"], ["L’hébergement"]) == "plan d'hébergement VFG"
    assert corrected("l'hebergment", ["hebergment"], ["L’hébergement"]) == "l'hébergement"
    assert corrected("hebergement", ["hebergement"], ["L’hébergement"]) == "hebergement"
    assert corrected("zzzzzz", ["zzzzzz"], ["L’hébergement"]) is None
