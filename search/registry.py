"""Sources: how an application's objects become entries."""

from collections.abc import Iterable, Iterator

from django.utils.functional import Promise

from search.conf import answers_registered_kinds_only
from search.exceptions import InvalidSource
from search.types import EntryData, Facet


class Source:
    """Subclass it, and register it in ``AppConfig.ready()``.

    ``kind`` is the kind of its entries, ``label`` its name for people (may be lazy), ``facets`` what it adds to the
    facets every entry has. ``explains``: its entries say what words mean; they rank after what is about the thing.
    """

    kind: str = ""
    label: str | Promise = ""
    facets: tuple[Facet, ...] = ()
    explains: bool = False

    def entries(self, keys: Iterable[str] | None = None) -> Iterator[EntryData]:
        """Compute from the live objects the entries with these keys, or all; one without an object is left out."""
        raise NotImplementedError(f"{type(self).__name__}.entries() is missing")

    def keys(self) -> Iterator[str]:
        """The keys of all its entries. A source that can list them without computing the entries should."""
        return (data.key for data in self.entries(None))

    def value_label(self, facet: str, value: str) -> str:
        """What people read for a value of one of ``facets``."""
        return value


_sources: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Make a source known. Registering the same class again changes nothing; another class of that kind is refused."""
    if not source.kind:
        raise InvalidSource(f"{type(source).__name__} has no kind: set its attribute 'kind'.")
    known = _sources.get(source.kind)
    if known is not None and type(known) is not type(source):
        raise InvalidSource(
            f"Two sources of the kind {source.kind!r}: {type(known).__name__} and {type(source).__name__}. Rename one."
        )
    _sources[source.kind] = source


def unregister_source(kind: str) -> None:
    """Forget a source (for tests)."""
    _sources.pop(kind, None)


def answered_kinds() -> tuple[str, ...] | None:
    """The kinds that a search may find, sorted; ``None`` for all. See ``SEARCH_ONLY_REGISTERED_KINDS``."""
    return tuple(sorted(_sources)) if answers_registered_kinds_only() else None


def explaining_kinds() -> tuple[str, ...]:
    """The kinds whose entries explain words, sorted."""
    return tuple(kind for kind in sorted(_sources) if _sources[kind].explains)


def sources() -> tuple[Source, ...]:
    """Every registered source, in the order of their kinds."""
    return tuple(_sources[kind] for kind in sorted(_sources))
