"""A plugin's module whose own import fails."""

import a_library_that_is_not_installed  # type: ignore[import-not-found]  # noqa: F401
