"""A search source for the tests."""

from __future__ import annotations

from search import Source


class PosterSource(Source):
    """Has a kind and no entries."""

    kind = "poster"
    label = "Posters"
