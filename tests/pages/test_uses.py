"""Which item uses which file is written for many items at once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import ReferenceIndex

from intranet.networks.audiences import Rule
from intranet.pages import uses
from intranet.pages.admin_hooks import note_moved_files
from intranet.pages.models import ContentPage, DocumentUse, GuardedDocument, GuardedImage, ImageUse
from tests.pages.factories import make_document, make_image, make_network, make_page, make_person, section_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def rows() -> set[tuple[type, str, int]]:
    return {
        (use, str(item), file)
        for use in (DocumentUse, ImageUse)
        for item, file in use.objects.values_list("item_id", "file_id")
    }


def test_files_of_many_items_take_as_many_queries_as_those_of_one() -> None:
    network, other = make_network("halifax"), make_network("quebec")
    document, image = make_document(network, "Plan"), make_image(network, "Room")
    secret = make_document(other, "Secret")
    body = [("documents", [document.pk, secret.pk]), ("image", {"image": image.pk, "alt_text": "A room"})]
    pages = [make_page(section_of(network), f"Page {number}", body=body) for number in range(30)]
    keys = [page.translation_key for page in pages]
    written = {(use, str(key), file.pk) for key in keys for use, file in ((DocumentUse, document), (ImageUse, image))}
    assert rows() == written

    found = {}
    for count in (1, 3, 30):
        DocumentUse.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            uses.write_uses(keys[:count])
        found[count] = len(captured)
    assert found[1] == found[3] == found[30]
    assert rows() == written

    ContentPage.objects.filter(pk=pages[0].pk).update(live=False)
    uses.write_uses(keys)
    assert rows() == {row for row in written if row[1] != str(keys[0])}


def test_files_are_written_alike_in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uses, "CHUNK", 2)
    network = make_network("halifax")
    documents = [make_document(network, f"Plan {number}") for number in range(5)]
    pages = [
        make_page(section_of(network), f"Page {number}", body=[("documents", [document.pk for document in documents])])
        for number in range(3)
    ]
    DocumentUse.objects.all().delete()

    uses.write_uses([page.translation_key for page in pages])

    assert rows() == {(DocumentUse, str(page.translation_key), each.pk) for page in pages for each in documents}


@pytest.mark.parametrize("way", ["saved", "many at once"])
def test_files_that_come_into_a_section_open_for_readers_of_the_pages_that_show_them(way: str) -> None:
    network, other = make_network("halifax"), make_network("quebec")
    document, image = make_document(other, "Plan"), make_image(other, "Room")
    body = [("documents", [document.pk]), ("image", {"image": image.pk, "alt_text": "A room"})]
    shown = make_page(section_of(network), "Shown", body=body, rule=Rule("everyone"))
    draft = make_page(section_of(network), "Draft", body=body, live=False)
    elsewhere = make_page(section_of(make_network("moncton")), "Elsewhere", body=body, rule=Rule("everyone"))
    for page in (shown, draft, elsewhere):
        ReferenceIndex.create_or_update_for_object(page)
    reader = make_person("reader", (make_network("toronto"), "reader"))
    assert rows() == set()

    collection = network.section_collection.collection
    for file in (document, image):
        if way == "saved":
            file.collection = collection
            file.save()
        else:
            type(file).objects.filter(pk=file.pk).update(collection=collection)
            note_moved_files(None, "add_to_collection", [file], None)

    key = str(shown.translation_key)
    assert rows() == {(DocumentUse, key, document.pk), (ImageUse, key, image.pk)}
    assert [*GuardedDocument.objects.visible_to(reader), *GuardedImage.objects.visible_to(reader)] == [document, image]


def test_many_files_that_come_into_a_section_take_as_many_queries_as_one() -> None:
    network, other = make_network("halifax"), make_network("quebec")
    images = [make_image(other, f"Room {number}") for number in range(30)]
    for image in images:
        body = [("image", {"image": image.pk, "alt_text": "A room"})]
        ReferenceIndex.create_or_update_for_object(make_page(section_of(network), image.title, body=body))
    GuardedImage.objects.update(collection=network.section_collection.collection)

    found = {}
    for count in (1, 3, 30):
        ImageUse.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            uses.write_uses_of(GuardedImage, [image.pk for image in images[:count]])
        found[count] = (len(captured), ImageUse.objects.count())
    assert {number for number, _uses in found.values()} == {found[1][0]}
    assert [used for _number, used in found.values()] == [1, 3, 30]
