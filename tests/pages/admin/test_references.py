"""What a page may refer to: choosers in blocks, rich text, fields; and what the editor is shown of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import ReferenceIndex

from intranet.accounts.models import User
from intranet.networks.audiences import Rule, set_rule
from intranet.networks.models import Item, Network
from intranet.networks.services import add_membership, provision_network, set_network_state
from intranet.pages.admin.usable import editing_as
from intranet.pages.models import ContentPage
from tests.pages.admin.conftest import World, make_document, make_image, make_page
from tests.pages.admin.editing import page_form, rich_text

ClientOf = Callable[[User], Client]
MISSING = 987_654


def save(client: Client, page: ContentPage, data: dict[str, object]) -> str:
    response = client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data, follow=True)
    return str(response.content.decode())


def stored(page: ContentPage) -> ContentPage:
    return ContentPage.objects.get(pk=page.pk).get_latest_revision_as_object()


@pytest.mark.parametrize("kind", ["document", "image"])
def test_a_foreign_file_is_refused_like_one_that_is_not_there(world: World, client_of: ClientOf, kind: str) -> None:
    make = make_document if kind == "document" else make_image
    own, foreign = make(world.own, "own"), make(world.foreign, "zzsecret")
    page = make_page(world.section, "Page", live=False)
    client = client_of(world.contributor)

    def block(pk: int) -> tuple[str, object]:
        if kind == "image":
            return "image", {"image": pk, "alternative_text": "", "caption": ""}
        return "documents", {"count": 1, "0-value": pk, "0-deleted": "", "0-order": 0, "0-type": "item", "0-id": ""}

    answers = [save(client, page, page_form("Page", [block(pk)])) for pk in (foreign.pk, MISSING)]
    for answer in answers:
        assert "Choose something that is in your section" in answer
        assert "zzsecret" not in answer
    assert len(stored(page).body) == 0

    save(client, page, page_form("Page", [block(own.pk)]))
    assert len(stored(page).body) == 1


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ('<a linktype="page" id="{page}">x</a>', "links to a page that does not exist or that you may not see"),
        ('<a linktype="document" id="{document}">x</a>', "links to a document that does not exist"),
        ('<embed embedtype="image" id="{image}" format="fullwidth" alt=""/>', "shows an image that does not exist"),
    ],
)
def test_a_foreign_id_in_rich_text_is_refused(world: World, client_of: ClientOf, link: str, message: str) -> None:
    from intranet.pages.admin.forms import SectionPageForm

    foreign = {
        "page": make_page(world.foreign_section, "zzsecret").pk,
        "document": make_document(world.foreign, "zzsecret").pk,
        "image": make_image(world.foreign, "zzsecret").pk,
    }
    page = make_page(world.section, "Page", live=False)
    form_class = ContentPage.get_edit_handler().get_form_class()
    assert issubclass(form_class, SectionPageForm)

    for ids in (foreign, dict.fromkeys(foreign, MISSING)):
        markup = f"<p>{link.format(**ids)}</p>"
        page.body = [("text", markup)]
        form = form_class(instance=ContentPage.objects.get(pk=page.pk), for_user=world.contributor)
        form.cleaned_data = {"body": page.body}
        form._errors = {}
        form._refuse_foreign("body", page.body)
        assert message in str(form.errors)


def test_a_foreign_page_link_is_refused_on_save_and_its_own_kept(world: World, client_of: ClientOf) -> None:
    own, foreign = make_page(world.section, "Own"), make_page(world.foreign_section, "zzsecret")
    page = make_page(world.section, "Page", live=False)
    client = client_of(world.contributor)

    def text(pk: int) -> tuple[str, object]:
        return "text", rich_text(f'<p><a linktype="page" id="{pk}">x</a></p>', features=["link"])

    assert "that does not exist or that you may not see" in save(client, page, page_form("Page", [text(foreign.pk)]))
    assert len(stored(page).body) == 0
    save(client, page, page_form("Page", [text(own.pk)]))
    assert f'id="{own.pk}"' in stored(page).body[0].value.source

    # What is shared with the editor may be linked to, wherever it is.
    set_rule(foreign.translation_key, Rule(Item.Rule.MEMBERS), by=None)
    save(client, page, page_form("Page", [text(foreign.pk)]))
    assert f'id="{foreign.pk}"' in stored(page).body[0].value.source


def test_the_editor_shows_no_title_of_a_foreign_file_that_is_there_already(world: World, client_of: ClientOf) -> None:
    document = make_document(world.foreign, "zzsecret")
    link = f'<p><a linktype="document" id="{document.pk}">x</a></p>'
    page = make_page(world.section, "Page", live=False, body=[("documents", [document]), ("text", link)])

    answer = client_of(world.contributor).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    assert answer.status_code == 200
    assert "zzsecret" not in answer.content.decode()


def test_previews_of_a_foreign_file_are_refused(world: World, client_of: ClientOf) -> None:
    image = make_image(world.foreign, "zzsecret")
    page = make_page(world.section, "Page", live=False)
    client = client_of(world.contributor)
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    data = page_form("Page", [("image", {"image": image.pk, "alternative_text": "", "caption": ""})])

    assert client.post(address, data).json()["is_valid"] is False
    assert "zzsecret" not in client.get(address).content.decode()


def test_networks_offered_are_those_that_one_may_name(world: World, client_of: ClientOf) -> None:
    provision_network(slug="hidden", kind="table", name_en="zzsecret table", name_fr="zzsecret table")
    page = make_page(world.section, "Page", live=False)

    answer = client_of(world.contributor).get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()

    assert "toronto EN-NAME" in answer
    assert "Other networks are chosen too" not in answer
    assert "zzsecret" not in answer


def test_networks_that_an_editor_may_not_name_stay_chosen(world: World, client_of: ClientOf) -> None:
    hidden = provision_network(slug="hidden", kind="table", name_en="zzsecret table", name_fr="zzsecret table")
    closed = provision_network(slug="closed", kind="society", name_en="Closed", name_fr="Closed")
    add_membership(person=world.publisher, network=hidden, role="reader")
    page = make_page(world.section, "Page", live=False)
    chosen = [hidden.pk, closed.pk, world.foreign.pk]
    save(client_of(world.publisher), page, page_form("Page") | {"contributing_networks": chosen})
    assert networks_of(page) == set(chosen)
    set_network_state(closed, Network.State.CLOSED)
    client = client_of(world.contributor)

    shown = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "zzsecret" not in shown
    assert shown.count("Other networks are chosen too; they stay chosen.") == 1
    answer = save(client, page, page_form("Page") | {"contributing_networks": [world.foreign.pk, world.own.pk]})
    assert "zzsecret" not in answer
    assert networks_of(page) == {*chosen, world.own.pk}

    # What the editor is offered goes when it is not chosen any more.
    save(client, page, page_form("Page") | {"contributing_networks": []})
    assert networks_of(page) == {hidden.pk, closed.pk}

    save(client_of(world.publisher), page, page_form("Page") | {"contributing_networks": []})
    assert networks_of(page) == {closed.pk}


def networks_of(page: ContentPage) -> set[int]:
    return {network.pk for network in stored(page).contributing_networks.all()}


def test_references_from_other_sections_are_not_counted(world: World) -> None:
    page = make_page(world.section, "Page")
    set_rule(page.translation_key, Rule(Item.Rule.MEMBERS), by=None)
    link = f'<p><a linktype="page" id="{page.pk}">x</a></p>'
    foreign = make_page(world.foreign_section, "Links here", body=[("text", link)])
    ReferenceIndex.create_or_update_for_object(foreign)

    with editing_as(world.publisher):
        assert ReferenceIndex.get_grouped_references_to(page).count() == 0
    with editing_as(world.foreign_publisher):
        assert ReferenceIndex.get_grouped_references_to(page).count() == 1
