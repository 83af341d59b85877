"""A search as a person of the intranet asks it: filters and labels in the words of networks and topics.

The search page and the API both ask here. An unlisted network's name and existence stay unknown to whoever is not in
it: as a filter it finds nothing, and in facets and hits it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from django.db.models import Value
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from intranet.networks.access import Access, access_of
from intranet.networks.models import Network
from intranet.networks.models.networks import Region
from intranet.pages import kinds
from intranet.pages.languages import name_here
from intranet.pages.models import Topic
from search import BadQuery, FacetValue, FoundIn, Hit, HitVersion, Query, Replacement, Results, count, search
from search.conf import LANGUAGES
from search.types import Standing

NOTHING = "?"
"""A value that no facet has: no slug, no code contains a question mark."""

MANY = 100
"""Of more networks or topics than these all names are read: naming each in the statement takes longer."""

Sort = Literal["relevance", "date"]


@dataclass(frozen=True)
class SearchParams:
    """What is asked. ``filters`` maps a facet's name to values; ``facets`` empty: none are counted.

    ``archived``: among archived items too; ``exact``: for nothing but what was typed; ``since``: for what was news
    later alone.
    """

    text: str = ""
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: Sort = "relevance"
    page: int = 1
    size: int = 20
    language: str = "fr"
    facets: tuple[str, ...] | None = None
    archived: bool = False
    exact: bool = False
    since: datetime | None = None

    @classmethod
    def from_query(cls, data: QueryDict, *, language: str, size: int = 20) -> SearchParams:
        """From the parameters of an address: ``q``, ``sort``, ``page``, ``archived``, ``exact``, and the facets'.

        A facet's parameter repeats.

        Raises:
            BadQuery: ``page`` is no number, the order is unknown, or a switch is neither on nor off.
        """
        page = data.get("page") or "1"
        if not re.fullmatch(r"-?[0-9]{1,9}", page):
            raise BadQuery(_("The page must be a number."))
        sort = data.get("sort") or "relevance"
        if sort not in ("relevance", "date"):
            raise BadQuery(_("Results can be sorted by relevance or by date."))
        chosen = {name: frozenset(value for value in data.getlist(name) if value) for name in kinds.facets()}
        return cls(
            text=data.get("q", ""),
            filters={name: values for name, values in chosen.items() if values},
            sort="date" if sort == "date" else "relevance",
            page=int(page),
            size=size,
            language=language,
            archived=_switch(data, "archived"),
            exact=_switch(data, "exact"),
        )


def _switch(data: QueryDict, name: str) -> bool:
    value = data.get(name, "")
    if value not in ("", "0", "1", "false", "true"):
        raise BadQuery(_("“%(name)s” can be 1 or 0.") % {"name": name})
    return value in ("1", "true")


@dataclass(frozen=True)
class Found:
    """One item found. ``network`` is its slug, both empty where the person may not know the network; ``number`` is a
    memo's. ``date`` is when it was news last, ``published`` when this version was published first."""

    key: str
    kind: str
    kind_label: str
    title: str
    url: str
    language: str
    external_id: str
    network: str
    network_name: str
    date: datetime
    published: datetime | None
    snippet: SafeString
    versions: tuple[HitVersion, ...]
    standing: Standing = "current"
    found_in: FoundIn | None = None
    replacement: Replacement | None = None
    number: str = ""

    @property
    def translations(self) -> tuple[HitVersion, ...]:
        """The versions in other languages than the one shown."""
        return tuple(version for version in self.versions if version.language != self.language)


