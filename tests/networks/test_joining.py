"""Invitations and requests: the only ways in."""

from __future__ import annotations

import datetime
import re
import threading
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from intranet.accounts.models import User
from intranet.accounts.services import set_account_active
from intranet.networks import joining
from intranet.networks.access import access_of
from intranet.networks.exceptions import MembershipError
from intranet.networks.jobs import EndWaysInJob
from intranet.networks.models import Invitation, JoinRequest, Membership, Network, NetworkEvent
from intranet.networks.services import add_membership, end_membership, set_network_state, update_network
from tests.networks.conftest import MakeNetwork, MakePerson
from tests.notifications.factories import told


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


def _client(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _invite(client: Client, slug: str, email: str, role: str = "reader") -> str:
    """Invites by the coordinator's form and gives back the address in the e-mail."""
    client.post(reverse("networks:people", args=[slug]), {"email": email, "role": role, "language": "en", "until": ""})
    found = re.search(r"http://127\.0\.0\.1:8000(/accounts/invitation/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def test_invited_stranger_makes_an_account_and_is_a_member(make_network: MakeNetwork, make_person: MakePerson) -> None:
    halifax = make_network("halifax")
    url = _invite(_client(make_person("coordinator", halifax, "coordinator")), "halifax", "New@Example.org")
    client = Client()
    assert client.get(url).status_code == 200
    assert not User.objects.filter(email="new@example.org").exists()

    answer = client.post(url, {"name": "Nouvelle", "language": "fr", "password": "une phrase bien à moi"})

    assert answer.status_code == 302
    person = User.objects.get(email="new@example.org")
    assert (person.name, person.language) == ("Nouvelle", "fr")
    assert access_of(person).view == {halifax.pk}


def test_invitation_works_once(make_network: MakeNetwork, make_person: MakePerson) -> None:
    halifax = make_network("halifax")
    url = _invite(_client(make_person("coordinator", halifax, "coordinator")), "halifax", "new@example.org")
    form = {"name": "Nouvelle", "language": "fr", "password": "une phrase bien à moi"}
    Client().post(url, form)

    assert Client().get(url).status_code == 404
    assert Client().post(url, form).status_code == 404
    assert Membership.objects.filter(network=halifax, person__email="new@example.org").count() == 1


def test_expired_withdrawn_and_forged_links_answer_alike(make_network: MakeNetwork, make_person: MakePerson) -> None:
    halifax = make_network("halifax")
    client = _client(make_person("coordinator", halifax, "coordinator"))
    expired = _invite(client, "halifax", "one@example.org")
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    withdrawn = _invite(client, "halifax", "two@example.org")
    joining.revoke(Invitation.objects.get(email="two@example.org"))
    answers = [Client().get(url) for url in (expired, withdrawn, "/accounts/invitation/forged/")]

    assert {answer.status_code for answer in answers} == {404}
    bodies = {re.sub(r'value="\w{64}"|/accounts/invitation/[^"&]*', "", answer.content.decode()) for answer in answers}
    assert len(bodies) == 1


def test_invitation_to_another_address_is_refused(make_network: MakeNetwork, make_person: MakePerson) -> None:
    halifax = make_network("halifax")
    make_person("invited")
    stranger = make_person("stranger")
    url = _invite(_client(make_person("coordinator", halifax, "coordinator")), "halifax", "invited@example.org")

    answer = _client(stranger).post(url)

    assert answer.status_code == 200
    assert access_of(stranger).view == frozenset()


def test_sending_again_stops_the_first_link(make_network: MakeNetwork, make_person: MakePerson) -> None:
    halifax = make_network("halifax")
    client = _client(make_person("coordinator", halifax, "coordinator"))
    first = _invite(client, "halifax", "new@example.org")
    invitation = Invitation.objects.get()
    client.post(reverse("networks:invitation_action", args=["halifax", invitation.pk]), {"resend": "1"})

    assert Client().get(first).status_code == 404
    assert len(mail.outbox) == 2


def test_invitation_never_takes_a_role_away(make_network: MakeNetwork, make_person: MakePerson) -> None:
    halifax = make_network("halifax")
    person = make_person("publisher", halifax, "publisher")
    _invitation, secret = joining.invite(network=halifax, email=person.email, role="reader", language="en")
    joining.accept(secret, person=person)

    assert access_of(person).publish == {halifax.pk}


def test_only_the_networks_coordinator_reaches_its_people(make_network: MakeNetwork, make_person: MakePerson) -> None:
    halifax, moncton = make_network("halifax"), make_network("moncton")
    make_person("secret-member", moncton)
    unknown = reverse("networks:people", args=["nowhere"])
    url = reverse("networks:people", args=["moncton"])
    for person in (
        make_person("coordinator", halifax, "coordinator"),
        make_person("publisher", moncton, "publisher"),
        make_person("root", is_superuser=True),
    ):
        answer = _client(person).get(url)
        assert answer.status_code == _client(person).get(unknown).status_code == 404
        assert b"secret-member" not in answer.content


def test_request_by_a_stranger_is_accepted_by_an_invitation(make_network: MakeNetwork, make_person: MakePerson) -> None:
    local = make_network("solidarity", kind="local", joining="open_request")
    client = _client(make_person("coordinator", local, "coordinator"))
    answer = Client().post(
        reverse("open_request", args=["solidarity"]),
        {"name": "Passante", "email": "passante@example.org", "language": "fr", "message": "Bonjour"},
    )
    assert answer.status_code == 200
    assert told("networks.join_request") == ["coordinator@example.org"]
    asked = JoinRequest.objects.get()

    client.post(reverse("networks:request_action", args=["solidarity", asked.pk]), {"accept": "1", "role": "reader"})

    assert mail.outbox[-1].to == ["passante@example.org"]
    assert not User.objects.filter(email="passante@example.org").exists()


def test_request_says_nothing_of_an_account(make_network: MakeNetwork, make_person: MakePerson) -> None:
    make_network("solidarity", kind="local", joining="open_request")
    make_person("known")
    bodies = set()
    for email in ("known@example.org", "unknown@example.org"):
        answer = Client().post(
            reverse("open_request", args=["solidarity"]), {"name": "X", "email": email, "language": "fr"}
        )
        bodies.add(re.sub(r'value="\w{64}"', "", answer.content.decode()))

    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("slug", "kind", "fields"),
    [
        ("society", "society", {"joining": "open_request"}),
        ("closed-door", "local", {"joining": "request"}),
        ("hidden", "local", {"joining": "open_request", "listed": False}),
    ],
)
def test_strangers_cannot_ask_elsewhere(
    make_network: MakeNetwork, slug: str, kind: str, fields: dict[str, object]
) -> None:
    make_network(slug, kind=kind, **fields)

    assert Client().get(reverse("open_request", args=[slug])).status_code == 404


def test_public_sign_up_is_closed(db: None) -> None:
    answer = Client().post(
        "/accounts/signup/", {"email": "x@example.org", "password1": "a" * 20, "password2": "a" * 20}
    )

    assert not User.objects.filter(email="x@example.org").exists()
    assert answer.status_code == 200


def test_closed_network_invites_nobody(make_network: MakeNetwork) -> None:
    halifax = make_network("halifax")
    _invitation, secret = joining.invite(network=halifax, email="new@example.org", role="reader", language="en")
    set_network_state(halifax, "closed")
    halifax.refresh_from_db()

    with pytest.raises(MembershipError, match="closed"):
        joining.invite(network=halifax, email="new@example.org", role="reader", language="en")
    assert Client().get(f"/accounts/invitation/{secret}/").status_code == 404


def test_last_coordinator_stays(make_network: MakeNetwork, make_person: MakePerson) -> None:
    halifax = make_network("halifax")
    person = make_person("coordinator", halifax, "coordinator")
    membership = Membership.objects.get(person=person)
    answer = _client(person).post(reverse("networks:member", args=["halifax", membership.pk]), {"end": "1"})

    assert answer.status_code == 200
    assert "only coordinator" in answer.content.decode()
    assert access_of(person).coordinate == {halifax.pk}


@pytest.mark.parametrize("count", [1, 3, 30])
def test_people_page_has_a_fixed_number_of_queries(
    make_network: MakeNetwork, make_person: MakePerson, count: int, django_assert_num_queries: object
) -> None:
    halifax = make_network("halifax")
    client = _client(make_person("coordinator", halifax, "coordinator"))
    for number in range(count):
        make_person(f"member{number}", halifax)
    url = reverse("networks:people", args=["halifax"])
    client.get(url)

    with django_assert_num_queries(10):  # type: ignore[operator]
        client.get(url)


@pytest.mark.django_db(transaction=True)
def test_form_sent_twice_at_once_uses_the_invitation_once(make_network: MakeNetwork) -> None:
    halifax = make_network("halifax")
    _invitation, secret = joining.invite(network=halifax, email="new@example.org", role="reader", language="en")
    form = {"name": "Nouvelle", "language": "fr", "password": "une phrase bien à moi"}
    answers: list[object] = []

    def send() -> None:
        try:
            answers.append(Client().post(f"/accounts/invitation/{secret}/", form, follow=True).status_code)
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers, key=str) == [200, 404, 404]
    assert Membership.objects.filter(network=halifax).count() == 1


