"""What machines ask."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db


def test_live_and_ready_answer_anybody() -> None:
    with override_settings(ELASTICSEARCH_URL=""):
        assert Client().get("/-/live").json() == {"status": "ok"}
        assert Client().get("/-/ready").json() == {
            "status": "ok",
            "database": "ok",
            "elasticsearch": "not configured",
        }


def test_ready_says_that_elasticsearch_is_away_without_failing() -> None:
    with override_settings(ELASTICSEARCH_URL="http://127.0.0.1:9"):
        response = Client().get("/-/ready")

    assert (response.status_code, response.json()["elasticsearch"]) == (200, "unavailable")


def test_ready_says_that_elasticsearch_answers(elasticsearch_url: str) -> None:
    with override_settings(ELASTICSEARCH_URL=elasticsearch_url):
        assert Client().get("/-/ready").json()["elasticsearch"] == "ok"


def test_wagtails_own_sign_in_leads_to_ours() -> None:
    response = Client().get("/admin/login/")

    assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/accounts/login/")
