from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client, override_settings
from wagtail.models import APIToken

from intranet.accounts.models import User
from intranet.api.schemas import SearchOut
from intranet.glossary.models import Term
from intranet.glossary.services import save_term
from intranet.networks.models import Network
from intranet.networks.services import set_network_state
from tests.api.conftest import ApiClient

pytestmark = pytest.mark.django_db


def test_me_says_who_asks(reader: ApiClient) -> None:
    assert reader.get("/me").json() == {
        "email": "reader@example.org",
        "name": "Rita Reader",
        "language": "fr",
        "networks": [{"slug": "halifax", "kind": "society", "role": "reader"}],
    }


def test_networks_are_those_the_person_views(reader: ApiClient, guest: ApiClient) -> None:
    assert reader.get("/networks").json() == {
        "results": [
            {
                "slug": "halifax",
                "kind": "society",
                "code": "HFX",
                "name": {"en": "Halifax society", "fr": "Société de Halifax"},
                "region": "NS",
                "languages": ["fr", "en"],
                "listed": True,
            }
        ]
    }
    assert guest.get("/networks").json() == {"results": []}


def test_search_finds_what_is_meant_for_the_person(reader: ApiClient, guest: ApiClient) -> None:
    found = reader.get("/search", q="horaire").json()
    assert {result["external_id"] for result in found["results"]} == {"own", "shared"}
    assert found["total"] == 2
    assert {value["value"]: value["count"] for value in found["facets"]["network"]} == {"halifax": 1}
    assert {result["external_id"]: result["network"] for result in found["results"]} == {
        "own": "halifax",
        "shared": None,
    }
    found = guest.get("/search", q="horaire").json()
    assert [(result["external_id"], result["network"]) for result in found["results"]] == [("shared", "directions")]


def test_search_finds_archived_items_on_request(reader: ApiClient) -> None:
    set_network_state(Network.objects.get(slug="moncton"), Network.State.CLOSED)

    assert reader.get("/search", q="cartographie").json()["total"] == 0
    assert reader.get("/search", q="cartographie", archived="false").json()["total"] == 0
    found = reader.get("/search", q="cartographie", archived="true").json()
    assert [(result["external_id"], result["standing"]) for result in found["results"]] == [("all-fr", "archived")]
    assert reader.get("/search", q="secret", archived="true").json()["total"] == 0


def test_exact_search_looks_for_nothing_but_what_was_typed(reader: ApiClient) -> None:
    save_term(Term(form_fr="gardes", form_en="watches", variants_fr="ressources"))

    broad, exact = reader.get("/search", q="gardes").json(), reader.get("/search", q="gardes", exact="true").json()

    assert {result["external_id"] for result in broad["results"]} >= {"own", "all-fr"}
    assert {result["external_id"] for result in exact["results"] if result["kind"] == "page"} == {"own"}
    assert (exact["also_searched"], exact["answers"]) == ([], [])


@override_settings(ELASTICSEARCH_URL="")
def test_search_result_has_every_field(reader: ApiClient) -> None:
    found = reader.get("/search", q="cartographie").json()
    assert set(found) == {
        "total", "with_every_word", "page", "size", "engine", "degraded", "did_you_mean", "corrected", "also_searched",
        "answers", "pinned", "results", "facets",
    }  # fmt: skip
    assert SearchOut.model_validate(found), "what the description promises"
    assert (found["corrected"], found["also_searched"], found["answers"], found["pinned"]) == (False, [], [], [])
    assert (found["page"], found["size"], found["engine"], found["degraded"]) == (1, 20, "embedded", False)
    result = found["results"][0]
    snippet = result.pop("snippet")
    assert isinstance(snippet, str)
    key = result.pop("id")
    assert len(key) == 36
    assert result == {
        "external_id": "all-fr",
        "kind": "page",
        "title": "Cartographie des ressources",
        "url": "/fr/moncton/cartographie-des-ressources/",
        "language": "fr",
        "network": "moncton",
        "published": "2026-03-02T14:00:00Z",
        "translations": [
            {"language": "en", "url": "/en/moncton/resource-map/", "external_id": "all-en"},
        ],
        "standing": "current",
        "found_in": None,
        "replacement": None,
    }
    assert set(found["facets"]) >= {"kind", "network", "region", "topic", "language", "year"}
    assert found["facets"]["year"] == [{"value": "2026", "label": "2026", "count": 1}]


