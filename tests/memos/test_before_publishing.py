"""What an editor sees before a memo or a note is published."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Locale, TaskState
from wagtail_localize.models import StringSegment, StringTranslation, TranslationSource

from intranet.accounts.models import User
from intranet.memos.before_publishing.drafts import Draft
from intranet.memos.before_publishing.missing import gaps_of, obstacles_to
from intranet.memos.before_publishing.reach import Reach, people_in, reach_of, with_ways
from intranet.memos.models import MemoPage, MemoRecord, TrainingNotePage
from intranet.memos.services import withdraw
from intranet.networks.audiences import Rule
from intranet.networks.models import Item, Membership, Network
from intranet.networks.services import set_network_state
from intranet.notifications.models import Event, Preference
from tests.memos.factories import declared, editions_of, make_memo, publish, record_of
from tests.pages.admin.conftest import World, client_of, world  # noqa: F401
from tests.pages.admin.editing import page_form
from tests.pages.factories import make_document, make_image, make_network, make_page, make_person, section_of, set_rule

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

# The numbers -------------------------------------------------------------------------------------------------

KINDS = {"office": "office", "halifax": "society", "toronto": "society", "hidden": "society", "partner": "partner"}
PEOPLE = [f"p{number}" for number in range(5)]
ROLES = ("reader", "publisher", "guest")
MODES = ("now", "daily", "weekly", "none")
Held = dict[tuple[str, str], str]
"""The role of a person in a network."""
Chosen = dict[tuple[str, str, str], str]
"""When a person wants the e-mails of a kind ("" for all) from a network ("" for all)."""

memberships = st.dictionaries(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(list(KINDS))), st.sampled_from(ROLES), max_size=10
)
preferences = st.dictionaries(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(["", "memos.published", "memos.to_acknowledge"]),
        st.sampled_from(["", "halifax", "toronto"]),
    ),
    st.sampled_from(MODES),
    max_size=6,
)


class Rules:
    """The rules as they are written, for one memo of Halifax."""

    def __init__(self, held: Held, rule: str, chosen: set[str], guests: bool, asks: dict[str, Any]) -> None:
        self.held, self.rule, self.chosen, self.guests, self.asks = held, rule, chosen, guests, asks

    def brings(self, network: str, role: str) -> bool:
        if role == "guest":
            return self.rule == "networks" and self.guests and network == "halifax"
        if network == "halifax" or self.rule == "everyone":
            return True
        kinds = {"members": {"office", "society"}, "partners": {"office", "society", "partner"}}.get(self.rule, set())
        return KINDS[network] in kinds or (self.rule == "networks" and network in self.chosen)

    def of(self, person: str) -> list[tuple[str, str]]:
        return [(network, role) for (who, network), role in self.held.items() if who == person]

    def sees(self, person: str) -> bool:
        if any(self.brings(*each) for each in self.of(person)):
            return True
        return self.rule == "everyone" and all(role != "guest" for _network, role in self.of(person))

    def is_asked(self, person: str) -> bool:
        beyond = self.asks["beyond"]
        held = [each for each in self.of(person) if beyond or each[0] == "halifax"]
        if not self.sees(person):
            return False
        if self.asks["roles"] or self.asks["networks"]:
            return any(
                self.brings(network, role)
                and (not self.asks["roles"] or role in self.asks["roles"])
                and (not self.asks["networks"] or network in self.asks["networks"])
                for network, role in held
            )
        return beyond or any(role != "guest" for _network, role in held)

    def mode(self, person: str, kind: str, wanted: Chosen) -> str:
        for key in ((kind, "halifax"), ("", "halifax"), (kind, ""), ("", "")):
            mode = wanted.get((person, *key))
            if mode:
                return "now" if mode == "none" and kind == "memos.to_acknowledge" else mode
        return "now" if kind == "memos.to_acknowledge" else "daily"


def test_numbers_are_what_the_rules_say() -> None:
    networks = {slug: make_network(slug, kind, listed=slug != "hidden") for slug, kind in KINDS.items()}
    editor = make_person("editor", (networks["halifax"], "publisher"), language="en")
    people = {name: make_person(name) for name in PEOPLE}
    page = make_page(section_of(networks["halifax"]), "Fire drill", page_type=MemoPage, live=False)

    @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        held=memberships,
        wanted=preferences,
        rule=st.sampled_from(["section", "members", "partners", "everyone", "networks"]),
        chosen=st.sets(st.sampled_from(list(KINDS)), max_size=2),
        guests=st.booleans(),
        beyond=st.booleans(),
        roles=st.none() | st.sets(st.sampled_from(ROLES), max_size=2),
        asked=st.sets(st.sampled_from(list(KINDS)), max_size=2),
    )
    def agree(
        held: Held,
        wanted: Chosen,
        rule: str,
        chosen: set[str],
        guests: bool,
        beyond: bool,
        roles: set[str] | None,
        asked: set[str],
    ) -> None:
        mark = transaction.savepoint()
        try:
            for (person, network), role in held.items():
                Membership.objects.create(person=people[person], network=networks[network], role=role)
            for (person, kind, network), mode in wanted.items():
                Preference.objects.create(person=people[person], kind=kind, network=networks.get(network), mode=mode)
            Network.objects.filter(slug="halifax").update(may_ask_others=beyond)
            keys = frozenset(networks[slug].pk for slug in chosen)
            set_rule(page, Rule(rule, keys, guests) if rule == "networks" else Rule(rule))
            page.acknowledge, page.asked_roles = roles is not None, sorted(roles or ())
            page.asked_networks = [networks[slug] for slug in asked]
            item = Item.objects.select_related("network", "rule_from").get(pk=page.translation_key)
            rules = Rules(
                {**held, ("editor", "halifax"): "publisher"},
                rule,
                chosen if rule == "networks" else set(),
                guests,
                {"beyond": beyond, "roles": roles, "networks": asked},
            )
            compare(reach_of(Draft(page, item), editor), rules, wanted, roles is not None)
        finally:
            transaction.savepoint_rollback(mark)

    def compare(reach: Reach, rules: Rules, wanted: Chosen, asks: bool) -> None:
        everybody = [*PEOPLE, "editor"]
        seeing = [person for person in everybody if rules.sees(person)]
        owing = {person for person in everybody if asks and rules.is_asked(person)}
        rows: dict[str, tuple[int, int]] = {}
        for slug in KINDS:
            here = [p for p in everybody if any(n == slug and rules.brings(n, r) for n, r in rules.of(p))]
            is_chosen = slug == "halifax" or slug in rules.chosen
            if (here or is_chosen) and slug != "hidden":
                rows[slug] = (len(here), len(owing & set(here)))
        placed = {p for p in seeing if any(n in rows and rules.brings(n, r) for n, r in rules.of(p))}
        modes = Counter(
            rules.mode(p, "memos.to_acknowledge" if p in owing else "memos.published", wanted)
            for p in seeing
            if p != "editor" or p in owing
        )
        assert {row.network.slug: (row.people, row.asked) for row in reach.networks} == rows
        assert (reach.people, reach.asked, reach.others) == (len(seeing), len(owing), len(seeing) - len(placed))
        assert (reach.told, reach.mails) == (modes.total(), dict(modes))

    agree()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_queries_are_as_many_whatever_the_audience(count: int, django_assert_num_queries: Any) -> None:
    home = make_network("halifax")
    editor = make_person("editor", (home, "publisher"))
    linked = [make_page(section_of(home), f"Page {number}") for number in range(count)]
    for number in range(count):
        network = make_network(f"n{number}") if number < 3 else None
        person = User.objects.create_user(f"q{number}@example.org")
        Membership.objects.create(person=person, network=network or home, role="reader")
    links = "".join(f'<a linktype="page" id="{page.pk}">x</a>' for page in linked)
    page = make_page(
        section_of(home), "Drill", page_type=MemoPage, live=False, acknowledge=True, rule=Rule("members"),
        body=[("text", f"<p>{links}</p>")],
    )  # fmt: skip
    page = MemoPage.objects.get(pk=page.pk)
    gaps_of(Draft.of(page), editor)

    with django_assert_num_queries(QUERIES):
        draft = Draft.of(page)
        assert len(reach_of(draft, editor).networks) == min(count, 3) + 1
        gaps_of(draft, editor)


QUERIES = 29

# Names -------------------------------------------------------------------------------------------------------


def before(page: Any, *network: str) -> str:
    name = "memo_reached_people" if network else "memo_before_publishing"
    return reverse(name, args=[page.pk, *network])


def draft_of(network: Network, **fields: Any) -> MemoPage:
    page: MemoPage = make_page(section_of(network, "en"), "Fire drill", page_type=MemoPage, live=False, **fields)
    return page


def test_publisher_sees_her_own_people_by_name_and_numbers_of_others(
    world: World,  # noqa: F811
    client_of: Callable[[User], Client],  # noqa: F811
) -> None:
    page = draft_of(world.own, acknowledge=True, rule=Rule("members"))
    client = client_of(world.publisher)

    text = client.get(before(page)).content.decode()

    assert "toronto EN-NAME" in text
    assert before(page, "toronto") not in text
    assert client.get(before(page, "toronto")).status_code == 404
    assert client.get(before(page, "nowhere")).status_code == 404
    names = client.get(before(page, "halifax")).content.decode()
    for person in (world.publisher, world.contributor, world.reader):
        assert person.name in names
    assert world.foreign_publisher.name not in names


def test_contributor_sees_numbers_alone_and_a_reader_nothing(
    world: World,  # noqa: F811
    client_of: Callable[[User], Client],  # noqa: F811
) -> None:
    page = draft_of(world.own)

    text = client_of(world.contributor).get(before(page))
    assert text.status_code == 200
    assert client_of(world.contributor).get(before(page, "halifax")).status_code == 404
    assert client_of(world.contributor).post(before(page)).status_code == 302
    assert not MemoPage.objects.get(pk=page.pk).live
    assert client_of(world.reader).get(before(page)).status_code == 302
    assert client_of(world.foreign_publisher).get(before(page)).status_code == 404


def test_chosen_network_without_people_stands_there_with_a_sentence(
    world: World,  # noqa: F811
    client_of: Callable[[User], Client],  # noqa: F811
) -> None:
    empty, closed = make_network("moncton"), make_network("truro")
    hidden = make_network("table", "table", name_en="Zzsecret table", name_fr="Table Zzsecret", listed=False)
    set_network_state(closed, Network.State.CLOSED)
    chosen = frozenset({empty.pk, closed.pk, hidden.pk})
    page = draft_of(world.own, acknowledge=True, rule=Rule("networks", chosen))

    answer = client_of(world.publisher).get(before(page))

    rows = {row.network.slug: (row.people, row.asked) for row in answer.context["reach"].networks}
    assert rows["moncton"] == rows["truro"] == (0, 0) and set(rows) == {"halifax", "moncton", "truro"}
    html = answer.content.decode()
    assert html.count("This network has no people yet: nobody gets it there.") == 1
    assert html.count("This network is closed: nobody gets it there.") == 1
    assert before(page, "moncton") not in html and "Zzsecret" not in html


def test_unlisted_network_is_not_named_and_its_people_are_among_others(
    world: World,  # noqa: F811
    client_of: Callable[[User], Client],  # noqa: F811
) -> None:
    table = make_network("table", "table", name_en="Zzsecret table", name_fr="Table Zzsecret", listed=False)
    make_person("member", (table, "reader"))
    page = draft_of(world.own, rule=Rule("everyone"))
    client = client_of(world.publisher)

    answer = client.get(before(page))

    assert "Zzsecret" not in answer.content.decode()
    # The superuser, who has no network, is one of them too.
    assert answer.context["reach"].others == 2
    assert client.get(before(page, "table")).status_code == 404


def test_list_says_who_must_acknowledge_and_how_each_is_told() -> None:
    home = make_network("halifax")
    editor = make_person("editor", (home, "publisher"))
    reader, guest = make_person("reader", (home, "reader")), make_person("guest", (home, "guest"))
    Preference.objects.create(person=guest, kind="", mode="weekly")
    page = draft_of(home, acknowledge=True, asked_roles=["reader"], rule=Rule("networks", frozenset(), True))
    draft = Draft.of(page)

    people = with_ways(draft, list(people_in(draft, home)), editor)

    assert [(each.person, each.is_asked, each.mode) for each in people] == [
        (editor, False, ""),
        (guest, False, "weekly"),
        (reader, True, "now"),
    ]


# What is missing ---------------------------------------------------------------------------------------------


def gaps(page: Any, user: User) -> dict[str, tuple[str, ...]]:
    return {gap.text: gap.titles for gap in gaps_of(Draft.of(page), user)}


def test_draft_says_what_is_missing() -> None:
    home = make_network("halifax")
    editor = make_person("editor", (home, "publisher"), language="en")
    image = {"image": make_image(home, "Door").pk, "alternative_text": " ", "caption": ""}
    page = draft_of(home, body=[("image", image)], declaration=declared(missing_reason="Soon"))

    assert gaps(page, editor) == {
        "There is no version in French.": ("Readers are told: “Soon”",),
        "An image has no alternative text.": ("Door",),
        "There is no contact.": (),
        "Nobody looks after it.": (),
        "There is no review date.": (),
    }

    page.contact, page.responsible = "Lise", editor
    page.review_on = timezone.localdate() - datetime.timedelta(days=1)
    page.body = []
    page.save_revision()
    make_page(section_of(home), "Exercice", page_type=MemoPage, version_of=page, live=False)
    texts = list(gaps(page, editor))
    assert texts[0] == "The version in French is a draft."
    assert texts[1].startswith("The review date is past")
    assert len(texts) == 2


def test_language_has_no_capital_within_a_french_sentence() -> None:
    home = make_network("halifax")
    editor = make_person("editor", (home, "publisher"))
    with translation.override("fr"):
        assert "Il n’y a pas de version en français." in gaps(draft_of(home), editor)


def test_broken_links_are_named_where_the_editor_may_know_them() -> None:
    home, away = make_network("halifax"), make_network("toronto")
    editor = make_person("editor", (home, "publisher"), language="en")
    make_person("far", (away, "reader"))
    own = make_page(section_of(home, "en"), "Our own page")
    shared = make_page(section_of(home, "en"), "Shared page", rule=Rule("everyone"))
    unpublished = make_page(section_of(home, "en"), "Not yet", live=False)
    secret = make_page(section_of(away, "en"), "Their secret")
    foreign = make_document(away, "Plan")
    links = "".join(
        f'<a linktype="page" id="{pk}">x</a>' for pk in (own.pk, shared.pk, unpublished.pk, secret.pk, 987654)
    )
    page = draft_of(home, rule=Rule("members"), body=[("text", f"<p>{links}</p>"), ("documents", [foreign.pk])])

    found = gaps(page, editor)

    assert found["A link leads to a page that is gone."] == ()
    assert found["Linked pages are not published."] == ("Not yet",)
    assert found["Some of those who get this may not see linked pages."] == (
        "Our own page",
        "1 page that you may not see",
    )
    assert [text for text in found if text.startswith("A file belongs to another network")]
    set_rule(page, Rule("section"))
    assert found["Some of those who get this may not see linked pages."] != gaps(page, editor).get(
        "Some of those who get this may not see linked pages."
    )


def test_editor_is_told_for_whom_the_earlier_memo_stays_in_force() -> None:
    home, away = make_network("halifax"), make_network("toronto")
    editor = make_person("editor", (home, "publisher"), language="en")
    make_person("far", (away, "reader"))
    earlier = make_memo(home, "Doors at nine", rule=Rule("members"))
    told = (
        "Some of those who have the memo that this one replaces do not get this one: for them, the earlier one stays "
        "in force."
    )

    page = draft_of(home, replaces=earlier)
    assert gaps(page, editor)[told] == ("Doors at nine",)
    set_rule(page, Rule("everyone"))
    assert told not in gaps(page, editor)
    set_rule(page, Rule("section"))
    assert told in gaps(page, editor)
    withdraw(record_of(earlier), reason="It was wrong.", language="en", by=editor)
    assert told not in gaps(page, editor)

    with translation.override("fr"):
        theirs = make_memo(away, "Portes")
        assert (
            gaps(draft_of(home, replaces=theirs), editor)[
                "Des personnes qui ont la note de service remplacée ne reçoivent pas celle-ci : pour elles, l’ancienne "
                "reste en vigueur."
            ]
            == ()
        )


# Publishing --------------------------------------------------------------------------------------------------


def sent(title: str, **fields: Any) -> dict[str, Any]:
    empty = {"effective_on": "", "contact": "", "replaces": "", "acknowledge_by": "", "session_on": ""}
    return page_form(title, **{**empty, "action-publish": "1", **fields})


@pytest.mark.parametrize("model", [MemoPage, TrainingNotePage])
def test_publishing_shows_who_gets_it_and_waits_for_the_button(
    model: type[Any],
    world: World,  # noqa: F811
    client_of: Callable[[User], Client],  # noqa: F811
) -> None:
    client = client_of(world.publisher)
    address = reverse("wagtailadmin_pages:add", args=["memos", model.__name__.lower(), world.section.pk])
    more = {"missing_reason": "Soon"} if model is MemoPage else {}
    if model is TrainingNotePage:
        from wagtail.test.utils.form_data import rich_text, streamfield

        more = {"learnings": rich_text(""), "practice_steps": rich_text(""), "steps": streamfield([])}
    Event.objects.all().delete()

    shown = client.post(address, sent("Fire drill", **more))

    page = model.objects.get(title="Fire drill")
    assert not page.live
    assert not MemoRecord.objects.exists()
    assert not Event.objects.exists()
    text = client.get(shown.url).content.decode()
    assert "Publish now" in text
    assert "Publish now" not in client.get(before(page)).content.decode()
    names = before(page, "halifax") + shown.url[shown.url.index("?") :]
    assert names in text
    assert client.get(names).context["back_url"] == shown.url

    assert client.post(shown.url).status_code == 302
    page.refresh_from_db()
    assert page.live
    assert [event.kind for event in Event.objects.all()] == ["memos.published" if model is MemoPage else "memos.note"]


def test_button_publishes_no_other_draft_than_the_one_that_was_shown(
    world: World,  # noqa: F811
    client_of: Callable[[User], Client],  # noqa: F811
) -> None:
    memo = make_memo(world.own, "Fire drill")
    client = client_of(world.publisher)
    edit = reverse("wagtailadmin_pages:edit", args=[memo.pk])
    shown = client.post(edit, sent("Fire alarm", slug=memo.slug, change="minor", missing_reason="Soon"))
    MemoPage.objects.get(pk=memo.pk).save_revision()

    answer = client.post(shown.url)

    assert answer.url == edit
    assert MemoPage.objects.get(pk=memo.pk).title == "Fire drill"
    assert client.post(before(memo)).url == edit
    forged = before(memo) + "?draft=abc"
    assert client.post(forged).url == edit


def test_publishing_what_is_withdrawn_says_that_it_is_in_force_again_and_waits_for_a_tick(
    world: World,  # noqa: F811
    client_of: Callable[[User], Client],  # noqa: F811
) -> None:
    memo = make_memo(world.own, "Fire drill")
    withdraw(record_of(memo), reason="The yard is closed.", language="en", by=world.publisher)
    client = client_of(world.publisher)
    edit = reverse("wagtailadmin_pages:edit", args=[memo.pk])
    shown = client.post(edit, sent("Fire drill", slug=memo.slug, change="minor", missing_reason="Soon"))

    text = client.get(shown.url).content.decode()
    assert "Publishing it puts it back in force." in text and "The yard is closed." in text
    assert client.post(shown.url).url == shown.url
    assert record_of(memo).withdrawn_at is not None

    client.post(shown.url, {"back_in_force": "1"})
    assert record_of(memo).withdrawn_at is None
    assert "back in force" not in client.get(before(memo)).content.decode()


@pytest.mark.parametrize("is_in_editor", [False, True])
def test_approving_shows_who_gets_it_and_waits_for_the_button(
    world: World,  # noqa: F811
    client_of: Callable[[User], Client],  # noqa: F811
    is_in_editor: bool,
) -> None:
    memo = make_page(section_of(world.own, "en"), "Fire drill", page_type=MemoPage, live=False)
    edit = reverse("wagtailadmin_pages:edit", args=[memo.pk])
    form = sent("Fire drill", slug=memo.slug, missing_reason="Soon")
    del form["action-publish"]
    client_of(world.contributor).post(edit, {**form, "action-submit": "1"})
    state = TaskState.objects.get()
    client = client_of(world.publisher)

    if is_in_editor:
        approving = {"action-workflow-action": "1", "workflow-action-name": "approve"}
        shown = client.post(edit, {**form, **approving, "workflow-action-extra-data": '{"comment": "Well done"}'})
    else:
        shown = client.post(
            reverse("wagtailadmin_pages:workflow_action", args=[memo.pk, "approve", state.pk]), {"comment": "Well done"}
        )

    memo.refresh_from_db()
    state.refresh_from_db()
    assert (memo.live, state.status) == (False, TaskState.STATUS_IN_PROGRESS)
    assert "Publish now" in client.get(shown.url).content.decode()
    assert client_of(world.contributor).post(shown.url).status_code in (302, 403)
    memo.refresh_from_db()
    assert not memo.live

    client.post(shown.url)

    memo.refresh_from_db()
    state.refresh_from_db()
    assert (memo.live, state.status, state.comment) == (True, TaskState.STATUS_APPROVED, "Well done")
    assert record_of(memo).edition == 1


@pytest.fixture
def french_draft(world: World, client_of: Callable[[User], Client]) -> MemoPage:  # noqa: F811
    """Translated beside its English version, which was published as *Fire drill*: *Exercice*, not yet published."""
    memo = make_memo(world.own, "Fire drill", acknowledge=True, seo_title="Drill")
    french = Locale.objects.get(language_code="fr")
    client = client_of(world.publisher)
    client.post(reverse("wagtail_localize:submit_page_translation", args=[memo.pk]), {"locales": [french.pk]})
    in_french(memo, "title", "Exercice")
    version: MemoPage = MemoPage.objects.get(translation_key=memo.translation_key, locale=french)
    return version


def in_french(memo: MemoPage, field: str, words: str) -> None:
    segment = StringSegment.objects.get(source__object_id=memo.translation_key, context__path=field)
    StringTranslation.objects.update_or_create(
        translation_of=segment.string,
        locale=Locale.objects.get(language_code="fr"),
        context=segment.context,
        defaults={"data": words},
    )


def test_publishing_a_translation_shows_who_gets_it_and_waits_for_the_button(
    french_draft: MemoPage,
    world: World,  # noqa: F811
    client_of: Callable[[User], Client],  # noqa: F811
    django_capture_on_commit_callbacks: Any,
) -> None:
    client, edit = client_of(world.publisher), reverse("wagtailadmin_pages:edit", args=[french_draft.pk])

    def press() -> Any:
        # The library publishes when the transaction is through.
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(edit, {"action": "publish"})

    shown = press()
    assert not MemoPage.objects.get(pk=french_draft.pk).live
    text = client.get(shown.url).content.decode()
    assert ("Exercice" in text, "Publish now" in text) == (True, True)
    assert "1 passage is not translated." in text
    client.post(shown.url)
    published = MemoPage.objects.get(pk=french_draft.pk)
    assert (published.live, published.title) == (True, "Exercice")
    editions = editions_of(published)

    in_french(published, "title", "Exercice du mardi")
    shown = press()
    published.refresh_from_db()
    assert (published.title, published.draft_title, published.has_unpublished_changes) == (
        "Exercice",
        "Exercice du mardi",
        True,
    )
    assert editions_of(published) == editions
    client.post(shown.url)
    published.refresh_from_db()
    assert (published.title, published.has_unpublished_changes) == ("Exercice du mardi", False)
    assert len(editions_of(published)) == len(editions) + 1


@pytest.mark.parametrize(
    ("is_published", "said"),
    [
        (False, "is too long for its place" if connection.vendor == "postgresql" else "See the errors beside them."),
        (True, "See the errors beside them."),
    ],
)
def test_translation_that_cannot_be_kept_is_not_published(
    is_published: bool,
    said: str,
    french_draft: MemoPage,
    world: World,  # noqa: F811
    client_of: Callable[[User], Client],  # noqa: F811
) -> None:
    client, edit = client_of(world.publisher), reverse("wagtailadmin_pages:edit", args=[french_draft.pk])
    if is_published:
        client.post(client.post(edit, {"action": "publish"}).url)
    in_french(french_draft, "seo_title", "Exercice" * 40)
    before_it = MemoPage.objects.get(pk=french_draft.pk)

    answer = client.post(edit, {"action": "publish"})

    assert answer.url == edit
    assert said in str(list(get_messages(answer.wsgi_request))[-1])
    after = MemoPage.objects.get(pk=french_draft.pk)
    assert (after.live, after.live_revision_id, after.seo_title) == (
        is_published,
        before_it.live_revision_id,
        before_it.seo_title,
    )


def test_translation_published_before_its_source_says_why(
    world: World,  # noqa: F811
    client_of: Callable[[User], Client],  # noqa: F811
) -> None:
    """What the source declares is not said of the translation, for which no form has asked."""
    said = declared("", missing_reason="The French follows.")
    memo = make_memo(world.own, "Fire drill", live=False, declaration=said)
    french = Locale.objects.get(language_code="fr")
    client = client_of(world.publisher)
    client.post(reverse("wagtail_localize:submit_page_translation", args=[memo.pk]), {"locales": [french.pk]})
    version = MemoPage.objects.get(translation_key=memo.translation_key, locale=french)
    assert version.get_latest_revision_as_object().declaration == {}
    shown = client.post(reverse("wagtailadmin_pages:edit", args=[version.pk]), {"action": "publish"})

    assert 'name="missing_reason"' in client.get(shown.url).content.decode()
    assert client.post(shown.url, {"missing_reason": " "}).url == shown.url
    assert not MemoPage.objects.get(pk=version.pk).live
    client.post(shown.url, {"missing_reason": "L’anglais suit."})

    assert editions_of(version)[0].content["missing"] == {
        "language": "en",
        "reason": "L’anglais suit.",
        "said_in": "fr",
    }


def test_contributor_does_not_publish_a_translation(
    french_draft: MemoPage,
    world: World,  # noqa: F811
    client_of: Callable[[User], Client],  # noqa: F811
) -> None:
    edit = reverse("wagtailadmin_pages:edit", args=[french_draft.pk])
    revision = french_draft.latest_revision_id

    client_of(world.contributor).post(edit, {"action": "publish"})

    french_draft.refresh_from_db()
    assert (french_draft.live, french_draft.latest_revision_id) == (False, revision)


def test_update_of_translations_publishes_no_memo_unseen(
    french_draft: MemoPage,
    world: World,  # noqa: F811
    client_of: Callable[[User], Client],  # noqa: F811
    django_capture_on_commit_callbacks: Any,
) -> None:
    source = TranslationSource.objects.get(object_id=french_draft.translation_key)
    address = reverse("wagtail_localize:update_translations", args=[source.pk])

    client = client_of(world.publisher)

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(address, {"publish_translations": "on"})

    assert answer.url == address
    assert not MemoPage.objects.get(pk=french_draft.pk).live
    assert "in its editor" in client.get(address).content.decode()


def test_minor_change_tells_nobody_and_a_material_one_everybody_again() -> None:
    home = make_network("halifax")
    editor = make_person("editor", (home, "publisher"))
    make_person("reader", (home, "reader"))
    memo = publish(make_memo(home, "Fire drill", acknowledge=True))
    memo.declaration = declared("minor")
    memo.save_revision()
    assert (reach_of(Draft.of(memo), editor).is_new, reach_of(Draft.of(memo), editor).told) == (False, 0)

    memo.declaration = declared(en="The hour")
    memo.save_revision()
    reach = reach_of(Draft.of(memo), editor)
    assert (reach.is_new, reach.told, reach.asked, reach.mails) == (True, 2, 2, {"now": 2})
    publish(memo, declaration=memo.declaration)
    assert record_of(memo).edition == 2
    assert not reach_of(Draft.of(memo), editor).is_new


@pytest.mark.parametrize(("offset", "is_published"), [(1, False), (3, True)])
def test_memo_that_would_be_overdue_on_arrival_is_not_published(
    world: World,  # noqa: F811
    client_of: Callable[[User], Client],  # noqa: F811
    offset: int,
    is_published: bool,
) -> None:
    """Its draft was made long ago, or its publication was put off."""
    client, now = client_of(world.publisher), timezone.now()
    memo = make_page(section_of(world.own, "en"), "Fire drill", page_type=MemoPage, live=False)
    memo.acknowledge, memo.go_live_at = True, now + datetime.timedelta(days=3)
    memo.declaration = declared("", missing_reason="Soon")
    memo.acknowledge_by = timezone.localdate(now + datetime.timedelta(days=offset))
    memo.save_revision()
    memo = MemoPage.objects.get(pk=memo.pk)

    text = client.get(memo.before_publishing_url()).content.decode()
    answer = client.post(memo.before_publishing_url())

    assert ("It is to be acknowledged by" in text, "Publish at the chosen time" in text) == (
        not is_published,
        is_published,
    )
    assert (answer.url == reverse("wagtailadmin_pages:edit", args=[memo.pk])) is not is_published
    assert bool(MemoPage.objects.get(pk=memo.pk).approved_schedule) is is_published


def test_day_that_is_past_hinders_a_new_edition_alone() -> None:
    home = make_network("halifax")
    make_person("reader", (home, "reader"))
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    memo = make_memo(home, "Fire drill", acknowledge=True, acknowledge_by=yesterday)
    memo.declaration = declared("minor")
    memo.save_revision()
    assert obstacles_to(Draft.of(memo)) == []

    memo.declaration = declared(en="The hour")
    memo.save_revision()
    assert len(obstacles_to(Draft.of(memo))) == 1


def test_memo_that_asks_nobody_is_not_published(world: World, client_of: Callable[[User], Client]) -> None:  # noqa: F811
    client, said = client_of(world.publisher), declared("", missing_reason="Soon")
    memo = draft_of(world.own, rule=Rule("members"), acknowledge=True, asked_roles=["guest"], declaration=said)
    (obstacle,) = obstacles_to(Draft.of(memo))
    assert "has such a role in such a network" in obstacle.text

    assert obstacle.text in client.get(memo.before_publishing_url()).content.decode()
    assert client.post(memo.before_publishing_url()).url == reverse("wagtailadmin_pages:edit", args=[memo.pk])
    assert not MemoPage.objects.get(pk=memo.pk).live

    memo.acknowledge = False
    memo.save_revision()
    assert obstacles_to(Draft.of(memo)) == []


def test_minor_change_is_published_when_those_asked_are_gone() -> None:
    home = make_network("halifax")
    memo = make_memo(home, "Fire drill", acknowledge=True)
    memo.declaration = declared("minor")
    memo.save_revision()
    assert obstacles_to(Draft.of(memo)) == []

    memo.declaration = declared(en="The hour")
    memo.save_revision()
    assert [gap.text for gap in obstacles_to(Draft.of(memo))] == [
        "It asks for an acknowledgement, and there is nobody of whom it is asked."
    ]


def test_scheduled_memo_says_so(world: World, client_of: Callable[[User], Client]) -> None:  # noqa: F811
    client = client_of(world.publisher)
    memo = make_page(section_of(world.own, "en"), "Fire drill", page_type=MemoPage, live=False)
    later = (timezone.now() + datetime.timedelta(days=3)).strftime("%Y-%m-%d %H:%M")
    edit = reverse("wagtailadmin_pages:edit", args=[memo.pk])
    shown = client.post(edit, sent("Fire drill", slug=memo.slug, missing_reason="Soon", go_live_at=later))
    assert "Publish at the chosen time" in client.get(shown.url).content.decode()

    client.post(shown.url)

    memo.refresh_from_db()
    assert not memo.live
    assert memo.approved_schedule
