"""The embedded engine: the entry table and its text index, exact and always there."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from search.engines import Match, Matches
from search.engines.embedded.budget import within_budget
from search.engines.embedded.explaining import parts_of
from search.engines.embedded.expressions import Expression, Phrase, Prefix, Ranking, Without, all_of, any_of
from search.engines.embedded.lexemes import (
    clause_expression,
    every_word_of,
    excluded_by,
    expression_of,
    numbers_of,
    typed_expression_of,
    word_expression,
)
from search.engines.embedded.textindex import text_index
from search.naming import kinds_named
from search.parts import entries_with_parts, text_row
from search.query import Clause, Query
from search.registry import answered_kinds, explaining_kinds
from search.results import Engine, FacetValue, ScorePart
from search.spelling import RARE, TIMES_AS_MANY, is_far_rarer, nearest, tolerance
from search.text import in_either_number, plain_word, plain_words
from search.weights import Weights, weights

_LATEST = "e.date DESC, e.key"
#: Of what was found, what replaced something that was found. A condition that no planner makes a join of: it expects
#: one row where there are thousands, and would compare each with each.
_NEWER = "SELECT * FROM found WHERE (key IN (SELECT replaced_by FROM found WHERE yields = 1)) IS TRUE"
#: What replaced an item, and what replaced that.
_WITH_NEWER = (
    "LEFT JOIN newer n ON m.yields = 1 AND n.key = m.replaced_by"
    " LEFT JOIN newer l ON n.yields = 1 AND l.key = n.replaced_by"
)
#: The spellings that will do too, by the word as it was typed.
Spellings = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Statement:
    """A piece of SQL with its parameters."""

    sql: str
    values: Sequence[Any]


class EmbeddedEngine:
    """Answers from the database that the site runs on. Every method raises SearchTimeout beyond its budget."""

    name: Engine = "embedded"

    @within_budget
    def find(self, query: Query) -> Matches:
        """Answer a query: one statement for the page, one for the facets, one for words that may be wrong."""
        near = {word: _near(word) for word in query.tolerant}
        total, with_every_word, page, rare = self._page(query, near)
        doubtful, others = self._doubtful(query, near, total)
        return Matches(
            total, with_every_word, page, self._facets(query, near), doubtful, () if doubtful else rare + others
        )

    @within_budget
    def find_titles(self, text: str, query: Query) -> list[str]:
        """Keys of entries with such a name, what explains words first, then the latest."""
        words = plain_words(text)
        if not words:
            return []
        *finished, last = words
        wanted = all_of([*(_named(word) for word in finished), Prefix(f"w{last}")])
        found = _Statement(*text_index().matching(wanted, query.tokens))
        scope = _in_scope("e.id", query)
        kinds = explaining_kinds()
        others_last = f"CASE WHEN e.kind IN ({_places(kinds)}) THEN 0 ELSE 1 END"
        statement = (
            f"SELECT e.key FROM ({found.sql}) m JOIN search_entry e ON e.id = m.id AND NOT e.is_deleted"
            f" WHERE {scope.sql} ORDER BY {others_last}, {_LATEST} LIMIT %s"
        )
        values = [*found.values, *scope.values, *kinds, query.size]
        return [str(row[0]) for row in _rows(_Statement(statement, values))]

    @within_budget
    def explain(self, query: Query, key: str) -> tuple[ScorePart, ...] | None:
        """Where it has what is looked for, whether it has every word, and what is left of the score, and why."""
        index = text_index()
        found = _matching(query, {}, ranked=False)
        factors = _factors(query, {}, weights())
        typed = typed_expression_of(query.clauses, {})
        columns = [factor for factor, _what in factors]
        columns.append(_matches("e.id", typed, query) if typed else _Statement("1 = 0", []))
        scope = _in_scope("e.id", query)
        rows = _rows(
            _Statement(
                f"SELECT e.id, {', '.join(column.sql for column in columns)} FROM ({found.sql}) m"
                f" JOIN search_entry e ON e.id = m.id WHERE e.key = %s AND NOT e.is_deleted AND {scope.sql}",
                [*(value for column in columns for value in column.values), *found.values, key, *scope.values],
            )
        )
        if not rows:
            return None
        entry_id, *remaining, has_every_word = rows[0]
        [parts] = entries_with_parts([entry_id])
        bonus = [ScorePart(weights().every_word, _("every word"))] if has_every_word else []
        left = [
            ScorePart(float(part), what) for part, (_sql, what) in zip(remaining, factors, strict=True) if part != 1
        ]
        return (*parts_of(query.clauses, text_row(parts), index.field_weights()), *bonus, *left)

    def _page(self, query: Query, near: Spellings) -> tuple[int, int, tuple[Match, ...], tuple[str, ...]]:
        """How many there are, how many of them have every word, those of the page, and the one word if it is rare."""
        found = _matching(query, near, ranked=not query.is_sorted_by_date)
        chosen = [
            _in_scope("e.id", query),
            *(_has_value("m.id", name, values) for name, values in query.filters.items()),
        ]
        where = "".join(f" AND {condition.sql}" for condition in chosen)
        every_word = every_word_of(query.clauses, near)
        whole = _matches("f.id", every_word, query) if every_word else _Statement("1 = 1", [])
        yields, score = _yields(query), _Statement("0.0", [])
        if not query.is_sorted_by_date:
            remaining = _remaining(query, near, weights())
            score = _Statement(f"m.score * {remaining.sql}", remaining.values)
        source = _Statement(
            f"FROM (SELECT f.id, f.score, CASE WHEN {whole.sql} THEN 1 ELSE 0 END AS is_whole FROM ({found.sql}) f) m"
            f" JOIN search_entry e ON e.id = m.id WHERE NOT e.is_deleted{where}",
            [*whole.values, *found.values, *(value for condition in chosen for value in condition.values)],
        )
        word = _single(query)
        others = _common_near(_Statement("COUNT(*) OVER ()", []), word) if word else _Statement("NULL", [])
        page = _rows(
            _Statement(
                f"WITH found AS (SELECT e.key, e.replaced_by, e.date, m.is_whole, {score.sql} AS score,"
                f" CASE WHEN {yields.sql} THEN 1 ELSE 0 END AS yields {source.sql}), newer AS ({_NEWER})"
                f" SELECT m.key, m.replaced_by, COUNT(*) OVER (), SUM(m.is_whole) OVER (), {others.sql} FROM found m"
                f" {_WITH_NEWER} ORDER BY {_order(query)} LIMIT %s OFFSET %s",
                [*score.values, *yields.values, *source.values, *others.values, query.size, query.offset],
            )
        )
        if page or query.page == 1:
            matches = tuple(Match(key, replaced_by=replaced_by) for key, replaced_by, *_counts in page)
            total, with_every_word, common = page[0][2:] if page else (0, 0, None)
            return total, with_every_word, matches, (word,) if word and _is_near(word, common) else ()
        counts = _Statement(f"SELECT COUNT(*), COALESCE(SUM(m.is_whole), 0) {source.sql}", source.values)
        return (*_rows(counts)[0], (), ())

    def _facets(self, query: Query, near: Spellings) -> dict[str, tuple[FacetValue, ...]]:
        """Counts per value; those of a facet are within the choices of all other facets, not its own."""
        if not query.facets:
            return {}
        found = _matching(query, near, ranked=False)
        flags = [_has_value("b.id", name, values) for name, values in query.filters.items()]
        columns = "".join(f", {flag.sql} AS chosen_{number}" for number, flag in enumerate(flags))
        names = _places(query.facets)
        scope = _in_scope("b.id", query)
        within, within_values = _within_other_choices(query)
        sql = (
            f"WITH base AS ({found.sql}), matched AS MATERIALIZED (SELECT b.id{columns} FROM base b"
            f" WHERE {scope.sql})"
            " SELECT f.name, f.value, COUNT(*) FROM matched m JOIN search_entryfacet f ON f.entry_id = m.id"
            f" WHERE f.name IN ({names}){within} GROUP BY f.name, f.value"
        )
        flag_values = [value for flag in flags for value in flag.values]
        values = [*found.values, *flag_values, *scope.values, *query.facets, *within_values]
        counted = _rows(_Statement(sql, values))
        return _as_facets(query.facets, counted)

    def _doubtful(self, query: Query, near: Spellings, total: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words that nothing in the audience has, and those that are rare in it; none where every word is needed
        and something was found.
        """
        words = query.clauses.correctable
        is_certain = total > 0 and query.clauses.quorum == len(query.clauses.words)
        if query.tolerant:
            return _compared(query, near)
        if query.exact or is_certain or not words:
            return (), ()
        found = [_count(clause_expression(Clause(word)), query, RARE + 1) for word in words]
        others = [_common_near(count, word) for word, count in zip(words, found, strict=True)]
        row = _row([*found, *others])
        counted = list(zip(words, row[: len(words)], row[len(words) :], strict=True))
        doubtful = tuple(word for word, count, _common in counted if not count)
        return doubtful, tuple(word for word, _count, common in counted if _is_near(word, common))


