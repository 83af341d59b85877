"""What a sheet may cost, and how its images are named: shared with the process that makes the PDF."""

from __future__ import annotations

CHARACTERS = 400_000
"""Of the HTML of a sheet; about 120 pages."""
IMAGE_BYTES = 40 * 1024**2
"""Of all images of a sheet, as they are stored."""
OUTPUT_BYTES = 60 * 1024**2

_SCHEME = "image:"


def image_address(name: object) -> str:
    """The address of an image in a sheet."""
    return f"{_SCHEME}{name}"


def image_name(address: str) -> str:
    """The name in an address; empty for every other address."""
    return address.removeprefix(_SCHEME) if address.startswith(_SCHEME) else ""