def test_search_answers_in_the_persons_language(reader: ApiClient) -> None:
    User.objects.filter(pk=reader.person.pk).update(language="en")
    found = reader.get("/search", q="cartographie").json()
    assert [(result["title"], result["language"]) for result in found["results"]] == [("Resource map", "en")]


def test_search_filters_add_up(reader: ApiClient) -> None:
    def ids(**filters: object) -> set[str]:
        found = reader.get("/search", kind="page", **filters).json()
        return {result["external_id"] for result in found["results"]}

    assert ids(network=["halifax", "moncton"]) == {"own", "all-fr"}
    assert ids(network="halifax", topic="gardes") == {"own"}
    assert ids(language="en") == {"all-fr"}
    assert ids(network="moncton", language="en") == {"all-fr"}
    assert ids(year="1999") == set()
    assert ids(network="directions") == set()
    assert ids(topic="unknown") == set()


@pytest.mark.parametrize(
    ("params", "name", "reason"),
    [
        ({"page": "-1"}, "page", "il faut 1 ou plus"),
        ({"page": "abc"}, "page", "il faut un nombre entier"),
        ({"page": "0"}, "page", "il faut 1 ou plus"),
        ({"size": "101"}, "size", "il faut 100 ou moins"),
        ({"size": "0"}, "size", "il faut 1 ou plus"),
        ({"sort": "title"}, "sort", "il faut l’une de ces valeurs\N{NO-BREAK SPACE}: relevance, date"),
        ({"archived": "maybe"}, "archived", "il faut true ou false"),
        ({"exact": "2"}, "exact", "il faut true ou false"),
        ({"page": "99999999999999999999999"}, None, ""),
        ({"page": "101", "size": "100"}, None, ""),
    ],
)
def test_search_refuses_wrong_parameters(
    reader: ApiClient, params: dict[str, str], name: str | None, reason: str
) -> None:
    response = reader.get("/search", **params)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["title"], body["instance"]) == (400, "Bad Request", "/api/v1/search")
    if name:
        assert body["errors"] == [{"name": name, "reason": reason}]


@pytest.mark.parametrize(
    "text", ["", " ", "x" * 10_000, '"', "((", "AND OR NOT", "a* ~b ^c", "🙂", "مرحبا", "\x00", "-", "%", "a:b:c"]
)
def test_search_answers_any_text(reader: ApiClient, text: str) -> None:
    assert reader.get("/search", q=text).status_code == 200
    assert reader.get("/suggest", q=text).status_code == 200
    assert reader.get("/search", network=text, topic=text, kind=text, year=text, language=text).status_code == 200


def test_search_past_the_end_is_empty(reader: ApiClient) -> None:
    found = reader.get("/search", q="horaire", page=50).json()
    assert (found["total"], found["results"]) == (2, [])


def test_suggest_gives_titles_that_the_person_may_see(reader: ApiClient) -> None:
    assert {each["title"] for each in reader.get("/suggest", q="hor").json()["suggestions"]} == {
        "Horaire des gardes",
        "Horaire partagé",
    }
    assert reader.get("/suggest", q="cartogr").json() == {
        "suggestions": [
            {
                "title": "Cartographie des ressources",
                "url": "/fr/moncton/cartographie-des-ressources/",
                "kind": "page",
                "kind_label": "Page",
            }
        ]
    }
    in_english = reader.get("/suggest", q="resource", language="en").json()["suggestions"]
    assert [each["url"] for each in in_english] == ["/en/moncton/resource-map/"]


