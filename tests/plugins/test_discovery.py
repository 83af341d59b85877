"""Discovery: in-tree plugins, installed packages, allow-list, and the trap of Django's silent fallback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import AppConfig
from django.apps.registry import Apps
from django.core.exceptions import ImproperlyConfigured

from intranet.plugins import PluginConfig, discovery
from intranet.plugins.exceptions import DiscoveryError

IN_TREE = ("intranet.networks.apps.NetworksConfig", "intranet.memos")


@pytest.fixture
def site_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages, first on the path."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def install(folder: Path, distribution: str, *entry_points: str) -> None:
    """Write the metadata that pip leaves for an installed ``distribution``."""
    info = folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[intranet.plugins]\n" + "\n".join(entry_points) + "\n")


def test_in_tree_plugins_keep_their_order() -> None:
    assert discovery.installed_apps(in_tree=IN_TREE) == list(IN_TREE)


def test_disabled_plugin_is_left_out() -> None:
    assert discovery.installed_apps(in_tree=IN_TREE, disabled=["memos"]) == [IN_TREE[0]]


def test_disabled_name_that_is_unknown_is_an_error() -> None:
    with pytest.raises(DiscoveryError, match=r"INTRANET_PLUGINS_DISABLED names the plugin “memo”.*memos, networks"):
        discovery.installed_apps(in_tree=IN_TREE, disabled=["memo"])


def test_plugin_that_the_site_is_built_on_stays_on() -> None:
    with pytest.raises(DiscoveryError, match=r"“networks”, which the site is built on.*switched off: memos\."):
        discovery.installed_apps(in_tree=IN_TREE, ground=["networks"], disabled=["networks"])


def test_installed_package_is_not_enabled_by_itself(site_packages: Path) -> None:
    install(site_packages, "intranet-posters", "posters = posters.apps:PostersConfig")
    assert discovery.installed_apps(in_tree=IN_TREE) == list(IN_TREE)


def test_allowed_packages_join_sorted_by_name(site_packages: Path) -> None:
    install(site_packages, "intranet-posters", "posters = posters.apps:PostersConfig")
    install(site_packages, "intranet-archive", "archive = archive")
    found = discovery.installed_apps(in_tree=IN_TREE, allowed=["posters", "archive"])
    assert found == [*IN_TREE, "archive", "posters.apps.PostersConfig"]


def test_allowed_and_disabled_package_stays_off(site_packages: Path) -> None:
    install(site_packages, "intranet-posters", "posters = posters.apps:PostersConfig")
    assert discovery.installed_apps(in_tree=(), allowed=["posters"], disabled=["posters"]) == []


def test_allowed_name_that_is_not_installed_is_an_error(site_packages: Path) -> None:
    install(site_packages, "intranet-posters", "posters = posters.apps:PostersConfig")
    with pytest.raises(DiscoveryError, match=r"INTRANET_PLUGINS names the plugin “poster”.*Known are: posters"):
        discovery.installed_apps(in_tree=IN_TREE, allowed=["poster"])


def test_two_packages_with_one_name_are_an_error(site_packages: Path) -> None:
    install(site_packages, "intranet-posters", "posters = posters.apps:PostersConfig")
    install(site_packages, "other-posters", "posters = other.apps:PostersConfig")
    with pytest.raises(DiscoveryError, match="Two installed packages provide a plugin “posters”"):
        discovery.installed_apps(in_tree=IN_TREE)


def test_package_called_like_an_in_tree_plugin_is_an_error(site_packages: Path) -> None:
    install(site_packages, "evil-memos", "memos = evil.apps:MemosConfig")
    with pytest.raises(DiscoveryError, match=r"evil.apps.MemosConfig is called “memos” like the plugin intranet.memos"):
        discovery.installed_apps(in_tree=IN_TREE)


def test_in_tree_plugin_listed_twice_is_an_error() -> None:
    with pytest.raises(DiscoveryError, match="IN_TREE_PLUGINS names the plugin “memos” twice"):
        discovery.installed_apps(in_tree=("intranet.memos", "intranet.memos.apps.MemosConfig"))


def test_two_plugins_with_one_label_are_refused_by_name() -> None:
    class FirstConfig(PluginConfig):
        default, name, label = True, "tests.plugins.example", "posters"

    class SecondConfig(PluginConfig):
        default, name, label = True, "tests.plugins", "posters"

    with pytest.raises(ImproperlyConfigured, match="labels aren't unique, duplicates: posters"):
        Apps(
            [
                FirstConfig("tests.plugins.example", sys.modules["tests.plugins"]),
                SecondConfig("tests.plugins", sys.modules["tests.plugins"]),
            ]
        )


def test_base_class_is_never_taken_for_a_plugin(site_packages: Path) -> None:
    package = site_packages / "posters_by_module"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "apps.py").write_text(
        "from intranet.plugins import PluginConfig\n"
        "class PostersConfig(PluginConfig):\n"
        "    default = True\n"
        "    name = 'posters_by_module'\n"
    )
    assert type(AppConfig.create("posters_by_module")).__name__ == "PostersConfig"


def test_settings_can_import_discovery_without_settings() -> None:
    code = "from intranet.plugins.discovery import installed_apps; print(installed_apps(in_tree=['intranet.memos']))"
    result = subprocess.run(
        [sys.executable, "-c", code], env={"PATH": ""}, capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert (result.stdout, result.stderr) == ("['intranet.memos']\n", "")
