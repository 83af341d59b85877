"""The exchange file and the attachments that the demo makes."""

import json

import pytest
from docx import Document

from intranet.demo.content import ContentError, Source, Text, read_items
from intranet.demo.documents import Block, iter_blocks
from intranet.demo.exchange_file import write_exchange_file
from intranet.demo.item_lines import to_html


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("demo")
    write_exchange_file(made)
    return made


@pytest.fixture(scope="module")
def lines(folder):
    return [json.loads(line) for line in (folder / "demo.jsonl").read_text(encoding="utf-8").splitlines()]


def by_id(lines, item):
    return next(line for line in lines if line.get("id") == f"demo-{item}")


def test_lines_of_every_type(lines):
    counts = {kind: sum(line["type"] == kind for line in lines) for kind in ("topic", "term", "network", "person")}

    assert counts == {"topic": 22, "term": 88, "network": 17, "person": 40}
    items = [line for line in lines if line["type"] == "item"]
    assert len(items) == sum(len(item.texts) for item in read_items())


def test_terms_are_said_and_explained_in_both_languages(lines):
    terms = [line for line in lines if line["type"] == "term"]

    assert all(line[name][language] for line in terms for name in ("form", "definition") for language in ("en", "fr"))
    assert max(len(text) for line in terms for text in line["definition"].values()) < 200
    assert next(line for line in terms if line["slug"] == "clares-law") == {
        "type": "term",
        "slug": "clares-law",
        "form": {"en": "Clare’s Law", "fr": "loi de Clare"},
        "acronyms": {"en": [], "fr": []},
        "variants": {
            "en": ["Interpersonal Violence Disclosure Protocol", "disclosure protocol"],
            "fr": ["protocole de divulgation de la violence interpersonnelle", "protocole de divulgation"],
        },
        "definition": {
            "en": "A rule of some provinces by which police may tell a person at risk about a partner’s violent past.",
            "fr": "Règle de certaines provinces par laquelle la police peut informer une personne en danger du passé"
            " violent d’un partenaire.",
        },
    }


def test_references_name_lines_of_the_file(lines):
    ids = {line["id"] for line in lines if line["type"] == "item"}
    named = {line[name] for line in lines for name in ("parent", "translation_of") if name in line}
    named |= {line["memo"]["supersedes"] for line in lines if "supersedes" in line.get("memo", {})}
    named |= {memo for line in lines for memo in line.get("training_note", {}).get("related_memos", ())}

    assert len(named) > 100
    assert named <= ids


def test_memo_has_its_facts_in_both_languages(lines):
    for language, name in (("fr", "Incident de confidentialité"), ("en", "Privacy incidents")):
        line = by_id(lines, f"bureau-national-incident-confidentialite-24-heures-{language}")
        assert line["title"].startswith(name)
        assert line["audience"] == "members"
        assert line["published"] == "2026-09-21T14:00:00Z"
        assert line["memo"] == {
            "acknowledge": True,
            "number": "NAT-2026-011",
            "contact": "Geneviève Thibodeau",
            "acknowledge_by": "2026-10-16",
            "effective_on": "2026-10-01",
            "supersedes": f"demo-bureau-national-incident-confidentialite-72-heures-{language}",
        }


def test_training_note_is_divided(lines):
    line = by_id(lines, "bureau-national-echange-strangulation-en")

    assert line["content_note"].startswith("Describes physical signs")
    assert line["training_note"]["session_on"] == "2025-11-26"
    assert line["training_note"]["learnings"].startswith("<ul>\n<li>A woman who has been strangled")
    assert line["training_note"]["practice_steps"].startswith("<ol>\n<li>Ask “Has he ever")
    assert "<ol>" not in line["body"]


def test_draft_is_not_published(lines):
    assert by_id(lines, "quebec-accueil-brouillon-fr")["published"] is None


def test_ended_membership_has_its_last_day(lines):
    robert = next(line for line in lines if line.get("email") == "robert.pelletier@example.org")

    assert robert["memberships"] == [
        {"network": "quebec", "role": "contributor", "from": "2024-09-03", "until": "2026-06-30"}
    ]
    assert "password" not in robert


def test_memo_number_becomes_a_link():
    source = Source("bureau-national/page")

    assert to_html("See NAT-2026-002.", source, "en") == (
        '<p>See <a href="item:demo-bureau-national-incident-confidentialite-72-heures-en">NAT-2026-002</a>.</p>'
    )


def test_unknown_memo_number_is_refused():
    with pytest.raises(ContentError, match="NAT-2026-999"):
        to_html("See NAT-2026-999.", Source("bureau-national/page"), "en")


def test_attachments_exist_in_their_language(folder, lines):
    said = [part for line in lines for part in line.get("attachments", ())]

    assert len({part["path"] for part in said}) == 28
    assert all((folder / part["path"]).is_file() for part in said)
    assert all(part["language"] == line["language"] for line in lines for part in line.get("attachments", ()))


def test_pdf_is_a_pdf(folder):
    files = sorted((folder / "attachments").glob("*.pdf"))

    assert len(files) == 16
    for file in files:
        content = file.read_bytes()
        assert content.startswith(b"%PDF-")
        assert content.rstrip().endswith(b"%%EOF")


def test_word_file_says_what_its_source_says(folder):
    document = Document(folder / "attachments" / "grille-de-decision-benevolat-et-dossier-judiciaire.docx")

    assert document.core_properties.title == "Grille de décision\u00a0: bénévolat et dossier judiciaire"
    assert document.core_properties.language == "fr-CA"
    assert len(document.tables[0].rows) == 6
    assert document.tables[0].cell(0, 0).text == "Question"
    assert document.paragraphs[-1].text.startswith("Ce que nous avons décidé, pourquoi")


def test_blocks_of_a_document():
    markdown = "## Heading\n\nA *line*\nmore\n\n- one\n- two\n\n1. first\n\n| a | b |\n|---|---|\n| c |  |\n"

    assert list(iter_blocks(markdown)) == [
        Block("heading", "Heading"),
        Block("paragraph", "A line more"),
        Block("bullet", "one"),
        Block("bullet", "two"),
        Block("number", "first"),
        Block("table", rows=(("a", "b"), ("c", ""))),
    ]


def test_unknown_format_is_refused(tmp_path):
    from intranet.demo.documents import write_document

    source = Source("sheet", {"format": "odt"})
    with pytest.raises(ContentError, match="format is one of docx, pdf"):
        write_document(source, Text("en", "Sheet", "", "Words"), tmp_path)
