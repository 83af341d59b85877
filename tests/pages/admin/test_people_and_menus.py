"""Accounts, topics, uploads, one's own settings, menus, languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.contrib.redirects.models import Redirect

from intranet.accounts.models import AccountEvent, User
from intranet.pages.models import GuardedDocument, Topic
from search.models import EntryFacet
from tests.pages.admin.conftest import World, make_document, make_page

ClientOf = Callable[[User], Client]


def test_the_office_makes_an_account_without_password_or_rights(world: World, client_of: ClientOf) -> None:
    client = client_of(world.office_coordinator)
    shown = client.get(reverse("wagtailusers_users:add")).content.decode()
    for name in ("groups", "is_superuser", "password1"):
        assert f'name="{name}"' not in shown

    client.post(
        reverse("wagtailusers_users:add"),
        {"email": "New@Example.org", "name": "New", "language": "fr", "is_superuser": "on", "groups": "1"},
    )

    account = User.objects.get(email="new@example.org")
    assert (account.is_superuser, account.has_usable_password(), account.groups.count()) == (False, False, 0)
    assert AccountEvent.objects.get(person=account).by == world.office_coordinator


def test_an_account_is_closed_and_its_address_stays(world: World, client_of: ClientOf) -> None:
    client_of(world.office_coordinator).post(
        reverse("wagtailusers_users:edit", args=[world.reader.pk]),
        {"email": "taken-over@example.org", "name": "Reader", "language": "fr"},
    )

    world.reader.refresh_from_db()
    assert (world.reader.email, world.reader.is_active) == ("reader@example.org", False)
    event = AccountEvent.objects.get(person=world.reader, kind=AccountEvent.Kind.DEACTIVATED)
    assert event.by == world.office_coordinator


@pytest.mark.parametrize(
    ("person", "is_led"),
    [("office_coordinator", True), ("coordinator", True), ("publisher", False), ("office_publisher", False)],
)
def test_reports_lead_coordinators_to_the_removed_questions(
    world: World, client_of: ClientOf, person: str, is_led: bool
) -> None:
    with translation.override("en"):
        address = reverse("memos:removed_questions")
    client = client_of(getattr(world, person))

    assert (address in client.get(reverse("wagtailadmin_home")).content.decode()) is is_led
    assert (client.get(address).status_code == 200) is is_led


@pytest.mark.parametrize("person", ["contributor", "coordinator", "office_publisher"])
def test_accounts_are_not_for_others(world: World, client_of: ClientOf, person: str) -> None:
    client = client_of(getattr(world, person))

    assert client.get(reverse("wagtailusers_users:index"))["Location"] == "/admin/"
    assert client.get(reverse("wagtailusers_users:edit", args=[world.reader.pk])).status_code == 404


@pytest.mark.parametrize("action", ["assign_role", "set_active_state", "delete"])
def test_nothing_is_done_to_many_accounts_at_once(world: World, client_of: ClientOf, action: str) -> None:
    address = f"/admin/bulk/accounts/user/{action}/?id={world.reader.pk}"

    assert client_of(world.superuser).get(address).status_code == 404
    assert client_of(world.superuser).post(address).status_code == 404


def test_people_are_listed_and_found(world: World, client_of: ClientOf) -> None:
    client = client_of(world.superuser)

    assert "reader@example.org" in client.get(reverse("wagtailusers_users:index")).content.decode()
    found = client.get(reverse("wagtailusers_users:index"), {"q": "contributor"}).content.decode()
    assert "contributor@example.org" in found
    assert "reader@example.org" not in found


def test_topics_are_kept_by_the_office(world: World, client_of: ClientOf) -> None:
    data = {"name_fr": "Logement", "name_en": "Housing", "slug": "housing"}

    client_of(world.publisher).post(reverse("topics:add"), data)
    assert Topic.objects.count() == 0
    client_of(world.office_publisher).post(reverse("topics:add"), data)
    assert Topic.objects.get().name_fr == "Logement"


def test_a_topic_keeps_its_short_name_and_leaves_the_search_with_its_end(world: World, client_of: ClientOf) -> None:
    topic = Topic.objects.create(slug="housing", name_fr="Logement", name_en="Housing")
    page = make_page(world.section, "Page")
    page.topics.set([topic])
    page.save_revision().publish()
    client = client_of(world.office_publisher)

    client.post(reverse("topics:edit", args=[topic.pk]), {"name_fr": "Le toit", "name_en": "A roof", "slug": "roof"})
    topic.refresh_from_db()
    assert (topic.slug, topic.name_fr) == ("housing", "Le toit")
    assert EntryFacet.objects.filter(name="topic", value="housing").count() == 1

    client.post(reverse("topics:delete", args=[topic.pk]))
    assert not Topic.objects.exists()
    assert not EntryFacet.objects.filter(name="topic").exists()


def test_an_upload_goes_to_the_sections_collection_alone(world: World, client_of: ClientOf) -> None:
    client = client_of(world.contributor)
    foreign = world.foreign.section_collection.collection_id

    client.post(
        reverse("wagtaildocs:add"),
        {"title": "Mine", "file": SimpleUploadedFile("mine.txt", b"text"), "collection": foreign, "language": ""},
    )

    document = GuardedDocument.objects.get(title="Mine")
    assert document.collection == world.own.section_collection.collection


def test_a_document_does_not_move_to_a_foreign_collection(world: World, client_of: ClientOf) -> None:
    document = make_document(world.own, "own")

    client_of(world.publisher).post(
        reverse("wagtaildocs:edit", args=[document.pk]),
        {"title": "own", "collection": world.foreign.section_collection.collection_id, "tags": "", "language": ""},
    )

    document.refresh_from_db()
    assert document.collection == world.own.section_collection.collection


def test_the_admin_speaks_the_persons_language(world: World, client_of: ClientOf) -> None:
    client = client_of(world.contributor)
    assert '<html lang="en"' in client.get("/admin/").content.decode()

    User.objects.filter(pk=world.contributor.pk).update(language="fr")
    assert '<html lang="fr"' in client.get("/admin/").content.decode()


def test_ones_own_settings_keep_to_the_admin(world: World, client_of: ClientOf) -> None:
    shown = client_of(world.contributor).get("/admin/account/").content.decode()

    assert 'name="theme-theme"' in shown
    own = ("name_email-first_name", "avatar-avatar", "locale-preferred_language", "password-new_password1")
    for name in (*own, "notifications-approved_notifications"):
        assert f'name="{name}"' not in shown


@pytest.mark.parametrize(
    ("person", "there", "hidden"),
    [
        ("contributor", ["/admin/pages/", "/admin/documents/"], ["/admin/users/", "/admin/topics/", "/admin/groups/"]),
        ("publisher", ["/admin/redirects/"], ["/admin/collections/", "/admin/sites/", "/admin/workflows/list/"]),
        ("office_publisher", ["/admin/topics/"], ["/admin/users/"]),
        ("office_coordinator", ["/admin/users/", "/admin/topics/"], ["/admin/groups/"]),
        ("superuser", ["/admin/users/"], ["/admin/groups/", "/admin/collections/", "/admin/documents/"]),
    ],
)
def test_menus_show_what_the_person_may(
    world: World, client_of: ClientOf, person: str, there: list[str], hidden: list[str]
) -> None:
    shown = client_of(getattr(world, person)).get("/admin/").content.decode()

    assert [address for address in there if f'"{address}"' not in shown] == []
    assert [address for address in hidden if f'"{address}"' in shown] == []


def test_redirects_lead_from_ones_own_addresses_to_ones_own_pages(world: World, client_of: ClientOf) -> None:
    page, foreign = make_page(world.section, "Own"), make_page(world.foreign_section, "Foreign")
    Redirect.objects.create(old_path="/en/toronto/was-here", redirect_page=foreign)
    client = client_of(world.publisher)

    def add(old_path: str, pk: int) -> str:
        data = {"old_path": old_path, "redirect_page": pk, "is_permanent": "on", "site": ""}
        return client.post(reverse("wagtailredirects:add"), data).content.decode()

    taken, free = add("/en/toronto/was-here", page.pk), add("/en/toronto/never-was", page.pk)
    for answer in (taken, free):
        assert "begins like those of your section" in answer
        assert "already exists" not in answer
    add("/en/halifax/short", page.pk)

    assert Redirect.objects.get(old_path="/en/halifax/short").redirect_page_id == page.pk
    assert Redirect.objects.count() == 2


@pytest.mark.parametrize(("language", "title"), [("en", "Dashboard - Intranet"), ("fr", "Tableau de bord - Intranet")])
def test_the_admin_bears_the_site_s_name_and_icon(world: World, client_of: ClientOf, language: str, title: str) -> None:
    world.publisher.language = language
    world.publisher.save()

    html = client_of(world.publisher).get(reverse("wagtailadmin_home")).content.decode()

    assert f"<title>{title}</title>" in " ".join(html.split()).replace("<title> ", "<title>")
    assert re.findall(r'<link rel="[a-z ]*icon" href="([^"]*)"', html) == ["/static/intranet/favicon.svg"]
    assert '<img src="/static/intranet/mark.svg"' in html
    assert '<a class="w-underline w-underline-offset-[3px]" href="/">' in html


@pytest.mark.parametrize("address", ["/admin/", "/admin/pages/", "/admin/pages/1/edit/", "/admin/nowhere/"])
def test_person_without_editing_rights_is_told_so_on_the_home_page(
    world: World, client_of: ClientOf, address: str
) -> None:
    response = client_of(world.reader).get(address, follow=True)

    assert response.redirect_chain[-1][0] == "/en/"
    [message] = re.findall(r'<div class="notice.*?</div>', response.content.decode(), flags=re.DOTALL)
    assert "You have no editing rights here. If you need them, ask a coordinator of your network." in message


def test_address_that_a_script_asks_of_the_admin_is_refused_without_editing_rights(
    world: World, client_of: ClientOf
) -> None:
    assert (
        client_of(world.reader).get("/admin/pages/", headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403
    )
