"""What an application hands over to be searched."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from search.conf import LANGUAGES
from search.exceptions import InvalidEntry, InvalidSource

#: Facets that every entry has without naming them.
DERIVED_FACETS = ("kind", "language", "year")
_FACET_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
KEY_CHARACTERS = 64
VALUE_CHARACTERS = 200


#: What an item is now: in force, replaced by another one, or kept for the record and searched on request only.
Standing = Literal["current", "replaced", "archived"]


@dataclass(frozen=True)
class Passage:
    """A piece of an attachment's text, plain; ``page`` counts from 1, None where the file has no pages."""

    text: str
    page: int | None = None


@dataclass(frozen=True)
class Attachment:
    """A file that belongs to an entry, and its text.

    Whoever may see the entry may see it. ``document`` is its lasting name within the entry, ``url`` where it opens;
    a result whose passage has a page leads to ``url#page=N``. ``language`` is a language tag, empty if unknown.
    """

    document: str
    title: str
    url: str
    language: str = ""
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True)
class TextVersion:
    """The texts of an entry in one language, plain (no HTML); ``aliases`` are other names, found like the title."""

    language: str
    title: str
    url: str
    summary: str = ""
    headings: str = ""
    body: str = ""
    external_id: str = ""
    published: datetime | None = None
    aliases: tuple[str, ...] = ()


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
    values (kind, language and year are derived); ``identifiers`` (memo numbers) are matched exactly. ``date`` is when
    it was news last, ``replaced_by`` the key of the entry in whose favour this one ranks lower; ``is_dated`` says that
    its news wears off.
    """

    key: str
    kind: str
    versions: tuple[TextVersion, ...]
    tokens: frozenset[str]
    rule: str
    date: datetime
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    identifiers: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    standing: Standing = "current"
    replaced_by: str = ""
    is_dated: bool = False

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
        if self.standing not in get_args(Standing):
            return f"unknown standing {self.standing!r}; known are {', '.join(get_args(Standing))}."
        if self.date.tzinfo is None:
            return "the date must have a time zone."
        return ""
