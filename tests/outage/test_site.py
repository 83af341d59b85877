"""The site while Elasticsearch is killed, away, stale and back: nothing lost, nothing leaked, no error page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from intranet.accounts.models import User
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from search.circuit import circuit
from search.worker import sync_due
from tests.pages.factories import make_network, make_page, make_person, section_of, set_rule, signed_in
from tests.services.elasticsearch import ElasticsearchServer
from tests.services.process import wait_until

pytestmark = pytest.mark.django_db
SIMPLIFIED = "Search is simplified for the moment"


@dataclass
class Site:
    """Four plans of Halifax for all members; ``own`` is of Halifax, ``other`` of Québec."""

    halifax: Network
    own: User
    other: User
    pages: dict[str, Any]


@pytest.fixture
def site(server: ElasticsearchServer) -> Site:
    halifax, quebec = make_network("halifax"), make_network("quebec")
    section = section_of(halifax, "en")
    pages = {
        name: make_page(section, f"Plan {name}", rule=Rule("members"), summary=f"Word {name}text")
        for name in ("alpha", "beta", "gamma", "delta")
    }
    own = make_person("own", (halifax, "reader"), language="en")
    other = make_person("other", (quebec, "reader"), language="en")
    work()
    return Site(halifax, own, other, pages)


def work() -> None:
    """What the worker does for search, until nothing is due or the server is away."""
    while sync_due():
        pass


@dataclass
class Seen:
    """What one person gets at one moment on every surface of search."""

    titles: set[str]
    total: int
    in_network: int
    suggested: set[str]
    engine: str
    is_simplified: bool


def see(person: User, text: str = "plan") -> Seen:
    """Asks the search page, the API and the suggestions; they agree, and neither says a word about anything else."""
    client = signed_in(person)
    with translation.override("en"):
        page = client.get(reverse("search"), {"q": text})
    api = client.get("/api/v1/search", {"q": text, "size": 100})
    suggestions = client.get("/api/v1/suggest", {"q": text})
    assert [response.status_code for response in (page, api, suggestions)] == [200, 200, 200]
    found = api.json()
    titles = {result["title"] for result in found["results"]}
    assert {result["title"] for result in page.context["results"]} == titles
    assert page.context["answer"].total == found["total"] == len(titles)
    assert (SIMPLIFIED in page.content.decode()) is found["degraded"]
    counts = {value["value"]: value["count"] for value in found["facets"]["network"]}
    suggested = {each["title"] for each in suggestions.json()["suggestions"]}
    return Seen(titles, found["total"], counts.get("halifax", 0), suggested, found["engine"], found["degraded"])


def assert_sees(person: User, names: str, *, engine: str) -> None:
    """``person`` finds the plans of these names and no other, wherever she looks."""
    plans = {f"Plan {name}" for name in names.split()}
    assert see(person) == Seen(plans, len(plans), len(plans), plans, engine, engine == "embedded")


def until_it_answers(person: User) -> None:
    """A server that has just started may refuse the first requests."""
    wait_until(lambda: not see(person).is_simplified)


def test_killing_the_server_loses_and_leaks_nothing(
    site: Site, server: ElasticsearchServer, capsys: pytest.CaptureFixture[str]
) -> None:
    for person in (site.own, site.other):
        assert_sees(person, "alpha beta gamma delta", engine="elasticsearch")

    server.kill()
    make_page(section_of(site.halifax, "en"), "Plan epsilon", rule=Rule("members"))
    set_rule(site.pages["alpha"], Rule("section"))
    site.pages["beta"].delete()
    site.pages["gamma"].unpublish()
    work()

    assert_sees(site.own, "alpha delta epsilon", engine="embedded")
    assert_sees(site.other, "delta epsilon", engine="embedded")
    for text in ("alphatext", "betatext", "gammatext"):
        assert see(site.other, text).titles == set()
    for person in (site.own, site.other):
        client = signed_in(person)
        assert [client.get(address).status_code for address in ("/en/", "/fr/", "/-/ready")] == [200, 200, 200]
    assert signed_in(site.own).get("/en/halifax/plan-epsilon/").status_code == 200
    assert signed_in(site.other).get("/en/halifax/plan-alpha/").status_code == 404
    with pytest.raises(CommandError, match="could not be compared"):
        call_command("search_check")

    server.start()
    until_it_answers(site.other)
    # The index is up and still says what was true before: what went away stays away.
    stale = see(site.other)
    assert (stale.titles, stale.total, stale.in_network, stale.engine) == ({"Plan delta"}, 1, 1, "elasticsearch")
    assert see(site.own).titles <= {"Plan alpha", "Plan delta", "Plan epsilon"}

    work()
    assert_sees(site.own, "alpha delta epsilon", engine="elasticsearch")
    assert_sees(site.other, "delta epsilon", engine="elasticsearch")
    capsys.readouterr()
    call_command("search_check", sources=True)
    assert capsys.readouterr().out.splitlines() == ["The entries and the index agree."]


def test_narrowed_page_is_hidden_from_the_next_request_while_the_index_is_stale(site: Site) -> None:
    set_rule(site.pages["alpha"], Rule("section"))
    assert_sees(site.other, "beta gamma delta", engine="elasticsearch")

    site.pages["beta"].delete()
    assert_sees(site.other, "gamma delta", engine="elasticsearch")

    site.pages["gamma"].unpublish()
    assert_sees(site.other, "delta", engine="elasticsearch")

    corrected = site.pages["delta"]
    corrected.summary = "Nothing of it"
    corrected.save_revision().publish()
    assert see(site.other, "deltatext").titles == set()

    work()
    assert_sees(site.own, "alpha delta", engine="elasticsearch")
    assert_sees(site.other, "delta", engine="elasticsearch")


def test_section_narrowed_as_a_whole_is_hidden_from_the_next_request(site: Site) -> None:
    make_page(section_of(site.halifax, "en"), "Plan inherited")
    set_rule(section_of(site.halifax), Rule("members"))
    work()
    assert_sees(site.other, "alpha beta gamma delta inherited", engine="elasticsearch")

    set_rule(section_of(site.halifax), Rule("section"))

    assert_sees(site.other, "alpha beta gamma delta", engine="elasticsearch")


def test_page_publishes_and_every_page_answers_when_no_server_was_ever_there(settings: Any, db: None) -> None:
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:1"
    settings.SEARCH_RETRY_SECONDS = 60
    circuit.reset()
    halifax = make_network("halifax")
    make_page(section_of(halifax, "en"), "Plan alpha")
    person = make_person("own", (halifax, "reader"), language="en")

    assert_sees(person, "alpha", engine="embedded")
    assert signed_in(person).get("/-/ready").json()["elasticsearch"] == "unavailable"
    circuit.reset()
