"""A photo of a shelter tells no place, however it comes in."""

from __future__ import annotations

import io
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.images.models import Filter
from wagtail.utils.file import hash_filelike

from intranet.exchange.attachments import AttachmentFolder, FileStore
from intranet.exchange.exceptions import LineRefused
from intranet.memos.models import EditionFile
from intranet.networks.models import Network
from intranet.networks.pictures import UnreadablePicture
from intranet.pages.models import GuardedImage, GuardedRendition
from tests.beginnings import beginning
from tests.memos.factories import editions_of, make_memo
from tests.networks.photos import ON_ITS_SIDE, SECRET, photo
from tests.pages.factories import make_halifax, make_image, make_network, make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

Commit = Callable[..., Any]


network = beginning(make_halifax)


@pytest.fixture
def publisher(network: Network) -> Client:
    return signed_in(make_person("publisher", (network, "publisher"), language="en"))


def stored(file: Any) -> bytes:
    with file.storage.open(file.name, "rb") as stream:
        return bytes(stream.read())


def put_behind_the_guard(image: GuardedImage) -> bytes:
    """Make the stored file a photo with metadata, as it was stored before; its bytes."""
    content = photo("JPEG", ON_ITS_SIDE)
    name = image.file.storage.save("original_images/before.jpg", ContentFile(content))
    GuardedImage.objects.filter(pk=image.pk).update(file=name, width=64, height=48, file_size=len(content))
    image.refresh_from_db()
    return content


def assert_clean_and_true(image: GuardedImage) -> None:
    """No metadata in the file and in a rendition; size, digest and sides are those of the file."""
    image = GuardedImage.objects.get(pk=image.pk)
    content = stored(image.file)
    assert SECRET not in content
    assert (image.file_size, image.file_hash) == (len(content), hash_filelike(io.BytesIO(content)))
    assert (image.width, image.height) == Image.open(io.BytesIO(content)).size == (48, 64)
    rendition = image.get_rendition(Filter("max-30x30|format-jpeg"))
    drawn = stored(rendition.file)
    assert SECRET not in drawn
    assert dict(Image.open(io.BytesIO(drawn)).getexif()) == {}


def test_saved_image_tells_no_place(network: Network) -> None:
    image = GuardedImage.objects.create(
        title="Door",
        file=ContentFile(photo("JPEG", ON_ITS_SIDE), name="door.jpg"),
        collection=network.section_collection.collection,
    )

    assert_clean_and_true(image)


@pytest.mark.parametrize("view", ["wagtailimages:add", "wagtailimages:add_multiple", "wagtailimages_chooser:create"])
def test_uploaded_image_tells_no_place(network: Network, publisher: Client, view: str) -> None:
    upload = SimpleUploadedFile("door.jpg", photo("JPEG", ON_ITS_SIDE), "image/jpeg")
    fields = {"title": "Door", "collection": network.section_collection.collection_id}
    sent = {"files[]": upload} if "multiple" in view else {"file": upload}
    if "chooser" in view:
        fields, sent = ({f"image-chooser-upload-{k}": v for k, v in part.items()} for part in (fields, sent))

    answer = publisher.post(reverse(view), fields | sent, headers={"X-Requested-With": "XMLHttpRequest"})

    assert answer.status_code in (200, 302)
    assert_clean_and_true(GuardedImage.objects.get())


def test_image_whose_title_is_given_later_tells_no_place(network: Network, publisher: Client) -> None:
    upload = SimpleUploadedFile("door.jpg", photo("JPEG", ON_ITS_SIDE), "image/jpeg")
    collection = network.section_collection.collection_id
    ajax = {"X-Requested-With": "XMLHttpRequest"}
    sent = {"title": "", "files[]": upload, "collection": collection}

    waiting = publisher.post(reverse("wagtailimages:add_multiple"), sent | {"title": "x" * 256}, headers=ajax).json()
    key = waiting["uploaded_file_id"]
    address = reverse("wagtailimages:create_multiple_from_uploaded_image", args=[key])
    fields = {f"uploaded-image-{key}-title": "Door", f"uploaded-image-{key}-collection": collection}
    assert publisher.post(address, fields, headers=ajax).json()["success"]

    assert_clean_and_true(GuardedImage.objects.get())


def test_replaced_file_tells_no_place(network: Network, publisher: Client) -> None:
    image = make_image(network, "Door")
    upload = SimpleUploadedFile("door.jpg", photo("JPEG", ON_ITS_SIDE), "image/jpeg")
    fields = {"title": "Door", "collection": network.section_collection.collection_id, "file": upload}

    assert publisher.post(reverse("wagtailimages:edit", args=[image.pk]), fields).status_code == 302

    assert_clean_and_true(image)


