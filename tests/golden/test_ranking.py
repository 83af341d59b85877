"""Both engines rank the golden queries as well as recorded, or better."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from intranet.accounts.models import User
from intranet.demo.content import read_items
from intranet.networks.access import tokens_for
from search.models import Entry
from tests.golden.asking import (
    Ranking,
    ask,
    elasticsearch_engine,
    embedded_engine,
    embedded_name,
    keys_by_id,
    loaded_demo,
)
from tests.golden.golden_set import read_queries
from tests.golden.measuring import Figures, mean, measure
from tests.golden.recording import PATH, recorded

pytestmark = pytest.mark.django_db
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
        assert_as_recorded(embedded_name(), ask(QUERIES, "embedded"))


def test_elasticsearch_ranks_as_well_as_recorded(found_by_elasticsearch: dict[str, Ranking]) -> None:
    assert_as_recorded("elasticsearch", found_by_elasticsearch)


def assert_as_recorded(engine: str, rankings: dict[str, Ranking]) -> None:
    figures = mean(measure(QUERIES, rankings).values())
    fallen: Figures = {name: figures[name] for name, least in recorded()[engine].items() if figures[name] < least}
    assert fallen == {}, f"{engine} ranks worse than {PATH.name} says. See python -m tests.golden for the queries."
