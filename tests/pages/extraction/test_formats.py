"""The text of each format, page by page where it has pages."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from intranet.pages.extraction.limits import CHARACTERS, PAGES, PASSAGE_CHARACTERS, Limits
from intranet.pages.extraction.pieces import divided
from intranet.pages.extraction.reading import Reading, read_document
from tests.pages.extraction import files

FRENCH = "Où l’élève va-t-elle? Au cœur de la forêt, avec sa sœur aînée et ses amis de l’été passé."


def read(name: str, content: bytes) -> Reading:
    return read_document(ContentFile(content), name, Limits())


def texts(name: str, content: bytes) -> list[tuple[int | None, str]]:
    """What is read of a sound document."""
    reading = read(name, content)
    assert (reading.state, reading.is_cut) == ("extracted", False)
    return [tuple(piece) for piece in reading.passages]


def test_pdf_is_read_page_by_page() -> None:
    content = files.pdf("Visite à l’établissement\nœuvre", "", "Third page")
    assert texts("plan.PDF", content) == [(1, "Visite à l’établissement\nœuvre"), (3, "Third page")]


def test_pdf_joins_a_word_that_a_line_divides() -> None:
    assert texts("a.pdf", files.pdf("an accompa-\nniment plan")) == [(1, "an accompaniment plan")]


def test_pdf_that_only_forbids_changes_is_read() -> None:
    content = files.pdf("for every reader", user_password="", owner_password="owner")
    assert texts("a.pdf", content) == [(1, "for every reader")]


def test_word_has_paragraphs_tables_and_footnotes() -> None:
    content = files.word("Étape 1", "call\tthe line", table=[("who", "when"), ("team", "Monday")])
    assert texts("a.docx", content) == [(None, "Étape 1\ncall the line\nwho\nwhen\nteam\nMonday")]


def test_word_leaves_out_what_was_deleted_and_takes_what_was_inserted_and_boxes_once() -> None:
    xml = files.body(
        "<w:p><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t> inserted</w:t></w:r></w:ins></w:p>"
        '<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice Requires="wps"><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></mc:Choice>'
        "<mc:Fallback><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></mc:Fallback>"
        "</mc:AlternateContent></w:r><w:r><w:t>after it</w:t></w:r></w:p>"
    )
    assert texts("a.docx", files.word_of(xml)) == [(None, "kept inserted\nin a box\nafter it")]


def test_slides_that_are_shown_are_read_with_their_notes() -> None:
    content = files.slides(("One", "first\nsecond", "say this"), ("Two", "secret", ""), ("Three", "", ""), hidden=[2])
    assert texts("a.pptx", content) == [(1, "One\nfirst\nsecond\nsay this"), (3, "Three")]


def test_sheets_that_are_shown_are_read_row_by_row() -> None:
    content = files.workbook(
        Budget=[["team", 12, 2.5, None, True], [files.DAY]], hidden_pay=[["secret"]], Notes=[["done"]]
    )
    assert texts("a.xlsx", content) == [(None, "Budget\nteam 12 2.5 True\n2026-01-02"), (None, "Notes\ndone")]


def test_opendocument_text_leaves_out_comments_and_deletions() -> None:
    content = files.opendocument(
        "text",
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>deleted</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:h>Titre</text:h><text:p>un <text:span>mot</text:span>s"
        "<office:annotation><text:p>comment</text:p></office:annotation><text:s/>et<text:line-break/>puis</text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>case</text:p></table:table-cell>"
        "</table:table-row></table:table>",
    )
    assert texts("a.odt", content) == [(None, "Titre\nun mots et\npuis\ncase")]


def test_opendocument_slides_and_sheets_that_are_shown_are_read() -> None:
    hidden = (
        '<style:style style:name="off"><style:drawing-page-properties pres:visibility="hidden"/></style:style>'
        '<style:style style:name="out"><style:table-properties table:display="false"/></style:style>'
    )
    pages = "".join(
        f'<draw:page draw:style-name="{style}"><draw:frame><text:p>{text}</text:p></draw:frame></draw:page>'
        for style, text in (("on", "one"), ("off", "secret"), ("on", "three"))
    )
    sheets = "".join(
        f'<table:table table:name="{name}" table:style-name="{style}"><table:table-row><table:table-cell '
        f"table:number-columns-repeated='9'><text:p>{text}</text:p></table:table-cell></table:table-row></table:table>"
        for name, style, text in (("Pay", "out", "secret"), ("Plan", "in", "done"))
    )
    assert texts("a.odp", files.opendocument("presentation", pages, styles=hidden)) == [(1, "one"), (3, "three")]
    assert texts("a.ods", files.opendocument("spreadsheet", sheets, styles=hidden)) == [(None, "Plan\ndone")]


def test_html_has_a_line_for_each_block_and_no_scripts() -> None:
    content = (
        "<html><head><title>T</title><style>p {}</style><script>secret()</script></head><body><!-- secret -->"
        "<h1>Où?</h1><p>un <b>mot</b>s</p><ul><li>a<li>b</ul><table><tr><td>c<td>d</table></body></html>"
    )
    assert texts("a.html", content.encode()) == [(None, "T\nOù?\nun mots\na\nb\nc\nd")]
    latin = '<meta charset="windows-1252"><p>déjà vu à l’été</p>'.encode("cp1252")
    assert texts("a.htm", latin) == [(None, "déjà vu à l’été")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_plain_text_is_read_in_whatever_encoding(encoding: str) -> None:
    assert texts("a.txt", FRENCH.encode(encoding)) == [(None, FRENCH)]


def test_csv_is_read_as_text() -> None:
    assert texts("a.csv", b"who;when\nteam;Monday\n") == [(None, "who;when\nteam;Monday")]


def test_letters_come_in_one_form_and_without_what_no_database_keeps() -> None:
    assert texts("a.txt", "e\u0301te\u0301\x00\x07\r\n\r\n  fin\u00a0! ".encode().replace(b"\x00", b"")) == [
        (None, "été\nfin\u00a0!")
    ]


def test_text_is_divided_at_lines_and_words() -> None:
    assert list(divided("aaa bbb ccc ddd", 8)) == ["aaa bbb", "ccc ddd"]
    assert list(divided("aaaaaaaaaaaa", 5)) == ["aaaaa", "aaaaa", "aa"]
    assert list(divided("aa aa\nbb bb", 9)) == ["aa aa", "bb bb"]
    reading = read("a.txt", b"mot " * 3000)
    assert [len(piece.text) for piece in reading.passages] == [PASSAGE_CHARACTERS - 1] * 2 + [3999]


def test_what_is_beyond_the_limits_is_left_out_and_said() -> None:
    reading = read("a.txt", b"x" * (CHARACTERS + 1))
    assert (reading.state, reading.is_cut) == ("extracted", True)
    assert sum(len(piece.text) for piece in reading.passages) == CHARACTERS
    assert not read("a.txt", b"x" * CHARACTERS).is_cut
    reading = read("a.pdf", files.pdf(*(f"page {number}" for number in range(1, PAGES + 2))))
    assert (reading.state, reading.is_cut) == ("extracted", True)
    assert [piece.page for piece in reading.passages] == list(range(1, PAGES + 1))
