"""From a query to a request. The audience filter is built here and nowhere else."""

from itertools import pairwise
from typing import Any

from django.utils import timezone
from elasticsearch.dsl import A, Q, Search
from elasticsearch.dsl.query import Bool, DisMax
from elasticsearch.dsl.query import Query as DslQuery

from search.conf import LANGUAGES
from search.engines.elasticsearch.mapping import TEXT_FIELDS
from search.naming import kinds_named
from search.pending import Exclusions
from search.query import CORRECTABLE_LETTERS, Clause, Group, Query, form_clause
from search.registry import answered_kinds, explaining_kinds
from search.spelling import LONG_WORD, TIMES_AS_MANY, tolerance
from search.text import identifier_of, in_either_number, word_spans
from search.weights import Weights, weights

#: How many pieces are made of a field: a summary is short, and a piece of an attachment stands for its page.
_PIECES = {"summary": 1, "body": 2, "attachments": 1}
_HIGHLIGHTED_FIELDS = {f"{name}_{language}": pieces for name, pieces in _PIECES.items() for language in LANGUAGES}
#: More values than a facet ever has; the default of ten would hide the eleventh society.
FACET_SIZE = 5_000
HIGHLIGHTED_CHARACTERS = 500_000
#: The aggregation that counts what has all the words.
EVERY_WORD = "every-word"
#: Looked for near a word that is not in many texts itself.
_COMMON_NEAR = {
    "suggest_mode": "always",
    "max_term_freq": 50,
    "min_doc_freq": TIMES_AS_MANY,
    "prefix_length": 1,
    "size": 1,
}
_NEAR = {"fuzziness": f"AUTO:{CORRECTABLE_LETTERS},{LONG_WORD}", "prefix_length": 1, "max_expansions": 50}


def search_request(query: Query, exclusions: Exclusions, timeout_seconds: float) -> Search:  # type: ignore[type-arg]
    """The whole request of a query. Filters come after the aggregations, so that a facet can ignore its own choice."""
    wanted = _Wanted(query)
    request = Search().query(_within_audience(query, exclusions, wanted.scored()))
    filters = {name: Q("terms", **{f"facets__{name}": sorted(values)}) for name, values in query.filters.items()}
    if filters:
        request = request.post_filter(Bool(filter=list(filters.values())))
    for name in query.facets:
        values = A("terms", field=f"facets.{name}", size=FACET_SIZE)
        others = [condition for other, condition in filters.items() if other != name]
        counted = A("filter", Bool(filter=others), aggs={"values": values}) if others else values
        request.aggs.bucket(f"facet-{name}", counted)
    for word in query.tolerant:
        having = A("filter", _within_audience(query, exclusions, wanted.clause(Clause(word))))
        near = A("filter", _within_audience(query, exclusions, wanted.word(Clause(word))))
        request.aggs.bucket(f"word-{word}", A("global", aggs={"having": having, "near": near}))
    if query.page == 1 and not query.exact and not query.tolerant:
        request = _looking_near(request, wanted)
    if query.clauses.may_miss_words:
        request.aggs.bucket(EVERY_WORD, A("filter", Bool(filter=[wanted.every_word(), *filters.values()])))
    order: list[dict[str, Any]] = [{"_score": "desc"}, {"date": "desc"}, {"key": "asc"}]
    request = request.sort(*order)
    if query.page > 1 and query.clauses.correctable:
        # What another page has of the words must not decide otherwise than the first one.
        first = A("top_hits", size=query.size, sort=order, _source=False)
        request.aggs.bucket("first", A("filter", Bool(filter=list(filters.values())), aggs={"page": first}))
    if query.clauses.has_wanted:
        request = _highlighted(request, wanted)
    return request[query.offset : query.offset + query.size].extra(
        track_total_hits=True, version=True, _source=["key", "replaced_by"], timeout=f"{int(timeout_seconds * 1000)}ms"
    )


def score_query(query: Query, exclusions: Exclusions) -> dict[str, Any]:
    """What decides the score of a hit, for an explanation."""
    return dict(_within_audience(query, exclusions, _Wanted(query).scored()).to_dict())


def titles_request(text: str, query: Query, exclusions: Exclusions) -> Search:  # type: ignore[type-arg]
    """The request for entries with such a name; ``query`` gives audience and size."""
    *finished, last = [word for _start, _end, word in word_spans(text)] or [""]
    names = [Q("match", names=" ".join(in_either_number(word))) for word in finished]
    begun = Q("match_bool_prefix", names={"query": last, "operator": "and"})
    explaining = Q("constant_score", filter=Q("terms", facets__kind=list(explaining_kinds())))
    request = Search().query(_within_audience(query, exclusions, Bool(filter=[*names, begun], should=[explaining])))
    order: list[dict[str, Any]] = [{"_score": "desc"}, {"date": "desc"}, {"key": "asc"}]
    return request.sort(*order)[: query.size].source(["key"])


