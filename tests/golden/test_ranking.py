"""Both engines rank the golden queries as well as recorded, or better."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intranet.accounts.models import User
from intranet.demo.content import read_items
from intranet.networks.access import tokens_for
from search.models import Entry
from tests.golden import recording
from tests.golden.asking import (
    Ranking,
    ask,
    elasticsearch_engine,
    embedded_engine,
    embedded_name,
    keys_by_id,
    loaded_demo,
)
from tests.golden.golden_set import GoldenQuery, read_queries
from tests.golden.measuring import LEAD, Figures, lead, mean, measure
from tests.golden.plain import ask_plainly
from tests.golden.recording import record, recorded

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("golden")]
QUERIES = read_queries()


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The demo, once for all tests of this module, none of which writes."""
    with django_db_blocker.unblock(), loaded_demo():  # type: ignore[attr-defined]
        yield


@pytest.fixture(scope="module")
def found_by_elasticsearch(demo: None, elasticsearch_url: str) -> dict[str, Ranking]:
    with elasticsearch_engine(elasticsearch_url):
        return ask(QUERIES, "elasticsearch")


@pytest.fixture(scope="module")
def found_plainly(demo: None, elasticsearch_url: str) -> dict[str, Ranking]:
    return ask_plainly(QUERIES, elasticsearch_url)


def test_queries_are_many_in_both_languages_and_each_has_a_good_answer() -> None:
    assert len({query.name for query in QUERIES}) == len(QUERIES) >= 200
    assert min(sum(query.language == language for query in QUERIES) for language in ("fr", "en")) >= 100
    assert [query.name for query in QUERIES if max(query.grades.values(), default=0) < 2] == []
    items = {source.key for source in read_items()}
    assert {(query.name, key) for query in QUERIES for key in query.grades if key not in items} == set()


@pytest.mark.sqlite
def test_graded_items_are_seen_by_their_reader(demo: None) -> None:
    keys = keys_by_id()
    audiences = {
        keys[version.external_id]: {token.token for token in entry.tokens.all()}
        for entry in Entry.objects.filter(is_deleted=False).prefetch_related("tokens", "versions")
        for version in entry.versions.all()
        if version.external_id in keys
    }
    tokens = {user.email: tokens_for(user) for user in User.objects.all()}

    hidden = [
        f"{query.name}: {key}"
        for query in QUERIES
        for key in query.grades
        if not audiences.get(key, set()) & tokens[query.reader]
    ]

    assert hidden == []


@pytest.mark.sqlite
def test_embedded_engine_ranks_as_well_as_recorded(demo: None) -> None:
    with embedded_engine():
        assert_not_below(embedded_name(), figures_of(ask(QUERIES, "embedded")))


def test_elasticsearch_ranks_as_well_as_recorded(found_by_elasticsearch: dict[str, Ranking]) -> None:
    assert_not_below("elasticsearch", figures_of(found_by_elasticsearch))


def test_elasticsearch_is_ahead_of_a_plain_query_as_far_as_recorded(
    found_by_elasticsearch: dict[str, Ranking], found_plainly: dict[str, Ranking]
) -> None:
    assert_not_below(LEAD, lead(figures_of(found_by_elasticsearch), figures_of(found_plainly)))


@pytest.mark.parametrize(("measured", "expected"), [(0.7999, 0.8), (0.8009, 0.8), (0.8019, 0.801)])
def test_record_keeps_the_better_figure_rounded_down(
    measured: float, expected: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "PATH", tmp_path / "recorded.json")
    record({"engine": {"MRR": 0.8004}})

    record({"engine": {"MRR": measured}})

    assert recorded() == {"engine": {"MRR": expected}}


def test_figures_are_those_of_the_order_in_which_items_were_found() -> None:
    answered = GoldenQuery("a", "en", "reader@example.org", "title", {"best": 3, "mention": 1})
    unanswered = GoldenQuery("b", "fr", "reader@example.org", "title", {"best": 3})

    figures = measure([answered, unanswered], {answered.name: ["mention", "other", "best"], unanswered.name: []})

    # (1 + 3 / 2) / (3 + 1 / log2(3)); the first good answer is the third; both are found.
    assert figures[answered.name] == {"nDCG@10": pytest.approx(0.6885, abs=1e-4), "MRR": 1 / 3, "recall@20": 1}
    assert mean(figures.values())["nDCG@10"] == pytest.approx(0.6885 / 2, abs=1e-4)


def assert_not_below(engine: str, figures: Figures) -> None:
    fallen: Figures = {name: figures[name] for name, least in recorded()[engine].items() if figures[name] < least}
    assert fallen == {}, f"{engine} is worse than {recording.PATH.name} says; the queries: python -m tests.golden"


def figures_of(rankings: dict[str, Ranking]) -> Figures:
    return mean(measure(QUERIES, rankings).values())
