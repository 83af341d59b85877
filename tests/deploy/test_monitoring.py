"""What an error's report contains."""

from __future__ import annotations

from intranet.settings.monitoring import without_people


def test_report_has_the_place_of_the_error_and_nobody_in_it() -> None:
    event = {
        "exception": {"values": [{"type": "ValueError", "value": "Key (email)=(marie@example.org) already exists."}]},
        "transaction": "/accounts/invitation/{secret}/",
        "logentry": {"message": "marie@example.org was refused"},
        "user": {"id": "7", "email": "marie@example.org"},
        "breadcrumbs": {"values": [{"message": "marie@example.org signed in"}]},
        "request": {
            "method": "GET",
            "url": "https://intranet.example.org/accounts/invitation/a-secret/",
            "query_string": "q=confidential",
            "headers": {"Cookie": "sessionid=secret"},
            "data": {"name": "confidential"},
        },
    }
    assert without_people(event, {}) == {
        "exception": {"values": [{"type": "ValueError"}]},
        "transaction": "/accounts/invitation/{secret}/",
        "request": {"method": "GET"},
    }
