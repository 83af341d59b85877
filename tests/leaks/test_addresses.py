"""Every address of the site, asked for by people who may know nothing of one section: none tells of it.

An address that is new is tried here first, or named with the reason why there is nothing to try.
The admin's addresses have their own test (``tests/pages/admin/test_no_leak.py``).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone, translation

from intranet.accounts.models import User
from intranet.finding.models import SavedSearch
from intranet.memos.models import (
    AttendanceCount,
    EditionFile,
    MemoPage,
    MemoRecord,
    Participation,
    Question,
    TrainingNotePage,
)
from intranet.memos.practice.services import count_people, rate, take_part
from intranet.memos.questions.services import answer, ask, remove
from intranet.networks.joining import ask_to_join, invite
from intranet.networks.models import Invitation, JoinRequest, Membership, Network
from intranet.notifications.expanding import expand_due
from intranet.notifications.feeds import digest_of, make_address
from intranet.notifications.models import Notification
from intranet.notifications.unsubscribing import Stop
from intranet.pages.models import GuardedDocument, GuardedImage
from tests.pages.factories import make_document, make_image, make_network, make_page, make_person, section_of, signed_in

pytestmark = pytest.mark.django_db

SECRET = "Zzsecret"
"""Stands in every text of the section, and in no address."""
WORD = "quokka"
"""Stands there too: what one searches for, so that the answer's echo is no leak."""


@dataclass
class House:
    """An unlisted network with one of everything, and its coordinator."""

    network: Network
    coordinator: User
    memo: MemoPage
    note: TrainingNotePage
    question: Question
    removed: Question
    document: GuardedDocument
    image: GuardedImage
    invitation: Invitation
    request: JoinRequest
    saved: SavedSearch
    membership: Membership
    notification: Notification
    feed_digest: str
    """What the database holds of a secret address opens nothing."""


@pytest.fixture
def house() -> House:
    network = make_network(
        "house",
        "local",
        name_en=f"{SECRET} table",
        name_fr=f"Table {SECRET}",
        code="HOUSE",
        listed=False,
        # As it may have stayed from when it was listed.
        joining="open_request",
    )
    coordinator = make_person("coordinator", (network, "coordinator"))
    User.objects.filter(pk=coordinator.pk).update(name=f"{SECRET} person")
    texts = {"summary": f"{SECRET} {WORD} summary"}
    document, image = make_document(network, f"{SECRET} {WORD} document", "plan.txt"), make_image(network, "room")
    for language in ("fr", "en"):
        section = section_of(network, language)
        for number in range(2):
            make_page(section, f"{SECRET} {WORD} page", slug=f"page-{number}", **texts)
    place = section_of(network)
    body = [("documents", [document.pk])]
    memo = make_page(
        place,
        f"{SECRET} {WORD} memo",
        page_type=MemoPage,
        slug="memo",
        body=body,
        acknowledge=True,
        responsible=coordinator,
        review_on=timezone.localdate(),
        **texts,
    )
    memo.content_note = f"{SECRET} note"
    memo.save_revision().publish()
    steps = json.dumps([{"type": "step", "value": f"<p>{SECRET} step</p>", "id": str(uuid.uuid4())}])
    note = make_page(
        place,
        f"{SECRET} {WORD} note",
        page_type=TrainingNotePage,
        slug="note",
        steps=steps,
        session_on=timezone.localdate(),
        **texts,
    )
    take_part(note.item, person=coordinator, network=network, session_on=None)
    rate(note.item, person=coordinator, stars=5, comment=f"{SECRET} comment", language="en")
    count_people(note.item, network=network, people=7, by=coordinator)
    record = MemoRecord.objects.get(item=memo.translation_key)
    asked = {"text": f"{SECRET} {WORD} question", "language": "fr"}
    question = answer(
        ask(record, author=coordinator, **asked), text=f"{SECRET} {WORD} answer", language="fr", by=coordinator
    )
    removed = ask(record, author=make_person("asker", (network, "reader")), **asked)
    removed = remove(removed, by=coordinator, reason=f"{SECRET} reason")
    invitation, _secret = invite(network=network, email="zzsecret@example.org", role="reader", language="fr")
    request = ask_to_join(network=network, email="zzsecret@example.org", name=f"{SECRET} asker", language="fr")
    while expand_due():
        pass
    return House(
        network=network,
        coordinator=coordinator,
        memo=memo,
        note=note,
        question=question,
        removed=removed,
        document=document,
        image=image,
        invitation=invitation,
        request=request,
        saved=SavedSearch.objects.create(person=coordinator, name=f"{SECRET} search", text=SECRET),
        membership=Membership.objects.get(person=coordinator),
        feed_digest=digest_of(make_address(coordinator, "new").split("/")[-2]),
        notification=Notification.objects.filter(person=coordinator, event__item=memo.translation_key).get(),
    )


Asked = list[tuple[dict[str, Any], dict[str, str]]]
"""Arguments of an address, and its query."""


def plain(**query: str) -> Callable[[House], Asked]:
    return lambda house: [({}, query)]


def of(**arguments: Callable[[House], Any]) -> Callable[[House], Asked]:
    return lambda house: [({name: value(house) for name, value in arguments.items()}, {})]


def slug(house: House) -> str:
    return house.network.slug


def saved(house: House) -> Any:
    return house.saved.pk


def memo_id(house: House) -> Any:
    return house.memo.translation_key


def note_id(house: House) -> Any:
    return house.note.translation_key


def edition_file(house: House) -> Asked:
    """The copy of the memo's document."""
    copy = EditionFile.objects.get(edition__revision=2, edition__record__item=house.memo.translation_key)
    return [({"pk": copy.pk, "filename": copy.name}, {})]


def unsubscribe_token(house: House) -> str:
    """The coordinator's own link, in somebody else's hands."""
    path = Stop(house.coordinator, "memos.published", house.network.pk).path()
    return path.rstrip("/").rpartition("/")[2]


def page_paths(house: House) -> Asked:
    """Pages of the section, beside what does not exist."""
    return [({"path": path}, {}) for path in ("", "house/", "house/page-0/", "house/memo/", "house/note/", "house/no/")]


def filtered(house: House) -> Asked:
    """A list, and the list as its filters would show that something is there."""
    return [({}, query) for query in ({}, {"q": WORD}, {"network": "house"}, {"q": WORD, "network": "house"})]


TRIED: dict[str, Callable[[House], Asked]] = {
    "to_home": plain(),
    "wagtail_serve": page_paths,
    "search": filtered,
    "news": plain(),
    "saved_searches": plain(),
    "rename_saved_search": of(pk=saved),
    "delete_saved_search": of(pk=saved),
    "networks:directory": filtered,
    "networks:manage": filtered,
    "networks:create": plain(),
    "networks:edit": of(pk=lambda house: house.network.pk),
    "networks:state": of(pk=lambda house: house.network.pk),
    "networks:invite_coordinator": of(pk=lambda house: house.network.pk),
    "networks:history": of(pk=lambda house: house.network.pk),
    "networks:accounts": filtered,
    "networks:create_person": plain(),
    "networks:account": of(pk=lambda house: house.coordinator.pk),
    "networks:set_active": of(pk=lambda house: house.coordinator.pk),
    "networks:facts": of(slug=slug),
    "networks:join": of(slug=slug),
    "networks:people": of(slug=slug),
    "networks:member": of(slug=slug, pk=lambda house: house.membership.pk),
    "networks:invitation_action": of(slug=slug, pk=lambda house: house.invitation.pk),
    "networks:request_action": of(slug=slug, pk=lambda house: house.request.pk),
    "memos:list": filtered,
    "memos:notes": filtered,
    "memos:acknowledge": of(memo_id=memo_id),
    "memos:correct_receipt": of(memo_id=memo_id, edition=lambda house: 1),
    "memos:history": of(memo_id=memo_id),
    "memos:edition": of(memo_id=memo_id, label=lambda house: "1"),
    "memos:compare": of(memo_id=memo_id),
    "memos:edition_file": edition_file,
    "memos:figures": lambda house: [
        ({}, query) for query in ({}, {"network": "house"}, {"export": "csv"}, {"export": "sessions"})
    ],
    "memos:practice": of(note_id=note_id, network=slug),
    "memos:took_part": of(note_id=note_id),
    "memos:take_back": of(note_id=note_id),
    "memos:rate_session": of(note_id=note_id),
    "memos:count_people": of(note_id=note_id),
    "memos:followed": lambda house: [({}, {"state": state}) for state in ("", "owed", "all")],
    "memos:follow_up": of(memo_id=memo_id),
    "memos:follow_up_people": of(memo_id=memo_id),
    "memos:follow_up_record": of(memo_id=memo_id),
    "memos:follow_up_export": lambda house: [
        ({"memo_id": memo_id(house)}, {"table": table}) for table in ("networks", "people", "receipts")
    ],
    "memos:review": lambda house: [({"item_id": key(house)}, {}) for key in (memo_id, note_id)],
    "memos:print": of(item_id=memo_id),
    "memos:pdf": of(item_id=memo_id),
    "memos:questions": of(memo_id=memo_id),
    "memos:ask": of(memo_id=memo_id),
    "memos:question": lambda house: [({"pk": each.pk}, {}) for each in (house.question, house.removed)],
    "memos:remove_question": lambda house: [({"pk": each.pk}, {}) for each in (house.question, house.removed)],
    "memos:removed_questions": plain(),
    "glossary:list": filtered,
    "notifications:list": plain(),
    "notifications:to_do": plain(),
    "notifications:open": of(pk=lambda house: house.notification.pk),
    "notifications:read_all": plain(),
    "notifications:preferences": plain(),
    "notifications:make_feed": of(feed=lambda house: "new"),
    "notifications:stop_feed": of(feed=lambda house: "new"),
    "notifications:network": of(slug=slug),
    "unsubscribe": of(token=unsubscribe_token),
    "feed_new": of(secret=lambda house: house.feed_digest),
    "feed_due": of(secret=lambda house: house.feed_digest),
    "open_networks": plain(),
    "open_request": of(slug=slug),
    "invitation": of(secret=lambda house: house.invitation.digest),
    "profile": plain(),
    "api_tokens": plain(),
    "network_logo": of(slug=slug, filename=lambda house: "logo.png"),
    "wagtaildocs_serve": of(pk=lambda house: house.document.pk, filename=lambda house: "plan.txt"),
    "guarded_original": of(pk=lambda house: house.image.pk, filename=lambda house: "room.png"),
    "guarded_rendition": of(
        pk=lambda house: house.image.get_rendition("width-10").pk,
        filename=lambda house: house.image.get_rendition("width-10").file.name.rsplit("/", 1)[-1],
    ),
    "api-1:me": plain(),
    "api-1:networks": plain(),
    "api-1:search_items": filtered,
    "api-1:suggest_titles": plain(q=WORD),
    "api-1:home": plain(),
    "api-1:list_memos": filtered,
    "api-1:acknowledge_memo": of(memo_id=memo_id),
    "api-1:list_questions": of(memo_id=memo_id),
    "api-1:list_editions": of(memo_id=memo_id),
    "api-1:practice_of": of(note_id=note_id),
    "api-1:list_saved_searches": plain(),
    "api-1:rename_saved_search": of(pk=saved),
    "api-1:delete_saved_search": of(pk=saved),
}

UNTRIED = {
    "live": "says that the process runs",
    "ready": "says that the services answer",
    "api-1:openapi-json": "describes the program",
    "api-1:api-root": "leads to the description",
    "api-1:-": "answers that nothing is there",
    "api-1:list_terms": "terms belong to no section; the state machine asks for each",
    "api-1:add_saved_search": "has the address of the list",
    "glossary:term": "terms belong to no section; the state machine asks for each",
    "set_language": "keeps a choice of the person's own",
    "revoke_api_token": "acts on a token of the person's own",
    "usersessions_list": "shows the person's own sessions",
    "account_": "signing in: knows no network and no page",
    "socialaccount_": "signing in: knows no network and no page",
    "openid_connect_": "signing in: knows no network and no page",
    "accounts/": "signing in: closed, or another name of one of the above",
}
"""By the beginning of the name, or of the address where it has no name."""


def names() -> Iterator[str]:
    """Each address's name, or the beginning of an address without one."""

    def walk(resolver: URLResolver, spaces: tuple[str, ...], before: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            address = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                space = (*spaces, pattern.namespace) if pattern.namespace else spaces
                yield from walk(pattern, space, address)
            elif not address.startswith("admin/"):
                yield ":".join((*spaces, pattern.name or "-")) if pattern.name or spaces else address

    return walk(get_resolver(), (), "")


def addresses(house: House) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Name, address and query of what is tried, in both languages."""
    for language in ("fr", "en"):
        with translation.override(language):
            for name, asked in TRIED.items():
                for arguments, query in asked(house):
                    args = [arguments["path"]] if "path" in arguments else []
                    kwargs = {} if args else {key: value for key, value in arguments.items() if key != "path"}
                    yield name, reverse(name, args=args, kwargs=kwargs), query


def test_every_address_is_tried_or_named_with_a_reason() -> None:
    known = set(names())
    unknown = {name for name in known if name not in TRIED and not name.startswith(tuple(UNTRIED))}

    assert unknown == set()
    assert TRIED.keys() - known == set()
    assert [name for name in UNTRIED if not any(each.startswith(name) for each in known)] == []


def strangers() -> dict[str, Client]:
    """People for whom nothing of the house is meant."""
    halifax, partner = make_network("halifax"), make_network("partner", "partner")
    return {
        "coordinator of another society": signed_in(make_person("other", (halifax, "coordinator"))),
        "guest of another society": signed_in(make_person("guest", (halifax, "guest"))),
        "person of a partner": signed_in(make_person("partner", (partner, "publisher"))),
        "person without a network": signed_in(make_person("alone")),
        "nobody": Client(),
    }


def shown(client: Client, address: str, query: dict[str, str], method: str) -> str:
    answer = getattr(client, method)(address, query, follow=True)
    assert answer.status_code < 500, (address, query)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(body.decode(errors="replace")) + " ".join(f"{key}: {value}" for key, value in answer.items())


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_address_tells_a_stranger_of_the_section(house: House, method: str) -> None:
    for who, client in strangers().items():
        for name, address, query in addresses(house):
            text = shown(client, address, query, method)
            assert SECRET.casefold() not in text.casefold(), (who, name, address, query)

    assert Question.objects.count() == 2
    assert Question.objects.get(pk=house.question.pk).removed_at is None
    assert User.objects.get(pk=house.coordinator.pk).is_active
    assert Membership.objects.get(pk=house.membership.pk).ended_at is None
    assert SavedSearch.objects.filter(pk=house.saved.pk).exists()
    assert (Participation.objects.count(), AttendanceCount.objects.count()) == (1, 1)
    assert JoinRequest.objects.get(pk=house.request.pk).state == JoinRequest.State.WAITING
    assert Network.objects.get(pk=house.network.pk).state == Network.State.ACTIVE


def test_files_go_to_nobody_but_the_section(house: House) -> None:
    files = {"network_logo", "wagtaildocs_serve", "guarded_original", "guarded_rendition", "memos:edition_file"}
    people = strangers()
    own = signed_in(house.coordinator)
    for name, address, _query in addresses(house):
        if name in files:
            for who, client in people.items():
                assert client.get(address).status_code == (302 if who == "nobody" else 404), (who, name)
            assert own.get(address).status_code == (404 if name == "network_logo" else 200), name


def test_the_section_s_own_people_are_told(house: House) -> None:
    """There is something to leak at each of these."""
    client = signed_in(house.coordinator)
    told = {name for name, address, query in addresses(house) if SECRET in shown(client, address, query, "get")}

    assert told >= {
        *("wagtail_serve", "search", "news", "saved_searches", "rename_saved_search"),
        *("networks:directory", "networks:facts", "networks:people", "networks:history"),
        *("networks:member", "memos:list", "memos:notes", "memos:history", "memos:edition", "memos:compare", "profile"),
        *("memos:followed", "memos:follow_up", "memos:follow_up_people", "memos:follow_up_record"),
        *("memos:follow_up_export", "memos:review"),
        *("memos:questions", "memos:ask", "memos:question", "memos:remove_question", "memos:removed_questions"),
        *("notifications:list", "notifications:open", "notifications:preferences", "notifications:network"),
        *("api-1:me", "api-1:networks", "api-1:search_items", "api-1:suggest_titles", "api-1:list_memos"),
        *("memos:figures", "memos:took_part", "memos:rate_session", "memos:count_people", "api-1:practice_of"),
        *("api-1:list_saved_searches", "api-1:home", "api-1:list_questions", "notifications:to_do"),
    }