def _within_audience(query: Query, exclusions: Exclusions, wanted: DslQuery) -> DslQuery:
    """The only place where an audience becomes a filter: one ``terms`` query, and what is pending left out."""
    if not query.tokens:
        raise ValueError("A query needs tokens.")
    hidden = []
    if exclusions.keys:
        hidden.append(Q("terms", key=list(exclusions.keys)))
    if exclusions.rules:
        hidden.append(Q("terms", rule=list(exclusions.rules)))
    if not query.archived:
        hidden.append(Q("term", standing="archived"))
    kinds = answered_kinds()
    answered = [] if kinds is None else [Q("terms", facets__kind=list(kinds))]
    later = [Q("range", date={"gt": query.since.isoformat()})] if query.since is not None else []
    return Bool(must=[wanted], filter=[Q("terms", tokens=sorted(query.tokens)), *answered, *later], must_not=hidden)


class _Wanted:
    """The words of a query as conditions, weighed."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.clauses = query.clauses
        self.weights = weights()
        self.fields = [field for name in TEXT_FIELDS for field in self._in_languages(name)]

    def scored(self) -> DslQuery:
        """What is to be found, with its score; news wears off, what was replaced or explains ranks low.

        By date, nothing but having every word counts, of what is in force.
        """
        found = self._found()
        if self.query.is_sorted_by_date:
            whole = Bool(filter=[self.every_word()], must_not=[self._yielding()])
            complete = [Q("constant_score", filter=whole)] if self.clauses.may_miss_words else []
            return Bool(filter=[found], should=complete)
        replaced = {"filter": self._yielding().to_dict(), "weight": self.weights.replaced}
        functions = [replaced, *_remaining(self.query, self.weights)]
        return Q("function_score", query=found, functions=functions, score_mode="multiply")

    def every_word(self) -> Bool:
        """That each word is there, or a form of it."""
        return Bool(filter=[self._group(group) for group in self.clauses.words])

    def _yielding(self) -> Bool:
        """What was replaced and is not asked for by its number."""
        numbers = [identifier_of(clause.text) for clause in self.clauses.typed]
        return Bool(filter=[Q("term", standing="replaced")], must_not=[Q("terms", identifiers=numbers)])

    def _found(self) -> Bool:
        words = [self._group(group, is_named=True) for group in self.clauses.words]
        must = [self.clause(phrase) for phrase in self.clauses.phrases]
        if words:
            must.append(Bool(should=words, minimum_should_match=self.clauses.quorum))
        optional = [self.clause(clause, self.weights.optional) for clause in self.clauses.optional]
        return Bool(
            must=must or [Q("match_all")],
            should=[*optional, *self._as_typed(), *self._together()],
            must_not=[self.clause(clause) for clause in self.clauses.excluded],
        )

    def _group(self, group: Group, *, is_named: bool = False) -> DslQuery:
        typed = [self.word(clause) for clause in group.clauses]
        whole = typed[0] if len(typed) == 1 else Bool(must=typed)
        if not group.forms:
            # A hit tells which of the words it has.
            return DisMax(queries=[whole], _name=group.clauses[0].text) if is_named and len(typed) == 1 else whole
        forms = [self._text(form_clause(form), self.weights.expansion) for form in group.forms]
        return DisMax(queries=[whole, *forms], tie_breaker=0.1)

    def word(self, clause: Clause) -> DslQuery:
        """A clause, or a spelling near it where that will do."""
        if clause.text not in self.query.tolerant:
            return self.clause(clause)
        near = Q("multi_match", query=clause.text, fields=self._plain(), boost=self.weights.near_spelling, **_NEAR)
        return DisMax(queries=[self.clause(clause), near])

    def clause(self, clause: Clause, boost: float = 1.0) -> DslQuery:
        """A clause in any field of any language, or an identifier as a whole."""
        identifier = Q("term", identifiers=identifier_of(clause.text))
        number = Q("constant_score", filter=identifier, boost=self.weights.identifier * boost)
        return DisMax(queries=[self._text(clause, boost), number])

    def highlighted(self) -> DslQuery:
        """What is marked in snippets: the words in all their forms."""
        forms = (form for group in self.clauses.words for form in group.forms)
        texts = [*(clause.text for clause in self.clauses.typed), *forms]
        marked = [Q("multi_match", query=text, fields=list(_HIGHLIGHTED_FIELDS), type="phrase") for text in texts]
        near = [Q("multi_match", query=word, fields=list(_HIGHLIGHTED_FIELDS), **_NEAR) for word in self.query.tolerant]
        return Bool(should=[*marked, *near])

    def _text(self, clause: Clause, boost: float) -> DslQuery:
        if clause.is_exact and not clause.in_capitals:
            return Q("multi_match", query=clause.text, type="phrase", fields=self._plain(), boost=boost)
        tie = self.weights.tie
        said = Q("multi_match", query=clause.text, type="phrase", fields=self.fields, tie_breaker=tie, boost=boost)
        return Bool(must=[said], filter=[Q("term", capitals=clause.in_capitals)]) if clause.in_capitals else said

    def _as_typed(self) -> list[DslQuery]:
        """What ranks texts with the words themselves before texts with other forms of them, however rare these are."""
        if not any(group.forms for group in self.clauses.words):
            return []
        typed = [self._as_one(group) for group in self.clauses.words]
        return [Q("constant_score", filter=Bool(filter=typed), boost=self.weights.every_word)]

    def _as_one(self, group: Group) -> DslQuery:
        """The words of a group as they were typed: near each other where they are a name that has other forms."""
        if len(group.clauses) == 1:
            return self.word(group.clauses[0])
        if not group.forms:
            return Bool(filter=[self.word(clause) for clause in group.clauses])
        return self._close(" ".join(clause.text for clause in group.clauses), self.fields)

    def _close(self, text: str, fields: list[str], boost: float = 1.0) -> DslQuery:
        """Words that stand near each other in a field."""
        return Q("multi_match", query=text, fields=fields, type="phrase", slop=3, boost=boost)

    def _together(self) -> list[DslQuery]:
        """What ranks texts in which the words stand together."""
        words = [clause.text for group in self.clauses.words for clause in group.clauses]
        if len(words) < 2:
            return []
        text = " ".join(words)
        titles = [f"title_{language}" for language in LANGUAGES]
        texts = [f"{name}_{language}" for name in ("headings", "summary", "body") for language in LANGUAGES]
        # Of more words two that follow each other may be a name (*première ligne*).
        pairs = [" ".join(pair) for pair in pairwise(words)] if len(words) > 2 else []
        return [
            Q("constant_score", filter=self.every_word(), boost=self.weights.every_word * len(self.clauses.words)),
            self._close(text, titles, self.weights.title_phrase),
            self._close(text, texts, self.weights.text_phrase),
            *(self._close(pair, [*titles, *texts], self.weights.pair) for pair in pairs),
            Q("multi_match", query=text, fields=titles, operator="and", boost=self.weights.whole_title),
        ]

    def _plain(self) -> list[str]:
        return [f"names^{self.weights.title}", f"plain^{self.weights.body}"]

    def _in_languages(self, name: str) -> list[str]:
        weight = getattr(self.weights, name)
        own = self.query.language
        return [
            f"{name}_{language}^{weight * (self.weights.own_language if language == own else 1):g}"
            for language in LANGUAGES
        ]


def _looking_near(request: Search, wanted: _Wanted) -> Search:  # type: ignore[type-arg]
    """With how many of the matches have each word, and whether words near it are in so many that they may be meant.

    Those are of all texts, whoever they are for: what is proposed is what the reader's own have.
    """
    for word in wanted.clauses.correctable:
        if len(wanted.clauses.words) > 1:
            request.aggs.bucket(f"few-{word}", A("filter", wanted.clause(Clause(word))))
        for field in ("names", "plain"):
            request = request.suggest(
                f"{field}-{word}", word, term={"field": field, **_COMMON_NEAR, "max_edits": tolerance(word)}
            )
    return request


def _remaining(query: Query, given: Weights) -> list[dict[str, Any]]:
    decay = {"origin": timezone.now().isoformat(), "scale": f"{given.aging_days:g}d", "decay": given.aged}
    return [
        {"filter": {"term": {"is_dated": True}}, "exp": {"date": decay}},
        {"filter": {"terms": {"facets.kind": list(explaining_kinds())}}, "weight": given.explaining},
        {"filter": {"terms": {"facets.kind": list(kinds_named(query))}}, "weight": given.named_kind},
    ]


def _highlighted(request: Search, wanted: _Wanted) -> Search:  # type: ignore[type-arg]
    """Pieces of text around the words, as HTML in which everything but the marks is escaped."""
    request = request.highlight_options(
        encoder="html",
        pre_tags=["<mark>"],
        post_tags=["</mark>"],
        order="score",
        fragment_size=220,
        max_analyzed_offset=HIGHLIGHTED_CHARACTERS,
        highlight_query=wanted.highlighted().to_dict(),
    )
    for name, pieces in _HIGHLIGHTED_FIELDS.items():
        request = request.highlight(name, number_of_fragments=pieces)
    return request
