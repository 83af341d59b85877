"""What the site does to every request."""

from __future__ import annotations

import pytest

from tests.pages.factories import make_network, make_person, signed_in


@pytest.mark.django_db
def test_nul_in_parameters_is_answered_everywhere() -> None:
    halifax = make_network("halifax", "office")
    client = signed_in(make_person("coordinator", (halifax, "coordinator"), language="en"))
    addresses = ["search/", "memos/", "memos/notes/", "networks/", "networks/manage/", "networks/halifax/people/"]

    answers = {
        address: client.get(f"/en/{address}?q=a%00b&network=%00&topic=%00&kind=%00&region=%00&year=%00").status_code
        for address in addresses
    }
    answers["admin"] = client.get("/admin/pages/search/?q=%00").status_code

    assert answers == dict.fromkeys([*addresses, "admin"], 200)
