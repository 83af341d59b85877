"""The proof: a plugin in its own distribution, installed by pip, joins the site without a changed line, then leaves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import polib
import pytest

from tests.services.template import begin_with_sqlite_template

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "sample_plugin"
POSTERS = ["Affiche sur le logement", "Affiche des lignes d’écoute", "Affiche sur le consentement"]
PAGE = "Mode d’emploi des affiches"

pytestmark = pytest.mark.xdist_group("sample plugin")


class Site:
    """A site on its own SQLite file, run in processes of its own."""

    def __init__(self, folder: Path, packages: Path) -> None:
        self.folder = folder
        self.database = folder / "site.sqlite3"
        self.packages = packages

    def run(self, *command: str, plugins: str = "", given: Any = None) -> str:
        """Run Python with ``command`` on the site and return what it prints; an error shows its output."""
        environment = {
            **{name: value for name, value in os.environ.items() if name != "ELASTICSEARCH_URL"},
            "DATABASE_URL": f"sqlite:///{self.database}",
            "MEDIA_ROOT": str(self.folder / "media"),
            "DJANGO_SETTINGS_MODULE": "intranet.settings.test",
            "INTRANET_PLUGINS": plugins,
            "PYTHONPATH": os.pathsep.join((str(self.packages), str(ROOT))),
        }
        result = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            input=json.dumps(given or {}),
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def probe(self, stage: str, *, plugins: str = "", given: Any = None) -> dict[str, Any]:
        """Run a stage of ``sample_site`` and return what it found."""
        output = self.run("-m", "tests.plugins.sample_site", stage, plugins=plugins, given=given)
        found: dict[str, Any] = json.loads(output.splitlines()[-1])
        return found


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where pip installed the sample plugin, from a copy, without network."""
    source = tmp_path_factory.mktemp("source") / "posters"
    shutil.copytree(SAMPLE, source)
    for catalogue in source.rglob("*.po"):
        polib.pofile(str(catalogue)).save_as_mofile(str(catalogue.with_suffix(".mo")))
    target = tmp_path_factory.mktemp("packages")
    offline = ["--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *offline, "--target", str(target), str(source)], check=True, cwd=source
    )
    return target


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, packages: Path) -> Site:
    """A migrated site with posters."""
    site = Site(tmp_path_factory.mktemp("site"), packages)
    begin_with_sqlite_template(site.database)
    site.run("manage.py", "migrate", "--verbosity", "0", plugins="posters")
    return site


@pytest.fixture(scope="module")
def made(site: Site) -> dict[str, Any]:
    """What ``make`` made."""
    return site.probe("make", plugins="posters")


@pytest.fixture(scope="module")
def switched_on(site: Site, made: dict[str, Any]) -> dict[str, Any]:
    """What is found with the plugin on."""
    return site.probe("look", plugins="posters", given=made)


@pytest.fixture(scope="module")
def switched_off(site: Site, made: dict[str, Any], switched_on: dict[str, Any]) -> dict[str, Any]:
    """What is found on the same site, later, with the plugin off."""
    return site.probe("look", given=made)


def test_migrations_are_complete(site: Site) -> None:
    site.run("manage.py", "makemigrations", "posters", "--check", "--dry-run", plugins="posters")


def test_page_type_is_offered_in_a_section(switched_on: dict[str, Any]) -> None:
    assert switched_on["page_types"] == ["posters.PosterPage"]
    assert switched_on["offered"] is True
    assert switched_on["publisher"]["add"] is True


def test_pages_are_served_and_edited(switched_on: dict[str, Any]) -> None:
    assert switched_on["publisher"]["status"] == {
        "home": 200,
        "list": 200,
        "english list": 200,
        "poster": 200,
        "add": 200,
        "explorer": 200,
        "edit": 200,
        "search page": 200,
        "section": 200,
        "list of pages": 200,
        "api": 200,
    }


def test_panel_shows_as_many_as_the_setting_says(switched_on: dict[str, Any]) -> None:
    assert switched_on["setting"] == 3
    assert switched_on["publisher"]["panel"] == POSTERS


