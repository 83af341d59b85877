"""Comments and reviews are told by the engine, to those who may edit the page when it is told."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from wagtail.models import Comment, PageSubscription
from wagtail.test.utils.form_data import inline_formset

from intranet.accounts.models import User
from intranet.networks.models import Membership, Network
from intranet.networks.services import end_membership
from intranet.notifications.models import Notification
from intranet.notifications.telling import lines_of
from tests.notifications.factories import told
from tests.pages.admin.editing import comment, page_form
from tests.pages.factories import make_page, make_person, section_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("clock")]

NOON = datetime.datetime(2026, 5, 12, 16, tzinfo=datetime.UTC)
CHANGED = "Les commentaires d’une page ont changé\u00a0: Brouillon"


@pytest.fixture
def people(network: Network) -> list[User]:
    """Who writes the page, and who has asked to be told of comments on it."""
    return [make_person(name, (network, "publisher")) for name in ("lise", "paule")]


def save(person: User, page: Any, *comments: dict[str, Any], there: int = 0, **action: str) -> None:
    """The draft, as the editor's form sends it; of the comments the first ones are ``there`` already."""
    form = page_form("Brouillon", comments=inline_formset(list(comments), initial=there))
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert signed_in(person).post(address, {**form, **action}).status_code == 302


def sent() -> list[tuple[str, str]]:
    return [(message.to[0], message.subject) for message in mail.outbox]


def test_changed_comments_are_one_e_mail_to_each_subscriber_who_may_edit(
    network: Network, people: list[User], deliver: Callable[[], None]
) -> None:
    editor, reviewer = people
    page = make_page(section_of(network), "Brouillon", live=False)
    PageSubscription.objects.create(page=page, user=reviewer, comment_notifications=True)

    save(editor, page, comment("Et la cour?"))
    save(editor, page)

    assert Comment.objects.get().text == "Et la cour?"
    assert sent() == []
    deliver()
    assert sent() == [(reviewer.email, CHANGED)]
    assert "Et la cour?" not in mail.outbox[0].body
    rows = Notification.objects.filter(event__kind="reviews.comments").select_related("event")
    (line,) = lines_of(rows, reviewer)
    assert (line.told.title, line.told.url) == ("Brouillon", f"/admin/pages/{page.pk}/edit/")
    end_membership(Membership.objects.get(person=reviewer))
    assert lines_of(rows, reviewer) == []


def test_reply_is_one_e_mail_to_whoever_began_the_thread(
    network: Network, people: list[User], deliver: Callable[[], None]
) -> None:
    editor, reviewer = people
    page = make_page(section_of(network), "Brouillon", live=False)
    save(editor, page, comment("Et la cour?"))
    deliver()
    assert sent() == []
    held = Comment.objects.get()

    save(reviewer, page, comment(held.text, pk=held.pk, replies=["Elle est fermée."]), there=1)
    deliver()

    assert Comment.objects.get().replies.get().text == "Elle est fermée."
    assert sent() == [(editor.email, CHANGED)]


def test_submitted_draft_is_mailed_by_the_engine_alone(
    network: Network, people: list[User], deliver: Callable[[], None], settings: Any
) -> None:
    settings.WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = True
    make_person("root", is_superuser=True)
    contributor = make_person("ines", (network, "contributor"))
    page = make_page(section_of(network), "Brouillon", live=False)

    save(contributor, page, **{"action-submit": "1"})

    assert sent() == []
    assert told("reviews.submitted") == [person.email for person in people]
    deliver()
    assert sorted(to for to, _subject in sent()) == [person.email for person in people]
