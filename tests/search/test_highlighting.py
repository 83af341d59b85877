"""Snippets that the entry table makes: whole words, marked, everything else escaped."""

from html import unescape

import pytest

from search.highlighting import BETWEEN, SECOND_CHARACTERS, SNIPPET_CHARACTERS, begun, in_one_line, snippet_of
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


def test_function_words_are_marked_only_where_nothing_else_is_sought() -> None:
    text = "Les règles de la vie dans la maison de transition"
    marked = "Les <mark>règles</mark> de la vie dans la <mark>maison</mark> de <mark>transition</mark>"
    assert snippet("règles de la maison de transition", text, language="fr") == marked
    assert snippet('"les règles de la maison de transition"', text, language="fr") == marked
    assert snippet("dans", text, language="fr") == text.replace("dans", "<mark>dans</mark>")
    assert snippet_of([text], ["maison de transition"], "fr") == marked.replace("<mark>règles</mark>", "règles")


def test_the_text_and_the_piece_with_most_different_words_are_taken() -> None:
    body = "The shelter, a shelter, our shelter " + "filler " * 100 + "rules of the shelter " + "filler " * 100
    found = snippet("shelter rules", "A shelter", body)
    assert "<mark>rules</mark> of the <mark>shelter</mark>" in found
    assert snippet("shelter rules", "A shelter", "Another shelter") == "A <mark>shelter</mark>"


@pytest.mark.parametrize(
    ("cut", "shown"),
    [
        (", and a <mark>shelter</mark>. ", "and a <mark>shelter</mark>."),
        (". - Ask first", "Ask first"),
        ("’office", "office"),
        ("&#x27;office", "office"),
        (" <mark>abri</mark>", "<mark>abri</mark>"),
        ("-15 °C", "-15 °C"),
        ("« Oui »", "« Oui »"),
    ],
)
def test_a_piece_begins_with_a_word(cut: str, shown: str) -> None:
    assert begun(cut) == shown


def test_a_long_text_is_cut_between_words_around_the_word() -> None:
    text = "filler " * 200 + "needle " + "filler " * 200
    found = snippet("needle", text)
    assert found.startswith("… filler")
    assert found.endswith("filler …")
    assert "<mark>needle</mark>" in found
    plain = found.replace("<mark>", "").replace("</mark>", "").strip("… ")
    assert set(plain.split()) == {"filler", "needle"}
    assert len(plain) <= SNIPPET_CHARACTERS


def test_two_places_that_are_far_apart_are_both_shown_in_their_order() -> None:
    text = "lead " * 100 + "the needle here " + "filler " * 200 + "a thread & <b>needle</b> there " + "filler " * 100
    found = snippet("needle thread", text)
    first, second = found.strip("… ").split(BETWEEN)
    assert "the <mark>needle</mark> here" in first
    assert "a <mark>thread</mark> &amp; &lt;b&gt;<mark>needle</mark>&lt;/b&gt; there" in second
    assert found.startswith("… lead")
    assert found.endswith("filler …")
    plain = unescape(first.replace("<mark>", "").replace("</mark>", ""))
    assert plain in text
    assert set(plain.split()) == {"lead", "the", "needle", "here", "filler"}
    assert len(plain) <= SECOND_CHARACTERS


def test_the_second_place_is_one_with_a_word_that_the_first_lacks() -> None:
    text = "needle " + "filler " * 60 + "needle needle " + "filler " * 60 + "a thread " + "filler " * 60
    found = snippet("needle thread", text)
    assert "<mark>thread</mark>" in found
    assert found.count(BETWEEN) == 1
    near = "needle " + "filler " * 40 + "needle"
    assert snippet("needle", near).count(BETWEEN) == 0


def test_text_without_spaces_is_cut() -> None:
    assert len(snippet("x", "漢" * 5_000)) <= SNIPPET_CHARACTERS + 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The rule\nNo child interprets.", "The rule · No child <mark>interprets</mark>."),
        ("From now on. \nNo child interprets", "From now on. No child <mark>interprets</mark>"),
        ("Nobody interprets\nHosts", "Nobody <mark>interprets</mark> · Hosts"),
        ("« Qui? »\n\n  A & b\ninterprets", "« Qui? » A &amp; b · <mark>interprets</mark>"),
    ],
)
def test_blocks_of_a_text_do_not_run_into_one_another(text: str, expected: str) -> None:
    assert in_one_line(snippet("interprets", text)) == expected


def test_snippet_of_a_long_text_ends_and_begins_with_words() -> None:
    body = "word " * 60 + "\nshelter\n" + "word " * 60
    found = in_one_line(snippet("shelter", body))
    assert "word · <mark>shelter</mark> · word" in found
    assert found.startswith("… word")
    assert found.endswith("word …")
