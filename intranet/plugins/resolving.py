"""From what a plugin declares (labels, dotted paths, classes) to the objects that the site uses."""

from __future__ import annotations

from typing import Any, cast

from django.apps import apps

from intranet.plugins.config import PluginConfig
from intranet.plugins.contributions import ApiRouter, UrlMount
from intranet.plugins.dotted import load_object
from intranet.plugins.exceptions import ContributionTypeError, DottedPathError
from intranet.plugins.extension_points import get_extension_point


def declared_items(plugin: PluginConfig, point: str) -> tuple[Any, ...]:
    """Return what ``plugin`` declares for ``point``, unresolved."""
    if point == "urls":
        return (UrlMount(plugin.url_prefix, plugin.urls),) if plugin.urls else ()
    return tuple(getattr(plugin, point))


def resolve(point: str, raw: Any) -> Any:
    """Return the object that ``raw`` stands for at ``point``.

    Page types become models, classes become one instance each. Raises ``DottedPathError`` or
    ``ContributionTypeError``; an import error inside the plugin's module surfaces as itself.
    """
    if point == "urls":
        return raw
    if point == "page_types":
        return _model(raw)
    if point == "api_routers":
        prefix, router = raw
        return ApiRouter(prefix, load_object(router) if isinstance(router, str) else router)
    return _instance(point, raw)


def _model(label: str) -> Any:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise DottedPathError(f"There is no model “{label}”: {error}") from error


def _instance(point: str, raw: Any) -> Any:
    found = load_object(raw) if isinstance(raw, str) else raw
    base = base_class(point)
    if isinstance(found, type):
        if base is not None and not issubclass(found, base):
            raise ContributionTypeError(f"{raw!r} is not a subclass of {base.__name__}.")
        return found()
    if base is not None and not isinstance(found, base):
        raise ContributionTypeError(f"{raw!r} is {type(found).__name__}, not {base.__name__}.")
    return found


def base_class(point: str) -> type | None:
    """Return the class whose objects ``point`` takes, ``None`` when any object will do."""
    if point == "search_sources":
        # Late: the search app's models must not load with this module.
        from search import Source

        return cast(type, Source)
    return get_extension_point(point).base
