"""Moving, copying and deleting in the admin."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale, Page

from intranet.accounts.models import User
from intranet.memos.models import MemoPage
from intranet.networks.audiences import Rule, set_rule
from intranet.networks.models import AudienceToken, Item
from intranet.networks.services import add_membership
from intranet.pages.models import ContentPage
from tests.pages.admin.conftest import World, make_network, make_page, make_person, section_of

ClientOf = Callable[[User], Client]


def tokens(page: Page) -> set[str]:
    return set(AudienceToken.objects.filter(item=page.translation_key).values_list("token", flat=True))


def in_french(page: ContentPage, *, live: bool = True) -> ContentPage:
    french = page.copy_for_translation(Locale.objects.get(language_code="fr"), copy_parents=True)
    if live:
        french.save_revision().publish()
    return ContentPage.objects.get(pk=french.pk)


def move(client: Client, page: Page, destination: Page) -> str:
    response = client.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, destination.pk]), follow=True)
    return str(response.content.decode())


def test_a_move_takes_every_language_version_along(world: World, client_of: ClientOf) -> None:
    page, target = make_page(world.section, "Page"), make_page(world.section, "Target")
    french, french_target = in_french(page), in_french(target)

    move(client_of(world.publisher), page, target)

    french.refresh_from_db()
    assert french.get_parent().pk == french_target.pk
    assert Item.objects.get(pk=page.translation_key).parent_id == target.translation_key


def test_a_move_to_the_other_language_is_refused_with_the_reason(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Page")

    text = move(client_of(world.publisher), page, section_of(world.own, "fr"))

    assert "Choose a place in the same language." in text
    page.refresh_from_db()
    assert page.get_parent().pk == world.section.pk


def test_a_move_below_ones_own_other_version_is_refused(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Page")
    french = in_french(page)
    below = make_page(french, "Dessous")
    english_below = below.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)

    text = move(client_of(world.publisher), page, Page.objects.get(pk=english_below.pk))

    assert "cannot be placed below itself" in text or "may not move" in text
    page.refresh_from_db()
    assert page.get_parent().pk == world.section.pk


def test_a_taken_address_in_the_other_language_is_refused_beforehand(world: World, client_of: ClientOf) -> None:
    page, target = make_page(world.section, "Page"), make_page(world.section, "Target")
    french, french_target = in_french(page), in_french(target)
    taken = make_page(french_target, "Prise")
    Page.objects.filter(pk=taken.pk).update(slug=french.slug)

    text = move(client_of(world.publisher), page, target)

    assert "has the same address" in text
    page.refresh_from_db()
    french.refresh_from_db()
    assert page.get_parent().pk == world.section.pk
    assert french.get_parent().pk == section_of(world.own, "fr").pk


def test_what_was_published_to_be_kept_moves_within_its_network_alone(world: World, client_of: ClientOf) -> None:
    add_membership(person=world.publisher, network=world.foreign, role="publisher")
    client, elsewhere = client_of(world.publisher), make_page(world.foreign_section, "Elsewhere")
    above, target = make_page(world.section, "Above"), make_page(world.section, "Target")
    memo = above.add_child(instance=MemoPage(title="Boil water", locale=above.locale, live=False))
    french = memo.copy_for_translation(Locale.objects.get(language_code="fr"), copy_parents=True)

    move(client, memo, elsewhere)
    memo.refresh_from_db()
    assert memo.get_parent().pk == elsewhere.pk
    move(client, memo, Page.objects.get(pk=above.pk))

    # Published in the other language only, and not live any more.
    MemoPage.objects.get(pk=french.pk).save_revision().publish()
    MemoPage.objects.get(pk=french.pk).unpublish()
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "move"]) + f"?id={memo.pk}"
    for page in (memo, above):
        text = move(client, page, elsewhere)
        assert "“Boil water” was published by this network, and stays with it. Withdraw or archive it here" in text
    shown = client.post(bulk, {"chooser": elsewhere.pk}).content.decode()
    assert "“Boil water” stays where it is. “Boil water” was published by this network" in shown
    memo.refresh_from_db()
    assert memo.get_parent().pk == above.pk

    move(client, memo, target)
    memo.refresh_from_db()
    assert memo.get_parent().pk == target.pk


def test_a_contributor_does_not_move_an_item_that_is_live_in_the_other_language(
    world: World, client_of: ClientOf
) -> None:
    page, target = make_page(world.section, "Page", live=False), make_page(world.section, "Target", live=False)
    in_french(page)

    text = move(client_of(world.contributor), page, target)

    assert "You may not move this page there." in text
    page.refresh_from_db()
    assert page.get_parent().pk == world.section.pk


def test_bulk_moves_refuse_what_would_split_an_item(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Page")
    french_section = section_of(world.own, "fr")

    client_of(world.publisher).post(f"/admin/bulk/wagtailcore/page/move/?id={page.pk}", {"chooser": french_section.pk})

    page.refresh_from_db()
    assert page.get_parent().pk == world.section.pk


def test_bulk_move_names_in_french_what_stays_and_why(world: World, client_of: ClientOf) -> None:
    User.objects.filter(pk=world.publisher.pk).update(language="fr")
    page = make_page(world.section, "Page")
    address = f"/admin/bulk/wagtailcore/page/move/?id={page.pk}"

    shown = client_of(world.publisher).post(address, {"chooser": section_of(world.own, "fr").pk}).content.decode()

    assert "Choisissez un endroit dans la même langue." in shown


def test_bulk_move_says_what_the_move_before_it_prevented(world: World, client_of: ClientOf) -> None:
    """The French versions have one address, and would come to one place."""
    first, target = make_page(world.section, "First"), make_page(world.section, "Target")
    second = make_page(first, "Second")
    in_french(target)
    versions = [in_french(page) for page in (first, second)]
    Page.objects.filter(pk__in=[version.pk for version in versions]).update(slug="same")
    address = f"/admin/bulk/wagtailcore/page/move/?id={first.pk}&id={second.pk}&next=/admin/"

    shown = client_of(world.publisher).post(address, {"chooser": target.pk}, follow=True).content.decode()

    assert "1 page has been moved" in shown
    assert "“Second” stays where it is. In French, another page at that place has the same address" in shown
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.get_parent().pk, second.get_parent().pk) == (target.pk, first.pk)


def test_bulk_move_puts_no_two_pages_at_one_address(world: World, client_of: ClientOf) -> None:
    first, other, target = (make_page(world.section, title) for title in ("First", "Other", "Target"))
    second = make_page(other, "Second")
    Page.objects.filter(pk=second.pk).update(slug=first.slug)
    address = f"/admin/bulk/wagtailcore/page/move/?id={first.pk}&id={second.pk}&next=/admin/"

    shown = client_of(world.publisher).post(address, {"chooser": target.pk}, follow=True).content.decode()

    assert "1 page has been moved" in shown
    assert "“Second” stays where it is. In English, another page at that place has the same address" in shown
    target.refresh_from_db()
    assert list(target.get_children().values_list("slug", flat=True)) == [first.slug]


def copy(client: Client, page: Page, destination: Page, **fields: object) -> Page:
    data = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": destination.pk, **fields}
    response = client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), data)
    assert response.status_code == 302, response.context["form"].errors
    return Page.objects.get(slug="copy")


def test_a_copy_takes_the_rule_of_its_source(world: World, client_of: ClientOf) -> None:
    add_membership(person=world.publisher, network=world.foreign, role="publisher")
    page = make_page(world.section, "Page")
    shared = make_page(world.foreign_section, "Shared with all")
    set_rule(shared.translation_key, Rule(Item.Rule.EVERYONE), by=None)

    # Below a page that everyone sees, the copy would be seen by everyone.
    made = copy(client_of(world.publisher), page, shared)

    assert made.translation_key != page.translation_key
    assert Item.objects.get(pk=made.translation_key).rule == Item.Rule.SECTION
    assert tokens(made) == {f"network:{world.foreign.pk}"}


def test_what_is_copied_below_takes_its_rules_too(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Page")
    wide, narrow = make_page(page, "Wide"), make_page(page, "Narrow")
    set_rule(page.translation_key, Rule(Item.Rule.MEMBERS), by=None)
    set_rule(wide.translation_key, Rule(Item.Rule.EVERYONE), by=None)
    set_rule(narrow.translation_key, Rule(Item.Rule.SECTION), by=None)

    made = copy(client_of(world.publisher), page, world.section, copy_subpages="on", publish_copies="on")

    below = {child.slug: child for child in made.get_children()}
    assert "members" in tokens(made)
    assert "everyone" in tokens(below[wide.slug])
    assert tokens(below[narrow.slug]) == {f"network:{world.own.pk}"}


def test_copies_of_aliases_are_no_versions(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Page")
    french = in_french(page)
    place, _leaf = (
        make_page(french, title).copy_for_translation(Locale.objects.get(language_code="en"), alias=True)
        for title in ("Lieu français", "Feuille française")
    )
    make_page(place, "Below")

    made = copy(client_of(world.publisher), page, world.section, copy_subpages="on", publish_copies="on")

    copies = made.get_descendants().order_by("path")
    assert [(each.title, each.live) for each in copies] == [("Lieu français", False), ("Below", True)]
    listed = client_of(world.reader).get(made.get_url()).content.decode()
    assert "français" not in listed
    assert Item.objects.filter(parent=made.translation_key).count() == 1


def test_deleting_one_language_leaves_the_item(world: World, client_of: ClientOf) -> None:
    page = make_page(world.section, "Page")
    french = in_french(page)
    client = client_of(world.publisher)

    client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert Page.objects.filter(pk=french.pk).exists()
    assert Item.objects.filter(pk=page.translation_key).exists()

    client.post(reverse("wagtailadmin_pages:delete", args=[french.pk]))
    assert not Item.objects.filter(pk=page.translation_key).exists()


def test_a_published_memo_is_kept_and_its_draft_translation_may_go(world: World, client_of: ClientOf) -> None:
    memo = world.section.add_child(instance=MemoPage(title="Memo", locale=world.section.locale, live=False))
    memo.save_revision().publish()
    memo = MemoPage.objects.get(pk=memo.pk)
    french = memo.copy_for_translation(Locale.objects.get(language_code="fr"), copy_parents=True)
    client = client_of(world.publisher)

    for page in (memo, world.section):
        client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
        assert MemoPage.objects.filter(pk=memo.pk, live=True).exists()
    client.post(reverse("wagtailadmin_pages:delete", args=[french.pk]))
    assert list(MemoPage.objects.values_list("pk", flat=True)) == [memo.pk]


def test_bulk_deletion_says_what_stays_and_why(world: World, client_of: ClientOf) -> None:
    above, other = make_page(world.section, "Above"), make_page(world.section, "Other")
    memo = above.add_child(instance=MemoPage(title="Boil water", locale=above.locale, live=False))
    memo.save_revision().publish()
    client, address = client_of(world.publisher), "/admin/bulk/wagtailcore/page/delete/?next=/admin/"
    reason = "“Boil water” has been published here, and is kept for the record."

    assert reason in client.get(f"{address}&id={memo.pk}&id={other.pk}").content.decode()
    shown = client.post(f"{address}&id={above.pk}&id={other.pk}", follow=True).content.decode()

    assert reason in shown
    assert Page.objects.filter(pk__in=[above.pk, other.pk, memo.pk]).count() == 3
    assert reason not in client.get(f"{address}&id={other.pk}").content.decode()


def logs(client: Client, page: Page) -> str:
    """What the history of the page and the site's history say."""
    addresses = reverse("wagtailadmin_pages:history", args=[page.pk]), reverse("wagtailadmin_reports:site_history")
    answers = [client.get(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [200, 200]
    return "".join(answer.content.decode() for answer in answers)


def test_logs_name_places_only_to_those_who_have_them(world: World, client_of: ClientOf) -> None:
    table = make_network("directors", "table")
    section = section_of(table)
    both = make_person("both", table, "publisher")
    add_membership(person=both, network=world.office, role="publisher")
    page, copied = make_page(section, "Page"), make_page(section, "Copied")
    target = section_of(world.office)
    client = client_of(both)

    text = client.get(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, target.pk])).content.decode()
    assert "The history goes along" in text
    move(client, page, target)
    form = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": target.pk}
    client.post(reverse("wagtailadmin_pages:copy", args=[copied.pk]), form)
    copy = Page.objects.get(slug="copy", depth=4)

    for each, own in (
        (page, "Moved from “directors EN-NAME” to “office EN-NAME”"),
        (copy, "Copied from “directors EN-NAME”"),
    ):
        assert own in logs(client_of(both), each)
    elsewhere = logs(client_of(world.office_publisher), page) + logs(client_of(world.office_publisher), copy)
    assert "Moved from elsewhere to “office EN-NAME”" in elsewhere
    assert "Copied from elsewhere" in elsewhere
    assert "directors" not in elsewhere.lower()


def test_logs_take_one_query_for_all_places(world: World, client_of: ClientOf) -> None:
    page, one, two = (make_page(world.section, title) for title in ("Page", "One", "Two"))
    client, counts = client_of(world.publisher), []
    for target in (one, two, one):
        move(client, page, target)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("wagtailadmin_reports:site_history"))
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


def test_move_within_a_section_warns_of_nothing(world: World, client_of: ClientOf) -> None:
    page, target = make_page(world.section, "Page"), make_page(world.section, "Target")

    answer = client_of(world.publisher).get(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, target.pk]))

    assert answer.status_code == 200
    assert "The history goes along" not in answer.content.decode()