def test_menu_entry_leads_to_the_list_in_each_language(switched_on: dict[str, Any]) -> None:
    assert switched_on["publisher"]["menu"] is True
    assert switched_on["publisher"]["list"] == POSTERS
    assert switched_on["publisher"]["english list"] == ["Consent poster"]


def test_search_knows_the_kind_and_its_facet(switched_on: dict[str, Any]) -> None:
    assert switched_on["publisher"]["search"] == {
        "kinds": ["poster"],
        "total": 4,
        "titles": sorted([*POSTERS, PAGE]),
        "facets": {"kind": {"poster": 3, "page": 1}, "paper_size": {"letter": 2, "tabloid": 1}},
        "tabloid": ["Affiche des lignes d’écoute"],
        "suggestions": sorted([*POSTERS, PAGE]),
    }


def test_search_page_offers_the_facet_in_words(switched_on: dict[str, Any]) -> None:
    assert switched_on["publisher"]["facet"] is True
    assert switched_on["publisher"]["found"] == ["Affiche des lignes d’écoute"]


def test_stranger_to_the_section_finds_nothing(switched_on: dict[str, Any]) -> None:
    stranger = switched_on["stranger"]
    assert (stranger["panel"], stranger["list"], stranger["english list"], stranger["add"]) == ([], [], [], False)
    assert stranger["search"]["total"] == 0
    assert stranger["search"]["suggestions"] == []
    statuses = stranger["status"]
    assert (statuses["poster"], statuses["add"], statuses["explorer"], statuses["edit"]) == (404, 404, 404, 404)


def test_off_everything_of_the_plugin_is_gone(switched_off: dict[str, Any]) -> None:
    publisher = switched_off["publisher"]
    assert (switched_off["app"], switched_off["offered"], switched_off["page_types"]) == (False, False, [])
    assert switched_off["setting"] is None
    assert (publisher["add"], publisher["menu"], publisher["panel"]) == (False, False, [])
    assert (publisher["list"], publisher["english list"], publisher["facet"], publisher["found"]) == ([], [], False, [])
    assert publisher["search"] == {
        "kinds": [],
        "total": 1,
        "titles": [PAGE],
        "facets": {"kind": {"page": 1}, "paper_size": {}},
        "tabloid": [],
        "suggestions": [PAGE],
    }


def test_off_its_addresses_do_not_exist_and_the_rest_works(switched_off: dict[str, Any]) -> None:
    assert switched_off["publisher"]["status"] == {
        "home": 200,
        "list": 404,
        "english list": 404,
        "poster": 404,
        "add": 200,
        "explorer": 200,
        "edit": 404,
        "search page": 200,
        "section": 200,
        "list of pages": 200,
        "api": 200,
        "delete": 302,
        "delete in bulk": 302,
    }


def test_off_its_data_stays_whatever_is_deleted_above(switched_off: dict[str, Any]) -> None:
    assert switched_off["rows"] == 4


def test_on_again_all_is_back(site: Site, made: dict[str, Any], switched_on: dict[str, Any], switched_off: Any) -> None:
    assert site.probe("look", plugins="posters", given=made) == switched_on


def test_worker_runs_with_the_plugin(site: Site) -> None:
    site.run("manage.py", "worker", "--once", plugins="posters")


def test_list_takes_the_same_queries_whatever_its_length(site: Site, made: dict[str, Any]) -> None:
    # A site of its own: what is added here must not be seen by the tests above.
    copy = Site(site.folder / "copy", site.packages)
    copy.folder.mkdir()
    shutil.copy(site.folder / "site.sqlite3", copy.folder)
    counted = copy.probe("measure", plugins="posters", given=made)
    assert len(set(counted.values())) == 1, counted


def test_allowed_but_not_installed_stops_the_start_with_the_reason(site: Site) -> None:
    with pytest.raises(AssertionError, match="INTRANET_PLUGINS names the plugin “poster”, which is not there"):
        site.run("manage.py", "check", plugins="poster")


def test_installed_and_not_allowed_stays_out(site: Site) -> None:
    code = (
        "import django; django.setup(); from intranet.plugins import registry; print(registry.is_installed('posters'))"
    )
    assert site.run("-c", code) == "False\n"
