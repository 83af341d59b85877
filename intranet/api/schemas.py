"""What the API answers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Field, Schema


class Problem(Schema):
    """An error (RFC 9457)."""

    type: str = Field(description="Always about:blank: the status says what it is.")
    title: str
    status: int
    detail: str = Field(description="A sentence in the person's language.")
    instance: str = Field(description="The address that was asked.")


class MembershipOut(Schema):
    slug: str
    kind: Literal["office", "society", "partner", "local", "table"]
    role: Literal["reader", "contributor", "publisher", "coordinator", "guest"]


class MeOut(Schema):
    email: str
    name: str
    language: Literal["fr", "en"]
    networks: list[MembershipOut]


class NamesOut(Schema):
    en: str
    fr: str


class NetworkOut(Schema):
    slug: str
    kind: Literal["office", "society", "partner", "local", "table"]
    code: str = Field(description="Begins the numbers of the network's memos.")
    name: NamesOut
    region: str = Field(description="Canada Post's two letters, or empty.")
    languages: list[str]
    listed: bool = Field(description="Whether others may know its name.")


class NetworksOut(Schema):
    results: list[NetworkOut]


class TranslationOut(Schema):
    language: str
    url: str
    external_id: str | None


class FoundInOut(Schema):
    title: str
    url: str = Field(description="Opens the document, at the page where it has pages.")
    page: int | None


class ReplacementOut(Schema):
    title: str
    url: str
    language: str


class ResultOut(Schema):
    id: str = Field(description="The item's, the same in every language.")
    external_id: str | None
    kind: str
    title: str
    url: str
    language: str
    network: str | None = Field(description="Its slug, or null where the person may not know the network.")
    published: datetime | None
    snippet: str = Field(description="Safe HTML; what was looked for is in <mark>.")
    translations: list[TranslationOut] = Field(description="The versions in other languages.")
    standing: Literal["current", "replaced", "archived"]
    found_in: FoundInOut | None = Field(description="The attachment that the snippet comes from.")
    replacement: ReplacementOut | None = Field(description="What replaces it, where the person may see that.")


class FacetValueOut(Schema):
    value: str
    label: str
    count: int


class AlsoSearchedOut(Schema):
    typed: str
    forms: list[str] = Field(description="Other words for the same thing that were looked for too.")


class SearchOut(Schema):
    total: int
    with_every_word: int = Field(description="How many of them have all the words, or other forms of them.")
    page: int
    size: int
    engine: Literal["elasticsearch", "embedded"]
    degraded: bool = Field(description="Elasticsearch should have answered and did not.")
    did_you_mean: str | None = Field(description="Another spelling, which finds something.")
    corrected: bool = Field(description="A typed word is found nowhere; the results are those of a near spelling.")
    also_searched: list[AlsoSearchedOut]
    answers: list[ResultOut] = Field(description="What explains words of the question, such as glossary terms.")
    pinned: list[ResultOut] = Field(
        description="What the national office chose for this query, on the first page without filters."
    )
    results: list[ResultOut]
    facets: dict[str, list[FacetValueOut]] = Field(description="By facet: kind, network, region, topic, year …")


class SuggestionOut(Schema):
    title: str
    url: str
    kind: str
    kind_label: str


class SuggestOut(Schema):
    suggestions: list[SuggestionOut]
