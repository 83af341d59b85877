"""The two societies and the table of the tests of pages."""

from tests.pages.front.conftest import World, world

__all__ = ["World", "world"]
