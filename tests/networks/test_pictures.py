"""Pictures keep what they show, and nothing else."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops, ImageCms

from intranet.networks.pictures import UnreadablePicture, without_metadata
from tests.networks.photos import ON_ITS_SIDE, SECRET, drawing, photo

KINDS = ["JPEG", "PNG", "WEBP", "AVIF", "GIF"]
WITHOUT_LOSS = ["JPEG", "PNG", "WEBP", "GIF"]


def shown(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("kind", KINDS)
def test_metadata_is_taken_off(kind: str) -> None:
    content = photo(kind)
    assert SECRET in content

    kept = without_metadata(content)

    image = shown(kept)
    assert (SECRET in kept, image.format, image.size, dict(image.getexif())) == (False, kind, (64, 48), {})
    assert not {"exif", "xmp", "comment"} & image.info.keys()
    assert without_metadata(kept) == kept


@pytest.mark.parametrize("kind", WITHOUT_LOSS)
def test_what_is_shown_stays_to_the_last_point(kind: str) -> None:
    content = photo(kind)

    before, after = shown(content).convert("RGB"), shown(without_metadata(content)).convert("RGB")

    assert ImageChops.difference(before, after).getbbox() is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_picture_on_its_side_is_set_upright(kind: str) -> None:
    kept = without_metadata(photo(kind, ON_ITS_SIDE))

    image = shown(kept).convert("RGB")
    assert (image.size, SECRET in kept) == ((48, 64), False)
    red, _green, blue = image.getpixel((43, 4))
    assert red > 180 and blue < 60


def test_colour_profile_stays() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    for kind in ("JPEG", "PNG", "WEBP"):
        for orientation in (1, ON_ITS_SIDE):
            kept = without_metadata(photo(kind, orientation, icc_profile=profile))
            assert shown(kept).info["icc_profile"] == profile, (kind, orientation)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_moving_picture_goes_on_moving(kind: str) -> None:
    second = drawing().transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    content = photo(kind, save_all=True, append_images=[second], duration=200, loop=0)

    kept = without_metadata(content)

    image = shown(kept)
    assert (image.n_frames, image.info["loop"], SECRET in kept) == (2, 0, False)  # type: ignore[attr-defined]


def test_progressive_jpeg_with_restarts_stays_whole() -> None:
    content = photo("JPEG", progressive=True, restart_marker_rows=1)

    kept = without_metadata(content)

    assert ImageChops.difference(shown(content), shown(kept)).getbbox() is None
    assert SECRET not in kept


def test_thumbnail_in_jfif_goes() -> None:
    plain = io.BytesIO()
    drawing().save(plain, "JPEG")
    rest = plain.getvalue()[20:]
    thumbnail = b"\x01\x01" + b"xyz"
    jfif = b"\xff\xe0" + (16 + 3).to_bytes(2, "big") + b"JFIF\0\x01\x01\0\0\x01\0\x01" + thumbnail

    assert without_metadata(b"\xff\xd8" + jfif + rest) == plain.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"words",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"BM" + bytes(60),
        b"\xff\xd8 no picture",
        photo("JPEG")[:90],
        photo("PNG")[:60],
        photo("GIF")[:40],
        photo("WEBP")[:40],
        photo("AVIF")[:200],
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadablePicture):
        without_metadata(content)
