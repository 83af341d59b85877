"""docs/plugins.md says what is true: its files are the sample plugin's, its lists are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intranet.plugins import EXTENSION_POINTS

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "sample_plugin"
DOCUMENT = (ROOT / "docs" / "plugins.md").read_text()
BLOCKS = dict(re.findall(r"^`([\w/.-]+)`\n\n```\w+\n(.*?)\n```$", DOCUMENT, flags=re.M | re.S))
FILES = sorted(
    str(path.relative_to(SAMPLE))
    for pattern in ("pyproject.toml", "src/intranet_posters/*.py", "src/**/*.html", "src/**/*.po")
    for path in SAMPLE.glob(pattern)
    if path.name != "__init__.py"
)


def test_every_file_of_the_sample_plugin_is_shown() -> None:
    assert sorted(BLOCKS) == FILES


@pytest.mark.parametrize("path", FILES)
def test_shown_file_is_the_sample_plugins(path: str) -> None:
    assert BLOCKS[path] == (SAMPLE / path).read_text().rstrip()


def test_every_extension_point_is_described() -> None:
    for name in EXTENSION_POINTS:
        assert re.search(rf"^\| .*`{name}`", DOCUMENT, flags=re.M), name


def test_every_check_is_listed() -> None:
    in_code = {
        number
        for path in (ROOT / "intranet/plugins/checks").glob("*.py")
        for number in re.findall(r"\"(?:intranet\.plugins\.)?(E\d{3})\"", path.read_text())
    }
    assert set(re.findall(r"`intranet\.plugins\.(E\d{3})`", DOCUMENT)) == in_code == {f"E{n:03}" for n in range(1, 23)}
