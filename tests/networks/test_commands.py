"""The commands of networks and access."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import CommandError, call_command

from intranet.accounts.models import User
from intranet.networks import services
from intranet.networks.models import AudienceToken, Membership, Network, NetworkEvent, NetworkGroupObjectPermission
from intranet.notifications.models import Notification
from intranet.notifications.telling import lines_of
from intranet.pages.models import SectionPage
from tests.notifications.factories import told

pytestmark = pytest.mark.django_db


def provision(slug: str = "halifax", *options: str) -> Network:
    call_command(
        "provision_network", slug, "--kind", "society", "--name-en", "Halifax", "--name-fr", "Halifax", *options
    )
    return Network.objects.get(slug=slug)


def test_provision_network_makes_its_section(capsys: pytest.CaptureFixture[str]) -> None:
    network = provision("halifax", "--code", "HFX", "--region", "NS", "--unlisted")
    assert (network.code, network.region, network.listed) == ("HFX", "NS", False)
    assert SectionPage.objects.filter(section_network=network, live=True).count() == 2
    assert capsys.readouterr().out == "The network “halifax” is made; its code is HFX.\n"
    with pytest.raises(CommandError, match="slug"):
        provision("halifax")
    with pytest.raises(CommandError, match="code"):
        provision("moncton", "--code", "HFX")
    assert Network.objects.count() == 1


def test_grant_access_is_dated_logged_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    network = provision()
    coordinator = User.objects.create_user("c@example.org", language="en")
    services.add_membership(person=coordinator, network=network, role="coordinator")
    admin = User.objects.create_superuser("admin@example.org")
    options = ("--role", "reader", "--until", "2099-01-31", "--reason", "A broken page")
    call_command("grant_access", "Admin@example.org", "halifax", *options)
    held = Membership.objects.get(person=admin)
    assert (held.role, held.until, held.reason) == ("reader", date(2099, 1, 31), "A broken page")
    assert NetworkEvent.objects.filter(kind="access_granted", person=admin).count() == 1
    assert told("networks.access_granted") == ["c@example.org"]
    (line,) = lines_of(Notification.objects.select_related("event"), coordinator)
    assert "A broken page" in line.told.details
    assert "A broken page" not in line.told.title + line.told.note


@pytest.mark.parametrize(
    ("email", "slug", "until", "reason", "message"),
    [
        ("nobody@example.org", "halifax", "2099-01-31", "Why", "Nobody has the e-mail address “nobody@example.org”."),
        ("a@example.org", "nowhere", "2099-01-31", "Why", "There is no network “nowhere”."),
        ("a@example.org", "halifax", "soon", "Why", "“soon” is not a date such as 2026-03-31."),
        ("a@example.org", "halifax", "2020-01-01", "Why", "The last day is in the past."),
        ("a@example.org", "halifax", "2099-01-31", " ", "Give the reason"),
        ("gone@example.org", "halifax", "2099-01-31", "Why", "The account “gone@example.org” is not active."),
    ],
)
def test_grant_access_refuses(email: str, slug: str, until: str, reason: str, message: str) -> None:
    provision()
    User.objects.create_user("a@example.org")
    User.objects.create_user("gone@example.org", is_active=False)
    with pytest.raises(CommandError, match=message):
        call_command("grant_access", email, slug, "--role", "reader", "--until", until, "--reason", reason)
    assert not Membership.objects.exists()
    assert mail.outbox == []


def test_check_access_names_every_difference(capsys: pytest.CaptureFixture[str]) -> None:
    network = provision()
    person = User.objects.create_user("a@example.org")
    services.add_membership(person=person, network=network, role="publisher")
    capsys.readouterr()
    call_command("check_access")
    assert capsys.readouterr().out == "Stored access is what it should be.\n"
    section = SectionPage.objects.filter(section_network=network)[0]
    AudienceToken.objects.create(item_id=section.translation_key, token="everyone")
    person.groups.remove(Group.objects.get(name="role:publisher"))
    NetworkGroupObjectPermission.objects.filter(group__network_role__role="guest").delete()
    with pytest.raises(CommandError, match="3 differences"):
        call_command("check_access")
    own = f"network:{network.pk}"
    assert capsys.readouterr().out.splitlines() == [
        f"Item {section.translation_key}: the audience is stored as everyone, {own}, and is {own}.",
        f"Group {own}:guest: the grants are stored as -, and are visit_network.",
        f"Person a@example.org: the groups are stored as {own}:publisher, and are {own}:publisher, role:publisher.",
    ]
