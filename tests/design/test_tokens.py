"""The colours that meet each other are far enough apart, in the light and in the dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "intranet" / "static" / "intranet" / "css"
TEXT, SHAPE = 4.5, 3.0
"""WCAG 2.2: 1.4.3 for text, 1.4.11 for what one must see to use the page."""

PAIRS = [
    *[("ink", ground, TEXT) for ground in ("paper", "surface", "sunk", "tint")],
    *[("ink-soft", ground, TEXT) for ground in ("paper", "surface", "sunk")],
    *[("link", ground, TEXT) for ground in ("paper", "surface", "sunk", "tint")],
    *[("link-hover", ground, TEXT) for ground in ("paper", "surface", "sunk", "tint")],
    *[("ink", f"{tone}-tint", TEXT) for tone in ("info", "success", "warning", "error")],
    *[(tone, f"{tone}-tint", TEXT) for tone in ("info", "success", "warning", "error")],
    *[("link", f"{tone}-tint", TEXT) for tone in ("info", "success", "warning", "error")],
    ("error", "paper", TEXT),
    ("error", "surface", TEXT),
    ("action-ink", "action", TEXT),
    ("action-ink", "action-hover", TEXT),
    ("brand-ink", "brand", TEXT),
    ("brand-ink", "brand-line", TEXT),
    ("accent-ink", "accent", TEXT),
    ("accent-ink", "accent-hover", TEXT),
    ("mark-ink", "mark", TEXT),
    *[("edge", ground, SHAPE) for ground in ("paper", "surface", "sunk")],
    *[("focus", ground, SHAPE) for ground in ("paper", "surface", "sunk")],
    ("accent", "brand", SHAPE),
]


def colours(scheme: str) -> dict[str, str]:
    """Return the colour tokens of ``scheme`` ("light" or "dark") as ``#rrggbb``."""
    source = (CSS / "tokens.css").read_text(encoding="utf-8")
    light, dark = source.split("@media (prefers-color-scheme: dark)")
    pattern = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
    found = dict(pattern.findall(light))
    return found if scheme == "light" else found | dict(pattern.findall(dark))


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_that_meet_have_enough_contrast(scheme: str) -> None:
    palette = colours(scheme)
    too_close = [
        f"{front} on {ground}: {contrast(palette[front], palette[ground]):.2f}, needs {needed}"
        for front, ground, needed in PAIRS
        if contrast(palette[front], palette[ground]) < needed
    ]
    assert too_close == []


def test_dark_scheme_names_every_colour_of_the_light_one() -> None:
    source = (CSS / "tokens.css").read_text(encoding="utf-8")
    dark = source.split("@media (prefers-color-scheme: dark)")[1].split("@media (prefers-contrast")[0]
    assert set(colours("light")) - set(re.findall(r"--([a-z-]+):", dark)) == set()
