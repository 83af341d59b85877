"""Files are handed out by a guard, to those who may see them, and leave nothing in a cache."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import override_settings

from intranet.memos.models import TrainingNotePage
from intranet.networks.audiences import Rule
from intranet.pages.models import GuardedDocument
from tests.pages.factories import make_document, make_image, make_page, make_person, section_of, signed_in
from tests.pages.front.conftest import World
from tests.pages.front.test_serving import answer

pytestmark = pytest.mark.sqlite


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_document_goes_to_its_own_network(world: World) -> None:
    document = make_document(world.quebec, "Rapport", "rapport.pdf", b"%PDF-1.4 words")

    response = signed_in(world.director).get(document.url)

    assert (response.status_code, body_of(response)) == (200, b"%PDF-1.4 words")
    assert response.streaming
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == "14"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline; filename=")
    assert response["Content-Security-Policy"] == "default-src 'none'"


def test_document_goes_to_the_audience_of_a_live_page_that_uses_it(world: World) -> None:
    document = make_document(world.quebec, "Rapport")
    page = make_page(
        section_of(world.quebec), "Page", body=[("documents", [document.pk])], rule=Rule("everyone"), live=False
    )
    client = signed_in(world.reader)
    assert client.get(document.url).status_code == 404

    page.get_latest_revision().publish()
    assert client.get(document.url).status_code == 200

    page.refresh_from_db()
    page.unpublish()
    assert client.get(document.url).status_code == 404


def test_document_in_any_rich_text_of_a_live_page_follows_the_page(world: World) -> None:
    document, foreign = make_document(world.quebec, "Guide"), make_document(world.halifax, "Secret")
    links = "".join(f'<a linktype="document" id="{each.pk}">x</a>' for each in (document, foreign))
    make_page(
        section_of(world.quebec),
        "Note",
        page_type=TrainingNotePage,
        rule=Rule("everyone"),
        practice_steps=f"<p>{links}</p>",
    )

    statuses = [signed_in(world.nobody).get(each.url).status_code for each in (document, foreign)]

    assert statuses == [200, 404]


@pytest.mark.parametrize("method", ["get", "head", "post", "options"])
def test_file_that_one_may_not_see_answers_like_an_unknown_one(world: World, method: str) -> None:
    document, image = make_document(world.quebec, "secret", "secret.pdf"), make_image(world.quebec, "plan")
    rendition = image.get_rendition("width-40")
    addresses = [
        document.url,
        document.url.replace("secret", "other"),
        rendition.url,
        rendition.url + "x",
        f"/images/originals/{image.pk}/plan.png",
        f"/media/{document.file.name}",
        f"/media-is-not-served/{document.file.name}",
    ]
    client = signed_in(world.reader)
    present = [answer(client, address, method) for address in addresses]

    document.delete()
    image.delete()

    assert [answer(client, address, method) for address in addresses] == present
    assert {status for status, _headers, _body in present} <= {404, 405}


def test_image_and_rendition_follow_the_audience(world: World) -> None:
    image = make_image(world.quebec, "plan")
    rendition = image.get_rendition("width-40")
    original = f"/images/originals/{image.pk}/{image.file.name.rsplit('/', 1)[-1]}"

    for address in (rendition.url, original):
        response = signed_in(world.director).get(address)
        assert (response.status_code, response["Content-Type"]) == (200, "image/png")
        assert response["Cache-Control"] == "private, no-store"
        assert signed_in(world.reader).get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("page.html", "text/html"), ("plan.svg", "image/svg+xml"), ("data.bin", "application/octet-stream")],
)
def test_file_that_could_run_is_saved_and_never_shown(world: World, name: str, content_type: str) -> None:
    document = GuardedDocument(title="x", collection=world.halifax.section_collection.collection)
    document.file.save(name, ContentFile(b"<script>alert(1)</script>"))
    document.save()

    response = signed_in(world.reader).get(document.url)

    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_name_of_a_file_cannot_break_the_header(world: World) -> None:
    document = make_document(world.halifax, "x", "été « 2026 ».txt")

    response = signed_in(world.reader).get(document.url)

    assert response.status_code == 200
    assert "\n" not in response["Content-Disposition"]
    assert response["Content-Disposition"].isascii()


def test_file_that_is_gone_from_the_disk_is_not_found(world: World) -> None:
    document = make_document(world.halifax, "x")
    document.file.storage.delete(document.file.name)

    assert signed_in(world.reader).get(document.url).status_code == 404


def test_web_server_hands_out_files_where_it_offers_that(world: World) -> None:
    document = make_document(world.halifax, "x", "étude.txt")

    with override_settings(X_ACCEL_PREFIX="/guarded/"):
        response = signed_in(world.reader).get(document.url)
        refused = signed_in(world.nobody).get(document.url)

    assert response["X-Accel-Redirect"].startswith("/guarded/documents/")
    assert response["X-Accel-Redirect"].isascii()
    assert response.content == b""
    assert response["Cache-Control"] == "private, no-store"
    assert (refused.status_code, "X-Accel-Redirect" in refused) == (404, False)


def test_logo_is_shown_to_those_who_may_know_the_network(world: World) -> None:
    for network in (world.quebec, world.table):
        network.logo.save("logo.png", ContentFile(b"PNG"))
    addresses = [
        f"/logos/{network.slug}/{network.logo.name.rsplit('/', 1)[-1]}" for network in (world.quebec, world.table)
    ]

    statuses = {
        person.name: [signed_in(person).get(address).status_code for address in addresses]
        for person in (world.reader, world.director, world.guest)
    }

    assert statuses == {"Reader": [200, 404], "Director": [200, 200], "Guest": [200, 200]}


def test_superuser_gets_no_file_by_the_title(world: World) -> None:
    document = make_document(world.quebec, "x")

    assert signed_in(make_person("root", is_superuser=True)).get(document.url).status_code == 404
