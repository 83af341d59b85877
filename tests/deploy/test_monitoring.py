"""What an error's report contains."""

from __future__ import annotations

from intranet.settings.monitoring import without_people


def test_report_has_the_place_of_the_error_and_nobody_in_it() -> None:
    event = {
        "exception": {"values": [{"type": "ValueError"}]},
        "user": {"id": "7", "email": "marie@example.org"},
        "breadcrumbs": {"values": [{"message": "marie@example.org signed in"}]},
        "request": {
            "method": "GET",
            "url": "https://intranet.example.org/en/search/",
            "query_string": "q=confidential",
            "headers": {"Cookie": "sessionid=secret"},
            "data": {"name": "confidential"},
        },
    }
    assert without_people(event, {}) == {
        "exception": {"values": [{"type": "ValueError"}]},
        "request": {"method": "GET", "url": "https://intranet.example.org/en/search/"},
    }
