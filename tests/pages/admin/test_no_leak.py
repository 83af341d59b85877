"""Every address of the admin, tried with what belongs to another section."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, reverse
from wagtail.admin import urls as admin_urls
from wagtail.models import Site

from intranet.accounts.models import User
from intranet.networks.models import Membership
from intranet.networks.services import add_membership, end_membership
from tests.beginnings import beginning
from tests.pages.admin.conftest import World, make_page
from tests.pages.admin.foreign import SECRET, WORD, Foreign, make_foreign

MISSING = 987_654

PAGE_VIEWS = (
    "usage", "edit", "preview_on_edit", "view_draft", "delete", "unpublish", "convert_alias", "copy", "set_privacy",
    "lock", "unlock", "revisions_index", "workflow_history", "history", "history_results",
)  # fmt: skip


def page_cases() -> dict[str, list[Callable[[Foreign], dict[str, Any]]]]:
    by_page = {f"wagtailadmin_pages:{view}": [lambda f: {"page_id": f.page.pk}] for view in PAGE_VIEWS}
    type_of = {"content_type_app_name": "pages", "content_type_model_name": "contentpage"}
    return {
        **by_page,
        "wagtailadmin_explore": [lambda f: {"parent_page_id": f.page.pk}, lambda f: {"parent_page_id": f.section.pk}],
        "wagtailadmin_explore_results": [lambda f: {"parent_page_id": f.page.pk}],
        "wagtailadmin_pages:add": [lambda f: {**type_of, "parent_page_id": f.section.pk}],
        "wagtailadmin_pages:preview_on_add": [lambda f: {**type_of, "parent_page_id": f.section.pk}],
        "wagtailadmin_pages:add_subpage": [lambda f: {"parent_page_id": f.section.pk}],
        "wagtailadmin_pages:move": [lambda f: {"page_to_move_id": f.page.pk}],
        "wagtailadmin_pages:move_confirm": [lambda f: {"page_to_move_id": f.page.pk, "destination_id": f.section.pk}],
        "wagtailadmin_pages:set_page_position": [lambda f: {"page_to_move_id": f.page.pk}],
        "wagtailadmin_pages:workflow_action": [
            lambda f: {"page_id": f.draft.pk, "action_name": "approve", "task_state_id": f.task_state.pk}
        ],
        "wagtailadmin_pages:collect_workflow_action_data": [
            lambda f: {"page_id": f.draft.pk, "action_name": "approve", "task_state_id": f.task_state.pk}
        ],
        "wagtailadmin_pages:confirm_workflow_cancellation": [lambda f: {"page_id": f.draft.pk}],
        "wagtailadmin_pages:workflow_preview": [lambda f: {"page_id": f.draft.pk, "task_id": f.task_state.task_id}],
        "wagtailadmin_pages:revisions_view": [
            lambda f: {"page_id": f.page.pk, "revision_id": f.page.latest_revision_id}
        ],
        "wagtailadmin_pages:revisions_revert": [
            lambda f: {"page_id": f.page.pk, "revision_id": f.page.latest_revision_id}
        ],
        "wagtailadmin_pages:revisions_unschedule": [
            lambda f: {"page_id": f.page.pk, "revision_id": f.page.latest_revision_id}
        ],
        "wagtailadmin_pages:revisions_compare": [
            lambda f: {"pk": f.page.pk, "revision_id_a": "earliest", "revision_id_b": "latest"}
        ],
        "wagtailadmin_pages:workflow_history_detail": [
            lambda f: {"page_id": f.draft.pk, "workflow_state_id": f.state.pk}
        ],
        "wagtailadmin_choose_page_child": [lambda f: {"parent_page_id": f.section.pk}],
        "page_audience": [lambda f: {"page_id": f.page.pk}],
        "memo_withdraw": [lambda f: {"page_id": f.page.pk}],
        "memo_archive": [lambda f: {"page_id": f.page.pk}],
        "memo_bring_back": [lambda f: {"page_id": f.page.pk}],
        "memo_before_publishing": [lambda f: {"page_id": f.page.pk}],
        "memo_reached_people": [lambda f: {"page_id": f.page.pk, "slug": "toronto"}],
    }


def file_cases() -> dict[str, list[Callable[[Foreign], dict[str, Any]]]]:
    document, image = (lambda f: {"document_id": f.document.pk}), (lambda f: {"image_id": f.image.pk})
    return {
        "wagtaildocs:edit": [document],
        "wagtaildocs:delete": [document],
        "document_read_again": [document],
        "wagtaildocs:document_usage": [document],
        "wagtaildocs:edit_multiple": [lambda f: {"doc_id": f.document.pk}],
        "wagtaildocs:delete_multiple": [lambda f: {"doc_id": f.document.pk}],
        "wagtaildocs:create_multiple_from_uploaded_document": [lambda f: {"uploaded_file_id": f.upload.pk}],
        "wagtaildocs:delete_upload_multiple": [lambda f: {"uploaded_file_id": f.upload.pk}],
        "wagtaildocs_chooser:chosen": [lambda f: {"pk": f.document.pk}],
        "wagtailimages:edit": [image],
        "wagtailimages:delete": [image],
        "wagtailimages:url_generator": [image],
        "wagtailimages:url_generator_output": [image],
        "wagtailimages:preview": [lambda f: {"image_id": f.image.pk, "filter_spec": "width-100"}],
        "wagtailimages:image_usage": [image],
        "wagtailimages:edit_multiple": [image],
        "wagtailimages:delete_multiple": [image],
        "wagtailimages:create_multiple_from_uploaded_image": [lambda f: {"uploaded_file_id": f.image_upload.pk}],
        "wagtailimages:delete_upload_multiple": [lambda f: {"uploaded_file_id": f.image_upload.pk}],
        "wagtailimages_chooser:chosen": [lambda f: {"pk": f.image.pk}],
        "wagtailimages_chooser:select_format": [image],
    }


def other_cases() -> dict[str, list[Callable[[Foreign], dict[str, Any]]]]:
    translation = lambda f: {"translation_id": f.translation.pk}  # noqa: E731
    return {
        "wagtailadmin_api:pages:detail": [lambda f: {"pk": f.page.pk}],
        "wagtailadmin_api:pages:action": [lambda f: {"pk": f.page.pk, "action_name": "delete"}],
        "wagtailadmin_api:documents:detail": [lambda f: {"pk": f.document.pk}],
        "wagtailadmin_api:images:detail": [lambda f: {"pk": f.image.pk}],
        "wagtailadmin_collections:edit": [lambda f: {"pk": f.network.section_collection.collection_id}],
        "wagtailadmin_collections:delete": [lambda f: {"pk": f.network.section_collection.collection_id}],
        "wagtailadmin_collections:set_privacy": [
            lambda f: {"collection_id": f.network.section_collection.collection_id}
        ],
        "wagtailadmin_editing_sessions:ping": [
            lambda f: {
                "app_label": "pages",
                "model_name": "contentpage",
                "object_id": f.page.pk,
                "session_id": f.session.pk,
            },
            lambda f: {
                "app_label": "wagtailcore",
                "model_name": "page",
                "object_id": f.page.pk,
                "session_id": f.session.pk,
            },
            lambda f: {
                "app_label": "pages",
                "model_name": "guardeddocument",
                "object_id": f.document.pk,
                "session_id": 1,
            },
        ],
        "wagtailadmin_editing_sessions:release": [lambda f: {"session_id": f.session.pk}],
        "wagtail_localize:submit_page_translation": [lambda f: {"page_id": f.draft.pk}],
        "wagtail_localize:update_translations": [lambda f: {"translation_source_id": f.translation.source_id}],
        "wagtail_localize:edit_string_translation": [lambda f: {**translation(f), "string_segment_id": f.segment.pk}],
        "wagtail_localize:edit_override": [lambda f: {**translation(f), "overridable_segment_id": 1}],
        "wagtail_localize:download_pofile": [translation],
        "wagtail_localize:upload_pofile": [translation],
        "wagtail_localize:machine_translate": [translation],
        "wagtail_localize:preview_translation": [translation],
        "wagtail_localize:stop_translation": [translation],
        "wagtail_localize:convert_to_alias": [lambda f: {"page_id": f.page.pk}],
        "wagtailredirects:edit": [lambda f: {"redirect_id": f.redirect.pk}],
        "wagtailredirects:delete": [lambda f: {"redirect_id": f.redirect.pk}],
        **{
            f"wagtailusers_users:{view}": [lambda f: {"pk": f.person.pk}]
            for view in ("edit", "delete", "history", "history_results", "usage")
        },
    }


def kept_by_the_site() -> dict[str, list[Callable[[Foreign], dict[str, Any]]]]:
    """The site's own workflow, address and languages: closed for everyone, though they are there."""
    workflow, task = (lambda f: {"pk": f.state.workflow_id}), (lambda f: {"pk": f.task_state.task_id})
    site, locale = (lambda f: {"pk": Site.objects.get().pk}), (lambda f: {"pk": f.page.locale_id})
    views = ("edit", "delete", "copy", "usage", "history", "history_results")
    return {
        **{f"wagtailadmin_workflows:{view}": [workflow] for view in ("enable", "disable", "edit", "usage")},
        "wagtailadmin_workflows:usage_results": [workflow],
        "wagtailadmin_workflows:remove": [
            lambda f: {"page_pk": f.page.pk},
            lambda f: {"page_pk": f.page.pk, "workflow_pk": f.state.workflow_id},
        ],
        "wagtailadmin_workflows:add_task": [lambda f: {"app_label": "wagtailcore", "model_name": "groupapprovaltask"}],
        **{f"wagtailadmin_workflows:{view}": [task] for view in ("edit_task", "disable_task", "enable_task")},
        "wagtailadmin_workflows:task_chosen": [lambda f: {"task_id": f.task_state.task_id}],
        **{f"wagtailsites:{view}": [site] for view in views},
        **{f"wagtaillocales:{view}": [locale] for view in views},
    }


