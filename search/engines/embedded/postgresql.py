"""Full text in PostgreSQL: one ``tsvector`` per entry, written as it is to be, without PostgreSQL's own parser."""

from collections import defaultdict
from collections.abc import Mapping

from django.db import connection

from search.conf import LANGUAGES
from search.engines.embedded.expressions import (
    Dialect,
    Expression,
    Ranking,
    any_of,
    counted,
    phrases_of,
)
from search.engines.embedded.lexemes import TextRow, is_identifier
from search.weights import weights

#: PostgreSQL keeps no position above this, and at most 255 positions of one lexeme.
_LAST_POSITION = 16_383
_POSITIONS = 255
#: A vector may have 1 MB; what comes later in a text that fills more is not indexed.
_VECTOR_BYTES = 700_000
_FIELDS = (
    ("title", "A"),
    ("identifiers", "A"),
    ("headings", "B"),
    ("summary", "B"),
    ("body", "C"),
    ("attachments", "D"),
)
_match = Dialect(
    phrase=lambda terms: "(" + " <-> ".join(f"'{term}'" for term in terms) + ")",
    prefix="'{}':*",
    every=" & ",
    either=" | ",
    without=" & !",
).say
_HAS = "(x.document @@ %s::tsquery)::int"


class PostgreSQLText:
    """The table of :class:`search.models.EntryText`."""

    def write(self, rows: list[TextRow]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO search_entrytext (entry_id, document) VALUES (%s, %s::tsvector)"
                " ON CONFLICT (entry_id) DO UPDATE SET document = excluded.document",
                [[row.entry_id, vector(row)] for row in rows],
            )

    def write_tokens(self, tokens: Mapping[int, frozenset[str]]) -> None:
        """Nothing: the audience is looked up in the table of tokens, so that a rule change rewrites no vector."""

    def delete(self, entry_ids: list[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM search_entrytext WHERE entry_id = ANY(%s)", [entry_ids])

    def matching(
        self, match: Expression, tokens: frozenset[str], ranking: Ranking | None = None
    ) -> tuple[str, list[object]]:
        score, values = _score(ranking) if ranking else ("0.0", [])
        conditions, parts = counted(match, _HAS, _match)
        sql = (
            f"SELECT x.entry_id AS id, {score} AS score FROM search_entrytext x"
            f" WHERE x.document @@ %s::tsquery{conditions}"
            " AND EXISTS (SELECT 1 FROM search_entrytoken t WHERE t.entry_id = x.entry_id AND t.token = ANY(%s))"
        )
        return sql, [*values, _match(match), *parts, sorted(tokens)]

    def share(self, wanted: Expression, entry_id: str) -> tuple[str, list[object]]:
        """All of it: what more words count for is in the rank."""
        return "1.0", []

    def field_weights(self) -> dict[str, float]:
        given = weights()
        # There are four labels for fields, so headings and summary share one; a number counts as a title, and more.
        return {
            "title": given.title,
            "headings": given.headings,
            "summary": given.headings,
            "body": given.body,
            # They are there once for each language, and count twice where its words have the same stem.
            "attachments": given.attachments / len(LANGUAGES),
            "identifiers": given.title + given.identifier,
        }

    def near_words(self, word: str, lengths: range) -> list[str]:
        """None: PostgreSQL keeps no list of words, and this engine only stands in here."""
        return []

    def common_near_words(self, word: str, lengths: range, entries: int) -> tuple[str, list[object]]:
        """None either."""
        return "NULL", []

    def least(self, *values: str) -> str:
        return f"LEAST({', '.join(values)})"

    def age_in_days(self, column: str) -> str:
        return f"(EXTRACT(EPOCH FROM (%s::timestamptz - {column}))::float8 / 86400.0)"

    def differing(self, rows: list[TextRow]) -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT wanted.entry_id FROM unnest(%s::bigint[], %s::text[]) AS wanted (entry_id, document)"
                " LEFT JOIN search_entrytext x ON x.entry_id = wanted.entry_id"
                " WHERE x.document IS DISTINCT FROM wanted.document::tsvector",
                [[row.entry_id for row in rows], [vector(row) for row in rows]],
            )
            return {row[0] for row in cursor.fetchall()}

    def orphans(self) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT entry_id FROM search_entrytext x"
                " WHERE NOT EXISTS (SELECT 1 FROM search_entry e WHERE e.id = x.entry_id AND NOT e.is_deleted)"
            )
            return [row[0] for row in cursor.fetchall()]


def _score(ranking: Ranking) -> tuple[str, list[object]]:
    """The score as SQL, with its values."""
    given, of = weights(), PostgreSQLText().field_weights()
    labels = tuple(of[name] for name in ("attachments", "body", "headings", "title"))
    # ts_rank takes weights up to 1.
    scale = max(labels)
    parts = [f"ts_rank('{{{', '.join(f'{weight / scale:.4f}' for weight in labels)}}}', x.document, %s::tsquery)"]
    values: list[object] = [_match(ranking.wanted)]
    if identifiers := [phrase for phrase in dict.fromkeys(phrases_of(ranking.wanted)) if is_identifier(phrase)]:
        parts.append(_bonus(given.identifier / scale))
        values.append(_match(any_of(identifiers)))
    if ranking.typed is not None:
        parts.append(_bonus(given.every_word / scale))
        values.append(_match(ranking.typed))
    return f"({' + '.join(parts)})", values


def _bonus(weight: float) -> str:
    return f"CASE WHEN x.document @@ %s::tsquery THEN {weight:.4f} ELSE 0 END"


def vector(row: TextRow) -> str:
    """The literal of the row's vector. A gap between fields keeps phrases from running across."""
    positions: defaultdict[str, list[str]] = defaultdict(list)
    position = size = 0
    for name, weight in _FIELDS:
        for lexeme in getattr(row, name):
            position = min(position + 1, _LAST_POSITION)
            size += len(lexeme.encode()) + 4
            if size > _VECTOR_BYTES:
                break
            places = positions[lexeme]
            place = f"{position}{weight}"
            if len(places) < _POSITIONS and place not in places[-1:]:
                places.append(place)
        position = min(position + 10, _LAST_POSITION)
    words = [f"'{word}'" for word in (*row.names, *row.plain)]
    return " ".join([*words, *(f"'{lexeme}':{','.join(places)}" for lexeme, places in positions.items())])