def test_form_whose_twin_was_faster_says_that_the_invitation_is_used(
    make_network: MakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    _invitation, secret = joining.invite(
        network=make_network("halifax"), email="new@example.org", role="reader", language="en"
    )
    form = {"name": "Nouvelle", "language": "fr", "password": "une phrase bien à moi"}
    find = joining.find_open

    def find_before_the_twin_is_through(secret: str) -> Invitation | None:
        offer = find(secret)
        monkeypatch.setattr(joining, "find_open", find)
        joining.accept(secret, **form)
        return offer

    monkeypatch.setattr(joining, "find_open", find_before_the_twin_is_through)

    assert Client().post(f"/accounts/invitation/{secret}/", form, follow=True).status_code == 404


def test_a_request_waits_once(make_network: MakeNetwork) -> None:
    halifax = make_network("halifax")
    asked = {"network": halifax, "email": "a@example.org", "name": "A", "language": "en"}
    joining.ask_to_join(**asked)

    with pytest.raises(IntegrityError), transaction.atomic():
        JoinRequest.objects.create(**asked)
    assert joining.ask_to_join(**asked, message="Again").message == "Again"
    assert JoinRequest.objects.count() == 1


def test_a_claimed_address_changes_nothing_in_a_persons_request(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    champions = make_network("champions", "local", listed=True, joining="open_request")
    person = make_person("lise", make_network("halifax"))
    mine = joining.ask_to_join(
        network=champions, email=person.email, name="Lise", language="fr", message="Bonjour", person=person
    )

    form = {"name": "Mallory", "email": person.email.upper(), "language": "en", "message": "Let me in"}
    answer = Client().post("/accounts/join/champions/", form)

    assert answer.status_code == 200
    mine.refresh_from_db()
    assert (mine.person, mine.name, mine.language, mine.message) == (person, "Lise", "fr", "Bonjour")
    assert JoinRequest.objects.count() == 1


def test_the_office_names_the_first_coordinator_and_lets_nobody_else_in(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    office, halifax = make_network("office", "office"), make_network("halifax")
    manager = make_person("manager", office, "coordinator")
    address = reverse("networks:invite_coordinator", args=[halifax.pk])
    form = {"email": "new@example.org", "language": "en", "role": "reader"}

    _client(manager).post(address, form)
    assert list(Invitation.objects.values_list("email", "role")) == [("new@example.org", "coordinator")]

    reader = make_person("reader", halifax)
    answer = _client(manager).post(address, {**form, "email": " Manager@example.org"})
    assert "cannot invite yourself" in answer.content.decode()

    add_membership(person=reader, network=halifax, role="coordinator")
    answer = _client(manager).post(address, {**form, "email": "other@example.org"}, follow=True)
    assert "has a coordinator" in answer.content.decode()
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("listed", [True, False])
def test_closing_the_coordinators_account_opens_no_way_in(
    make_network: MakeNetwork, make_person: MakePerson, manager: User, listed: bool
) -> None:
    halifax = make_network("halifax", listed=listed)
    chair = make_person("chair", halifax, "coordinator")
    set_account_active(chair, False, by=manager)

    address = reverse("networks:invite_coordinator", args=[halifax.pk])
    answer = _client(manager).post(address, {"email": "alias@example.org", "language": "en"}, follow=True)

    assert (answer.status_code == 404) is not listed
    assert not listed or "is closed. Open it again" in answer.content.decode()
    assert not Invitation.objects.exists()
    if listed:
        assert address not in _client(manager).get(reverse("networks:edit", args=[halifax.pk])).content.decode()


def test_coordinator_whom_the_office_names_is_announced(
    make_network: MakeNetwork, make_person: MakePerson, manager: User
) -> None:
    halifax = make_network("halifax")
    publisher, closed = make_person("publisher", halifax, "publisher"), make_person("closed", halifax, "publisher")
    make_person("reader", halifax)
    set_account_active(closed, False, by=manager)
    address = reverse("networks:invite_coordinator", args=[halifax.pk])
    assert _client(manager).post(address, {"email": "new@example.org", "language": "en"}).status_code == 302
    [secret] = re.findall(r"/accounts/invitation/([^/]+)/", str(mail.outbox[-1].body))
    new = joining.accept(secret, name="New", password="une phrase bien à moi")

    row = NetworkEvent.objects.get(kind="appointed")
    assert (row.network, row.person, row.by) == (halifax, new.person, manager)
    assert told("networks.access_granted") == ["closed@example.org", "publisher@example.org"]
    set_account_active(closed, True, by=manager)
    end_membership(new)
    for person in (publisher, closed):
        body = _client(person).get(reverse("notifications:list")).content.decode()
        assert "The national office has named a coordinator of halifax in English" in body


def test_members_hear_of_it_where_nobody_runs_the_network(
    make_network: MakeNetwork, make_person: MakePerson, manager: User
) -> None:
    halifax = make_network("halifax")
    make_person("reader", halifax)
    make_person("visitor", halifax, "guest")
    _invitation, secret = joining.invite(
        network=halifax, email="new@example.org", role="coordinator", language="en", by=manager
    )
    joining.accept(secret, name="New", password="une phrase bien à moi")
    assert told("networks.access_granted") == ["reader@example.org"]


def test_coordinators_who_invite_one_another_announce_nothing(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    halifax = make_network("halifax")
    chair = make_person("chair", halifax, "coordinator")
    _invitation, secret = joining.invite(
        network=halifax, email="new@example.org", role="coordinator", language="en", by=chair
    )
    joining.accept(secret, name="New", password="une phrase bien à moi")
    assert told("networks.access_granted") == []
    assert not NetworkEvent.objects.filter(kind="appointed").exists()


@pytest.mark.parametrize(("slug", "code", "field"), [("directors", "NEW", "slug"), ("new", "DIRECTORS", "code")])
def test_the_form_of_a_network_does_not_say_what_exists(
    make_network: MakeNetwork, make_person: MakePerson, slug: str, code: str, field: str
) -> None:
    office = make_network("office", "office")
    make_network("directors", "table", code="DIRECTORS")
    manager = make_person("manager", office, "coordinator", language="en")
    form = {
        "name_fr": "Nouveau", "name_en": "New", "slug": slug, "code": code, "kind": "society", "region": "",
        "languages": "fr", "time_zone": "America/Toronto", "joining": "invitation", "listed": "on",
    }  # fmt: skip

    text = _client(manager).post(reverse("networks:create"), form).content.decode()

    assert "already exists" not in text
    assert f"This {'code' if field == 'code' else 'short name'} cannot be used. Choose another." in text
    assert not Network.objects.filter(name_en="New").exists()


def _request_of(network: Network, person: User) -> JoinRequest:
    return joining.ask_to_join(network=network, email=person.email, name=person.name, language="en", person=person)


@pytest.mark.parametrize(("held", "role"), [("publisher", "reader"), ("coordinator", "guest"), ("reader", "guest")])
def test_accepting_a_request_never_takes_a_role_away(
    make_network: MakeNetwork, make_person: MakePerson, held: str, role: str
) -> None:
    halifax = make_network("halifax")
    chair, person = make_person("chair", halifax, "coordinator"), make_person("lise")
    asked = _request_of(halifax, person)
    membership = add_membership(person=person, network=halifax, role=held)

    answer = _client(chair).post(
        reverse("networks:request_action", args=["halifax", asked.pk]), {"accept": "1", "role": role}, follow=True
    )

    assert list(Membership.objects.filter(person=person, ended_at=None)) == [membership]
    assert f"lise keeps the role “{held}”, which allows more than “{role}”." in answer.content.decode()
    asked.refresh_from_db()
    assert asked.state == "accepted"


def test_what_is_planned_with_a_higher_role_stays(make_network: MakeNetwork, make_person: MakePerson) -> None:
    halifax, person = make_network("halifax"), make_person("lise")
    today = timezone.localdate()
    later = today + datetime.timedelta(days=30)
    add_membership(person=person, network=halifax, role="publisher", starts_on=later)

    joining.decide(_request_of(halifax, person), accept=True, role="reader", by=None)

    rows = Membership.objects.filter(person=person, ended_at=None).order_by("starts_on")
    assert list(rows.values_list("role", "starts_on", "until")) == [
        ("reader", today, later - datetime.timedelta(days=1)),
        ("publisher", later, None),
    ]


def test_invited_person_who_has_a_higher_role_is_told_that_it_stays(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    halifax = make_network("halifax")
    person = make_person("lise", halifax, "publisher", language="en")
    _invitation, secret = joining.invite(network=halifax, email=person.email, role="reader", language="en")

    answer = _client(person).post(f"/accounts/invitation/{secret}/", follow=True)

    assert "You keep your role in halifax in English, “publisher”" in answer.content.decode()
    assert access_of(person).publish == {halifax.pk}


def _day(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


def test_invited_person_is_a_member_from_the_first_day_until_the_last(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    halifax = make_network("halifax")
    client = _client(make_person("chair", halifax, "coordinator", language="en"))
    page = reverse("networks:people", args=["halifax"])
    form = {"email": "new@example.org", "role": "reader", "language": "en"}
    client.post(page, {**form, "starts_on": _day(5).isoformat(), "until": _day(9).isoformat()})
    assert "You will be a member from " in str(mail.outbox[-1].body)
    [secret] = re.findall(r"/accounts/invitation/([^/]+)/", str(mail.outbox[-1].body))
    guest = Client(HTTP_ACCEPT_LANGUAGE="en")
    assert "You will be a member from " in guest.get(f"/accounts/invitation/{secret}/").content.decode()
    account = {"name": "New", "language": "en", "password": "une phrase bien à moi"}
    answer = guest.post(f"/accounts/invitation/{secret}/", account, follow=True)

    membership = Membership.objects.get(person__email="new@example.org")
    assert (membership.starts_on, membership.until) == (_day(5), _day(9))
    assert "Welcome. You are a member of halifax in English from " in answer.content.decode()
    assert access_of(membership.person).view == frozenset()
    assert "Yet to begin" in client.get(page).content.decode()


@pytest.mark.parametrize("first", [None, -3, 0])
def test_first_day_that_is_past_is_the_day_of_acceptance(make_network: MakeNetwork, first: int | None) -> None:
    starts_on = None if first is None else _day(first)
    _invitation, secret = joining.invite(
        network=make_network("halifax"), email="new@example.org", role="reader", language="en", starts_on=starts_on
    )

    membership = joining.accept(secret, name="New", password="une phrase bien à moi")

    assert (membership.starts_on, membership.until) == (_day(0), None)


def test_last_day_before_the_first_is_refused_with_the_remedy(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    halifax = make_network("halifax")
    client = _client(make_person("chair", halifax, "coordinator", language="en"))
    days = {"role": "reader", "starts_on": _day(9).isoformat(), "until": _day(5).isoformat()}
    said = "This day is before the first day. Choose a later last day, or an earlier first day."

    answer = client.post(
        reverse("networks:people", args=["halifax"]), {**days, "email": "new@example.org", "language": "en"}
    )
    assert said in answer.content.decode()
    asked = _request_of(halifax, make_person("lise"))
    action = reverse("networks:request_action", args=["halifax", asked.pk])
    assert said in client.post(action, {**days, "accept": "1"}, follow=True).content.decode()

    asked.refresh_from_db()
    assert asked.state == "waiting"
    assert not Invitation.objects.exists()
    with pytest.raises(MembershipError, match="Choose a later last day"):
        joining.invite(
            network=halifax, email="a@example.org", role="reader", language="en", starts_on=_day(9), until=_day(5)
        )


def test_invitation_whose_last_day_is_past_lets_nobody_in(make_network: MakeNetwork) -> None:
    invitation, secret = joining.invite(
        network=make_network("halifax"), email="new@example.org", role="reader", language="en", until=_day(0)
    )
    Invitation.objects.update(until=_day(-1))

    assert Client(HTTP_ACCEPT_LANGUAGE="en").get(f"/accounts/invitation/{secret}/").status_code == 404
    with pytest.raises(MembershipError, match="Invite the person again"):
        joining.renew(invitation)


def test_higher_role_from_a_later_day_leaves_the_lower_one_until_then(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    halifax = make_network("halifax")
    person = make_person("lise", halifax)
    _invitation, secret = joining.invite(
        network=halifax, email=person.email, role="publisher", language="en", starts_on=_day(5)
    )

    joining.accept(secret, person=person)

    rows = Membership.objects.filter(person=person, ended_at=None).order_by("starts_on")
    assert list(rows.values_list("role", "starts_on", "until")) == [
        ("reader", _day(0), _day(4)),
        ("publisher", _day(5), None),
    ]
    assert access_of(person).view == {halifax.pk}


def test_accepted_request_of_a_later_day_begins_then_and_is_told(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    halifax = make_network("halifax")
    client = _client(make_person("chair", halifax, "coordinator", language="en"))
    person = make_person("lise", language="en")
    asked = _request_of(halifax, person)

    form = {"accept": "1", "role": "contributor", "starts_on": _day(3).isoformat(), "until": ""}
    answer = client.post(reverse("networks:request_action", args=["halifax", asked.pk]), form, follow=True)

    assert "lise is a member from " in answer.content.decode()
    assert Membership.objects.get(person=person).starts_on == _day(3)
    assert told("networks.join_answer") == ["lise@example.org"]
    shown = _client(person).get(reverse("notifications:list")).content.decode()
    assert "Your request to join halifax in English was accepted" in shown


def test_membership_to_come_is_moved_and_keeps_its_first_day_with_another_role(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    halifax, person = make_network("halifax"), make_person("lise")
    client = _client(make_person("chair", halifax, "coordinator"))
    add_membership(person=person, network=halifax, role="reader", starts_on=_day(5))

    for role, first in (("reader", 8), ("publisher", 8)):
        running = Membership.objects.get(person=person, ended_at=None)
        form = {"role": role, "starts_on": _day(first).isoformat(), "until": ""}
        assert client.post(reverse("networks:member", args=["halifax", running.pk]), form).status_code == 302
        held = Membership.objects.get(person=person, ended_at=None)
        assert (held.role, held.starts_on) == (role, _day(first))
    assert "ended before it began" in client.get(reverse("networks:people", args=["halifax"])).content.decode()


@pytest.mark.parametrize("listed", [True, False])
def test_closing_ends_requests_and_tells_whoever_asked(
    make_network: MakeNetwork,
    make_person: MakePerson,
    manager: User,
    listed: bool,
    django_capture_on_commit_callbacks: Any,
) -> None:
    halifax = make_network("halifax", kind="local", joining="open_request")
    person = make_person("lise", language="en")
    mine = _request_of(halifax, person)
    joining.ask_to_join(network=halifax, email="zoe@example.org", name="Zoé", language="en")
    update_network(halifax, listed=listed)

    with django_capture_on_commit_callbacks(execute=True):
        set_network_state(halifax, "closed", by=manager)

    rows = JoinRequest.objects.order_by("pk").values_list("state", "decided_by")
    assert list(rows) == [("closed", manager.pk), ("closed", manager.pk)]
    assert told("networks.join_answer") == ["lise@example.org"]
    shown = _client(person).get(reverse("notifications:list")).content.decode()
    [message] = mail.outbox
    assert message.to == ["zoe@example.org"]
    written = f"{message.body} {message.alternatives[0].content}"  # type: ignore[attr-defined]
    assert "the network has closed." in written
    assert ("Your request to join halifax in English has ended" in shown) is listed
    assert ("Your request to join a network has ended" in shown) is not listed
    assert ("halifax" in written) is listed
    with pytest.raises(MembershipError, match="already answered"):
        joining.decide(mine, accept=True, role="reader", by=None)
    with pytest.raises(MembershipError, match="closed"):
        _request_of(halifax, person)


def test_what_waited_in_a_network_that_was_closed_before_is_answered_once(
    make_network: MakeNetwork, make_person: MakePerson, django_capture_on_commit_callbacks: Any
) -> None:
    networks = [make_network(slug, kind="local", joining="open_request") for slug in ("closed", "open")]
    person = make_person("lise", language="en")
    for network in networks:
        _request_of(network, person)
        joining.ask_to_join(network=network, email="zoe@example.org", name="Zoé", language="en")
        joining.invite(network=network, email="new@example.org", role="reader", language="en")
    # As it was left before closing answered requests.
    Network.objects.filter(slug="closed").update(state="closed")

    for _run in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            EndWaysInJob().run()

        rows = JoinRequest.objects.order_by("pk").values_list("network__slug", "state", "decided_by")
        assert list(rows) == [("closed", "closed", None)] * 2 + [("open", "waiting", None)] * 2
        assert told("networks.join_answer") == ["lise@example.org"]
        assert [message.to for message in mail.outbox] == [["zoe@example.org"]]
        assert list(Invitation.objects.filter(revoked_at=None).values_list("network__slug", flat=True)) == ["open"]


def test_closing_withdraws_invitations_and_their_link_says_so(make_network: MakeNetwork) -> None:
    halifax = make_network("halifax")
    _invitation, secret = joining.invite(network=halifax, email="new@example.org", role="reader", language="en")
    client, address = Client(HTTP_ACCEPT_LANGUAGE="en"), f"/accounts/invitation/{secret}/"

    set_network_state(halifax, "closed")
    answer = client.get(address)
    assert answer.status_code == 404
    assert "The network that invited you has closed." in answer.content.decode()

    set_network_state(halifax, "active")
    answer = client.get(address)
    assert answer.status_code == 404
    assert "Ask the person who invited you for a new one." in answer.content.decode()
    with pytest.raises(MembershipError, match="no longer valid"):
        joining.accept(secret, name="New", password="une phrase bien à moi")
