"""Makes a PDF of the sheet on standard input, and writes it to standard output.

``python -m intranet.memos.printing SECONDS MEMORY_BYTES`` reads one JSON object: ``html``, ``base_url`` (links are
completed with it; nothing is fetched from it) and ``images`` (by name, in Base64). Nothing of the site is loaded.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pydyf
from weasyprint import HTML
from weasyprint.pdf import tags
from weasyprint.urls import URLFetcher, URLFetcherResponse

from intranet.memos.printing.limits import OUTPUT_BYTES, image_name
from intranet.pages.extraction.confinement import confine

DOTS_PER_INCH = 200
"""Of images: more than this, no printer of an office shows."""
JPEG_QUALITY = 85

_build_tags = tags._build_box_tree


class GivenImages(URLFetcher):
    """Gives the images that came with the sheet; everything else, wherever it is, does not exist."""

    def __init__(self, images: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self.images = images

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        found = self.images.get(image_name(url))
        if found is None:
            raise ValueError("A sheet reads nothing but its own images.")
        return URLFetcherResponse(url, found)


def _with_languages(box: Any, parent: Any, *rest: Any) -> Iterator[Any]:
    """WeasyPrint's tags, with what PDF/UA asks and it leaves out: languages of parts, images that are decoration."""
    own = box.element.attrib.get("lang") if getattr(box, "element", None) is not None else None
    for element in _build_tags(box, parent, *rest):
        if own and "Lang" not in element:
            element["Lang"] = pydyf.String(own)
        if element["S"] == "/Figure" and "Alt" not in element:
            element["S"] = "/NonStruct"
        yield element


def main(seconds: str, memory_bytes: str) -> None:
    """Confine this process, then read and write."""
    confine(int(seconds), int(memory_bytes), OUTPUT_BYTES)
    # The file's position is shared with whoever opened it.
    with open(0, "rb", closefd=False) as file:
        file.seek(0)
        sheet = json.load(file)
    tags._build_box_tree = _with_languages
    images = {name: base64.b64decode(data) for name, data in sheet["images"].items()}
    html = HTML(string=sheet["html"], base_url=sheet["base_url"], url_fetcher=GivenImages(images))
    html.write_pdf(
        sys.stdout.buffer,
        pdf_variant="pdf/ua-1",
        optimize_images=True,
        jpeg_quality=JPEG_QUALITY,
        dpi=DOTS_PER_INCH,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