def _named(word: str) -> Expression:
    """That a name has a finished word, in whatever number."""
    return any_of([Phrase((f"w{form}",)) for form in in_either_number(word)])


def _matching(query: Query, near: Spellings, *, ranked: bool) -> _Statement:
    """Everything that matches text and audience; the audience is part of it in every case."""
    index = text_index()
    wanted = expression_of(query.clauses, near)
    excluded = excluded_by(query.clauses)
    if wanted is not None:
        match = Without(wanted, excluded) if excluded else wanted
        ranking = Ranking(wanted, typed_expression_of(query.clauses, near)) if ranked else None
        return _Statement(*index.matching(match, query.tokens, ranking))
    places = _places(query.tokens)
    everything = (
        "SELECT a.id AS id, 0.0 AS score FROM search_entry a WHERE NOT a.is_deleted"
        f" AND EXISTS (SELECT 1 FROM search_entrytoken t WHERE t.entry_id = a.id AND t.token IN ({places}))"
    )
    if excluded is None:
        return _Statement(everything, sorted(query.tokens))
    away, values = index.matching(excluded, query.tokens)
    return _Statement(f"{everything} AND a.id NOT IN (SELECT id FROM ({away}) h)", [*sorted(query.tokens), *values])


def _matches(entry_id: str, expression: Expression, query: Query) -> _Statement:
    """The condition that an entry of the query's audience matches an expression."""
    found, values = text_index().matching(expression, query.tokens)
    return _Statement(f"{entry_id} IN (SELECT c.id FROM ({found}) c)", values)


