"""Turn a dotted path into the object it names."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module

from intranet.plugins.exceptions import DottedPathError


def load_object(path: str) -> object:
    """Return the object at ``path`` (``package.module.name``).

    Raises ``DottedPathError`` when the module or the name does not exist. An import error *inside* the
    module is the plugin's own and surfaces as itself.
    """
    module_path, _, name = path.rpartition(".")
    if not module_path:
        raise DottedPathError(f"“{path}” is not a dotted path: write the module, a dot, and the name.")
    try:
        module = import_module(module_path)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if module_path == missing or module_path.startswith(f"{missing}."):
            raise DottedPathError(f"There is no module “{missing}” for “{path}”.") from error
        raise
    try:
        return getattr(module, name)
    except AttributeError as error:
        close = get_close_matches(name, dir(module), n=1)
        guess = f" Did you mean “{close[0]}”?" if close else ""
        raise DottedPathError(f"Module “{module_path}” has no “{name}”.{guess}") from error
