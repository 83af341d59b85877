"""Which item uses which file is written for many items at once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intranet.pages import uses
from intranet.pages.models import ContentPage, DocumentUse, ImageUse
from tests.pages.factories import make_document, make_image, make_network, make_page, section_of

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