CASES = {**page_cases(), **file_cases(), **other_cases(), **kept_by_the_site()}

WITHOUT_OBJECTS_OF_SECTIONS = {
    "wagtailusers_groups:": "closed for everyone",
    "topics:": "topics belong to everybody; asked of the topic policy",
    "terms:": "terms belong to everybody; asked of the term policy",
    "pinned-answers:": "pinned answers belong to the office; their items are shown by the items' audience",
    "wagtail_localize:submit_snippet_translation": "no snippet is translated",
    "wagtail_localize:snippets_api": "no snippet is registered",
    "wagtailadmin_pages:type_use": "takes a type; its body is checked with the lists",
    "wagtailadmin_pages:choose_parent": "takes a type; its body is checked with the lists",
    "wagtail_bulk_action": "takes its ids in the query; checked below",
    "wagtailadmin_tag_model_autocomplete": "takes a type; its body is checked with the lists",
    "wagtailadmin_password_reset": "switched off; allauth resets passwords",
}


def addresses() -> Iterator[tuple[str, set[str]]]:
    """The name and the arguments of each pattern of the admin."""

    def walk(patterns: Any, namespace: str, arguments: set[str]) -> Iterator[tuple[str, set[str]]]:
        for pattern in patterns:
            here = arguments | set(pattern.pattern.regex.groupindex)
            if isinstance(pattern, URLResolver):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from walk(pattern.url_patterns, inner, here)
            elif pattern.name:
                yield f"{namespace}{pattern.name}", here

    yield from walk(admin_urls.urlpatterns, "", set())


