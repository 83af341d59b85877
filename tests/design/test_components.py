"""The rules that every component keeps, read from its files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.design.gallery import PAGES, PAGES_FOLDER, render_page

ROOT = Path(__file__).parents[2] / "intranet"
TEMPLATES = ROOT / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
STATIC = ROOT / "static" / "intranet"
STYLES = sorted(ROOT.rglob("static/*/css/**/*.css"))
WEIGHT_LIMIT_BYTES = 64_000
"""Style sheets, scripts and icons of a first visit, before compression."""
NOT_IN_THE_GALLERY = {"account_nav.html"}
"""Shown on the pages of allauth alone, which are tested as such."""

INCLUDE = re.compile(r'{% include "components/([a-z_]+\.html)"')


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda path: path.stem)
def test_component_says_what_it_takes_at_its_top(component: Path) -> None:
    top = component.read_text(encoding="utf-8")[:900]
    assert re.match(r"({% load [a-z0-9_ ]+ %})?{% comment %}", top)
    assert "arameters" in top or "Reads" in top


def test_every_component_is_shown_in_the_gallery() -> None:
    shown: set[str] = set()
    waiting = [*PAGES_FOLDER.glob("*.html"), TEMPLATES / "base.html"]
    while waiting:
        names = set(INCLUDE.findall(waiting.pop().read_text(encoding="utf-8"))) - shown
        shown |= names
        waiting += [TEMPLATES / "components" / name for name in names]
    assert {path.name for path in COMPONENTS} - shown == NOT_IN_THE_GALLERY


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_template_has_no_inline_script_or_style(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert re.findall(r"<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=|javascript:", source) == []


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.stem)
def test_style_sheet_stays_in_its_layer_and_asks_nobody_else(style: Path) -> None:
    source = re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)
    layer = "components" if style.parent.name == "components" else style.stem
    assert re.sub(r"^@layer [a-z, ]+;", "", source.strip()).strip().startswith(f"@layer {layer} {{")
    assert re.findall(r"url\(|@import", source) == []


def test_style_sheets_use_only_tokens_that_exist() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in STYLES}
    defined = {name for source in sources.values() for name in re.findall(r"(--[a-z0-9-]+):", source)}
    assert {
        name for source in sources.values() for name in re.findall(r"var\((--[a-z0-9-]+)", source)
    } - defined == set()


def test_colours_are_named_in_the_tokens_alone() -> None:
    free = {"tokens.css", "print.css"}
    assert [
        path.name for path in STYLES if path.name not in free and re.search(r"#[0-9a-f]{3,8}\b", path.read_text())
    ] == []


def test_every_style_sheet_is_loaded() -> None:
    loaded = re.findall(r"'intranet/css/([a-z/-]+\.css)'", (TEMPLATES / "components" / "stylesheets.html").read_text())
    everywhere = (STATIC / "css").rglob("*.css")
    assert sorted(loaded) == sorted(str(path.relative_to(STATIC / "css")) for path in everywhere)


def test_what_a_first_visit_loads_is_light() -> None:
    assert sum(path.stat().st_size for path in STATIC.rglob("*") if path.is_file()) < WEIGHT_LIMIT_BYTES


def test_every_icon_that_is_named_exists() -> None:
    existing = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "icons.svg").read_text()))
    named = {
        name
        for path in [*TEMPLATES.rglob("*.html"), *PAGES_FOLDER.glob("*.html")]
        for name in re.findall(r'icon\.html" with name="([a-z-]+)"|icon="([a-z-]+)"', path.read_text())
        for name in name
        if name
    }
    assert named - existing == set()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", PAGES)
def test_page_has_one_title_its_language_and_no_double_id(name: str, language: str) -> None:
    html = render_page(name, language)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert html.count("<h1") == 1
    assert f'<html lang="{language}">' in html
    assert sorted(ids) == sorted(set(ids))
    assert '<meta name="robots" content="noindex, nofollow, noarchive">' in html
