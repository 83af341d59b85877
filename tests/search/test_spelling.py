"""A mistyped word is met where it is long and nobody has it; numbers and acronyms are never guessed."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from search import Query, Results, search
from search.spelling import commoner, corrected, nearest
from search.types import Attachment, Passage
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
def test_a_spelling_that_finds_the_same_is_only_proposed() -> None:
    results = ask("hebergement urgance")
    assert [hit.key for hit in results.hits] == ["shelter"]
    assert results.is_corrected is False
    assert results.did_you_mean == "hebergement urgence"


@pytest.fixture
def forms(engine: str, sync: Callable[[], None]) -> None:
    write(
        entry("consent", version("fr", "Formulaire de consentement"), facets={"topic": ("consent",)}),
        entry("minor", version("fr", "Formulaire pour mineure"), facets={"topic": ("age",)}),
        *(entry(f"form-{n}", version("fr", f"Formulaire {n}")) for n in range(3)),
        entry("hidden", version("fr", "Formulaire de consentements"), tokens=frozenset({"network:9"})),
    )
    sync()


@pytest.mark.usefixtures("forms")
def test_a_mistyped_word_is_answered_beside_words_that_are_found(engine: str) -> None:
    results = ask("formulaire consentment mineure")
    if guesses(engine):
        assert {hit.key for hit in results.hits} == {"consent", "minor"}
        assert {value.value for value in results.facets["topic"]} == {"consent", "age"}
        assert (results.did_you_mean, results.is_corrected) == ("formulaire consentement mineure", True)
        assert (results.total, results.total_as_typed) == (2, 1)
        assert {hit.key: "<mark>" in hit.snippet for hit in results.hits} == {"consent": False, "minor": False}
    else:
        assert ([hit.key for hit in results.hits], results.is_corrected) == (["minor"], False)


@pytest.mark.usefixtures("forms")
def test_the_item_with_the_word_that_was_meant_comes_first(engine: str) -> None:
    results = ask("formulaire consentment")
    assert results.total == 5
    if guesses(engine):
        assert (results.hits[0].key, results.is_corrected, results.total_as_typed) == ("consent", True, 5)


@pytest.mark.usefixtures("forms")
def test_every_page_is_of_the_same_answer(engine: str) -> None:
    pages = [search(Query("formulaire consentment", EVERYONE, language="fr", page=page, size=2)) for page in (1, 2, 3)]
    assert [results.total for results in pages] == [5, 5, 5]
    keys = [hit.key for results in pages for hit in results.hits]
    assert sorted(keys) == ["consent", "form-0", "form-1", "form-2", "minor"]
    if guesses(engine):
        assert keys[0] == "consent"


def test_a_word_that_stands_further_down_is_not_replaced(engine: str, sync: Callable[[], None]) -> None:
    write(
        *(entry(f"both-{n}", version("en", f"Lantern repair {n}")) for n in range(2)),
        entry("typed", version("en", "Hours", body="the recieve of " + "other words " * 50)),
        entry("near", version("en", "Receive")),
    )
    sync()
    pages = [search(Query("lantern repair recieve", EVERYONE, page=page, size=1)) for page in (1, 2)]
    assert [(results.total, results.is_corrected) for results in pages] == [(2, False), (2, False)]
    assert {hit.key for results in pages for hit in results.hits} == {"both-0", "both-1"}


@pytest.fixture
def repairs(engine: str, sync: Callable[[], None]) -> None:
    write(
        entry("mistaken", version("en", "Lantern repiar")),
        *(entry(f"repair-{n}", version("en", f"The repair of lantern {n}")) for n in range(6)),
        *(entry(f"wicks-{n}", version("en", f"Wicker {n}")) for n in range(4)),
        entry("wick", version("en", "Wickes")),
    )
    sync()


@pytest.mark.usefixtures("repairs")
@pytest.mark.parametrize("typed", ["repiar", "lantern repiar"])
def test_a_mistake_that_an_item_has_too_is_found_and_the_common_spelling_proposed(engine: str, typed: str) -> None:
    results = ask(typed)
    assert results.hits[0].key == "mistaken"
    assert (results.is_corrected, results.total) == (False, 1 if typed == "repiar" else 7)
    assert results.did_you_mean == (typed.replace("repiar", "repair") if guesses(engine) else None)
    assert search(Query(typed, EVERYONE, page=2, size=1)).did_you_mean is None


@pytest.mark.usefixtures("repairs")
@pytest.mark.parametrize("typed", ["repair", "wickes", "VFGXY"])
def test_nothing_is_proposed_where_other_spellings_are_few(typed: str) -> None:
    assert ask(typed).did_you_mean is None


@pytest.mark.parametrize(("hidden", "proposed"), [(frozenset({"network:9"}), None), (EVERYONE, "lantern")])
def test_only_what_the_reader_sees_makes_a_spelling_common(
    engine: str, sync: Callable[[], None], hidden: frozenset[str], proposed: str | None
) -> None:
    write(
        entry("mistaken", version("en", "Lantren")),
        *(entry(f"k{n}", version("en", f"Lantern {n}"), tokens=hidden) for n in range(6)),
    )
    sync()
    assert ask("lantren").did_you_mean == (proposed if guesses(engine) else None)


@pytest.mark.parametrize("place", ["alias", "late", "attachment"])
def test_a_spelling_is_met_wherever_it_stands(engine: str, sync: Callable[[], None], place: str) -> None:
    late = "other words " * 4_000 + "the lantern"
    attached = Attachment("doc", "Annex", "/d/", passages=(Passage("The lantern"),))
    write(
        entry(
            "item",
            version(
                "en",
                "Plan",
                summary="Something else",
                body=late if place == "late" else "",
                aliases=("The lantern",) if place == "alias" else (),
            ),
            attachments=(attached,) if place == "attachment" else (),
        )
    )
    sync()
    results = search(Query("lantren", EVERYONE))
    if guesses(engine):
        assert ([hit.key for hit in results.hits], results.total, results.is_corrected) == (["item"], 1, True)
        is_seen = engine == "elasticsearch" or place == "alias"
        assert results.did_you_mean == ("lantern" if is_seen else None)


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


def test_the_commonest_near_spelling_is_proposed() -> None:
    seen = ["The repair", "Repairs", "To repave", "repair it", "A repiar"]
    assert commoner("a repiar", ["repiar"], seen) == "a repair"
    assert commoner("repairs", ["repairs"], seen) is None
    assert commoner("repave", ["repave"], seen) is None


def test_a_correction_keeps_what_is_right() -> None:
    assert corrected("plan d'hebergment VFG", ["hebergment"], ["L’hébergement"]) == "plan d'hébergement VFG"
    assert corrected("l'hebergment", ["hebergment"], ["L’hébergement"]) == "l'hébergement"
    assert corrected("Hebergment", ["Hebergment"], ["L’hébergement"]) == "Hébergement"
    assert corrected("hebergement", ["hebergement"], ["L’hébergement"]) == "hebergement"
    assert corrected("zzzzzz", ["zzzzzz"], ["L’hébergement"]) is None