def test_every_address_that_takes_an_argument_is_tried_or_has_a_reason(db: None) -> None:
    unknown = {
        name
        for name, arguments in addresses()
        if arguments and name not in CASES and not name.startswith(tuple(WITHOUT_OBJECTS_OF_SECTIONS))
    }

    assert unknown == set()


def body_of(response: HttpResponse) -> str:
    """The body without what differs from one request to the next."""
    text = (
        b"".join(response.streaming_content).decode(errors="replace")  # type: ignore[attr-defined]
        if response.streaming
        else response.content.decode(errors="replace")
    )
    return re.sub(r"(csrfmiddlewaretoken|CSRF_TOKEN|csrf)[^>]{0,120}?[A-Za-z0-9]{64}", "", text)


def shape_of(response: HttpResponse) -> tuple[int, str, dict[str, str]]:
    headers = {name: value for name, value in response.items() if name not in ("Expires", "Last-Modified", "Date")}
    return response.status_code, body_of(response), headers


foreign = beginning(make_foreign)


def differences(client: Client, foreign: Foreign) -> list[str]:
    """What tells a foreign object from one that does not exist, or shows a word of it."""
    found = []
    for name, cases in CASES.items():
        for case in cases:
            kwargs = case(foreign)
            missing = {key: MISSING if isinstance(value, int) else value for key, value in kwargs.items()}
            for method in ("get", "post"):
                there = getattr(client, method)(reverse(name, kwargs=kwargs))
                nowhere = getattr(client, method)(reverse(name, kwargs=missing))
                if there.status_code != 404:
                    found.append(f"{method} {name}: {there.status_code}")
                if shape_of(there) != shape_of(nowhere):
                    found.append(f"{method} {name}: differs from what does not exist")
                if SECRET in body_of(there):
                    found.append(f"{method} {name}: leaks")
    return found


