"""``python -m tests.design FOLDER [PAGE …]``: photographs the gallery at three widths, light and dark, into FOLDER."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django
from playwright.sync_api import sync_playwright

from tests.services.chromium import ARGUMENTS, chromium


def main(folder: Path, pages: list[str]) -> None:
    """Take the pictures; French at one width, English at the others."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings.test")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    django.setup()
    from tests.design.gallery import PAGES, serve, url_of

    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium()[0], args=ARGUMENTS)
        for width in (320, 768, 1280):
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
                serve(context)
                for page in pages or PAGES:
                    language = "fr" if width == 768 else "en"
                    tab = context.new_page()
                    tab.goto(url_of(page, language))
                    tab.screenshot(path=folder / f"{page}-{width}-{scheme}-{language}.png", full_page=True)
                    tab.close()
                context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
