"""The embedded engine: the entry table and its text index, exact and always there."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from search.engines import Match, Matches
from search.engines.embedded.lexemes import terms_of
from search.engines.embedded.textindex import text_index
from search.query import Query
from search.registry import answered_kinds
from search.results import Engine, FacetValue
from search.text import plain_words

_LATEST = "e.date DESC, e.key"


@dataclass(frozen=True)
class _Statement:
    """A piece of SQL with its parameters."""

    sql: str
    values: Sequence[Any]


class EmbeddedEngine:
    """Answers from the database that the site runs on."""

    name: Engine = "embedded"

    def find(self, query: Query) -> Matches:
        """Answer a query: one statement for the page, one for the facets."""
        total, keys = self._page(query)
        return Matches(total, tuple(Match(key) for key in keys), self._facets(query))

    def find_titles(self, text: str, tokens: frozenset[str], limit: int) -> list[str]:
        """Keys of entries with such a title, latest first."""
        words = plain_words(text)
        if not words:
            return []
        sql, values = text_index().matching_titles(words, tokens)
        answered = _is_answered("e.id")
        statement = (
            f"SELECT e.key FROM ({sql}) m JOIN search_entry e ON e.id = m.id AND NOT e.is_deleted"
            f" WHERE {answered.sql} ORDER BY {_LATEST} LIMIT %s"
        )
        return [str(row[0]) for row in _rows(_Statement(statement, [*values, *answered.values, limit]))]

    def _page(self, query: Query) -> tuple[int, list[str]]:
        found = _matching(query, ranked=not query.is_sorted_by_date)
        chosen = [_is_answered("e.id"), *(_has_value("m.id", name, values) for name, values in query.filters.items())]
        where = "".join(f" AND {condition.sql}" for condition in chosen)
        source = f"FROM ({found.sql}) m JOIN search_entry e ON e.id = m.id WHERE NOT e.is_deleted{where}"
        values = [*found.values, *(value for condition in chosen for value in condition.values)]
        order = _LATEST if query.is_sorted_by_date else f"m.score DESC, {_LATEST}"
        page = _rows(
            _Statement(
                f"SELECT e.key, COUNT(*) OVER () {source} ORDER BY {order} LIMIT %s OFFSET %s",
                [*values, query.size, query.offset],
            )
        )
        if page or query.page == 1:
            return (page[0][1] if page else 0), [str(row[0]) for row in page]
        return _rows(_Statement(f"SELECT COUNT(*) {source}", values))[0][0], []

    def _facets(self, query: Query) -> dict[str, tuple[FacetValue, ...]]:
        """Counts per value; those of a facet are within the choices of all other facets, not its own."""
        if not query.facets:
            return {}
        found = _matching(query, ranked=False)
        flags = [_has_value("b.id", name, values) for name, values in query.filters.items()]
        columns = "".join(f", {flag.sql} AS chosen_{number}" for number, flag in enumerate(flags))
        names = ", ".join(["%s"] * len(query.facets))
        answered = _is_answered("b.id")
        within, within_values = _within_other_choices(query)
        sql = (
            f"WITH base AS ({found.sql}), matched AS MATERIALIZED (SELECT b.id{columns} FROM base b"
            f" WHERE {answered.sql})"
            " SELECT f.name, f.value, COUNT(*) FROM matched m JOIN search_entryfacet f ON f.entry_id = m.id"
            f" WHERE f.name IN ({names}){within} GROUP BY f.name, f.value"
        )
        flag_values = [value for flag in flags for value in flag.values]
        values = [*found.values, *flag_values, *answered.values, *query.facets, *within_values]
        counted = _rows(_Statement(sql, values))
        return _as_facets(query.facets, counted)


def _matching(query: Query, *, ranked: bool) -> _Statement:
    """Everything that matches text and audience; the audience is part of it in every case."""
    if not query.clauses.is_empty:
        required, excluded = terms_of(query.clauses)
        return _Statement(*text_index().matching(required, excluded, query.tokens, ranked=ranked and bool(required)))
    places = ", ".join(["%s"] * len(query.tokens))
    sql = (
        "SELECT a.id AS id, 0.0 AS score FROM search_entry a WHERE NOT a.is_deleted"
        f" AND EXISTS (SELECT 1 FROM search_entrytoken t WHERE t.entry_id = a.id AND t.token IN ({places}))"
    )
    return _Statement(sql, sorted(query.tokens))


def _is_answered(entry_id: str) -> _Statement:
    """The condition that the entry is of a kind that is answered."""
    kinds = answered_kinds()
    if kinds is None:
        return _Statement("1 = 1", [])
    wanted = ", ".join(["%s"] * len(kinds)) or "NULL"
    return _Statement(
        f"EXISTS (SELECT 1 FROM search_entry k WHERE k.id = {entry_id} AND k.kind IN ({wanted}))", [*kinds]
    )


def _has_value(entry_id: str, name: str, values: Iterable[str]) -> _Statement:
    wanted = sorted(values)
    places = ", ".join(["%s"] * len(wanted))
    return _Statement(
        f"EXISTS (SELECT 1 FROM search_entryfacet c WHERE c.entry_id = {entry_id}"
        f" AND c.name = %s AND c.value IN ({places}))",
        [name, *wanted],
    )


def _within_other_choices(query: Query) -> tuple[str, list[object]]:
    """The condition that a facet's row counts only where the filters of the other facets hold."""
    conditions = "".join(f" AND (f.name = %s OR m.chosen_{number})" for number in range(len(query.filters)))
    return conditions, list(query.filters)


def _as_facets(names: tuple[str, ...], counted: list[tuple[Any, ...]]) -> dict[str, tuple[FacetValue, ...]]:
    by_name: defaultdict[str, list[FacetValue]] = defaultdict(list)
    for name, value, count in counted:
        by_name[name].append(FacetValue(value, count))
    return {name: tuple(sorted(by_name[name], key=lambda item: (-item.count, item.value))) for name in names}


def _rows(statement: _Statement) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.values)
        return list(cursor.fetchall())
