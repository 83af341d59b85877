"""Administrators see an entry as the search knows it; of what is not addressed to them nothing that it says."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from intranet.finding import inspecting
from intranet.finding.inspecting import SHOWN_CHARACTERS, SHOWN_ROWS, Inspection
from intranet.networks import services
from intranet.networks.audiences import Rule
from intranet.pages.models import DocumentPassage, DocumentText
from intranet.pages.search_sources import index_items
from search import Attachment, Passage
from search.conf import index_prefix
from search.models import Delivery, Entry, SearchIndex
from tests.finding.conftest import World
from tests.pages.factories import make_document, make_network, make_page, make_person, section_of
from tests.search.factories import entry, version, write

pytestmark = pytest.mark.sqlite
HIDDEN = "Rencontre secrète"


def shown(client: Client, key: Any) -> tuple[Inspection, str]:
    response = client.get(reverse("finding_why"), {"item": str(key)})
    assert response.context["form"].errors == {}
    return response.context["inspection"], response.content.decode()


def test_each_language_version_is_shown_with_the_size_of_its_text(world: World, office: Client) -> None:
    french = make_page(
        section_of(world.halifax),
        "Accueil des familles",
        rule=Rule("everyone"),
        summary="Un résumé",
        body=[("heading", "Une étape"), ("text", "<p>" + "mot " * 50 + "</p>")],
    )
    make_page(section_of(world.halifax, "en"), "Welcoming families", version_of=french, summary="A summary")
    inspection, html = shown(office, french.translation_key)
    english, other = inspection.versions
    assert (english.language, english.title, english.summary) == ("English", "Welcoming families", "A summary")
    assert (other.title, other.headings, other.url) == ("Accueil des familles", "Une étape", french.url)
    assert other.body_characters > 50 * len("mot")
    entry = Entry.objects.get(key=french.translation_key)
    assert (inspection.version, inspection.written_at) == (entry.version, entry.written_at)
    assert dict(inspection.facets)["Network"] == "Halifax society"
    assert html.count('<th scope="row">Network</th>') == html.count('<th scope="row">Kind</th>') == 1
    assert inspection.standing == "in force"
    for text in ("Welcoming families", "Une étape", "Un résumé", "Halifax society"):
        assert text in html
    assert "mot mot" not in html


def test_long_texts_are_cut(world: World, office: Client) -> None:
    write(entry("poster-7", version(summary="x" * 9_000, headings="y" * 9_000, body="z" * 9_000), identifiers=("P-7",)))
    inspection, html = shown(office, "poster-7")
    [only] = inspection.versions
    assert (len(only.summary), len(only.headings)) == (SHOWN_CHARACTERS + 2, SHOWN_CHARACTERS + 2)
    assert (only.body_characters, inspection.number) == (9_000, "P-7")
    assert "zzz" not in html


def test_each_attachment_tells_how_its_file_was_read(world: World, office: Client) -> None:
    plan, scan = (make_document(world.halifax, title, name=f"{title}.pdf") for title in ("Plan", "Scan"))
    DocumentText.objects.filter(document=scan).update(state="empty", due_at=None)
    text = DocumentText.objects.get(document=plan)
    DocumentText.objects.filter(pk=text.pk).update(state="extracted", due_at=None)
    DocumentPassage.objects.create(text_of=text, position=0, page=1, text="douze mots")
    page = make_page(
        section_of(world.halifax),
        "Accueil",
        rule=Rule("everyone"),
        body=[("documents", [plan.pk, scan.pk])],
    )
    index_items([page.translation_key])
    inspection, html = shown(office, page.translation_key)
    assert [(each.title, each.state, each.characters, each.passages) for each in inspection.attachments] == [
        ("Plan", "Found by its text", len("douze mots"), 1),
        ("Scan", "No text in it", 0, 0),
    ]
    assert "it may be a scan or a photo" in html
    assert "douze" not in html


def test_each_token_says_whom_it_lets_in_and_why(world: World, office: Client) -> None:
    chosen = Rule("networks", frozenset({world.quebec.pk, world.table.pk}), guests=True)
    page = make_page(section_of(world.halifax), "Accueil", rule=chosen)
    services.update_network(world.table, listed=False)
    make_person("x", (make_network("other", "table"), "reader"))
    inspection, html = shown(office, page.translation_key)
    assert [(row.audience, row.reason) for row in inspection.tokens] == [
        ("Guests of Halifax society", "The rule admits guests."),
        *sorted(
            [
                ("Members of Halifax society", "It is in the section of this network."),
                ("Members of Quebec society", "The rule chooses this network."),
            ],
        ),
        ("Others", "Networks that are not listed."),
    ]
    assert f"network:{world.table.pk}" not in html
    assert world.table.slug not in html


def test_of_what_is_not_addressed_to_the_asker_nothing_that_it_says_is_shown(world: World, office: Client) -> None:
    file = make_document(world.quebec, "Dossier confidentiel", name="dossier.pdf")
    private = make_page(
        section_of(world.quebec),
        HIDDEN,
        summary="Ce que personne d’autre ne lit",
        body=[("heading", "Étape cachée"), ("documents", [file.pk])],
    )
    inspection, html = shown(office, private.translation_key)
    assert inspection.languages == ("French",)
    assert (inspection.versions, inspection.facets, inspection.attachments) == ((), (), ())
    assert (inspection.number, inspection.standing, inspection.date) == ("", "", None)
    assert [row.audience for row in inspection.tokens] == ["Members of Quebec society"]
    for word in ("Rencontre", "personne d", "cachée", "Dossier", "dossier", private.slug):
        assert word not in html


def test_network_that_the_asker_may_not_know_is_in_no_facet(world: World, office: Client) -> None:
    services.update_network(world.table, listed=False)
    page = make_page(section_of(world.table), "Pour tous", rule=Rule("everyone"))
    inspection, html = shown(office, page.translation_key)
    assert inspection.versions[0].title == "Pour tous"
    assert "Network" not in dict(inspection.facets)
    assert world.table.name not in html


@pytest.mark.parametrize(
    ("values", "held", "state", "said"),
    [
        ({"version": 3}, 3, "up to date", "Elasticsearch holds this version (3)."),
        ({"version": 2}, 2, "waiting to be sent", "Elasticsearch holds version 2; it should hold 3."),
        (
            {"version": 2, "restricted": 3, "attempts": 2},
            2,
            "waiting to be sent; hidden from searches until then, the last attempt failed",
            "Elasticsearch holds version 2; it should hold 3.",
        ),
        ({"version": 2, "claimed": 60}, 3, "being sent", "Elasticsearch holds this version (3)."),
        ({"version": 2, "claimed": -60}, 2, "waiting to be sent", "Elasticsearch holds version 2; it should hold 3."),
        ({"version": 2, "refused": 3, "error": "x: why"}, None, "refused", "Elasticsearch does not hold it."),
        ({"version": 3}, "away", "up to date", "Elasticsearch gives no answer now."),
    ],
)
def test_state_of_the_index_is_told(
    world: World,
    office: Client,
    monkeypatch: pytest.MonkeyPatch,
    values: dict[str, Any],
    held: Any,
    state: str,
    said: str,
) -> None:
    write(entry("poster-7"))
    index = SearchIndex.objects.create(name="x-1", prefix=index_prefix(), state="live")
    if seconds := values.pop("claimed", 0):
        values["claimed_until"] = timezone.now() + datetime.timedelta(seconds=seconds)
    Delivery.objects.filter(entry__key="poster-7").delete()
    Delivery.objects.create(index=index, entry=Entry.objects.get(key="poster-7"), wanted=3, **values)
    asked: list[tuple[str, list[str]]] = []
    answer = None if held == "away" else {"x-1": held}
    monkeypatch.setattr(inspecting, "held_versions", lambda *given: asked.append(given) or answer)
    inspection, html = shown(office, "poster-7")
    embedded, live = inspection.indexes
    assert embedded.state == "up to date: it reads the entry itself"
    assert (live.name, live.state, live.held) == ("x-1", state, said)
    assert live.reason == values.get("error", "")
    assert asked == [("poster-7", ["x-1"])]
    assert said in html


def test_inspection_takes_as_many_queries_for_one_as_for_thirty(world: World, office: Client) -> None:
    counts = []
    for number in (1, 3, 30):
        tokens = {f"network:{make_network(f'town-{number}-{place}').pk}" for place in range(number)} | {"everyone"}
        attachments = tuple(
            Attachment(str(place + 1), f"File {place}", "/f/", passages=(Passage(f"File {place}"), Passage("text")))
            for place in range(number + SHOWN_ROWS * (number == 30))
        )
        write(entry(f"poster-{number}", version(), tokens=frozenset(tokens), attachments=attachments))
        shown(office, f"poster-{number}")
        with CaptureQueriesContext(connection) as captured:
            inspection, _html = shown(office, f"poster-{number}")
        counts.append(len(captured))
        assert len(inspection.tokens) == number + 1
    assert (len(inspection.attachments), inspection.more_attachments) == (SHOWN_ROWS, 30)
    assert len(set(counts)) == 1