@pytest.mark.parametrize("person", ["contributor", "publisher", "superuser", "office_coordinator"])
def test_foreign_ids_are_like_missing_ones(
    world: World, foreign: Foreign, client_of: Callable[[User], Client], person: str
) -> None:
    found = differences(client_of(getattr(world, person)), foreign)

    if person in ("superuser", "office_coordinator"):
        # They manage accounts: people are theirs to see, sections are not.
        found = [line for line in found if "wagtailusers_users" not in line]
    assert found == []


def test_what_the_site_itself_keeps_is_closed(world: World, client_of: Callable[[User], Client]) -> None:
    """A site's list would print the title of the page that one chose, the others' would count pages of all sections."""
    kept = ("wagtailadmin_workflows:", "wagtailsites:", "wagtaillocales:")
    names = {name for name, arguments in addresses() if not arguments and name.startswith(kept)}
    assert {f"{prefix}{view}" for prefix in kept for view in ("index", "add")} <= names
    client = client_of(world.superuser)

    open_ones = [
        name for name in names for method in (client.get, client.post) if method(reverse(name)).status_code != 404
    ]

    assert open_ones == []


LISTS = (
    "/admin/", "/admin/pages/", "/admin/pages/search/", f"/admin/pages/search/?q={WORD}",
    f"/admin/pages/search/results/?q={WORD}", f"/admin/pages/?q={WORD}", "/admin/pages/?owner=1",
    "/admin/choose-page/", f"/admin/choose-page/search/?q={WORD}", "/admin/choose-page/?page_type=pages.contentpage",
    "/admin/choose-page/?page_type=pages.sectionpage",
    "/admin/choose-page/search/?q=quokka&page_type=pages.contentpage",
    "/admin/documents/", f"/admin/documents/?q={WORD}", "/admin/documents/results/", "/admin/images/",
    f"/admin/images/?q={WORD}", "/admin/images/results/", "/admin/documents/chooser/", "/admin/images/chooser/",
    f"/admin/documents/chooser/results/?q={WORD}", f"/admin/images/chooser/results/?q={WORD}",
    "/admin/documents/multiple/add/", "/admin/images/multiple/add/",
    "/admin/reports/locked/", "/admin/reports/workflow/", "/admin/reports/workflow_tasks/", "/admin/reports/upkeep/",
    "/admin/reports/site-history/", "/admin/reports/aging-pages/", "/admin/reports/page-types-usage/",
    "/admin/reports/locked/?export=csv", "/admin/reports/workflow/?export=csv",
    "/admin/reports/workflow_tasks/?export=csv", "/admin/reports/site-history/?export=csv",
    "/admin/reports/aging-pages/?export=csv",
    "/admin/localize/reports/translations/", "/admin/localize/reports/translations/?export=csv",
    "/admin/redirects/", "/admin/redirects/?export=csv", "/admin/redirects/add/", "/admin/collections/",
    "/admin/workflows/list/", "/admin/workflows/tasks/index/", "/admin/users/", "/admin/groups/", "/admin/sites/",
    "/admin/locales/", "/admin/snippets/", "/admin/topics/", "/admin/pinned-answers/", "/admin/account/",
    "/admin/search-refused/", "/admin/search-why/", "/admin/reports/searches/",
    f"/admin/tag-autocomplete/?term={WORD}", f"/admin/tag-autocomplete/taggit/tag/?term={WORD}",
    "/admin/api/main/pages/", "/admin/api/main/pages/?for_explorer=1", f"/admin/api/main/pages/?search={WORD}",
    "/admin/api/main/documents/", "/admin/api/main/images/",
    "/admin/pages/usage/pages/contentpage/", "/admin/pages/usage/pages/sectionpage/",
    "/admin/pages/create/pages/contentpage",
)  # fmt: skip


