"""Every address of the admin, with arguments, queries and forms that make no sense: an answer each time, no fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils.regex_helper import normalize
from wagtail.models import Locale, Task, Workflow
from wagtail_localize.models import Translation, TranslationSource

from intranet.accounts.models import User
from intranet.networks.services import add_membership
from intranet.pages.models import ContentPage
from tests.pages.admin.conftest import World, make_page
from tests.pages.admin.editing import page_form, rich_text
from tests.pages.admin.foreign import SECRET, WORD, Foreign, make_foreign

ENORMOUS = "9" * 30
NONSENSE = ("999999", "abc", ENORMOUS)

PARAMETERS = (
    *("id", "ids", "p", "page", "q", "ordering", "sort_by", "locale", "parent", "parent_page_id", "new_parent_page"),
    *("target_pages[]", "page_type", "child_of", "childOf", "descendant_of", "ancestor_of", "translation_of", "type"),
    *(
        "chooser",
        "collection",
        "collection_id",
        "collection_filter",
        "tag",
        "search",
        "term",
        "status",
        "user",
        "owner",
    ),
    *("limit", "offset", "order", "order_by", "next", "content_type", "object_id", "site", "is_shared"),
    *("latest_revision_created_at_from", "latest_revision_created_at_to", "timestamp_from", "action", "label"),
    *("allow_external_link", "match_subpath", "user_perms", "multiple", "has_translations", "mode", "in_preview_panel"),
    *("redirect_page", "locales", "revision_id", "usage_count", "export", "filter", "width", "height", "format"),
    *("start_date", "end_date", "created_at_from", "last_login_after", "live", "has_child_pages", "workflow", "task"),
    *("target_locale", "source_locale", "source_title", "target_title", "translated_by", "locked_by", "requested_by"),
    *("expire_at", "go_live_at", "title", "slug", "file", "files[]", "tags", "kind", "members", "language"),
)
"""What forms and queries of the admin read."""

QUERIES: tuple[dict[str, str], ...] = (
    {},
    dict.fromkeys(PARAMETERS, "abc"),
    dict.fromkeys(PARAMETERS, ENORMOUS),
    {"id": "abc", "q": "abc", "tag": "abc"},
)
FORMS: tuple[dict[str, str], ...] = (
    {},
    {**dict.fromkeys(PARAMETERS, "abc"), "action-submit": "1"},
)


class NoticingClient(Client):
    """Remembers what a view raised."""

    fault = ""

    def store_exc_info(self, **kwargs: Any) -> None:
        super().store_exc_info(**kwargs)
        assert self.exc_info is not None
        kind, error, _trace = self.exc_info
        self.fault = f"{kind.__name__}: {error}"


def addresses() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each address of the admin as a format, with the names of its arguments."""

    def walk(resolver: URLResolver, before: list[tuple[str, tuple[str, ...]]]) -> Iterator[tuple[str, tuple[str, ...]]]:
        for pattern in resolver.url_patterns:
            here = [
                (start + end, (*first, *then))
                for start, first in before
                for end, then in normalize(pattern.pattern.regex.pattern)
            ]
            if isinstance(pattern, URLPattern):
                yield from here
            else:
                yield from walk(pattern, here)

    for address, names in walk(get_resolver(), [("/", ())]):
        if address.startswith("/admin/"):
            yield address, names


def real(house: Foreign) -> dict[str, Any]:
    """For each argument's name something that exists."""
    page, revision = house.page.pk, house.page.latest_revision_id
    return {
        "page_id": page, "parent_page_id": page, "page_pk": page, "page_to_move_id": page, "object_id": page,
        "destination_id": house.section.pk, "pk": page, "revision_id": revision, "revision_id_a": revision,
        "revision_id_b": revision, "image_id": house.image.pk, "document_id": house.document.pk,
        "doc_id": house.document.pk, "uploaded_file_id": house.upload.pk, "redirect_id": house.redirect.pk,
        "session_id": house.session.pk, "task_state_id": house.task_state.pk, "action_name": "approve",
        "task_id": Task.objects.latest("pk").pk, "workflow_pk": Workflow.objects.get().pk,
        "workflow_state_id": house.state.pk, "collection_id": house.document.collection_id,
        "translation_source_id": house.translation.source_id, "translation_id": house.translation.pk,
        "string_segment_id": house.segment.pk,
        "overridable_segment_id": house.overridable.pk if house.overridable else 1, "app_label": "wagtailcore",
        "model_name": "page", "app_name": "wagtailcore", "action": "move", "content_type_app_name": "pages",
        "content_type_model_name": "contentpage", "mode": "edit", "filter_spec": "width-10", "uidb64": "x",
        "token": "y-z", "slug": house.network.slug,
    }  # fmt: skip


