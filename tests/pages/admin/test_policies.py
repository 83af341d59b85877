"""The policies: who may do what with pages, files, collections, accounts."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, Page
from wagtail.permissions import policy_registry

from intranet.accounts.models import User
from intranet.networks.models import Membership
from intranet.networks.services import end_membership
from intranet.pages.models import ContentPage, GuardedDocument, GuardedImage, HomePage, Topic
from tests.pages.admin.conftest import World, make_document, make_page, section_of

pages = policy_registry.get_by_type(Page)


def names(people: object) -> set[str]:
    return {person.name for person in people}  # type: ignore[attr-defined]


def test_page_types_all_have_the_policy(world: World) -> None:
    assert policy_registry.get_by_type(ContentPage) is pages
    assert type(pages).__name__ == "SectionPagePolicy"


def test_contributor_adds_and_changes_in_the_own_section_alone(world: World) -> None:
    own, foreign = make_page(world.section, "Own"), make_page(world.foreign_section, "Foreign")
    mine, theirs = own.permissions_for_user(world.contributor), foreign.permissions_for_user(world.contributor)

    assert (mine.can_edit(), mine.can_add_subpage(), mine.can_publish(), mine.can_delete()) == (
        True, True, False, False,
    )  # fmt: skip
    assert (theirs.can_edit(), theirs.can_add_subpage(), theirs.can_publish(), theirs.can_delete()) == (
        False, False, False, False,
    )  # fmt: skip


def test_publisher_publishes_locks_and_deletes(world: World) -> None:
    page = make_page(world.section, "Own")
    tester = page.permissions_for_user(world.publisher)

    assert (tester.can_publish(), tester.can_lock(), tester.can_delete(), tester.can_move()) == (True,) * 4
    assert tester.can_set_view_restrictions() is False


def test_superuser_without_membership_reaches_nothing(world: World) -> None:
    page = make_page(world.section, "Own")
    tester = page.permissions_for_user(world.superuser)

    assert (tester.can_edit(), tester.can_publish(), tester.can_delete(), tester.can_lock()) == (False,) * 4
    assert list(pages.explorable_instances(world.superuser)) == []
    assert pages.explorable_root_instance(world.superuser) is None
    assert not pages.user_has_permission(world.superuser, "change")


def test_explorable_is_the_section_and_the_way_there(world: World) -> None:
    own = make_page(world.section, "Own")
    make_page(world.foreign_section, "Foreign")

    seen = set(pages.explorable_instances(world.contributor).values_list("pk", flat=True))

    way = set(Page.objects.filter(depth__lt=3).values_list("pk", flat=True))
    assert seen == way | {section_of(world.own, "en").pk, section_of(world.own, "fr").pk, own.pk}


def test_home_belongs_to_the_office_and_is_never_deleted(world: World) -> None:
    home = HomePage.objects.first()
    office, own = home.permissions_for_user(world.office_publisher), home.permissions_for_user(world.publisher)

    assert (office.can_edit(), office.can_publish(), office.can_delete(), office.can_unpublish()) == (
        True, True, False, False,
    )  # fmt: skip
    assert (own.can_edit(), own.can_publish(), own.can_add_subpage()) == (False, False, False)
    # The home pages' grant does not run down the tree.
    assert not world.section.permissions_for_user(world.office_publisher).can_edit()


def test_section_root_stays_where_it_is(world: World) -> None:
    publisher = world.section.permissions_for_user(world.publisher)
    contributor = world.section.permissions_for_user(world.contributor)

    assert (publisher.can_edit(), publisher.can_add_subpage()) == (True, True)
    assert (publisher.can_delete(), publisher.can_move(), publisher.can_copy(), publisher.can_unpublish()) == (
        False, False, False, False,
    )  # fmt: skip
    assert (contributor.can_edit(), contributor.can_add_subpage()) == (False, True)


def test_contributor_deletes_an_own_draft_without_pages_below(world: World) -> None:
    draft = make_page(world.section, "Draft", live=False)
    assert draft.permissions_for_user(world.contributor).can_delete()

    make_page(draft, "Below", live=False)
    draft.refresh_from_db()
    assert not draft.permissions_for_user(world.contributor).can_delete()


def test_ended_membership_ends_the_grant_at_once(world: World) -> None:
    page = make_page(world.section, "Own")
    assert page.permissions_for_user(world.publisher).can_publish()

    end_membership(Membership.objects.get(person=world.publisher))

    assert not page.permissions_for_user(world.publisher).can_publish()
    assert list(pages.explorable_instances(world.publisher)) == []


def test_people_who_may_are_those_of_the_network(world: World) -> None:
    page = make_page(world.section, "Own")

    assert names(pages.users_with_permission_for_instance("publish", page)) == {"publisher", "coordinator"}
    assert names(pages.users_with_any_permission_for_instance({"change"}, page)) == {
        "contributor", "publisher", "coordinator",
    }  # fmt: skip
    assert names(pages.users_with_permission_for_instance("change", HomePage.objects.first())) == {
        "office-publisher", "office-coordinator",
    }  # fmt: skip
    assert "superuser" not in names(pages.users_with_any_permission({"publish"}))


def test_files_are_those_of_the_section(world: World) -> None:
    own, foreign = make_document(world.own, "own"), make_document(world.foreign, "foreign")
    policy = policy_registry.get_by_type(GuardedDocument)

    assert list(policy.instances_user_has_any_permission_for(world.contributor, {"change"})) == [own]
    assert policy.user_has_permission_for_instance(world.contributor, "choose", own)
    assert not policy.user_has_permission_for_instance(world.contributor, "choose", foreign)
    assert not policy.user_has_permission_for_instance(world.contributor, "delete", own)
    assert policy.user_has_permission_for_instance(world.publisher, "delete", own)
    assert list(policy.instances_user_has_any_permission_for(world.superuser, {"change"})) == []
    assert type(policy_registry.get_by_type(GuardedImage)) is type(policy)


def test_contributor_does_not_change_a_file_that_a_live_page_uses(world: World) -> None:
    document = make_document(world.own, "own")
    make_page(world.section, "Uses it", body=[("documents", [document])])
    policy = policy_registry.get_by_type(GuardedDocument)

    assert not policy.user_has_permission_for_instance(world.contributor, "change", document)
    assert policy.user_has_permission_for_instance(world.publisher, "change", document)


def test_collections_offered_are_the_sections_own(world: World) -> None:
    policy = policy_registry.get_by_type(GuardedImage)

    offered = policy.collections_user_has_permission_for(world.contributor, "add")

    assert list(offered) == [world.own.section_collection.collection]
    assert not policy_registry.get_by_type(Collection).user_has_permission(world.superuser, "change")


@pytest.mark.parametrize(
    ("person", "topics", "accounts"),
    [
        ("contributor", False, False),
        ("coordinator", False, False),
        ("superuser", False, True),
        ("office_publisher", True, False),
        ("office_coordinator", True, True),
    ],
)
def test_the_office_keeps_topics_and_accounts(world: World, person: str, topics: bool, accounts: bool) -> None:
    user = getattr(world, person)

    assert policy_registry.get_by_type(Topic).user_has_permission(user, "change") is topics
    assert policy_registry.get_by_type(User).user_has_permission(user, "change") is accounts
    assert not policy_registry.get_by_type(User).user_has_permission(user, "delete")
    assert not policy_registry.get_by_type(Group).user_has_permission(user, "change")


def test_redirects_are_those_to_ones_own_pages(world: World) -> None:
    own, foreign = make_page(world.section, "Own"), make_page(world.foreign_section, "Foreign")
    mine = Redirect.objects.create(old_path="/own", redirect_page=own)
    Redirect.objects.create(old_path="/foreign", redirect_page=foreign)
    Redirect.objects.create(old_path="/link", redirect_link="https://example.org/")
    policy = policy_registry.get_by_type(Redirect)

    assert list(policy.instances_user_has_any_permission_for(world.publisher, {"change"})) == [mine]
    assert list(policy.instances_user_has_any_permission_for(world.superuser, {"change"})) == []
    assert not policy.user_has_permission(world.contributor, "change")


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_number_of_networks_costs_no_queries(world: World, count: int, django_assert_num_queries: object) -> None:
    from intranet.networks.services import add_membership
    from tests.pages.admin.conftest import make_network

    for number in range(count):
        add_membership(person=world.contributor, network=make_network(f"more-{number}"), role="contributor")
    person = User.objects.get(pk=world.contributor.pk)
    with django_assert_num_queries(2):  # type: ignore[operator]
        list(pages.explorable_instances(person)[:5])