def _near(word: str) -> tuple[str, ...]:
    return tuple(nearest(word, text_index().near_words(plain_word(word), _near_lengths(word))))


def _near_lengths(word: str) -> range:
    typed = plain_word(word)
    allowed = tolerance(typed)
    return range(len(typed) - allowed, len(typed) + allowed + 1)


def _single(query: Query) -> str | None:
    """The one word that is looked for, where it may be mistyped."""
    is_asked = query.page == 1 and not query.exact and not query.tolerant
    return next(iter(query.clauses.correctable), None) if is_asked and len(query.clauses.words) == 1 else None


def _common_near(count: _Statement, word: str) -> _Statement:
    """Words of the same letter and length that many texts have, where ``count`` says that this one is rare."""
    others, values = text_index().common_near_words(plain_word(word), _near_lengths(word), TIMES_AS_MANY)
    return _Statement(f"CASE WHEN {count.sql} BETWEEN 1 AND {RARE} THEN {others} END", [*count.values, *values])


def _is_near(word: str, common: str | None) -> bool:
    """Whether one of the words that have blanks between them is another one near it."""
    return any(spelling != plain_word(word) for spelling in nearest(word, (common or "").split()))


def _count(expression: Expression, query: Query, most: int) -> _Statement:
    """How many entries of the query's audience match, counted up to ``most``."""
    found, values = text_index().matching(expression, query.tokens)
    return _Statement(f"(SELECT COUNT(*) FROM (SELECT 1 FROM ({found}) m LIMIT {most}) c)", values)


