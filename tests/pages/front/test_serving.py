"""Who gets which page, and that what one may not see answers like what does not exist."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale, Page

from intranet.accounts.models import User
from intranet.networks.audiences import Rule
from intranet.pages.models import HomePage, IndexPage
from tests.pages.factories import make_network, make_page, make_person, section_of, set_rule, signed_in
from tests.pages.front.conftest import World

pytestmark = pytest.mark.sqlite

TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+')


def answer(client: Client, address: str, method: str = "get") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body, apart from the CSRF token."""
    response = getattr(client, method)(address)
    return response.status_code, dict(response.headers), TOKEN.sub(rb"\1", response.content)


def test_home_answers_every_signed_in_person(world: World) -> None:
    for person in (world.reader, world.guest, world.nobody):
        for language in ("fr", "en"):
            response = signed_in(person).get(f"/{language}/")
            assert (response.status_code, response["Content-Language"]) == (200, language)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_root_leads_to_the_home_page_in_the_persons_language(world: World, language: str) -> None:
    person = make_person("somebody", language=language)

    response = signed_in(person).get("/")

    assert (response.status_code, response["Location"]) == (302, f"/{language}/")


def test_page_answers_its_audience_alone(world: World) -> None:
    page = make_page(section_of(world.quebec), "Page de Québec")
    assert signed_in(world.director).get("/fr/quebec/page-de-quebec/").status_code == 200

    for person in (world.reader, world.guest, world.nobody):
        assert signed_in(person).get("/fr/quebec/page-de-quebec/").status_code == 404
    set_rule(page, Rule("everyone"))
    assert signed_in(world.nobody).get("/fr/quebec/page-de-quebec/").status_code == 200
    assert signed_in(world.guest).get("/fr/quebec/page-de-quebec/").status_code == 404


def test_superuser_sees_no_section_by_the_title(world: World) -> None:
    root = make_person("root", is_superuser=True, is_staff=True)

    assert signed_in(root).get("/fr/quebec/").status_code == 404


def test_anonymous_visitor_is_sent_to_sign_in_whatever_the_address(world: World) -> None:
    for address in ("/", "/fr/", "/fr/quebec/", "/fr/nowhere/", "/documents/1/a.pdf", "/images/1/a.png", "/x.php"):
        response = Client().get(address)
        assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={address}")


def _hidden(world: World) -> Page:
    return make_page(section_of(world.quebec), "Vie privée", slug="privee")


def _draft(world: World) -> Page:
    return make_page(section_of(world.halifax), "Brouillon", slug="privee", live=False)


def _unpublished(world: World) -> Page:
    page = make_page(section_of(world.halifax), "Retirée", slug="privee")
    page.unpublish()
    return page


def _redirected(world: World) -> Page:
    from wagtail.contrib.redirects.models import Redirect

    page = make_page(section_of(world.quebec), "Déménagée", slug="ailleurs")
    Redirect.objects.create(old_path="/fr/quebec/privee", redirect_page=page, is_permanent=True)
    return page


def _alias(world: World) -> Page:
    page = make_page(section_of(world.quebec, "en"), "Only in English", slug="privee")
    return page.copy_for_translation(Locale.objects.get(language_code="fr"), alias=True)


def _with_a_view_restriction(world: World) -> Page:
    from wagtail.models import PageViewRestriction

    page = make_page(section_of(world.quebec), "Mot de passe", slug="privee")
    PageViewRestriction.objects.create(page=page, restriction_type="password", password="secret")
    return page


@pytest.mark.parametrize("make", [_hidden, _draft, _unpublished, _redirected, _alias, _with_a_view_restriction])
@pytest.mark.parametrize("method", ["get", "head", "post", "put", "delete", "options"])
def test_what_one_may_not_see_answers_like_what_does_not_exist(
    world: World, make: Callable[[World], Page], method: str
) -> None:
    addresses = [
        f"/fr/{section}/privee{end}" for section in ("quebec", "halifax") for end in ("/", "", "/?page=2", "/below/")
    ]
    client = signed_in(world.reader)
    before = [answer(client, address, method) for address in addresses]

    make(world)

    assert [answer(client, address, method) for address in addresses] == before


