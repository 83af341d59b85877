"""Photos as phones make them: they say where, with what and by whom."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

SECRET = b"44.6488 N"
"""Stands in every place that metadata can have."""

ON_ITS_SIDE = 6


def drawing() -> Image.Image:
    """64 by 48, its upper left corner red."""
    image = Image.new("RGB", (64, 48), "#2a6a7a")
    ImageDraw.Draw(image).rectangle((0, 0, 15, 15), "#e01010")
    return image


def photo(kind: str, orientation: int = 1, **how: Any) -> bytes:
    """A JPEG, PNG, WEBP, AVIF or GIF with all the metadata that the format can have, and a film behind its end."""
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = SECRET.decode(), orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (44.0, 38.0, 55.0)})
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + SECRET + b"</x:xmpmeta>"
    if kind in ("JPEG", "GIF"):
        how["comment"] = SECRET
    if kind == "PNG":
        how["pnginfo"] = PngInfo()
        how["pnginfo"].add_text("Comment", SECRET.decode())
        how["pnginfo"].add_itxt("XML:com.adobe.xmp", xmp.decode())
    elif kind != "GIF":
        how["xmp"] = xmp
    if kind != "GIF":
        how["exif"] = exif
    content = io.BytesIO()
    drawing().save(content, kind, **how)
    return content.getvalue() + (b"" if kind == "AVIF" else b"film " + SECRET)