def _compared(query: Query, near: Spellings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of the words whose near spellings will do: those that nothing in the audience has as typed, and those that are
    far rarer in it than these spellings.
    """
    words = sorted(near)
    most = RARE * (TIMES_AS_MANY + 1)
    typed = [_count(clause_expression(Clause(word)), query, most) for word in words]
    either = [_count(word_expression(Clause(word), near), query, most) for word in words]
    counts = _row([*typed, *either])
    counted = list(zip(words, counts[: len(words)], counts[len(words) :], strict=True))
    doubtful = tuple(word for word, typed, _either in counted if not typed)
    return doubtful, tuple(word for word, typed, either in counted if is_far_rarer(typed, either))


def _order(query: Query) -> str:
    """The order of what was found: what was replaced comes no earlier than what replaced it, if that was found too."""
    names = ("is_whole", "date") if query.is_sorted_by_date else ("score",)
    least = text_index().least
    placed = [least(f"m.{name}", *(f"COALESCE({newer}.{name}, m.{name})" for newer in "nl")) for name in names]
    return ", ".join(
        [*(f"{place} DESC" for place in placed), "m.yields + COALESCE(n.yields, 0)", "m.date DESC", "m.key"]
    )


def _remaining(query: Query, near: Spellings, given: Weights) -> _Statement:
    """What age, replacement, kind and missing words make of a score."""
    factors = [factor for factor, _what in _factors(query, near, given)]
    values = [value for factor in factors for value in factor.values]
    return _Statement(f"({' * '.join(factor.sql for factor in factors)})", values)


def _factors(query: Query, near: Spellings, given: Weights) -> list[tuple[_Statement, str]]:
    """Each thing that a score is multiplied by, and its name. Numbers come from the settings, none from a reader."""
    fading = math.log(given.aged) / given.aging_days
    age = text_index().age_in_days("e.date")
    explaining, named = explaining_kinds(), kinds_named(query)
    now = timezone.now().isoformat()
    is_explaining = f"e.kind IN ({_places(explaining)})"
    is_named = f"e.kind IN ({_places(named)})"
    yields = _yields(query)
    wanted = expression_of(query.clauses, near)
    share = _Statement(*text_index().share(wanted, "e.id")) if wanted else _Statement("1.0", [])
    return [
        (_Statement(f"CASE WHEN {yields.sql} THEN {given.replaced:g} ELSE 1.0 END", yields.values), _("replaced")),
        (
            _Statement(f"CASE WHEN {is_explaining} THEN {given.explaining:g} ELSE 1.0 END", explaining),
            _("explains words"),
        ),
        (_Statement(f"CASE WHEN {is_named} THEN {given.named_kind:g} ELSE 1.0 END", named), _("its kind was typed")),
        (
            _Statement(
                f"CASE WHEN e.is_dated AND {age} > 0 THEN EXP({age} * ({fading:.10f})) ELSE 1.0 END", [now, now]
            ),
            _("age of the news"),
        ),
        (share, _("words that are missing")),
    ]


def _yields(query: Query) -> _Statement:
    """The condition that an entry was replaced and is not asked for by its number."""
    numbers = numbers_of(query.clauses)
    asked = _matches("e.id", numbers, query) if numbers else _Statement("1 = 0", [])
    return _Statement(f"(e.standing = 'replaced' AND NOT {asked.sql})", asked.values)


def _places(values: Collection[str]) -> str:
    """Where the values stand in SQL; an empty list is none that anything is in."""
    return ", ".join(["%s"] * len(values)) or "NULL"


def _in_scope(entry_id: str, query: Query) -> _Statement:
    """The condition that the entry is of a kind that is answered, not archived unless that is asked for, and not older
    than what is asked for."""
    conditions: list[str] = []
    values: list[object] = []
    kinds = answered_kinds()
    if kinds is not None:
        conditions.append(f"k.kind IN ({_places(kinds)})")
        values += [*kinds]
    if not query.archived:
        conditions.append("k.standing <> 'archived'")
    if query.since is not None:
        conditions.append("k.date > %s")
        values.append(connection.ops.adapt_datetimefield_value(query.since))
    if not conditions:
        return _Statement("1 = 1", [])
    return _Statement(
        f"EXISTS (SELECT 1 FROM search_entry k WHERE k.id = {entry_id} AND {' AND '.join(conditions)})", values
    )


def _has_value(entry_id: str, name: str, values: Iterable[str]) -> _Statement:
    wanted = sorted(values)
    places = _places(wanted)
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


def _row(columns: Sequence[_Statement]) -> tuple[Any, ...]:
    """These values, in one statement."""
    values = [value for column in columns for value in column.values]
    return _rows(_Statement(f"SELECT {', '.join(column.sql for column in columns)}", values))[0]
