"""The two societies and the table of the tests of pages."""

from tests.pages.front.conftest import World, world
from tests.search.conftest import slow

__all__ = ["World", "slow", "world"]
