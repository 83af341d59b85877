"""What the site imports is what an installation without the developers' packages has."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = {"intranet", "search"}


def imported_packages() -> Iterator[tuple[str, Path]]:
    for path in (path for folder in OURS for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((alias.name.partition(".")[0], path) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                yield node.module.partition(".")[0], path


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_package_that_the_site_imports_is_installed_with_it() -> None:
    lines = (ROOT / "requirements" / "base.txt").read_text().splitlines()
    locked = {normalized(line.partition("==")[0]) for line in lines if "==" in line}
    brought_by = packages_distributions()
    missing = {
        f"{path.relative_to(ROOT)}: {package}"
        for package, path in imported_packages()
        if package not in OURS | sys.stdlib_module_names
        and not {normalized(name) for name in brought_by.get(package, [])} & locked
    }
    assert missing == set()


def test_everything_declared_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {"base": project["dependencies"], "dev": project["optional-dependencies"]["dev"]}
    for name, requirements in declared.items():
        lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        locked = {normalized(line.partition("==")[0]) for line in lines if "==" in line}
        wanted = {normalized(re.split(r"[\[<>=!;, ]", requirement, maxsplit=1)[0]) for requirement in requirements}
        assert wanted <= locked


def test_locks_name_no_other_place_and_hash_every_package() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text
        pinned = re.findall(r"^[\w.\[\]-]+==\S+.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
        assert [block.splitlines()[0] for block in pinned if "--hash=sha256:" not in block] == []