def test_section_that_one_may_not_see_answers_like_no_network(world: World) -> None:
    client = signed_in(world.reader)
    addresses = ["/fr/nunavut/", "/en/nunavut/", "/fr/nunavut", "/en/nunavut/page/"]
    before = [answer(client, address) for address in addresses]

    make_network("nunavut")

    assert [answer(client, address) for address in addresses] == before


def test_not_found_page_helps_in_the_language_of_the_address(world: World) -> None:
    response = signed_in(world.reader).get("/en/nowhere/")

    assert response.status_code == 404
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert b'<html lang="en">' in response.content
    assert b'name="q"' in response.content
    assert b"nowhere" not in response.content


def test_address_of_a_button_says_so_to_who_opens_it(world: World) -> None:
    client = signed_in(world.reader)
    address = reverse("notifications:read_all")

    response = client.get(address)

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "Nothing opens at this address" in response.content.decode()
    with translation.override("fr"):
        assert "Rien ne s’ouvre à cette adresse" in client.get(reverse("notifications:read_all")).content.decode()
    assert client.get(address, headers={"Accept": "application/json"}).content == b""
    assert b"Rien" not in client.post("/api/v1/home").content


def test_page_is_never_kept_by_a_cache_nor_a_robot(world: World) -> None:
    response = signed_in(world.reader).get("/fr/halifax/")

    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_alias_leads_to_the_version_that_exists(world: World) -> None:
    page = make_page(section_of(world.halifax, "en"), "Toolkit")
    page.copy_for_translation(Locale.objects.get(language_code="fr"), alias=True)

    response = signed_in(world.reader).get("/fr/halifax/toolkit/")

    assert (response.status_code, response["Location"]) == (302, "/en/halifax/toolkit/")


def test_redirect_of_a_moved_page_leads_those_who_may_see_it(world: World) -> None:
    _redirected(world)

    response = signed_in(world.director).get("/fr/quebec/privee/")

    assert (response.status_code, response["Location"]) == (302, "/fr/quebec/ailleurs/")
    assert response["Cache-Control"] == "private, no-store"


def test_page_deep_in_the_tree_is_found_by_its_whole_path(world: World) -> None:
    section = section_of(world.halifax)
    first = make_page(section, "Outils", page_type=IndexPage)
    other = make_page(section, "Modèles", page_type=IndexPage)
    make_page(first, "Un outil", slug="lettre")
    make_page(other, "Un modèle", slug="lettre")
    client = signed_in(world.reader)

    assert client.get("/fr/halifax/outils/lettre/").context["title"] == "Un outil"
    assert client.get("/fr/halifax/modeles/lettre/").context["title"] == "Un modèle"
    assert client.get("/fr/outils/lettre/").status_code == 404
    assert client.get("/en/halifax/outils/lettre/").status_code == 404


def test_page_of_a_plugin_that_is_switched_off_is_gone_from_every_list(world: World) -> None:
    from django.contrib.contenttypes.models import ContentType

    page = make_page(section_of(world.halifax), "Affiche")
    # As such a plugin leaves it: the type is known to the database alone.
    gone = ContentType.objects.create(app_label="posters", model="posterpage")
    Page.objects.filter(pk=page.pk).update(content_type=gone)
    client = signed_in(world.reader)

    assert client.get("/fr/halifax/affiche/").status_code == 404
    assert client.get("/fr/halifax/").context["children"] == []


def test_ended_membership_closes_the_page_at_once(world: World) -> None:
    from intranet.networks.services import end_membership

    client = signed_in(world.reader)
    assert client.get("/fr/halifax/").status_code == 200

    end_membership(world.reader.memberships.get(), by=None)

    assert client.get("/fr/halifax/").status_code == 404


def test_inactive_account_is_sent_to_sign_in(world: World) -> None:
    client = signed_in(world.reader)
    User.objects.filter(pk=world.reader.pk).update(is_active=False)

    response: Any = client.get("/fr/halifax/")

    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/fr/halifax/")


def test_home_is_served_whatever_became_of_its_audience(world: World) -> None:
    assert HomePage.objects.count() == 2
    assert signed_in(world.guest).options("/fr/").status_code == 200