@dataclass(frozen=True)
class FacetChoice:
    """A value of a facet as people read it."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True)
class FacetGroup:
    """A facet with the values that results have, and the chosen ones even where no result has them."""

    name: str
    label: str
    values: tuple[FacetChoice, ...]


@dataclass(frozen=True)
class AlsoSearched:
    """Words of the question and the other words for the same thing that were looked for with them."""

    typed: str
    forms: tuple[str, ...]


@dataclass(frozen=True)
class SearchAnswer:
    """A page of what was found, with exact total and facets.

    ``did_you_mean`` is another spelling; ``is_corrected``: a word that was typed is found nowhere, and this is what
    near spellings find, where it finds ``total_as_typed``. ``with_every_word`` of what was found has all the words of
    the question, or forms of them. ``answers`` explain words of the question.
    """

    total: int
    page: int
    size: int
    page_count: int
    engine: str
    degraded: bool
    did_you_mean: str | None
    found: tuple[Found, ...]
    facets: tuple[FacetGroup, ...]
    is_corrected: bool = False
    total_as_typed: int = 0
    with_every_word: int = 0
    also_searched: tuple[AlsoSearched, ...] = ()
    answers: tuple[Found, ...] = ()
    pinned: tuple[Found, ...] = ()


def search_for(user: Any, params: SearchParams) -> SearchAnswer:
    """What ``user`` finds; nothing for somebody without an audience token.

    Raises:
        BadQuery: the page, its size or the number of filter values is out of bounds; the message is for the reader.
    """
    access = access_of(user)
    names = kinds.facets() if params.facets is None else {name: name for name in params.facets}
    query = _query(params, access, tuple(names))
    results = search(query) if access.tokens else Results(0, query.page, query.size, (), {}, "embedded", False)
    return answer_of(results, names, params, access)


def count_for(user: Any, params: SearchParams) -> int:
    """How many items ``user`` finds, as it was typed."""
    access = access_of(user)
    return count(_query(params, access, ())) if access.tokens else 0


def _query(params: SearchParams, access: Access, facets: tuple[str, ...]) -> Query:
    """The question of somebody with this access.

    Without tokens nothing can be asked; what is wrong with the question is said all the same. What explains words is
    an answer to words, or to the choice of its kind: it is not among the latest.
    """
    query = Query(
        text=params.text,
        tokens=access.tokens or frozenset({NOTHING}),
        filters=_resolved(params.filters, access),
        facets=facets,
        language=params.language,
        sort=params.sort,
        page=params.page,
        size=params.size,
        exact=params.exact,
        archived=params.archived,
        since=params.since,
    )
    if query.clauses.has_wanted or "kind" in query.filters:
        return query
    return replace(query, filters={**query.filters, "kind": kinds.telling_kinds()})


def answer_of(results: Results, names: Mapping[str, str], params: SearchParams, access: Access) -> SearchAnswer:
    """Results in the words of the person whose ``access`` it is; ``names`` are the facets with their labels."""
    words = _names(results, params, access)
    # What a plugin that is switched off left in the index stays there, unanswered.
    known = kinds.kind_labels()

    def aside(hits: Iterable[Hit]) -> tuple[Found, ...]:
        return tuple(_found(hit, words["network"]) for hit in hits if hit.kind in known)

    return SearchAnswer(
        total=results.total,
        page=results.page,
        size=results.size,
        page_count=results.page_count,
        engine=results.engine,
        degraded=results.degraded,
        did_you_mean=results.did_you_mean,
        found=tuple(_found(hit, words["network"]) for hit in results.hits),
        facets=_groups(names, results, words, params),
        is_corrected=results.is_corrected,
        total_as_typed=results.total_as_typed,
        with_every_word=results.with_every_word,
        also_searched=tuple(AlsoSearched(each.typed, each.forms) for each in results.expansions if each.forms),
        answers=aside(results.answers),
        pinned=aside(results.pinned),
    )


def _resolved(filters: Mapping[str, frozenset[str]], access: Access) -> dict[str, frozenset[str]]:
    """The filters with the networks that the person may not name replaced by what finds nothing."""
    # No value has a NUL, and PostgreSQL cannot be asked for one.
    resolved = {name: frozenset(value.replace("\x00", NOTHING) for value in filters[name]) for name in filters}
    if resolved.get("network"):
        nameable = Network.objects.nameable_by(access.network_ids).filter(slug__in=resolved["network"])
        resolved["network"] = frozenset(nameable.values_list("slug", flat=True)) or frozenset({NOTHING})
    return resolved


def _names(results: Results, params: SearchParams, access: Access) -> dict[str, dict[str, str]]:
    """The names of the networks that the person may know and of the topics, by facet and slug; one statement."""
    hits = (*results.hits, *results.answers, *results.pinned)
    slugs = {name: _readable(params.filters.get(name)) for name in ("network", "topic")}
    for name, wanted in slugs.items():
        wanted.update(value.value for value in results.facets.get(name, ()))
    slugs["network"].update(slug for hit in hits for slug in hit.facets.get("network", ()))
    tables = {"network": Network.objects.nameable_by(access.network_ids), "topic": Topic.objects.all()}
    rows = [
        (table.filter(slug__in=slugs[name]) if len(slugs[name]) <= MANY else table)
        .order_by()
        .values_list(Value(name), "slug", f"name_{params.language}")
        for name, table in tables.items()
    ]
    names: dict[str, dict[str, str]] = {"network": {}, "topic": {}}
    for name, slug, text in rows[0].union(rows[1], all=True):
        names[name][slug] = text
    return names


def _found(hit: Hit, networks: Mapping[str, str]) -> Found:
    network = next((slug for slug in hit.facets.get("network", ()) if slug in networks), "")
    return Found(
        key=hit.key,
        kind=hit.kind,
        kind_label=kinds.kind_label(hit.kind),
        title=hit.title,
        url=hit.url,
        language=hit.language,
        external_id=hit.external_id,
        network=network,
        network_name=networks.get(network, ""),
        date=hit.date,
        published=hit.published,
        snippet=hit.snippet,
        versions=hit.versions,
        standing=hit.standing,
        found_in=hit.found_in,
        replacement=hit.replacement,
        number=next(iter(hit.identifiers), ""),
    )


def choices_named(user: Any, filters: Mapping[str, Iterable[str]], *, language: str) -> dict[str, dict[str, str]]:
    """The labels of chosen values by facet; a network that ``user`` may not know has none. Two statements at most."""
    params = SearchParams(filters={name: frozenset(values) for name, values in filters.items()}, language=language)
    access = access_of(user)
    nothing = Results(0, 1, params.size, (), {}, "embedded", False)
    groups = _groups(kinds.facets(), nothing, _names(nothing, params, access), params)
    return {group.name: {choice.value: choice.label for choice in group.values} for group in groups}


def _groups(
    names: Mapping[str, str], results: Results, words: Mapping[str, Mapping[str, str]], params: SearchParams
) -> tuple[FacetGroup, ...]:
    labels: dict[str, Mapping[str, str]] = {
        "kind": kinds.kind_labels(),
        "region": {region.value: str(region.label) for region in Region},
        "language": {code: name_here(code) for code in LANGUAGES},
        **words,
    }
    groups = []
    for name, label in names.items():
        chosen = params.filters.get(name, frozenset())
        values = results.facets.get(name, ())
        values += tuple(FacetValue(value, 0) for value in sorted(chosen - {value.value for value in values}))
        if name in labels:
            values = tuple(value for value in values if value.value in labels[name])
        groups.append(FacetGroup(name, label, tuple(_choice(name, value, labels, chosen) for value in values)))
    return tuple(groups)


def _readable(values: Iterable[str] | None) -> set[str]:
    """The values that a database can be asked for."""
    return {value for value in values or () if "\x00" not in value}


def _choice(
    name: str, value: FacetValue, labels: Mapping[str, Mapping[str, str]], chosen: frozenset[str]
) -> FacetChoice:
    label = labels[name][value.value] if name in labels else kinds.value_label(name, value.value)
    return FacetChoice(value.value, label, value.count, value.value in chosen)
