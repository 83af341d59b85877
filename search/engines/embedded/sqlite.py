"""Full text in SQLite: one FTS5 row per entry, with the audience inside the match."""

from collections.abc import Mapping

from django.db import connection

from search.engines.embedded.lexemes import Term, TextRow, token_terms

COLUMNS = ("title", "headings", "summary", "body", "identifiers", "words", "tokens")
_TEXT_COLUMNS = "{title headings summary body identifiers}"
_WEIGHTS = "10.0, 4.0, 3.0, 1.0, 10.0, 0.0, 0.0"


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
        self, required: list[list[Term]], excluded: list[list[Term]], tokens: frozenset[str], *, ranked: bool
    ) -> tuple[str, list[object]]:
        parts = [_audience(tokens), *(f"{_TEXT_COLUMNS} : ({_any_of(terms)})" for terms in required)]
        match = " AND ".join(parts)
        if excluded:
            away = " OR ".join(f"({_any_of(terms)})" for terms in excluded)
            match = f"({match}) NOT ({_TEXT_COLUMNS} : ({away}))"
        return self._select(match, ranked=ranked)

    def matching_titles(self, words: list[str], tokens: frozenset[str]) -> tuple[str, list[object]]:
        *finished, last = words
        parts = [_audience(tokens), *(f'{{words}} : "w{word}"' for word in finished), f'{{words}} : "w{last}" *']
        return self._select(" AND ".join(parts), ranked=False)

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

    @staticmethod
    def _select(match: str, *, ranked: bool) -> tuple[str, list[object]]:
        score = f"-bm25(search_entry_fts, {_WEIGHTS})" if ranked else "0.0"
        return f"SELECT rowid AS id, {score} AS score FROM search_entry_fts WHERE search_entry_fts MATCH %s", [match]


def _values(row: TextRow) -> list[str]:
    return [" ".join(getattr(row, column)) for column in COLUMNS]


def _audience(tokens: frozenset[str]) -> str:
    return f"{{tokens}} : ({' OR '.join(token_terms(tokens))})"


def _any_of(terms: list[Term]) -> str:
    return " OR ".join('"' + " ".join(term) + '"' for term in terms)
