"""Queries that cannot be asked, and how a text is taken apart."""

import pytest

from search import BadQuery, EntryData, InvalidEntry, Query
from search.expansion import Expansion
from search.query import Clause, Clauses, Group, parse_text
from search.results import Results
from tests.search.factories import entry, version

EVERYONE = frozenset({"everyone"})


@pytest.mark.parametrize(
    "values",
    [
        {"tokens": frozenset()},
        {"page": 0},
        {"page": -1},
        {"size": 0},
        {"size": 101},
        {"page": 101, "size": 100},
        {"language": "de"},
        {"sort": "size"},
        {"filters": {"network": frozenset(str(number) for number in range(501))}},
    ],
)
def test_wrong_values_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(BadQuery):
        Query(**{"text": "x", "tokens": EVERYONE, **values})  # type: ignore[arg-type]


def test_the_last_page_is_allowed() -> None:
    assert Query("x", EVERYONE, page=100, size=100).offset == 9_900


@pytest.mark.parametrize(("total", "size", "count"), [(0, 30, 1), (31, 30, 2), (10_000, 100, 100), (25_000, 30, 333)])
def test_pages_are_as_many_as_a_query_can_ask_for(total: int, size: int, count: int) -> None:
    results = Results(total, 1, size, (), {}, "embedded", False)
    assert results.page_count == count
    assert Query("x", EVERYONE, page=count, size=size).page == count


def test_text_is_normalized_and_cut() -> None:
    assert Query("  a \n\t b\x00 ", EVERYONE).text == "a b"
    assert Query("e\u0301te\u0301", EVERYONE).text == "été"
    assert Query("\ufeffabri\u00adter\u200b \u202e", EVERYONE).text == "abriter"
    assert len(Query("word " * 2_000, EVERYONE).text) == 399
    assert len(parse_text(" ".join(f"w{number}" for number in range(60))).sought) == 30


def words(*texts: str, exact: tuple[str, ...] = ()) -> tuple[Group, ...]:
    return tuple(Group((Clause(text, text in exact),)) for text in texts)


memo = ("HFX-2026-014", "aide@exemple.ca")
signs = ("directeur(trice)", "intervenant[e]s", "R&D", "LGBTQ+")


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", Clauses()),
        ("note de service", Clauses(words("note", "service"), optional=(Clause("de"),))),
        ("de la", Clauses(words("de", "la"))),
        ("est-ce que", Clauses(words("est-ce", "que"))),
        ('"note de service" urgent', Clauses(words("urgent"), (Clause("note de service", True),))),
        (
            'safety -shelter -"safe house"',
            Clauses(words("safety"), (), (Clause("shelter"), Clause("safe house", True))),
        ),
        (
            "post-formation l'accueil",
            Clauses((Group((Clause("post-formation"),), ("postformation",)), *words("accueil"))),
        ),
        ('"unfinished phrase', Clauses(phrases=(Clause("unfinished phrase", True),))),
        ("VFG HFX-2026-014 a@b.org", Clauses(words(*(names := ("VFG", "HFX-2026-014", "a@b.org")), exact=names))),
        ("MAISONS hébergement", Clauses(words("MAISONS", "hébergement"))),
        ("- + & 👩‍🏫 () ?! l'", Clauses(words("l"))),
        ("agresion? (HFX-2026-014), [aide@exemple.ca].", Clauses(words("agresion", *memo, exact=memo))),
        ("directeur(trice) (intervenant[e]s) R&D, LGBTQ+", Clauses(words(*signs, exact=signs[2:]))),
        ("V.F.G., ‘l’ACSV’…", Clauses((Group((Clause("V.F.G.", True),), ("vfg",)), *words("ACSV", exact=("ACSV",))))),
        ("violence OU agression", Clauses(words("violence", "agression"), optional=(Clause("OU", True),))),
        ("refuge –urgence −nuit", Clauses(words("refuge"), excluded=(Clause("urgence"), Clause("nuit")))),
        ("IT support", Clauses(words("IT", "support", exact=("IT",)))),
        ("LES ABRIS", Clauses(words("ABRIS"), optional=(Clause("LES"),))),
        (
            "GUIDE DES FEMMES HFX-14",
            Clauses(words("GUIDE", "FEMMES", "HFX-14", exact=("HFX-14",)), optional=(Clause("DES"),)),
        ),
        ("V.F.G. ABRIS", Clauses((Group((Clause("V.F.G.", True),), ("vfg",)), *words("ABRIS")))),
        ("conflit entre elles", Clauses(words("conflit"), optional=(Clause("entre"), Clause("elles")))),
        ("abri/refuge, juge;avocat", Clauses(words("abri", "refuge", "juge", "avocat"))),
        ("auteur/autrice", Clauses(words("auteur", "autrice"))),
        ("travailleur/euse im/migrant", Clauses(words("travailleur/euse", "im/migrant"))),
        (
            "exemple.ca/abri/nuit a@b.org/cour",
            Clauses(words("exemple.ca/abri/nuit", "a@b.org/cour", exact=("a@b.org/cour",))),
        ),
        ("refuge -abri/nuit", Clauses(words("refuge"), excluded=(Clause("abri/nuit"),))),
        ("VFG 2026", Clauses(words("VFG", "2026", exact=("VFG", "2026")))),
    ],
)
def test_text_is_taken_apart(text: str, clauses: Clauses) -> None:
    assert parse_text(text) == clauses


