"""What the national office and coordinators change about networks and accounts."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from intranet.accounts.models import User
from intranet.networks.access import access_of
from intranet.networks.models import Item, Membership, Network, NetworkEvent
from intranet.networks.services import add_membership, provision_network, set_network_state, update_network
from intranet.networks.signals import network_provisioned
from tests.networks.conftest import MakeNetwork, MakePerson
from tests.pages.factories import signed_in


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


def set_state(person: User, network: Network, action: str) -> int:
    address = reverse("networks:state", args=[network.pk])
    return signed_in(person).post(address, {action: "1"}).status_code


def form_of(network: Network, **changes: object) -> dict[str, object]:
    names = ("name_fr", "name_en", "code", "time_zone", "joining")
    values = {name: getattr(network, name) for name in names}
    return {**values, "languages": "fr, en", **({"listed": "on"} if network.listed else {}), **changes}


def test_office_makes_a_network_and_names_who_runs_it(manager: User) -> None:
    form = {
        "name_fr": "Nouveau", "name_en": "New", "slug": "new", "code": "NEW", "kind": "society", "region": "NS",
        "languages": "fr, iu", "time_zone": "America/Toronto", "joining": "invitation", "listed": "on",
    }  # fmt: skip

    answer = signed_in(manager).post(reverse("networks:create"), form)

    network = Network.objects.get(slug="new")
    assert answer["Location"] == reverse("networks:invite_coordinator", args=[network.pk])
    assert (network.code, network.region, network.languages) == ("NEW", "NS", ["fr", "iu"])
    assert NetworkEvent.objects.get(network=network).kind == "created"


@pytest.mark.parametrize("listed", [True, False])
def test_manager_closes_a_network_and_opens_it_again(
    make_network: MakeNetwork, make_person: MakePerson, manager: User, listed: bool
) -> None:
    network = make_network("directors", "table", listed=listed)
    reader = make_person("reader", network)
    if not listed:
        add_membership(person=manager, network=network, role="reader")

    assert set_state(manager, network, "close") == 302
    assert access_of(reader).view == frozenset()
    client = signed_in(manager)
    assert "directors in English" in client.get(reverse("networks:manage")).content.decode()
    page = client.get(reverse("networks:edit", args=[network.pk])).content.decode()
    assert "Open it again" in page
    assert reverse("networks:invite_coordinator", args=[network.pk]) not in page

    assert set_state(manager, network, "open") == 302
    assert access_of(reader).view == {network.pk}
    kinds = NetworkEvent.objects.filter(network=network, kind__in=("closed", "reopened"))
    assert list(kinds.values_list("kind", "by")) == [("reopened", manager.pk), ("closed", manager.pk)]


def test_closed_unlisted_network_is_opened_by_its_coordinators_and_nobody_else(
    make_network: MakeNetwork, make_person: MakePerson, manager: User
) -> None:
    network = make_network("directors", "table")
    chair = make_person("chair", network, "coordinator")
    others = [make_person("publisher", network, "publisher"), make_person("former", network, "coordinator"), manager]
    Membership.objects.filter(person__name="former").update(ended_at="2026-01-01T00:00Z")
    page = reverse("networks:edit", args=[network.pk])

    assert set_state(chair, network, "close") == 404
    set_network_state(network, "closed")

    for person in others:
        assert set_state(person, network, "open") == 404
        assert signed_in(person).get(page).status_code == 404
    assert "Open it again" in signed_in(chair).get(page).content.decode()
    assert set_state(chair, network, "open") == 302
    assert access_of(chair).coordinate == {network.pk}


def test_listed_network_that_the_office_closed_is_opened_by_the_office_alone(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    network = make_network("halifax")
    chair = make_person("chair", network, "coordinator")
    set_network_state(network, "closed")

    assert set_state(chair, network, "open") == 404
    assert signed_in(chair).get(reverse("networks:edit", args=[network.pk])).status_code == 404


def test_coordinator_changes_what_is_hers_to_decide_and_nothing_else(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    network = make_network("directors", "table", code="DIR", listed=False)
    client = signed_in(make_person("chair", network, "coordinator", language="en"))
    page, people = reverse("networks:edit", args=[network.pk]), reverse("networks:people", args=["directors"])
    assert f'href="{page}"' in client.get(people).content.decode()
    shown = client.get(page).content.decode()
    assert "Close it now" not in shown
    assert reverse("networks:invite_coordinator", args=[network.pk]) not in shown

    changes = {"name_en": "Round table", "joining": "request", "languages": "fr", "code": "EVIL", "kind": "office"}
    answer = client.post(page, form_of(network, **changes, listed="on", may_ask_others="on", state="closed", slug="x"))

    assert answer["Location"] == people
    network.refresh_from_db()
    assert (network.name_en, network.joining, network.languages) == ("Round table", "request", ["fr"])
    assert (network.code, network.kind, network.slug) == ("DIR", "table", "directors")
    assert (network.listed, network.may_ask_others, network.state) == (False, False, "active")
    changed = NetworkEvent.objects.get(network=network, kind="changed")
    assert changed.details == {"fields": ["joining", "languages", "name_en"]}


def test_network_keeps_its_code_and_short_name(make_network: MakeNetwork, manager: User) -> None:
    network = make_network("halifax", code="HFX")

    signed_in(manager).post(
        reverse("networks:edit", args=[network.pk]),
        form_of(network, languages="fr, en", listed="on", name_en="Halifax", code="EVIL", slug="evil"),
    )

    network.refresh_from_db()
    assert (network.name_en, network.code, network.slug) == ("Halifax", "HFX", "halifax")
    with pytest.raises(ValidationError, match="has the code HFX and keeps it"):
        update_network(network, code="EVIL")


def test_coordinator_cannot_open_an_unlisted_network_to_requests_of_anybody(
    make_network: MakeNetwork, make_person: MakePerson
) -> None:
    network = make_network("directors", "table", listed=False)
    client = signed_in(make_person("chair", network, "coordinator"))

    answer = client.post(reverse("networks:edit", args=[network.pk]), form_of(network, joining="open_request"))

    assert list(answer.context["form"].errors) == ["joining"]


@pytest.mark.parametrize("role", ["publisher", "coordinator of another", "manager"])
def test_network_is_edited_by_its_own_coordinators(
    make_network: MakeNetwork, make_person: MakePerson, manager: User, role: str
) -> None:
    network = make_network("directors", "table", listed=False)
    people = {
        "publisher": make_person("publisher", network, "publisher"),
        "coordinator of another": make_person("other", make_network("halifax"), "coordinator"),
        "manager": manager,
    }
    page = reverse("networks:edit", args=[network.pk])

    for method in ("get", "post"):
        answer = getattr(signed_in(people[role]), method)(page, form_of(network, name_en="Taken"))
        assert answer.status_code == 404
        assert "directors in English" not in answer.content.decode()
    network.refresh_from_db()
    assert network.name_en == "directors in English"


def test_role_of_a_member_is_changed(make_network: MakeNetwork, make_person: MakePerson) -> None:
    network = make_network("halifax")
    client = signed_in(make_person("chair", network, "coordinator"))
    reader = make_person("reader", network)
    address = reverse("networks:member", args=["halifax", Membership.objects.get(person=reader).pk])

    assert client.post(address, {"role": "publisher", "until": ""}).status_code == 302

    assert access_of(reader).publish == {network.pk}
    assert Membership.objects.filter(person=reader).count() == 2


def test_office_lists_closes_and_opens_accounts(make_person: MakePerson, manager: User) -> None:
    lise, client = make_person("lise"), signed_in(manager)
    theirs = Client()
    theirs.force_login(lise, backend="django.contrib.auth.backends.ModelBackend")
    listed = client.get(reverse("networks:accounts"), {"q": "LISE@"})
    assert [person.pk for person in listed.context["page_obj"]] == [lise.pk]

    address = reverse("networks:set_active", args=[lise.pk])
    assert client.post(address, {"close": "1"}).status_code == 302
    assert theirs.get("/en/").status_code == 302
    assert not User.objects.get(pk=lise.pk).is_active
    client.post(address, {"open": "1"})
    assert User.objects.get(pk=lise.pk).is_active


@pytest.mark.parametrize(
    ("language", "subject"), [("en", "Your account on the intranet"), ("fr", None)], ids=["English", "French"]
)
def test_person_whose_account_the_office_makes_gets_the_link_to_a_password(
    manager: User, language: str, subject: str | None
) -> None:
    form = {"email": "New@example.org", "name": "Nouvelle", "language": language}

    answer = signed_in(manager).post(reverse("networks:create_person"), form, follow=True)

    assert "is on its way to new@example.org" in answer.content.decode()
    [message] = mail.outbox
    html = str(message.alternatives[0].content)  # type: ignore[attr-defined]
    assert message.to == ["new@example.org"]
    assert subject is None or message.subject == subject
    assert f'<html lang="{language}">' in html
    [path] = re.findall(r"http://127\.0\.0\.1:8000(/accounts/password/reset/key/\S+)", str(message.body))
    assert path in html
    client, password = Client(), "une phrase bien à moi"
    chosen = client.get(path, follow=True).redirect_chain[-1][0]
    client.post(chosen, {"password1": password, "password2": password})
    assert User.objects.get(email="new@example.org").check_password(password)


def test_office_is_told_when_the_e_mail_about_an_account_could_not_be_sent(
    manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intranet.networks.notices.send", lambda *args, **kwargs: False)
    form = {"email": "new@example.org", "name": "Nouvelle", "language": "en"}

    answer = signed_in(manager).post(reverse("networks:create_person"), form, follow=True)

    assert "is ready, but the e-mail could not be sent" in answer.content.decode()
    assert User.objects.filter(email="new@example.org").exists()


def test_network_is_made_whole_or_not_at_all(db: None) -> None:
    def refuse(**signal: object) -> None:
        raise LookupError

    def there() -> tuple[int, ...]:
        return tuple(model.objects.count() for model in (Network, Group, Item, Page, Collection, NetworkEvent))

    before = there()
    network_provisioned.connect(refuse)
    try:
        with pytest.raises(LookupError):
            provision_network(slug="half", kind="society", name_en="Half", name_fr="Moitié")
    finally:
        network_provisioned.disconnect(refuse)
    assert there() == before


def test_no_group_reaches_every_section(db: None) -> None:
    assert not Group.objects.filter(name__in=("Editors", "Moderators")).exists()
    assert not GroupPagePermission.objects.exists()
    assert not GroupCollectionPermission.objects.exists()
