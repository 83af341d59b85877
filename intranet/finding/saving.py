"""Saved searches: what a person asks again and again, under a name, for that person alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from intranet.finding.models import MAX_NAME, SavedSearch
from intranet.pages import kinds
from intranet.pages.searching import NOTHING, SearchParams, choices_named
from search import BadQuery, Query
from search.text import clean

MAX_SAVED = 100
"""Of one person."""


class NotSaved(BadQuery):
    """A search cannot be saved under this name; the message is for the person."""


@dataclass(frozen=True)
class ShownSearch:
    """A saved search as its list shows it; ``choices`` are pairs of a facet and its chosen values, in words."""

    search: SavedSearch
    url: str
    choices: tuple[tuple[str, tuple[str, ...]], ...]


def save_search(person: Any, name: str, params: SearchParams) -> SavedSearch:
    """Save what is asked under a name.

    Raises:
        NotSaved: the name is empty, too long or taken, nothing is asked, or there are ``MAX_SAVED`` already.
        BadQuery: the question itself is wrong.
    """
    name = _checked_name(name)
    # A query cleans what it is given, and refuses what nobody can ask. Whose audience it is matters when it runs.
    query = Query(params.text, frozenset({NOTHING}), filters=params.filters, sort=params.sort)
    if not query.text and not query.filters:
        raise NotSaved(_("There is nothing to save yet: type words, or choose something."))
    if SavedSearch.objects.of(person).count() >= MAX_SAVED:
        raise NotSaved(_("You have %(maximum)d saved searches. Delete one first.") % {"maximum": MAX_SAVED})
    filters = {facet: sorted(values) for facet, values in query.filters.items()}
    search = SavedSearch(
        person=person,
        name=name,
        text=query.text,
        sort=query.sort,
        archived=params.archived,
        exact=params.exact,
        filters=filters,
    )
    _store(search)
    return search


def rename_search(search: SavedSearch, name: str) -> None:
    """Give a saved search another name.

    Raises:
        NotSaved: the name is empty, too long or taken.
    """
    search.name = _checked_name(name)
    _store(search)


def _checked_name(name: str) -> str:
    name = " ".join(clean(name).split())
    if not name:
        raise NotSaved(_("Give the search a name."))
    if len(name) > MAX_NAME:
        raise NotSaved(_("A name has at most %(maximum)d characters.") % {"maximum": MAX_NAME})
    return name


def _store(search: SavedSearch) -> None:
    try:
        with transaction.atomic():
            search.save()
    except IntegrityError as error:
        raise NotSaved(_("You have a search called “%(name)s” already.") % {"name": search.name}) from error


def shown_searches(person: Any) -> list[ShownSearch]:
    """The person's searches by name, in words of the language in force; three statements at most."""
    searches = list(SavedSearch.objects.of(person))
    together: dict[str, set[str]] = {}
    for search in searches:
        for facet, values in search.filters.items():
            together.setdefault(facet, set()).update(values)
    named = choices_named(person, together, language=get_language() or "fr")
    return [ShownSearch(search, search.get_absolute_url(), _in_words(search, named)) for search in searches]


def _in_words(search: SavedSearch, named: Mapping[str, Mapping[str, str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    labels = kinds.facets()
    return tuple(
        (labels[facet], words)
        for facet, values in search.filters.items()
        if facet in labels and (words := _words(values, named.get(facet, {})))
    )


def _words(values: Iterable[str], named: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(named[value] for value in values if value in named)


def params_of(asked: str, language: str) -> SearchParams:
    """What an address of the search page asks, from its part behind the question mark.

    Raises:
        BadQuery: it asks something impossible.
    """
    return SearchParams.from_query(QueryDict(asked.removeprefix("?")[:20_000]), language=language)
