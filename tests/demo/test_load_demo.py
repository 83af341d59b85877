"""The command ``load_demo``, on a real database."""

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from intranet.accounts.models import User
from intranet.demo.models import DemoLoad
from intranet.demo.services import list_accounts
from intranet.glossary.models import Term
from intranet.networks.access import tokens_for
from intranet.networks.models import Item, Network
from intranet.pages.models import DocumentText, Topic
from search import Query, search

pytestmark = pytest.mark.django_db


@override_settings(SETTINGS_MODULE="intranet.settings.production")
def test_load_demo_production_is_refused():
    with pytest.raises(CommandError, match="--force"):
        call_command("load_demo")

    assert not Network.objects.exists()
    assert not DemoLoad.objects.exists()


def found(email: str, words: str) -> set[str]:
    user = User.objects.get(email=email)
    results = search(Query(text=words, tokens=tokens_for(user), language=user.language, size=100))
    return {hit.title for hit in results.hits}


def test_load_demo_brings_in_the_federation_once(settings, tmp_path, capsys):
    settings.MEDIA_ROOT = tmp_path
    call_command("load_demo")
    printed = capsys.readouterr().out.splitlines()

    assert [f"{account.email} {account.password}" for account in list_accounts()] == [p for p in printed if "@" in p]
    for account in list_accounts():
        assert User.objects.get(email=account.email).check_password(account.password)
    assert (Network.objects.count(), User.objects.count(), Topic.objects.count()) == (17, 40, 22)
    assert list(User.objects.filter(is_superuser=True).values_list("email", flat=True)) == ["dmitri.volkov@example.org"]
    items = Item.objects.count()
    assert Term.objects.count() == 88

    for email, words, title in (
        ("olivier.berube", "cour itinérante", "Circuit court: interpreters must be named on the docket"),
        ("olivier.berube", "loi de Clare", "Asking police about a partner’s past: what the protocol can and cannot do"),
        ("sana.qureshi", "désescalade", "De-escalation, taught by the people who get escalated at"),
        ("fatoumata.diallo", "compensatory work", "Amendes impayées\u00a0: passer par les travaux compensatoires"),
        ("genevieve.thibodeau", "hotel voucher", "Nuits d’hôtel d’urgence\u00a0: procédure pour l’hiver 2026-2027"),
    ):
        assert title in found(f"{email}@example.org", words), words

    minutes = {"Meeting of November 12, 2026: minutes", "Rencontre du 12 novembre 2026\u00a0: compte rendu"}
    house_rules = "Studios de transition\u00a0: règles de vie et gestes du personnel"
    assert minutes & found("fiona.macaskill@example.org", "telephones prisons")
    assert house_rules in found("rose-aimee.cormier@example.org", "studios transition")
    for outsider in ("dmitri.volkov", "genevieve.thibodeau", "olivier.berube", "claudine.mukendi", "manon.gelinas"):
        titles = found(f"{outsider}@example.org", "telephones prisons") | found(f"{outsider}@example.org", "studios")
        assert not titles & {*minutes, house_rules}
    assert set(DocumentText.objects.values_list("state", flat=True)) == {DocumentText.State.EXTRACTED}
    assert tokens_for(User.objects.get(email="robert.pelletier@example.org")) == {"everyone"}

    call_command("load_demo")
    assert capsys.readouterr().out.splitlines() == printed
    assert Item.objects.count() == items
    assert DemoLoad.objects.count() == 1
