"""Which plugins are switched on: for the settings module, before any app is loaded.

In-tree plugins are listed in settings. Installed packages announce themselves by the entry-point group
``intranet.plugins``; each joins only when the allow-list names it, because installing is not enabling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points

from intranet.plugins.exceptions import DiscoveryError

ENTRY_POINT_GROUP = "intranet.plugins"


def installed_apps(
    *, in_tree: Iterable[str], ground: Iterable[str] = (), disabled: Iterable[str] = (), allowed: Iterable[str] = ()
) -> list[str]:
    """Return the entries for ``INSTALLED_APPS``: the in-tree plugins, then the allowed installed ones by name.

    ``in_tree`` holds app modules or paths of their configurations; ``disabled`` and ``allowed`` hold plugin names
    (``memos``; an installed plugin's is that of its entry point); what ``ground`` names cannot be disabled. Raises
    ``DiscoveryError`` when it is, and when a name is unknown or stands for two plugins. Imports no plugin.
    """
    own = _by_name(in_tree)
    found = find_entry_points()
    _refuse_shared_names(own, found)
    disabled = set(disabled)
    _refuse_unknown(disabled, known=[*own, *found], setting="INTRANET_PLUGINS_DISABLED")
    _refuse_ground(disabled & set(ground), others=own.keys() - set(ground))
    allowed = set(allowed)
    _refuse_unknown(allowed, known=list(found), setting="INTRANET_PLUGINS")
    chosen = [path for name, path in own.items() if name not in disabled]
    return chosen + [found[name] for name in sorted(allowed - disabled)]


def find_entry_points() -> dict[str, str]:
    """Return name → app entry of every installed plugin package, sorted by name."""
    found: dict[str, str] = {}
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name):
        path = point.value.replace(":", ".")
        if found.setdefault(point.name, path) != path:
            raise DiscoveryError(
                f"Two installed packages provide a plugin “{point.name}”: {found[point.name]} and {path} "
                f"({_distribution(point)}). Uninstall one of them."
            )
    return found


def plugin_name(path: str) -> str:
    """Return the name of the in-tree plugin at ``path``: the last part of its package's name."""
    package, separator, _ = path.partition(".apps.")
    return (package if separator else path).rpartition(".")[2]


def _by_name(paths: Iterable[str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for path in paths:
        name = plugin_name(path)
        if name in named:
            raise DiscoveryError(f"IN_TREE_PLUGINS names the plugin “{name}” twice: {named[name]} and {path}.")
        named[name] = path
    return named


def _refuse_shared_names(own: Mapping[str, str], found: Mapping[str, str]) -> None:
    for name in own.keys() & found.keys():
        raise DiscoveryError(
            f"The installed package {found[name]} is called “{name}” like the plugin {own[name]} of the site. "
            f"Rename its entry point, or uninstall it."
        )


def _refuse_unknown(names: Iterable[str], *, known: list[str], setting: str) -> None:
    for name in sorted(set(names) - set(known)):
        raise DiscoveryError(
            f"{setting} names the plugin “{name}”, which is not there. "
            f"Known are: {', '.join(sorted(known)) or 'none'}. Install its package, or remove it from {setting}."
        )


def _refuse_ground(names: Iterable[str], *, others: Iterable[str]) -> None:
    for name in sorted(names):
        raise DiscoveryError(
            f"INTRANET_PLUGINS_DISABLED names the plugin “{name}”, which the site is built on. "
            f"Remove it from there. The site's own that can be switched off: {', '.join(sorted(others)) or 'none'}."
        )


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist else "unknown package"
