"""Full text in SQLite: one FTS5 row per entry, with the audience inside the match."""

from collections.abc import Mapping
from math import comb

from django.db import connection

from search.conf import LANGUAGES
from search.engines.embedded.expressions import (
    Dialect,
    Expression,
    Phrase,
    Ranking,
    Without,
    all_of,
    any_of,
    count_of,
    counted,
    phrases_of,
    quorums_of,
)
from search.engines.embedded.lexemes import TextRow, is_identifier, token_terms
from search.weights import weights

COLUMNS = ("title", "headings", "summary", "body", "attachments", "identifiers", "names", "plain", "tokens")
_match = Dialect(
    phrase=lambda terms: '"' + " ".join(terms) + '"',
    prefix='"{}" *',
    every=" AND ",
    either=" OR ",
    without=" NOT ",
).say


_MATCH = " WHERE search_entry_fts MATCH %s"
_HAS = f"({{}} IN (SELECT rowid FROM search_entry_fts{_MATCH}))"


class SQLiteText:
    """The virtual table ``search_entry_fts``; its row ids are those of the entries."""

    def write(self, rows: list[TextRow]) -> None:
        self.delete([row.entry_id for row in rows])
        places = ", ".join(["%s"] * (len(COLUMNS) + 1))
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO search_entry_fts (rowid, {', '.join(COLUMNS)}) VALUES ({places})",
                [[row.entry_id, *_values(row)] for row in rows],
            )

    def write_tokens(self, tokens: Mapping[int, frozenset[str]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE search_entry_fts SET tokens = %s WHERE rowid = %s",
                [[" ".join(token_terms(held)), entry_id] for entry_id, held in tokens.items()],
            )

    def delete(self, entry_ids: list[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM search_entry_fts WHERE rowid = %s", [[entry_id] for entry_id in entry_ids])

    def matching(
        self, match: Expression, tokens: frozenset[str], ranking: Ranking | None = None
    ) -> tuple[str, list[object]]:
        audience = any_of([Phrase((term,)) for term in token_terms(tokens)])
        if isinstance(match, Without):
            within: Expression = Without(all_of([audience, match.wanted]), match.excluded)
        else:
            within = all_of([audience, match])
        if ranking is None:
            conditions, values = counted(match, _HAS.format("rowid"), _match)
            sql = f"SELECT rowid AS id, 0.0 AS score FROM search_entry_fts{_MATCH}{conditions}"
            return sql, [_match(within), *values]
        # bm25 counts all that the match names, as often as it does: what is wanted is matched beside it.
        score, values = _score(ranking)
        found, of_found = self.matching(match, tokens)
        named = any_of(list(dict.fromkeys(phrases_of(ranking.wanted))))
        sql = (
            f"SELECT rowid AS id, {score} AS score FROM search_entry_fts{_MATCH}"
            # With its sign the condition is no way to the rows: each would be looked up by a match of its own.
            f" AND +rowid IN (SELECT id FROM ({found}))"
        )
        return sql, [*values, _match(named), *of_found]

    def share(self, wanted: Expression, entry_id: str) -> tuple[str, list[object]]:
        for quorum in quorums_of(wanted):
            count, values = count_of(quorum, _HAS.format(entry_id), _match)
            size = len(quorum.parts)
            ways = {has: comb(has - 1, quorum.number - 1) for has in range(quorum.number, size + 1)}
            shares = " ".join(f"WHEN {has} THEN {ways[has] / ways[size]:.6f}" for has in ways)
            return f"CASE {count} {shares} ELSE 1.0 END", values
        return "1.0", []

    def field_weights(self) -> dict[str, float]:
        given = weights()
        return {
            "title": given.title,
            "headings": given.headings,
            "summary": given.summary,
            "body": given.body,
            # They are there once for each language and match once for each, and little counts for more than its part.
            "attachments": given.attachments / len(LANGUAGES) ** 2,
            "identifiers": given.identifier,
        }

    def near_words(self, word: str, lengths: range) -> list[str]:
        sql, values = _words_like("substr(term, 2)", word, lengths)
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return [row[0] for row in cursor.fetchall()]

    def common_near_words(self, word: str, lengths: range, entries: int) -> tuple[str, list[object]]:
        sql, values = _words_like("group_concat(substr(term, 2), ' ')", word, lengths)
        return f"({sql} AND doc >= %s)", [*values, entries]

    def least(self, *values: str) -> str:
        return f"MIN({', '.join(values)})"

    def age_in_days(self, column: str) -> str:
        return f"(julianday(%s) - julianday({column}))"

    def differing(self, rows: list[TextRow]) -> set[int]:
        expected = {row.entry_id: tuple(_values(row)) for row in rows}
        places = ", ".join(["%s"] * len(expected))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT rowid, {', '.join(COLUMNS)} FROM search_entry_fts WHERE rowid IN ({places})", [*expected]
            )
            present = {row[0]: tuple(row[1:]) for row in cursor.fetchall()}
        return {entry_id for entry_id, values in expected.items() if present.get(entry_id) != values}

    def orphans(self) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rowid FROM search_entry_fts"
                " WHERE rowid NOT IN (SELECT id FROM search_entry WHERE NOT is_deleted)"
            )
            return [row[0] for row in cursor.fetchall()]


def _values(row: TextRow) -> list[str]:
    return [" ".join(getattr(row, column)) for column in COLUMNS]


def _words_like(columns: str, word: str, lengths: range) -> tuple[str, list[str | int]]:
    """A SELECT from the words of all texts that are of these lengths and begin with the same letter."""
    begin = f"p{word[:1]}"
    sql = (
        f"SELECT {columns} FROM search_entry_vocabulary"
        " WHERE term >= %s AND term < %s AND length(term) BETWEEN %s AND %s"
    )
    return sql, [begin, begin + "\U0010ffff", lengths.start + 1, lengths.stop]


def _score(ranking: Ranking) -> tuple[str, list[object]]:
    """The score as SQL, with its values."""
    # A whole identifier counts by its bonus alone.
    of_fields = SQLiteText().field_weights() | {"identifiers": 0}
    columns = ", ".join(f"{weight:g}" for weight in of_fields.values())
    given = weights()
    identifiers = [phrase for phrase in dict.fromkeys(phrases_of(ranking.wanted)) if is_identifier(phrase)]
    bonuses = [(given.identifier, any_of(identifiers) if identifiers else None), (given.every_word, ranking.typed)]
    parts: list[str] = [f"-bm25(search_entry_fts, {columns}, 0, 0, 0)"]
    values: list[object] = []
    for weight, match in bonuses:
        if match is not None:
            parts.append(f"CASE WHEN {_HAS.format('rowid')} THEN {weight:g} ELSE 0 END")
            values.append(_match(match))
    return " + ".join(parts), values
