"""Full text in SQLite: one FTS5 row per entry, with the audience inside the match."""

from collections.abc import Mapping

from django.db import connection

from search.conf import LANGUAGES
from search.engines.embedded.expressions import Dialect, Expression, Phrase, Ranking, Without, all_of, any_of, terms_of
from search.engines.embedded.lexemes import TextRow, is_identifier_term, token_terms
from search.weights import weights

COLUMNS = ("title", "headings", "summary", "body", "attachments", "identifiers", "names", "plain", "tokens")
_match = Dialect(
    phrase=lambda terms: '"' + " ".join(terms) + '"',
    prefix='"{}" *',
    every=" AND ",
    either=" OR ",
    without=" NOT ",
).say


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
        score, values = _score(ranking) if ranking else ("0.0", [])
        sql = f"SELECT rowid AS id, {score} AS score FROM search_entry_fts WHERE search_entry_fts MATCH %s"
        return sql, [*values, _match(within)]

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
        begin = f"p{word[:1]}"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT substr(term, 2) FROM search_entry_vocabulary"
                " WHERE term >= %s AND term < %s AND length(term) BETWEEN %s AND %s",
                [begin, begin + "\U0010ffff", lengths.start + 1, lengths.stop],
            )
            return [row[0] for row in cursor.fetchall()]

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


def _score(ranking: Ranking) -> tuple[str, list[object]]:
    """The score as SQL, with its values; bm25 counts all that matches, whatever is wanted, as often as it is named:
    so do the bonuses.
    """
    columns = ", ".join(f"{weight:g}" for weight in SQLiteText().field_weights().values())
    given, terms = weights(), list(terms_of(ranking.wanted))
    identifiers = [Phrase((term,)) for term in dict.fromkeys(terms) if is_identifier_term(term)]
    bonuses = [(given.identifier, any_of(identifiers) if identifiers else None), (given.every_word, ranking.typed)]
    times = len(terms) / len(set(terms))
    parts: list[str] = [f"-bm25(search_entry_fts, {columns}, 0, 0, 0)"]
    values: list[object] = []
    for weight, match in bonuses:
        if match is not None:
            has_it = "rowid IN (SELECT rowid FROM search_entry_fts WHERE search_entry_fts MATCH %s)"
            parts.append(f"CASE WHEN {has_it} THEN {weight * times:g} ELSE 0 END")
            values.append(_match(match))
    return " + ".join(parts), values
