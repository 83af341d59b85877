"""What both engines must answer alike."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import pytest

from search import FacetValue, Query, Results, delete_entries, retoken, search, suggest
from tests.search.factories import entry, version, write

EVERYONE = frozenset({"everyone"})
HALIFAX = frozenset({"everyone", "network:1"})
TABLE = frozenset({"everyone", "network:9"})


@pytest.fixture(autouse=True)
def _sync_is_there(engine: str) -> None:
    """Every test of this module runs on both engines."""


def ask(text: str, tokens: frozenset[str] = EVERYONE, **values: object) -> Results:
    return search(Query(text, tokens, **values))  # type: ignore[arg-type]


def keys(results: Results) -> list[str]:
    return [hit.key for hit in results.hits]


def test_visibility_within_audience_only(engine: str, sync: Callable[[], None]) -> None:
    write(
        entry("open", version(title="Budget plan")),
        entry("halifax", version(title="Budget of Halifax"), tokens=frozenset({"network:1"}), kind="memo"),
        entry(
            "table", version(title="Secret budget"), tokens=frozenset({"network:9"}), facets={"network": ("hidden",)}
        ),
    )
    sync()
    for tokens, expected in [
        (EVERYONE, {"open"}),
        (HALIFAX, {"open", "halifax"}),
        (TABLE, {"open", "table"}),
        (frozenset({"network:99"}), set()),
        (frozenset({"network"}), set()),
    ]:
        results = ask("budget", tokens)
        assert (set(keys(results)), results.total) == (expected, len(expected))
        assert results.engine == engine
        assert results.degraded is False
    assert ask("budget", HALIFAX).facets["network"] == ()
    assert ask("budget", EVERYONE).facets["kind"] == (FacetValue("page", 1),)
    assert ask("secret", HALIFAX).total == 0
    assert suggest("secr", HALIFAX, "en") == []
    assert [found.title for found in suggest("secr", TABLE, "en")] == ["Secret budget"]


@pytest.mark.parametrize(
    ("asked", "language", "title"),
    [
        ("accueil", "fr", "L’accueil des familles"),
        ("l'accueil", "fr", "Accueil des familles"),
        ("coeur", "fr", "Le cœur du métier"),
        ("cœur", "fr", "Au coeur du métier"),
        ("ete", "fr", "Formation d’été"),
        ("été", "fr", "Horaire ETE"),
        ("note de service", "fr", "Notes de service"),
        ("notes de service", "fr", "Une note de service"),
        ("réseau", "fr", "Les réseaux locaux"),
        ("VFG", "fr", "Violence fondée sur le genre (VFG)"),
        ("cartographie des ressources", "fr", "Cartographie de la ressource"),
        ("agreement", "en", "Agreements signed"),
        ("society", "en", "Society's tools"),
        ("newcomers", "en", "A newcomer arrives"),
        ("2SLGBTQIA+", "en", "Support for 2SLGBTQIA+ youth"),
        ("post-formation", "fr", "Note post-formation"),
    ],
)
def test_words_in_their_forms(sync: Callable[[], None], asked: str, language: str, title: str) -> None:
    write(entry("wanted", version(language, title)), entry("other", version(language, "Xylophone")))
    sync()
    assert keys(ask(asked, language="fr")) == ["wanted"]


def test_text_is_found_in_every_field(sync: Callable[[], None]) -> None:
    write(
        entry(
            "a",
            version("fr", "Titre", summary="Résumé", headings="Intertitre", body="Contenu"),
            version("en", "Heading one", summary="Abstract", headings="Between", body="Substance"),
            identifiers=("HFX-2026-014",),
        )
    )
    sync()
    for word in ["titre", "resume", "intertitre", "contenu", "abstract", "between", "substance", "hfx-2026-014"]:
        assert ask(word).total == 1, word
    assert ask("HFX-2026-01").total == 0
    assert ask("titre substance").total == 1
    assert ask("titre absent").total == 1
    assert ask("titre absent introuvable").total == 0


def test_phrases_and_exclusions(sync: Callable[[], None]) -> None:
    write(
        entry("a", version(title="Safety plan for shelters")),
        entry("b", version(title="Plan the safety week")),
    )
    sync()
    assert set(keys(ask("safety plan"))) == {"a", "b"}
    assert keys(ask('"safety plan"')) == ["a"]
    assert keys(ask("«safety plan»")) == ["a"]
    assert keys(ask("safety -shelter")) == ["b"]
    assert keys(ask('plan -"safety plan"')) == ["b"]
    assert keys(ask("-shelters")) == ["b"]
    assert keys(ask('safety "plan for')) == ["a"]


@pytest.mark.parametrize("sort", ["relevance", "date"])
def test_what_has_every_word_comes_first_and_is_counted(sync: Callable[[], None], sort: str) -> None:
    texts = {1: "Consent form", 2: "Forms of consent", 3: "Forms", 4: "Consents", 5: "Something else"}
    write(
        *(
            entry(f"k{day}", version(title=title), date=datetime(2026, 1, day, tzinfo=UTC), kind="page")
            for day, title in texts.items()
        ),
        entry("other", version(title="Consent to forms"), kind="memo"),
    )
    sync()
    chosen = {"kind": frozenset({"page"})}

    results = ask("form consent", sort=sort, filters=chosen)
    assert (results.total, results.with_every_word) == (4, 2)
    assert set(keys(results)[:2]) == {"k1", "k2"}
    if sort == "date":
        assert keys(results) == ["k2", "k1", "k4", "k3"]
    second = ask("form consent", sort=sort, filters=chosen, size=3, page=2)
    assert (second.total, second.with_every_word, len(second.hits)) == (4, 2, 1)
    past = ask("form consent", sort=sort, filters=chosen, size=3, page=9)
    assert (past.total, past.with_every_word) == (4, 2)
    assert ask("consent", sort=sort).with_every_word == ask("consent", sort=sort).total == 4
    assert ask("", sort=sort).with_every_word == 6


def test_one_result_per_item_in_the_reader_s_language(sync: Callable[[], None]) -> None:
    write(
        entry(
            "both",
            version("en", "Shelter guide", external_id="en-1"),
            version("fr", "Guide refuge", external_id="fr-1"),
        ),
        entry("english", version("en", "Guide two"), date=datetime(2026, 1, 1, tzinfo=UTC)),
    )
    sync()
    results = ask("guide", language="fr", sort="date")
    assert results.total == 2
    assert [(hit.title, hit.language, hit.url, hit.external_id) for hit in results.hits] == [
        ("Guide refuge", "fr", "/fr/guide-refuge/", "fr-1"),
        ("Guide two", "en", "/en/guide-two/", ""),
    ]
    assert [(found.language, found.title) for found in results.hits[0].versions] == [
        ("fr", "Guide refuge"),
        ("en", "Shelter guide"),
    ]
    assert ask("guide", language="en", sort="date").hits[0].title == "Shelter guide"
    assert results.facets["language"] == (FacetValue("en", 2), FacetValue("fr", 1))
    assert keys(ask("guide", filters={"language": frozenset({"fr"})})) == ["both"]


def test_facets_ignore_their_own_choice(sync: Callable[[], None]) -> None:
    write(
        entry("a", kind="memo", facets={"network": ("1",), "topic": ("law", "youth")}),
        entry("b", kind="memo", facets={"network": ("2",)}, date=datetime(2025, 5, 5, tzinfo=UTC)),
        entry("c", kind="page", facets={"network": ("1",), "topic": ("law",)}),
        entry("d", kind="page", facets={"network": ("3",)}, tokens=frozenset({"network:3"})),
    )
    sync()
    results = ask("title", filters={"kind": frozenset({"memo"}), "network": frozenset({"1", "2"})})
    assert set(keys(results)) == {"a", "b"}
    assert results.total == 2
    assert dict(results.facets) == {
        "kind": (FacetValue("memo", 2), FacetValue("page", 1)),
        "network": (FacetValue("1", 1), FacetValue("2", 1)),
        "region": (),
        "topic": (FacetValue("law", 1), FacetValue("youth", 1)),
        "language": (FacetValue("en", 2),),
        "year": (FacetValue("2025", 1), FacetValue("2026", 1)),
    }
    assert ask("", filters={"year": frozenset({"2025"})}).total == 1
    assert ask("", filters={"nothing": frozenset({"x"})}).total == 0


def test_every_value_of_a_facet_is_counted(sync: Callable[[], None]) -> None:
    write(*(entry(f"k{number}", facets={"network": (str(number),)}) for number in range(120)))
    sync()
    assert len(ask("title").facets["network"]) == 120


def test_sorting_by_date_and_paging(sync: Callable[[], None]) -> None:
    write(*(entry(f"k{day:02}", date=datetime(2026, 1, day, tzinfo=UTC)) for day in range(1, 26)))
    sync()
    latest_first = [f"k{day:02}" for day in range(25, 0, -1)]
    assert keys(ask("")) == latest_first[:20]
    assert keys(ask("", page=2)) == latest_first[20:]
    assert keys(ask("title", sort="date", size=7, page=3)) == latest_first[14:21]
    past = ask("title", page=9)
    assert (past.total, past.hits, past.page) == (25, (), 9)


def test_titles_weigh_more_than_bodies(sync: Callable[[], None]) -> None:
    write(
        entry("body", version(title="Something", body="A word about shelters among many other words here")),
        entry("title", version(title="Shelters", body="Something else")),
    )
    sync()
    assert keys(ask("shelters")) == ["title", "body"]


def test_snippet_shows_two_places_that_are_far_apart(sync: Callable[[], None]) -> None:
    filler = "Something else is said here. " * 40
    body = f"{filler}The needle is <b>here</b>. {filler}A thread & more is there. {filler}"
    write(entry("a", version(body=body)))
    sync()
    [hit] = ask("needle thread").hits
    first, second = sorted(re.split(" … ", hit.snippet.strip("… ")), key=lambda piece: "thread" in piece)
    assert "<mark>needle</mark> is &lt;b&gt;here&lt;" in first
    assert "<mark>thread</mark> &amp; more" in second
    for piece in (first, second):
        assert " ".join(unescape(re.sub("</?mark>", "", piece)).split()) in " ".join(body.split())
    [hit] = ask("needle").hits
    assert " … " not in hit.snippet.strip("… ")


def test_snippets_are_escaped_and_marked(sync: Callable[[], None]) -> None:
    body = "Before <script>alert(1)</script> & the shelters’ <b>rule</b> after. " + "Filler words follow. " * 60
    write(entry("a", version(body=body)))
    sync()
    snippet = ask("shelters rule").hits[0].snippet
    assert "<script>" not in snippet
    assert "<b>" not in snippet
    assert "<mark>rule</mark>" in snippet
    assert snippet.count("<mark>") == 2
    assert "&lt;" in snippet
    assert len(snippet) < 600


def test_blocks_of_a_text_stand_apart_in_its_snippet(sync: Callable[[], None]) -> None:
    write(entry("a", version(body="From now on.\nThe rule\nNo child interprets.")))
    sync()
    assert "The rule · No child <mark>interprets</mark>." in ask("interprets").hits[0].snippet


def test_changes_are_found_after_they_are_indexed(sync: Callable[[], None]) -> None:
    write(entry("a", version(title="First words")), entry("b", version(title="First b")))
    sync()
    write(entry("a", version(title="Second words"), kind="memo", tokens=frozenset({"network:1"})))
    retoken({"b": (frozenset({"network:1", "network:2"}), "new rule")})
    sync()
    assert ask("first").total == 0
    assert keys(ask("first", HALIFAX)) == ["b"]
    assert keys(ask("second", HALIFAX)) == ["a"]
    assert ask("", HALIFAX).facets["kind"] == (FacetValue("memo", 1), FacetValue("page", 1))
    delete_entries(["a", "b", "unknown"])
    sync()
    assert ask("", HALIFAX).total == 0
    write(entry("a", version(title="Third words")))
    sync()
    assert keys(ask("third")) == ["a"]


def test_suggestions_that_begin_with_the_text_come_first_then_terms_then_the_latest(
    sync: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("embedded.engine", "elasticsearch.queries"):
        monkeypatch.setattr(f"search.engines.{module}.explaining_kinds", lambda: ("term",))
    days = {
        name: datetime(2026, 1, day, tzinfo=UTC)
        for day, name in enumerate(("begins", "term", "alias", "old", "new"), 1)
    }
    write(
        entry("new", version("en", "Our safe house"), date=days["new"]),
        entry("old", version("en", "The safe house"), date=days["old"]),
        entry("term", version("en", "A safe house"), kind="term", date=days["term"]),
        entry("begins", version("en", "Safe houses"), date=days["begins"]),
        entry("alias", version("en", "Shelter", aliases=("Safe house",)), date=days["alias"]),
    )
    sync()
    assert [item.key for item in suggest("safe hou", EVERYONE, "en")] == ["alias", "begins", "term", "new", "old"]
    assert [item.key for item in suggest("safe hou", EVERYONE, "en", limit=1)] == ["alias"]


def test_suggestions_begin_like_what_was_typed(sync: Callable[[], None]) -> None:
    write(
        entry("a", version("en", "Service map"), version("fr", "Carte des services"), kind="page"),
        entry("b", version("en", "Serving newcomers"), date=datetime(2025, 1, 1, tzinfo=UTC), kind="memo"),
        entry("c", version("en", "Other", body="serving")),
    )
    sync()
    found = suggest("serv", EVERYONE, "fr")
    assert [(item.title, item.url, item.kind, item.key) for item in found] == [
        ("Carte des services", "/fr/carte-des-services/", "page", "a"),
        ("Serving newcomers", "/en/serving-newcomers/", "memo", "b"),
    ]
    assert [item.title for item in suggest("service m", EVERYONE, "fr")] == ["Service map"]
    assert [item.title for item in suggest("services m", EVERYONE, "fr")] == ["Service map"]
    assert [item.title for item in suggest("cartes services", EVERYONE, "en")] == ["Carte des services"]
    assert [item.title for item in suggest("service de", EVERYONE, "fr")] == ["Carte des services"]
    assert suggest("de services", EVERYONE, "fr") == suggest("serv m", EVERYONE, "fr") == []
    assert [item.key for item in suggest("serv", EVERYONE, "en", limit=1)] == ["a"]
    assert suggest("", EVERYONE, "en") == []
    assert suggest("serv", frozenset(), "en") == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        '"',
        '"""',
        "'",
        "AND OR NOT",
        "title AND (",
        "NEAR(a b)",
        "title:*",
        "{title} : x",
        "a* b^2 ~3 /x/ [a TO b] \\",
        "-",
        "- -- ---",
        "👩‍🏫🎓",
        "مرحبا بالعالم",
        "‮right to left‬",
        "nul\x00nul",
        "lone \ud800 surrogate",
        "word " * 2_000,
        "x" * 10_000,
        "%s %(a)s ? $1 :name",
        "<script>alert(1)</script>",
        "ﬁ ﷺ ½ ²",
        "l' d' qu'",
    ],
)
def test_any_text_gets_an_answer(sync: Callable[[], None], text: str) -> None:
    write(entry("a"))
    sync()
    assert ask(text, facets=("kind",)).total in (0, 1)
    assert isinstance(suggest(text, EVERYONE, "en"), list)


def test_every_text_can_be_written(sync: Callable[[], None]) -> None:
    odd = "nul\x00 surrogate \udfff 👩‍🏫 مرحبا " + "long" * 9_000 + " " + "word's l’été " * 40_000
    write(entry("a", version(title=odd, body=odd, summary=odd), identifiers=("A\x00",), facets={"topic": ("x\x00",)}))
    sync()
    assert ask("مرحبا").total == 1
    assert ask("surrogate", filters={"topic": frozenset({"x "})}).total == 1
