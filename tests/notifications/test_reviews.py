"""Comments and reviews are told by the engine, to those who may edit the page when it is told."""

from __future__ import annotations

from typing import Any

import pytest
from wagtail.admin.views.pages import edit

from intranet.networks.models import Membership
from intranet.networks.services import end_membership
from intranet.notifications.models import Notification
from intranet.notifications.telling import lines_of
from tests.notifications.factories import told
from tests.pages.factories import make_network, make_page, make_person, section_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_changed_comments_are_told_to_subscribers_who_may_edit() -> None:
    network = make_network("halifax")
    editor, reviewer = (make_person(name, (network, "publisher")) for name in ("lise", "paule"))
    page = make_page(section_of(network), "Brouillon", live=False)
    changes: dict[str, Any] = {"page": page, "editor": editor, "new_comments": []}

    edit.send_notification([reviewer], "updated_comments", changes)
    edit.send_notification([reviewer], "updated_comments", changes)

    assert told("reviews.comments") == ["paule@example.org"]
    rows = Notification.objects.filter(event__kind="reviews.comments").select_related("event")
    (line,) = lines_of(rows, reviewer)
    assert (line.told.title, line.told.url) == ("Brouillon", f"/admin/pages/{page.pk}/edit/")
    end_membership(Membership.objects.get(person=reviewer))
    assert lines_of(rows, reviewer) == []