def wrong_arguments(names: tuple[str, ...], known: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All of them nonsense, and each of them nonsense beside others that exist; low numbers as ids of every kind."""
    for value in NONSENSE if names else ():
        yield dict.fromkeys(names, value)
        for name in names if len(names) > 1 else ():
            yield {other: value if other == name else known[other] for other in names}
    for pk in (1, 2) if "pk" in names else ():
        yield {name: pk if name == "pk" else known[name] for name in names}


def requests(
    client: Client, known: dict[str, Any], *, thorough: bool
) -> Iterator[tuple[str, Callable[[], HttpResponse]]]:
    """What is asked for, and the asking."""
    for address, names in addresses():
        path = address % {name: known[name] for name in names}
        for query in QUERIES if thorough else QUERIES[1:2]:
            yield f"GET {path} {list(query.items())[:1]}", partial(client.get, path, query)
        for form in FORMS if thorough else FORMS[1:]:
            yield f"POST {path} {list(form.items())[:1]}", partial(client.post, path, form)
        for ask in (client.put, client.delete) if thorough else ():
            yield f"{ask.__name__} {path}", partial(ask, path, '["x"', content_type="application/json")
        for filling in wrong_arguments(names, known):
            wrong = address % filling
            try:
                resolve(wrong)
            except Resolver404:
                continue
            yield f"GET {wrong}", partial(client.get, wrong)


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Whatever is written in here is not, and nobody signs out."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = cookies


@pytest.fixture
def house(world: World) -> Foreign:
    """One section that holds one of everything; its coordinator."""
    house = make_foreign()
    add_membership(person=world.coordinator, network=house.network, role="coordinator")
    return house


@pytest.fixture
def bare(house: Foreign) -> Translation:
    """A translation that was begun, and has no page."""
    page = make_page(house.section, "Bare", summary="Words")
    source, _created = TranslationSource.update_or_create_from_instance(ContentPage.objects.get(pk=page.pk))
    return Translation.objects.create(source=source, target_locale=Locale.objects.get(language_code="fr"))


def client_of(person: User) -> NoticingClient:
    client = NoticingClient(raise_request_exception=False)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("role", ["coordinator", "superuser"])
def test_nonsense_is_answered(world: World, house: Foreign, role: str) -> None:
    client = client_of(getattr(world, role))
    faults, answered = [], 0
    for name, ask in requests(client, real(house), thorough=role == "coordinator"):
        with undone(client):
            status = ask().status_code
        answered += status == 200
        if status >= 500:
            faults.append(f"{name}: {status} {client.fault}")

    assert faults == []
    # The walk did get inside, and stayed there.
    assert answered > 50
    assert client.get("/admin/").status_code == 200


def test_translation_without_its_page_does_not_exist(world: World, house: Foreign, bare: Translation) -> None:
    client, known = client_of(world.coordinator), real(house)
    known |= {"translation_source_id": bare.source_id, "translation_id": bare.pk}
    addresses_of_one = [
        address % {name: known[name] for name in names}
        for address, names in addresses()
        if {"translation_source_id", "translation_id"} & set(names)
    ]

    assert len(addresses_of_one) == 9
    for address in addresses_of_one:
        assert {client.get(address).status_code, client.post(address).status_code} == {404}, address


def test_images_with_a_tag_are_searched_in(world: World, house: Foreign) -> None:
    house.image.tags.add("plans")
    client, chooser = client_of(world.coordinator), reverse("wagtailimages_chooser:choose")

    shown = {tag: client.get(chooser, {"q": SECRET, "tag": tag}).json()["html"] for tag in ("plans", "other")}

    assert [f"{SECRET} {WORD} image" in html for html in shown.values()] == [True, False]


@pytest.mark.parametrize(
    "address", ["/admin/api/main/pages/find/?id=abc", "/admin/choose-page/?page_type=abc", "/admin/pages/?p=abc"]
)
def test_nonsense_in_a_query_is_called_so_or_read_as_nothing(world: World, house: Foreign, address: str) -> None:
    assert client_of(world.coordinator).get(address).status_code in (200, 400, 404)


@pytest.mark.parametrize("broken", [{}, {"body-count": "abc"}, {"body-count": "7"}])
def test_body_that_arrives_in_pieces_is_said_so_and_the_stored_one_stays(world: World, broken: dict[str, str]) -> None:
    page = make_page(world.section, "Page", live=False, body=[("text", "<p>What was there</p>")])
    form = page_form("Other title", [("text", rich_text("<p>Half of it</p>"))])
    sent = {name: value for name, value in form.items() if not name.startswith("body-")} | broken

    answer = client_of(world.publisher).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), sent)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "A part of the page did not arrive, so nothing has been saved" in text
    assert "What was there" in text
    assert 'value="Other title"' in text
    latest = ContentPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert (latest.title, "What was there" in str(latest.body)) == ("Page", True)


def test_new_page_without_a_body_is_not_made(world: World) -> None:
    address = reverse("wagtailadmin_pages:add", args=["pages", "contentpage", world.section.pk])
    sent = {name: value for name, value in page_form("New").items() if not name.startswith("body-")}

    answer = client_of(world.contributor).post(address, sent)

    assert "A part of the page did not arrive" in answer.content.decode()
    assert not ContentPage.objects.filter(title="New").exists()
