"""What an application hands over to be searched."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from search.conf import LANGUAGES
from search.exceptions import InvalidEntry, InvalidSource

#: Facets that every entry has without naming them.
DERIVED_FACETS = ("kind", "language", "year")
_FACET_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
KEY_CHARACTERS = 64
VALUE_CHARACTERS = 200


@dataclass(frozen=True)
class TextVersion:
    """The texts of an entry in one language, plain (no HTML)."""

    language: str
    title: str
    url: str
    summary: str = ""
    headings: str = ""
    body: str = ""
    external_id: str = ""
    published: datetime | None = None


@dataclass(frozen=True)
class Facet:
    """A facet that a source adds: ``name`` as in queries and addresses, ``label`` for people (may be lazy)."""

    name: str
    label: str

    def __post_init__(self) -> None:
        if not _FACET_NAME.fullmatch(self.name):
            raise InvalidSource(f"Facet name {self.name!r}: use 1 to 40 lower-case letters, digits and underscores.")


@dataclass(frozen=True)
class EntryData:
    """One item, whatever its languages, as search must know it now.

    ``tokens`` is the effective audience, ``rule`` the id of the rule it comes from; ``facets`` maps a name to its
    values (kind, language and year are derived); ``identifiers`` (memo numbers) are matched exactly.
    """

    key: str
    kind: str
    versions: tuple[TextVersion, ...]
    tokens: frozenset[str]
    rule: str
    date: datetime
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    identifiers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise InvalidEntry(f"Entry {self.key!r}: {problem}")

    def _problem(self) -> str:
        languages = [version.language for version in self.versions]
        if not self.key or len(self.key) > KEY_CHARACTERS:
            return f"the key must have 1 to {KEY_CHARACTERS} characters."
        if not self.kind or len(self.kind) > VALUE_CHARACTERS:
            return f"the kind must have 1 to {VALUE_CHARACTERS} characters."
        if not languages:
            return "it has no version; delete the entry instead."
        if len(set(languages)) != len(languages):
            return "it has two versions in one language."
        if unknown := sorted(set(languages) - set(LANGUAGES)):
            return f"unknown language {unknown[0]!r}; known are {', '.join(LANGUAGES)}."
        if wrong := [name for name in self.facets if not _FACET_NAME.fullmatch(name) or name in DERIVED_FACETS]:
            return f"facet {wrong[0]!r} is derived or badly named."
        if any(isinstance(values, str) for values in self.facets.values()):
            return "the values of a facet must be a tuple, not one string."
        if self.date.tzinfo is None:
            return "the date must have a time zone."
        return ""
