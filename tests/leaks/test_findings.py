"""What was found by attacking the site, each once: it must stay closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, Site, TaskState, Workflow

from intranet.accounts.models import User
from intranet.networks import audiences
from intranet.networks.audiences import Rule
from tests.notifications.factories import told
from tests.pages.admin.conftest import World, client_of, make_document, make_image, make_page, section_of, world

__all__ = ["client_of", "world"]

ClientOf = Callable[[User], Client]


def chosen_link(client: Client, url: str) -> dict[str, Any]:
    """What the chooser of links makes of an address that an editor pastes."""
    answer = client.post(
        reverse("wagtailadmin_choose_page_external_link"),
        {"external-link-chooser-url": url, "external-link-chooser-link_text": "pasted"},
    )
    result: dict[str, Any] = answer.json()["result"]
    return result


@pytest.fixture
def reader_of_root_language(world: World) -> User:
    """Wagtail resolves pasted addresses in the language of the site's root."""
    world.publisher.language = Site.objects.get().root_page.locale.language_code
    world.publisher.save()
    return world.publisher


def with_new_title(page: Any, title: str) -> None:
    draft = Page.objects.get(pk=page.pk).specific
    draft.title = title
    draft.save_revision()


def test_a_pasted_address_tells_nothing_of_a_foreign_page(
    world: World, client_of: ClientOf, reader_of_root_language: User
) -> None:
    language = reader_of_root_language.language

    secret = make_page(section_of(world.foreign, language), "Secret page")
    own = make_page(section_of(world.own, language), "Own page")
    client = client_of(reader_of_root_language)

    assert chosen_link(client, own.full_url)["id"] == own.pk
    assert chosen_link(client, secret.full_url) == {
        "url": secret.full_url, "title": "pasted", "prefer_this_title_as_link_text": True,
    }  # fmt: skip


def test_a_pasted_address_shows_a_shared_page_under_its_live_title(
    world: World, client_of: ClientOf, reader_of_root_language: User
) -> None:

    shared = make_page(section_of(world.foreign, reader_of_root_language.language), "Shared page")
    audiences.set_rule(shared.translation_key, Rule("everyone"), by=world.foreign_publisher)
    with_new_title(shared, "Secret draft of it")

    chosen = chosen_link(client_of(reader_of_root_language), shared.full_url)

    assert (chosen["id"], chosen["adminTitle"]) == (shared.pk, "Shared page")


@pytest.mark.parametrize("view", ["workflow_action", "collect_workflow_action_data"])
@pytest.mark.parametrize("action", ["approve", "reject"])
def test_a_review_is_decided_through_its_own_page_alone(
    world: World, client_of: ClientOf, view: str, action: str
) -> None:
    workflow = Workflow.objects.get()
    own = make_page(world.section, "Own draft", live=False)
    foreign = make_page(world.foreign_section, "Foreign draft", live=False)
    workflow.start(own, world.contributor)
    workflow.start(foreign, world.foreign_publisher)
    step = TaskState.objects.get(workflow_state__object_id=str(foreign.pk))
    mail.outbox.clear()

    answer = client_of(world.publisher).post(
        reverse(f"wagtailadmin_pages:{view}", args=[own.pk, action, step.pk]), {"comment": "not mine to say"}
    )

    step.refresh_from_db()
    foreign.refresh_from_db()
    assert (answer.status_code, step.status, foreign.live, mail.outbox) == (404, "in_progress", False, [])
    assert told("reviews.decided") == []


@pytest.mark.parametrize("make", [make_document, make_image])
def test_the_name_of_a_file_does_not_tell_that_another_section_has_one(
    world: World, make: Callable[[Any, str], Any]
) -> None:
    make(world.foreign, "secret-plan")

    mine, twin = make(world.own, "secret-plan"), make(world.own, "secret-plan")

    assert mine.filename == twin.filename == f"secret-plan.{mine.filename.rpartition('.')[2]}"


def test_renditions_of_images_of_the_same_name_are_named_alike(world: World) -> None:
    foreign, own = make_image(world.foreign, "secret-plan"), make_image(world.own, "secret-plan")

    theirs, mine = foreign.get_rendition("width-10"), own.get_rendition("width-10")

    assert theirs.file.name != mine.file.name
    assert theirs.file.name.rpartition("/")[2] == mine.file.name.rpartition("/")[2]


def test_very_long_file_names_fit(world: World, client_of: ClientOf) -> None:
    document, image = make_document(world.own, "x" * 120), make_image(world.own, "y" * 120)

    assert len(document.file.name) <= 100
    assert len(image.file.name) <= 100
    assert client_of(world.reader).get(document.url).status_code == 200
    assert image.get_rendition("width-10").file.size > 0


def test_the_link_to_a_new_password_leads_to_the_site_whatever_host_was_named(world: World, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    mail.outbox.clear()

    Client().post(reverse("account_reset_password"), {"email": world.reader.email}, headers={"host": "evil.example"})

    text = mail.outbox[0].body
    assert f"{settings.BASE_URL}/accounts/password/reset/key/" in text
    assert "http://evil.example" not in text
