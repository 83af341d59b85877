"""Brings in the networks and topics of a file."""

from __future__ import annotations

from typing import Any

from intranet.exchange.schema import NetworkLine, TopicLine
from intranet.networks import services
from intranet.networks.models import Network
from intranet.pages.models import Topic


def write_network(line: NetworkLine) -> str:
    """Create the network or make it what the line says; ``created``, ``updated`` or ``unchanged``.

    Raises:
        django.core.exceptions.ValidationError: the code is another network's, or not the one that the network has.
    """
    network = Network.objects.filter(slug=line.slug).first()
    fields = _fields(line, network)
    if network is None:
        network = services.provision_network(slug=line.slug, **fields)
        services.set_network_state(network, line.state)
        return "created"
    if all(getattr(network, name) == value for name, value in fields.items()) and network.state == line.state:
        return "unchanged"
    services.update_network(network, **fields)
    services.set_network_state(network, line.state)
    return "updated"


def _fields(line: NetworkLine, network: Network | None) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "code": line.code or (network.code if network else services.code_from_slug(line.slug)),
        "name_en": line.name.en,
        "name_fr": line.name.fr,
        "listed": line.listed if line.listed is not None else line.kind != Network.Kind.TABLE,
        "region": line.region,
        "languages": line.languages,
        "time_zone": line.time_zone,
        "joining": line.joining,
        "may_ask_others": line.may_ask_others,
    }


def write_topic(line: TopicLine) -> str:
    """Create the topic or give it these names; ``created``, ``updated`` or ``unchanged``."""
    topic = Topic.objects.filter(slug=line.slug).first()
    if topic is None:
        Topic.objects.create(slug=line.slug, name_en=line.name.en, name_fr=line.name.fr)
        return "created"
    if (topic.name_en, topic.name_fr) == (line.name.en, line.name.fr):
        return "unchanged"
    topic.name_en, topic.name_fr = line.name.en, line.name.fr
    topic.save(update_fields=["name_en", "name_fr"])
    return "updated"
