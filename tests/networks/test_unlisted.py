"""An unlisted network's section bears its name: only its own people see it."""

from __future__ import annotations

import pytest

from intranet.networks import audiences
from intranet.networks.audiences import INHERIT, Rule
from intranet.networks.exceptions import AudienceError
from intranet.networks.models import Item, Network
from intranet.networks.services import update_network
from tests.networks.conftest import MakeNetwork


def _section(network: Network) -> Item:
    return Item.objects.get(network=network, parent__network=None)


def _tokens(network: Network) -> set[str]:
    return set(_section(network).audience.values_list("token", flat=True))


@pytest.mark.parametrize("rule", [Rule("everyone"), Rule("members"), Rule("partners"), INHERIT])
def test_section_of_an_unlisted_network_cannot_be_shared(make_network: MakeNetwork, rule: Rule) -> None:
    table = make_network("directors", kind="table")

    with pytest.raises(AudienceError, match="not listed"):
        audiences.set_rule(_section(table).pk, rule, by=None)
    assert _tokens(table) == {f"network:{table.pk}"}


def test_guests_of_an_unlisted_network_may_see_its_section(make_network: MakeNetwork) -> None:
    table = make_network("directors", kind="table")
    audiences.set_rule(_section(table).pk, Rule("networks", guests=True), by=None)

    assert _tokens(table) == {f"network:{table.pk}", f"guest:{table.pk}"}


def test_section_closes_when_its_network_becomes_unlisted(make_network: MakeNetwork) -> None:
    network = make_network("champions", kind="local")
    audiences.set_rule(_section(network).pk, Rule("everyone"), by=None)
    assert _tokens(network) == {"everyone", f"network:{network.pk}"}

    update_network(network, listed=False)

    assert _tokens(network) == {f"network:{network.pk}"}
