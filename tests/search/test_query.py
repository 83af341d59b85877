"""Queries that cannot be asked, and how a text is taken apart."""

import pytest

from search import BadQuery, EntryData, InvalidEntry, Query
from search.query import Clauses, parse_text
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


def test_text_is_normalized_and_cut() -> None:
    assert Query("  a \n\t b\x00 ", EVERYONE).text == "a b"
    assert Query("e\u0301te\u0301", EVERYONE).text == "été"
    assert len(Query("word " * 2_000, EVERYONE).text) == 399
    assert len(parse_text(" ".join(f"w{number}" for number in range(60))).required) == 30


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", Clauses()),
        ("note de service", Clauses(("note", "service"), (), ("de",))),
        ("de la", Clauses(("de", "la"))),
        ('"note de service" urgent', Clauses(("note de service", "urgent"))),
        ('safety -shelter -"safe house"', Clauses(("safety",), ("shelter", "safe house"))),
        ("post-formation l'accueil", Clauses(("post-formation", "l'accueil"))),
        ('"unfinished phrase', Clauses(("unfinished phrase",))),
        ("- + & 👩‍🏫", Clauses()),
    ],
)
def test_text_is_taken_apart(text: str, clauses: Clauses) -> None:
    assert parse_text(text) == clauses


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