def test_in_capitals_what_has_other_forms_is_an_acronym() -> None:
    expansions = (Expansion("VFG", ("gender-based violence",)), Expansion("maison de transition", ("MDT",)))
    parsed = parse_text("VFG EN MAISON DE TRANSITION", expansions)
    assert [[(clause.text, clause.is_exact) for clause in group.clauses] for group in parsed.words] == [
        [("VFG", True)],
        [("MAISON", False), ("TRANSITION", False)],
    ]


@pytest.mark.parametrize(
    ("text", "correctable"),
    [
        ("comment signaler une agresion?", ("signaler", "agresion")),
        ("l'hébergment d’urgence", ("hébergment", "urgence")),
    ],
)
def test_a_word_beside_a_sign_or_an_article_may_be_mistyped(text: str, correctable: tuple[str, ...]) -> None:
    assert parse_text(text).correctable == correctable


def test_of_long_questions_the_longest_words_count_and_the_others_rank() -> None:
    clauses = parse_text("un abri deux chambres disponibles quatre personnes maintenant")
    counted = [group.clauses[0].text for group in clauses.words]
    assert counted == ["abri", "chambres", "disponibles", "quatre", "personnes", "maintenant"]
    assert [clause.text for clause in clauses.optional] == ["un", "deux"]
    assert clauses.quorum == 3


def test_other_forms_stand_for_the_words_that_were_typed() -> None:
    terms = (Expansion("violence fondee sur le genre", ("VFG", "gender-based violence")),)
    clauses = parse_text("abri Violence fondée sur le genre", terms)
    typed = (Clause("Violence"), Clause("fondée"), Clause("genre"))
    assert clauses.words == (Group((Clause("abri"),)), Group(typed, ("VFG", "gender-based violence")))
    assert parse_text('"violence fondée sur le genre"', terms).words == ()


@pytest.mark.parametrize(
    "values",
    [
        {"key": ""},
        {"key": "x" * 65},
        {"kind": ""},
        {"versions": ()},
        {"versions": (version("fr"), version("fr"))},
        {"versions": (version("xx"),)},
        {"facets": {"kind": ("x",)}},
        {"facets": {"Bad name": ("x",)}},
        {"facets": {"topic": "text"}},
    ],
)
def test_entries_that_cannot_be_written_are_refused(values: dict[str, object]) -> None:
    fine = vars(entry("fine"))
    with pytest.raises(InvalidEntry, match=r"Entry '"):
        EntryData(**{**fine, **values})
