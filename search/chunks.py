"""Long sequences in pieces, for statements of bounded size."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def chunked(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values in lists of ``size``, the last one shorter; read as they are asked for."""
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk
