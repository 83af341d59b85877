"""The demo is whole, and both engines rank the golden queries on it as well as recorded, or better."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from intranet.accounts.models import User
from intranet.demo.content import read_items
from intranet.demo.models import DemoLoad
from intranet.demo.services import list_accounts
from intranet.glossary.models import Term
from intranet.memos.models import Acknowledgement, MemoRecord, Question
from intranet.memos.owing import people_asked, people_owing
from intranet.networks.access import tokens_for
from intranet.networks.models import Item, Network
from intranet.pages.models import DocumentText, Topic
from search import Query, search
from search.models import Entry
from tests.beginnings import beginnings
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
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        # What is left of the test before would be undone, and the demo with it, when the first test begins.
        beginnings.clear()
        with loaded_demo():
            yield


@pytest.fixture(scope="module")
def found_by_elasticsearch(demo: None, elasticsearch_url: str) -> dict[str, Ranking]:
    with elasticsearch_engine(elasticsearch_url):
        return ask(QUERIES, "elasticsearch")


@pytest.fixture(scope="module")
def found_plainly(demo: None, elasticsearch_url: str) -> dict[str, Ranking]:
    return ask_plainly(QUERIES, elasticsearch_url)


def found(email: str, words: str) -> set[str]:
    """The titles that somebody of the demo finds."""
    user = User.objects.get(email=f"{email}@example.org")
    with embedded_engine():
        results = search(Query(text=words, tokens=tokens_for(user), language=user.language, size=100))
    return {hit.title for hit in results.hits}


@pytest.mark.sqlite
def test_demo_is_the_whole_federation(demo: None) -> None:
    for account in list_accounts():
        assert User.objects.get(email=account.email).check_password(account.password)
    assert (Network.objects.count(), User.objects.count(), Topic.objects.count()) == (17, 40, 22)
    assert list(User.objects.filter(is_superuser=True).values_list("email", flat=True)) == ["dmitri.volkov@example.org"]
    assert Term.objects.count() == 88
    assert set(DocumentText.objects.values_list("state", flat=True)) == {DocumentText.State.EXTRACTED}
    assert tokens_for(User.objects.get(email="robert.pelletier@example.org")) == {"everyone"}


@pytest.mark.sqlite
def test_people_of_the_demo_have_read_asked_and_left_something_to_do(demo: None) -> None:
    records = MemoRecord.objects.filter(acknowledge=True).select_related("item")
    overdue = records.filter(acknowledge_by__lt="2026-06-01")
    asked, owing = (sum(people(record).count() for record in overdue) for people in (people_asked, people_owing))
    assert 0 < owing < 0.3 * asked

    owing_emails = [person.email for record in records for person in people_owing(record)]
    left = {account.visitor: owing_emails.count(account.email) for account in list_accounts()}
    assert left["Member staff"] == 2
    assert max(left.values()) == 2
    waiting = Question.objects.waiting_for(User.objects.get(email="genevieve.thibodeau@example.org"))
    assert [question.author.email for question in waiting] == ["etienne.gauvin@example.org"]
    early = Acknowledgement.objects.filter(acknowledged_at__lt=F("record__published_at"))
    assert not early.exists()
    assert not Acknowledgement.objects.filter(acknowledged_at__gt=timezone.now()).exists()


@pytest.mark.sqlite
def test_demo_is_loaded_once(demo: None, capsys: pytest.CaptureFixture[str]) -> None:
    items = Item.objects.count()

    call_command("load_demo")

    printed = capsys.readouterr().out.splitlines()
    assert [f"{account.email} {account.password}" for account in list_accounts()] == [p for p in printed if "@" in p]
    assert Item.objects.count() == items
    assert DemoLoad.objects.count() == 1


@pytest.mark.sqlite
def test_people_of_the_demo_find_what_is_meant_for_them(demo: None) -> None:
    for email, words, title in (
        ("olivier.berube", "cour itinérante", "Circuit court: interpreters must be named on the docket"),
        ("olivier.berube", "loi de Clare", "Asking police about a partner’s past: what the protocol can and cannot do"),
        ("sana.qureshi", "désescalade", "De-escalation, taught by the people who get escalated at"),
        ("fatoumata.diallo", "compensatory work", "Amendes impayées\u00a0: passer par les travaux compensatoires"),
        ("genevieve.thibodeau", "hotel voucher", "Nuits d’hôtel d’urgence\u00a0: procédure pour l’hiver 2026-2027"),
    ):
        assert title in found(email, words), words

    minutes = {"Meeting of November 12, 2026: minutes", "Rencontre du 12 novembre 2026\u00a0: compte rendu"}
    house_rules = "Studios de transition\u00a0: règles de vie et gestes du personnel"
    assert minutes & found("fiona.macaskill", "telephones prisons")
    assert house_rules in found("rose-aimee.cormier", "studios transition")
    for outsider in ("dmitri.volkov", "genevieve.thibodeau", "olivier.berube", "claudine.mukendi", "manon.gelinas"):
        titles = found(outsider, "telephones prisons") | found(outsider, "studios")
        assert not titles & {*minutes, house_rules}


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
