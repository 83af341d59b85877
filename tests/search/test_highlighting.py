"""Snippets that the entry table makes: whole words, marked, everything else escaped."""

import pytest

from search.highlighting import SNIPPET_CHARACTERS, snippet_of
from search.query import parse_text


def snippet(query: str, *texts: str, language: str = "en") -> str:
    return snippet_of(texts, parse_text(query).sought, language)


@pytest.mark.parametrize(
    ("query", "text", "language", "expected"),
    [
        ("shelter", "Two shelters here", "en", "Two <mark>shelters</mark> here"),
        ("ete", "L’été <b>prochain</b>", "fr", "<mark>L’été</mark> &lt;b&gt;prochain&lt;/b&gt;"),
        ("<b>", "a <b> & 'c'", "en", "a &lt;<mark>b</mark>&gt; &amp; &#x27;c&#x27;"),
        ("absent", "Some text", "en", "Some text"),
        ("", "Some text", "en", "Some text"),
    ],
)
def test_words_are_marked_and_the_rest_escaped(query: str, text: str, language: str, expected: str) -> None:
    assert snippet(query, text, language=language) == expected


def test_the_first_text_with_a_word_is_taken() -> None:
    assert snippet("shelter", "A summary", "A shelter body") == "A <mark>shelter</mark> body"
    assert snippet("shelter", "", "") == ""


def test_a_long_text_is_cut_between_words_around_the_word() -> None:
    text = "filler " * 200 + "needle " + "filler " * 200
    found = snippet("needle", text)
    assert found.startswith("… filler")
    assert found.endswith("filler …")
    assert "<mark>needle</mark>" in found
    plain = found.replace("<mark>", "").replace("</mark>", "").strip("… ")
    assert set(plain.split()) == {"filler", "needle"}
    assert len(plain) <= SNIPPET_CHARACTERS


def test_text_without_spaces_is_cut() -> None:
    assert len(snippet("x", "漢" * 5_000)) <= SNIPPET_CHARACTERS + 3
