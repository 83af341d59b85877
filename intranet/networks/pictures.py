"""Pictures without what cameras and programs write beside them: places, people, devices, comments, thumbnails.

What the picture shows is copied byte for byte; only one that lies on its side is drawn anew. Formats: JPEG (ITU T.81),
PNG (W3C PNG 3), GIF (89a), WebP (RFC 9649), AVIF. Nothing here asks whether a field is dangerous: what is not needed
to draw the picture goes, what follows its end too (phones put films there).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

ORIENTATION = 0x0112
"""EXIF's tag: 1 is upright, 2 to 8 are turned or mirrored."""

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_DRAWN = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD pHYs acTL fcTL fdAT".split()
)
WEBP_DRAWN = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
WEBP_HAS_EXIF_OR_XMP = 0b00001100
GIF_DRAWN = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
AVIF_NOT_DRAWN = (b"Exif", b"mime", b"uuid", b"udta", b"XMP", b"<x:xmpmeta")
"""Where one of these stands in the file, it is drawn anew: its parts point at each other by their places."""


class UnreadablePicture(ValueError):
    """The file is broken, or none of the formats above."""


def without_metadata(content: bytes) -> bytes:
    """The picture upright, with its colour profile and no other metadata; as it is where there is nothing to take off.

    Raises:
        UnreadablePicture: it is not JPEG, PNG, GIF, WebP or AVIF, or its parts do not hold together.
    """
    try:
        if content.startswith(b"\xff\xd8"):
            return b"".join(_jpeg(_upright(content)))
        if content.startswith(PNG_START):
            return b"".join(_png(_upright(content)))
        if content[:6] in (b"GIF87a", b"GIF89a"):
            return b"".join(_gif(content))
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _webp(_upright(content))
        if content[4:12] in (b"ftypavif", b"ftypavis"):
            return _avif(content)
    except (
        OSError,
        ValueError,
        LookupError,
        SyntaxError,
        struct.error,
        UnidentifiedImageError,
        Image.DecompressionBombError,
    ) as error:
        raise UnreadablePicture(str(error)) from error
    raise UnreadablePicture("not a known format")


def _upright(content: bytes) -> bytes:
    """Drawn anew as EXIF wants it turned; else as it is. A film of pictures stays, as no program turns it."""
    if content.startswith(PNG_START) and b"eXIf" not in content:
        return content  # Pillow would decode it all to say so.
    with Image.open(io.BytesIO(content)) as image:
        if image.getexif().get(ORIENTATION, 1) not in range(2, 9):
            return content
        if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
            return content
        how: dict[str, object] = {"icc_profile": image.info.get("icc_profile")}
        if isinstance(image, JpegImageFile):
            # The same tables lose nothing that was not lost before.
            how |= {"qtables": image.quantization, "optimize": True, "progressive": "progressive" in image.info}
            sampling = get_sampling(image)
            how |= {"subsampling": sampling} if sampling >= 0 else {}
        elif image.format == "WEBP":
            how |= {"lossless": b"VP8L" in content[:64], "quality": 95}
        drawn = io.BytesIO()
        kind = "JPEG" if image.format == "MPO" else image.format
        ImageOps.exif_transpose(image).save(drawn, kind, **how)
    return drawn.getvalue()


def _avif(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as image:
        if not any(mark in content for mark in AVIF_NOT_DRAWN):
            return content
        drawn, is_film = io.BytesIO(), getattr(image, "n_frames", 1) > 1
        (image if is_film else ImageOps.exif_transpose(image)).save(
            drawn,
            "AVIF",
            save_all=is_film,
            quality=95,
            subsampling="4:4:4",
            exif=b"",
            xmp=b"",
            icc_profile=image.info.get("icc_profile"),
        )
    return drawn.getvalue()


def _jpeg(content: bytes) -> Iterator[bytes]:
    """JFIF, ICC and Adobe's colours of the application's segments, and no comment, until the picture ends."""
    yield content[:2]
    at = 2
    while at < len(content):
        # Decoders pass over what stands between segments.
        if content[at] != 0xFF or content[at + 1] in (0x00, 0xFF):
            at += 1
            continue
        marker = content[at + 1]
        if marker == 0xD9:
            break
        end = at + 2
        if marker != 0x01 and marker not in range(0xD0, 0xD8):
            end += struct.unpack_from(">H", content, end)[0]
        segment = content[at:end]
        if marker == 0xDA:
            end = _end_of_scan(content, end)
            segment = content[at:end]
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or segment[4:].startswith(
            {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}.get(marker, b"\0no such segment")
        ):
            # JFIF may hold a thumbnail behind its 14 bytes: a small picture of what was cropped.
            yield segment if marker != 0xE0 else b"\xff\xe0\x00\x10" + segment[4:16] + b"\0\0"
        at = end
    yield b"\xff\xd9"


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next segment begins: 0xFF that is neither stuffed nor a restart; the end where none follows."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            return len(content)
        if content[at + 1] not in (0x00, 0xFF, *range(0xD0, 0xD8)):
            return at
        at += 1 if content[at + 1] == 0xFF else 2


def _png(content: bytes) -> Iterator[bytes]:
    yield PNG_START
    at = len(PNG_START)
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        kind, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise UnreadablePicture("a PNG chunk is cut off")
        if kind in PNG_DRAWN:
            yield content[at:end]
        if kind == b"IEND":
            return
        at = end


def _gif(content: bytes) -> Iterator[bytes]:
    """Pictures and what times and repeats them; no comments, no texts, no other application's blocks."""
    at = 13 + _gif_colours(content[10])
    yield content[:at]
    while True:
        kind = content[at]
        if kind == 0x3B:
            break
        start = at
        if kind == 0x2C:
            at = _after_blocks(content, at + 11 + _gif_colours(content[at + 9]))
            is_drawn = True
        elif kind == 0x21:
            label = content[at + 1]
            at = _after_blocks(content, at + 2)
            is_drawn = label == 0xF9 or (label == 0xFF and content[start + 3 : start + 14] in GIF_DRAWN)
        else:
            raise UnreadablePicture("a GIF block does not begin where it should")
        if is_drawn:
            yield content[start:at]
    yield b"\x3b"


def _gif_colours(flags: int) -> int:
    """Bytes of the table of colours that the flags announce."""
    return 3 * 2 ** ((flags & 0b111) + 1) if flags & 0x80 else 0


def _after_blocks(content: bytes, at: int) -> int:
    while content[at]:
        at += content[at] + 1
    return at + 1


def _webp(content: bytes) -> bytes:
    end = min(8 + struct.unpack_from("<I", content, 4)[0], len(content))
    parts = []
    at = 12
    while at + 8 <= end:
        kind, length = content[at : at + 4], struct.unpack_from("<I", content, at + 4)[0]
        if at + 8 + length > len(content):
            raise UnreadablePicture("a WebP chunk is cut off")
        chunk = bytearray(content[at : at + 8 + length])
        at += 8 + length + length % 2
        if kind == b"VP8X":
            chunk[8] &= ~WEBP_HAS_EXIF_OR_XMP & 0xFF
        if kind in WEBP_DRAWN:
            parts.append(bytes(chunk) + b"\0" * (length % 2))
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body