def test_broken_file_is_refused_with_the_remedy(network: Network, publisher: Client) -> None:
    whole = photo("PNG")
    upload = SimpleUploadedFile("door.png", whole[: whole.index(b"IDAT") + 10], "image/png")
    fields = {"title": "Door", "collection": network.section_collection.collection_id, "file": upload}

    text = publisher.post(reverse("wagtailimages:add"), fields).content.decode()

    assert "“door.png” cannot be read as a picture. Open it in a program for pictures" in text
    assert not GuardedImage.objects.exists()


def test_what_is_no_picture_is_not_stored(network: Network) -> None:
    with pytest.raises(UnreadablePicture):
        GuardedImage.objects.create(
            title="Words",
            file=ContentFile(b"\x89PNG\r\n\x1a\n words", name="words.png"),
            width=1,
            height=1,
            collection=network.section_collection.collection,
        )


def test_imported_image_tells_no_place_and_is_found_again(network: Network, tmp_path: Path) -> None:
    (tmp_path / "door.jpg").write_bytes(photo("JPEG", ON_ITS_SIDE))
    (tmp_path / "words.png").write_bytes(b"words")
    store = FileStore(AttachmentFolder(tmp_path))

    image = store.image("door.jpg", "A door", network.slug, "x-1")

    assert_clean_and_true(image)
    assert store.image("door.jpg", "A door", network.slug, "x-2").pk == image.pk
    with pytest.raises(LineRefused, match=r"“words.png” cannot be read as a picture"):
        store.image("words.png", "Words", network.slug, "x-1")


def test_logo_tells_no_place() -> None:
    office = make_network("office", kind="office")
    coordinator = signed_in(make_person("office", (office, "coordinator"), language="en"))
    quebec = make_network("quebec")
    fields = {
        "name_fr": "Québec", "name_en": "Quebec", "slug": "quebec", "code": quebec.code, "kind": "society",
        "region": "", "languages": "fr", "time_zone": "America/Toronto", "joining": "invitation", "listed": "on",
        "logo": SimpleUploadedFile("logo.jpg", photo("JPEG"), "image/jpeg"),
    }  # fmt: skip

    answer = coordinator.post(reverse("networks:edit", args=[quebec.pk]), fields)

    assert answer.status_code == 302
    quebec.refresh_from_db()
    assert SECRET not in stored(quebec.logo)


def test_command_cleans_what_is_stored(network: Network, django_capture_on_commit_callbacks: Commit) -> None:
    image, clean = make_image(network, "Door"), make_image(network, "Clean")
    content = put_behind_the_guard(image)
    before = image.file.name
    for each in (image, clean):
        each.get_rendition("max-30x30")
    kept = clean.renditions.get().file.name
    network.logo.save("logo.jpg", ContentFile(photo("JPEG")))
    said = StringIO()

    with django_capture_on_commit_callbacks(execute=True):
        call_command("clean_images", stdout=said)

    assert said.getvalue() == "Cleaned: 1 images, 1 logos; 1 renditions deleted.\n"
    assert [each.file.name for each in GuardedRendition.objects.all()] == [kept]
    assert not image.file.storage.exists(before)
    network.refresh_from_db()
    assert SECRET in content and SECRET not in stored(network.logo)
    assert_clean_and_true(image)

    again = StringIO()
    call_command("clean_images", stdout=again)
    assert again.getvalue() == "Cleaned: 0 images, 0 logos; 0 renditions deleted.\n"


def test_command_names_editions_whose_copies_stay(network: Network) -> None:
    image = make_image(network, "Door")
    content = put_behind_the_guard(image)
    memo = make_memo(network, "Doors", body=[("image", {"image": image.pk, "alternative_text": "", "caption": ""})])
    said = StringIO()

    call_command("clean_images", stdout=said)

    (edition,) = editions_of(memo)
    assert f"images in 1 editions ({edition})." in said.getvalue()
    assert stored(EditionFile.objects.get().file) == content
    call_command("verify_editions", stdout=StringIO())


def test_command_names_files_that_are_gone(network: Network) -> None:
    image = make_image(network, "Door")
    image.file.storage.delete(image.file.name)
    errors = StringIO()

    with pytest.raises(CommandError, match=r"Not cleaned: 1\."):
        call_command("clean_images", stdout=StringIO(), stderr=errors)

    assert image.file.name in errors.getvalue()