@pytest.mark.parametrize("path", ["/me", "/search?q=x", "/suggest?q=x", "/networks", "/memos", "/no-such-address", "/"])
def test_anonymous_is_told_to_sign_in(site: None, path: str) -> None:
    response = Client().get(f"/api/v1{path}")
    if path == "/":
        assert response.status_code in (401, 404)
        return
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.json()["status"] == 401


def test_wrong_revoked_and_inactive_tokens_are_refused(reader: ApiClient) -> None:
    assert reader.get("/me").status_code == 200
    APIToken.objects.get(user=reader.person).revoke()
    assert reader.get("/me").status_code == 401
    other = ApiClient("reader@example.org")
    User.objects.filter(pk=other.person.pk).update(is_active=False)
    assert other.get("/me").status_code == 401
    assert Client().get("/api/v1/me", headers={"Authorization": "Bearer wagtail_x"}).status_code == 401


def test_wrong_token_is_not_saved_by_a_session(reader: ApiClient) -> None:
    client = Client()
    client.force_login(reader.person)
    assert client.get("/api/v1/me").status_code == 200
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_unknown_address_and_method_are_problems(reader: ApiClient) -> None:
    response = reader.get("/no-such-address")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    client = Client()
    client.force_login(reader.person)
    response = client.post("/api/v1/me")
    assert (response.status_code, response["Content-Type"], response["Allow"]) == (
        405,
        "application/problem+json",
        "GET",
    )
    assert client.head("/api/v1/me").status_code == 200


def test_session_needs_the_csrf_token_to_write(reader: ApiClient) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader.person)
    response = client.post("/api/v1/memos/00000000-0000-0000-0000-000000000000/acknowledge")
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
    anonymous = Client(enforce_csrf_checks=True).post("/api/v1/memos/00000000-0000-0000-0000-000000000000/acknowledge")
    assert anonymous.status_code == 401


def test_broken_body_is_a_problem(reader: ApiClient) -> None:
    client = Client()
    client.force_login(reader.person)
    response = client.post(
        "/api/v1/memos/00000000-0000-0000-0000-000000000000/acknowledge", b"{", content_type="application/json"
    )
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


def test_answers_are_private(reader: ApiClient) -> None:
    for path in ("/me", "/search", "/no-such-address", "/search?page=abc"):
        assert reader.get(path)["Cache-Control"] == "private, no-store"


def test_openapi_describes_every_operation(site: None) -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    assert set(schema["paths"]) >= {
        "/api/v1/me",
        "/api/v1/networks",
        "/api/v1/search",
        "/api/v1/suggest",
        "/api/v1/memos",
        "/api/v1/memos/{memo_id}/acknowledge",
    }
    text = json.dumps(schema)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(schema["components"]["schemas"])
    search = schema["paths"]["/api/v1/search"]["get"]
    assert {parameter["name"] for parameter in search["parameters"]} == {
        "q", "kind", "network", "region", "topic", "language", "year", "archived", "exact", "sort", "page", "size",
    }  # fmt: skip
    assert "application/problem+json" in search["responses"]["401"]["content"]


def test_person_without_a_network_finds_what_is_for_everyone(reader: ApiClient) -> None:
    reader.person.memberships.all().delete()
    found = reader.get("/search").json()
    assert {result["external_id"] for result in found["results"]} == {"all-fr"}
    assert reader.get("/networks").json() == {"results": []}


def test_error_of_ours_is_a_problem_that_tells_nothing(
    reader: ApiClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: Any, **named: Any) -> None:
        raise ValueError("secret of the server")

    monkeypatch.setattr("intranet.api.endpoints.search_for", fail)

    answer = reader.get("/search", q="horaire")

    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert "secret" not in answer.content.decode()
    assert "secret of the server" in caplog.text
