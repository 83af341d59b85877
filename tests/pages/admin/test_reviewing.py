"""From a contributor's draft to its publication; who is told."""

from __future__ import annotations

from collections.abc import Callable

from django.core import mail
from django.test import Client
from django.urls import reverse
from wagtail.models import TaskState, Workflow

from intranet.accounts.models import User
from intranet.networks.models import Membership
from intranet.networks.services import end_membership
from intranet.notifications.models import Notification
from intranet.notifications.telling import lines_of
from intranet.pages.models import ContentPage
from tests.notifications.factories import told
from tests.pages.admin.conftest import World, make_page
from tests.pages.admin.editing import page_form

ClientOf = Callable[[User], Client]


def submit(client: Client, page: ContentPage) -> None:
    data = {**page_form("Draft"), "action-submit": "1"}
    assert client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data).status_code == 302


def test_a_contributor_does_not_publish(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Draft", live=False)

    client_of(world.contributor).post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), {**page_form("Draft"), "action-publish": "1"}
    )

    page.refresh_from_db()
    assert page.live is False


def test_a_draft_is_sent_to_the_publishers_of_its_network_and_approved(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Draft", live=False)
    submit(client_of(world.contributor), page)

    assert told("reviews.submitted") == ["coordinator@example.org", "publisher@example.org"]
    state = TaskState.objects.get()
    client = client_of(world.publisher)
    assert "Draft" in client.get("/admin/").content.decode()
    assert "Draft" not in client_of(world.foreign_publisher).get("/admin/").content.decode()

    client.post(
        reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk]),
        {"action_name": "approve"},
    )

    page.refresh_from_db()
    assert page.live is True
    assert told("reviews.decided") == ["contributor@example.org"]
    submitted = Notification.objects.filter(event__kind="reviews.submitted", person=world.publisher)
    assert lines_of(submitted.select_related("event"), world.publisher) == []
    decided = Notification.objects.filter(event__kind="reviews.decided").select_related("event")
    (line,) = lines_of(decided, world.contributor)
    assert (line.told.label, line.told.title) == ("Your page was approved", "Draft")


def test_a_foreign_publisher_approves_nothing(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Draft", live=False)
    submit(client_of(world.contributor), page)
    state = TaskState.objects.get()

    response = client_of(world.foreign_publisher).post(
        reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    )

    assert response.status_code == 404
    page.refresh_from_db()
    assert page.live is False


def test_a_contributor_does_not_approve_the_own_draft(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Draft", live=False)
    client = client_of(world.contributor)
    submit(client, page)

    client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", TaskState.objects.get().pk]))

    page.refresh_from_db()
    assert page.live is False


def test_who_left_is_not_told(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Draft", live=False)
    Workflow.objects.get().start(page, world.contributor)
    end_membership(Membership.objects.get(person=world.contributor))

    client_of(world.publisher).post(
        reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", TaskState.objects.get().pk])
    )

    told("reviews.decided")
    decided = Notification.objects.filter(event__kind="reviews.decided").select_related("event")
    assert decided.exists()
    assert lines_of(decided, world.contributor) == []
    assert mail.outbox == []
