"""Who asked to join is answered, and sees until then that the request waits."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation

from intranet.accounts.models import User
from intranet.networks import joining
from intranet.networks.access import access_of
from intranet.networks.models import JoinRequest, Membership, Network
from intranet.networks.services import end_membership, update_network
from intranet.notifications.models import Notification
from intranet.notifications.telling import lines_of
from tests.networks.conftest import MakeNetwork, MakePerson
from tests.notifications.factories import told
from tests.pages.factories import signed_in

ANSWER = "networks.join_answer"


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


@pytest.fixture
def champions(make_network: MakeNetwork) -> Network:
    return make_network("champions", kind="local", joining="open_request")


@pytest.fixture
def coordinator(champions: Network, make_person: MakePerson) -> Client:
    return signed_in(make_person("coordinator", champions, "coordinator"))


@pytest.fixture
def lise(make_network: MakeNetwork, make_person: MakePerson) -> User:
    return make_person("lise", make_network("halifax"), language="en")


def ask(person: User, message: str = "") -> JoinRequest:
    signed_in(person).post(reverse("networks:join", args=["champions"]), {"message": message})
    return JoinRequest.objects.get(person=person, state="waiting")


def decide(coordinator: Client, asked: JoinRequest, **decision: str) -> Any:
    address = reverse("networks:request_action", args=["champions", asked.pk])
    return coordinator.post(address, {"role": "reader", **decision}, follow=True)


def answers_to(person: User) -> list[tuple[str, str]]:
    """Title and address of what the person is told now."""
    rows = Notification.objects.filter(person=person, event__kind=ANSWER).select_related("event").order_by("pk")
    return [(line.told.title, line.told.url) for line in lines_of(rows, person)]


def test_person_who_is_accepted_is_told_with_a_way_to_the_section(coordinator: Client, lise: User) -> None:
    decide(coordinator, ask(lise), accept="1")

    assert told(ANSWER) == ["lise@example.org"]
    assert answers_to(lise) == [("You are now a member of champions in English", "/en/champions/")]
    assert signed_in(lise).get("/en/champions/").status_code == 200
    end_membership(Membership.objects.get(person=lise, network__slug="champions"))
    assert answers_to(lise) == []


def test_person_who_is_declined_is_told(coordinator: Client, lise: User) -> None:
    answer = decide(coordinator, ask(lise), decline="1")

    assert "The request of lise is declined." in answer.content.decode()
    assert told(ANSWER) == ["lise@example.org"]
    assert answers_to(lise) == [("Your request to join champions in English was declined", "/en/networks/")]
    assert mail.outbox == []
    assert access_of(lise).network_ids == {Network.objects.get(slug="halifax").pk}


def test_answer_of_a_network_that_is_no_longer_listed_is_not_told(
    champions: Network, coordinator: Client, lise: User
) -> None:
    decide(coordinator, ask(lise), decline="1")
    told(ANSWER)
    update_network(champions, listed=False)

    assert answers_to(lise) == []


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "Your request to join a network", "The coordinators of champions in English have read your request"),
        ("fr", None, "champions en français"),
    ],
)
def test_address_that_is_declined_gets_an_e_mail_in_the_language_of_the_request(
    champions: Network, coordinator: Client, language: str, subject: str | None, words: str
) -> None:
    said = {"name": "Zoé Passante", "email": "zoe@example.org", "language": language, "message": "Look at my site"}
    Client().post(reverse("open_request", args=["champions"]), said)

    decide(coordinator, JoinRequest.objects.get(), decline="1")

    [message] = mail.outbox
    html = str(message.alternatives[0].content)  # type: ignore[attr-defined]
    assert message.to == ["zoe@example.org"]
    assert subject is None or message.subject == subject
    assert words in message.body
    assert words in html
    assert f'<html lang="{language}">' in html
    # The words of whoever wrote the request go to nobody's address.
    assert not re.search("Zoé|Look at", f"{message.subject} {message.body} {html}")


def test_decline_says_nothing_of_the_account_of_a_claimed_address(
    champions: Network, coordinator: Client, lise: User
) -> None:
    pages, mails = [], []
    for email in (lise.email, "nobody@example.org"):
        Client().post(
            reverse("open_request", args=["champions"]), {"name": "Mallory", "email": email, "language": "en"}
        )
        page = decide(coordinator, JoinRequest.objects.get(email=email), decline="1").content.decode()
        pages.append(re.sub(r'value="\w{64}"', "", page))
        message = mail.outbox.pop()
        mails.append((message.subject, message.body))
        assert message.to == [email]

    assert pages[0] == pages[1]
    assert mails[0] == mails[1]
    assert told(ANSWER) == []


def test_decline_of_an_unlisted_network_does_not_name_it(champions: Network, coordinator: Client) -> None:
    asked = joining.ask_to_join(network=champions, email="zoe@example.org", name="Zoé", language="en")
    update_network(champions, listed=False)

    decide(coordinator, asked, decline="1")

    [message] = mail.outbox
    assert "champions" not in f"{message.subject} {message.body} {message.alternatives[0]}"  # type: ignore[attr-defined]
    assert "The coordinators have read your request to join, and cannot accept it." in message.body


def test_decline_says_when_the_e_mail_could_not_be_sent(
    champions: Network, coordinator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = joining.ask_to_join(network=champions, email="zoe@example.org", name="Zoé", language="en")

    def refuse(*args: Any, **kwargs: Any) -> int:
        raise ConnectionRefusedError("no mail server")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    answer = decide(coordinator, asked, decline="1")

    assert "is declined, but the e-mail that says so could not be sent" in answer.content.decode()
    assert JoinRequest.objects.get().state == "declined"


def test_waiting_request_is_shown_in_the_directory_and_on_its_page(
    champions: Network, coordinator: Client, lise: User
) -> None:
    # What somebody else asks under her address is not hers.
    joining.ask_to_join(network=champions, email=lise.email, name="Mallory", language="en", message="Let me in")
    client, page = signed_in(lise), reverse("networks:join", args=["champions"])
    assert "Ask to join<" in client.get(reverse("networks:directory")).content.decode()
    assert "Let me in" not in client.get(page).content.decode()

    asked = ask(lise, "I live there")

    directory = client.get(reverse("networks:directory")).content.decode()
    assert "Your request is waiting<" in directory
    assert "Ask to join<" not in directory
    text = client.get(page).content.decode()
    assert "is waiting for an answer" in text
    assert "I live there" in text

    decide(coordinator, asked, decline="1")
    assert "Ask to join<" in client.get(reverse("networks:directory")).content.decode()
    assert "is waiting for an answer" not in client.get(page).content.decode()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_directory_has_a_fixed_number_of_queries(
    make_network: MakeNetwork, lise: User, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        network = make_network(f"local-{number}", kind="local", joining="request")
        if number % 2 == 0:
            joining.ask_to_join(network=network, email=lise.email, name="Lise", language="en", person=lise)
    client, address = signed_in(lise), reverse("networks:directory")
    client.get(address)

    with django_assert_num_queries(8):
        client.get(address)