@pytest.mark.parametrize(
    "person", ["contributor", "publisher", "coordinator", "superuser", "office_publisher", "office_coordinator"]
)
def test_lists_do_not_name_what_is_foreign(
    world: World, foreign: Foreign, client_of: Callable[[User], Client], person: str
) -> None:
    make_page(world.section, "Own page")
    client = client_of(getattr(world, person))
    manages_accounts = person in ("superuser", "office_coordinator")
    found = []

    for address in LISTS:
        response = client.get(address, follow=True)
        if response.status_code >= 500:
            found.append(f"{address}: {response.status_code}")
        text = body_of(response)
        if SECRET in text and not (manages_accounts and address == "/admin/users/"):
            place = text.index(SECRET)
            found.append(f"{address}: {text[max(0, place - 80) : place + 60]!r}")

    assert found == []


def test_addresses_without_an_argument_do_not_name_what_is_foreign(
    world: World, foreign: Foreign, client_of: Callable[[User], Client]
) -> None:
    """Lists that nobody thought of, of ours or of a next version of Wagtail, and objects named in the query."""
    names = {name for name, arguments in addresses() if not arguments} - {"wagtailadmin_error_test"}
    assert "wagtailadmin_reports:site_history_results" in names
    found = []

    for person in (world.publisher, world.office_publisher):
        client = client_of(person)
        for address in {reverse(name) for name in names} - {reverse("wagtailadmin_logout")}:
            kinds = {"documents": foreign.document, "images": foreign.image}
            named = next((kinds[part] for part in address.split("/") if part in kinds), foreign.page)
            response = client.get(address, {"q": WORD, "id": named.pk})
            if response.status_code >= 500 or SECRET in body_of(response):
                found.append((address, response.status_code))

    assert found == []


def test_a_former_member_finds_nothing_of_what_was_once_theirs(
    world: World, foreign: Foreign, client_of: Callable[[User], Client]
) -> None:
    """Edits, locks and reviews of one's own do not outlast the membership."""
    person = foreign.person
    end_membership(Membership.objects.get(person=person))
    add_membership(person=person, network=world.own, role="publisher")
    client = client_of(person)
    # One's own name is no secret.
    User.objects.filter(pk=person.pk).update(name="Former", email="former@example.org")

    leaks = [address for address in LISTS if SECRET in body_of(client.get(address, follow=True))]

    assert leaks == []
    assert differences(client, foreign_without_owned(foreign)) == []


def foreign_without_owned(foreign: Foreign) -> Foreign:
    """One's own uploads and editing sessions stay one's own: they are not the section's."""
    from django.contrib.contenttypes.models import ContentType
    from wagtail.admin.models import EditingSession
    from wagtail.models import UploadedFile

    other = User.objects.create_user("other@example.org")
    UploadedFile.objects.update(uploaded_by_user=other)
    EditingSession.objects.update(user=other)
    assert ContentType.objects.exists()
    return foreign


@pytest.mark.parametrize(
    "address",
    ["/admin/", "/admin/pages/", "/admin/pages/{pk}/", "/admin/pages/{pk}/edit/", "/admin/pages/987654/edit/"],
)
def test_a_reader_has_no_admin(
    world: World, foreign: Foreign, client_of: Callable[[User], Client], address: str
) -> None:
    response = client_of(world.reader).get(address.format(pk=foreign.page.pk))

    assert (response.status_code, response["Location"]) == (302, "/")


@pytest.mark.parametrize("action", ["delete", "move", "publish", "unpublish"])
def test_bulk_actions_know_no_foreign_pages(
    world: World, foreign: Foreign, client_of: Callable[[User], Client], action: str
) -> None:
    own = make_page(world.section, "Own page")
    client = client_of(world.publisher)
    address = f"/admin/bulk/wagtailcore/page/{action}/"

    assert client.get(address, {"id": foreign.page.pk}).status_code == 404
    assert client.post(f"{address}?id={foreign.page.pk}").status_code == 404
    assert client.get(address, {"id": [own.pk, foreign.page.pk]}).status_code == 404
    assert client.get(address, {"id": MISSING}).status_code == 404
    assert client.get(address, {"id": "all", "childOf": foreign.section.pk}).status_code == 404
    everything = client.get(address, {"id": "all", "q": WORD})
    assert everything.status_code == 404 or SECRET not in body_of(everything)
    assert client.get(address, {"id": own.pk}).status_code == 200


@pytest.mark.parametrize(("model", "kind"), [("guardeddocument", "document"), ("guardedimage", "image")])
@pytest.mark.parametrize("action", ["delete", "add_tags", "add_to_collection"])
def test_bulk_actions_know_no_foreign_files(
    world: World, foreign: Foreign, client_of: Callable[[User], Client], model: str, kind: str, action: str
) -> None:
    client = client_of(world.publisher)
    address = f"/admin/bulk/pages/{model}/{action}/"

    assert client.get(address, {"id": getattr(foreign, kind).pk}).status_code == 404
    assert client.post(f"{address}?id={getattr(foreign, kind).pk}").status_code == 404
    assert SECRET not in body_of(client.get(address, {"id": "all"}))


def test_forms_name_no_foreign_destination(world: World, foreign: Foreign, client_of: Callable[[User], Client]) -> None:
    own = make_page(world.section, "Own page")
    client = client_of(world.publisher)
    move, copy = reverse("wagtailadmin_pages:move", args=[own.pk]), reverse("wagtailadmin_pages:copy", args=[own.pk])
    bulk = f"/admin/bulk/wagtailcore/page/move/?id={own.pk}"

    for pk in (foreign.section.pk, MISSING):
        assert client.post(move, {"new_parent_page": pk}).status_code == 404
        assert client.post(copy, {"new_parent_page": pk, "new_title": "x", "new_slug": "x"}).status_code == 404
        assert client.post(bulk, {"chooser": pk}).status_code == 404
        confirm = reverse("wagtailadmin_pages:move_confirm", args=[own.pk, pk])
        assert client.get(confirm).status_code == 404
        assert client.post(confirm).status_code == 404
