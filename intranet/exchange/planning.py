"""The plan of an import: which lines go in, in which order, under which item. Holds ids and places, no texts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from intranet.exchange.attachments import LOGO_EXTENSIONS, AttachmentFolder
from intranet.exchange.checking import check_line
from intranet.exchange.exceptions import LineRefused
from intranet.exchange.kinds import kinds
from intranet.exchange.line_kinds import line_kinds
from intranet.exchange.people import check_memberships
from intranet.exchange.reading import parse_line, read_lines
from intranet.exchange.reports import Report
from intranet.exchange.schema import ItemLine, NetworkLine, PersonLine, TopicLine
from intranet.networks.models import Network
from intranet.plugins import ExchangeKind


@dataclass(slots=True)
class Place:
    """Where a line is, and the networks that it names."""

    line: int
    offset: int
    networks: tuple[str, ...] = ()
    has_section: bool = False


@dataclass(slots=True)
class Node:
    """A line that describes an item's version: what the order depends on."""

    id: str
    line: int
    offset: int
    kind: str
    network: str
    language: str
    parent: str | None
    translation_of: str | None
    audience: str | tuple[str, ...] | None
    networks: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    is_prepared: bool = False
    is_late: bool = False


@dataclass(slots=True, eq=False)
class Group:
    """The versions of one item, in the order in which they go in."""

    nodes: list[Node]
    key: UUID = field(default_factory=uuid4)
    parent: Group | None = None
    parent_key: UUID | None = None

    @property
    def is_late(self) -> bool:
        """Whether a version waits until all items are in: it says something of others, or its kind asks for it."""
        return any(node.is_late for node in self.nodes)


@dataclass
class Plan:
    """What the first reading of a file found."""

    report: Report
    networks: dict[str, Place] = field(default_factory=dict)
    people: dict[str, Place] = field(default_factory=dict)
    topics: dict[str, Place] = field(default_factory=dict)
    others: dict[str, dict[str, Place]] = field(default_factory=dict)
    """The plugins' own lines, by their type."""
    nodes: dict[str, Node] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    """Ids of items whose line was refused, with its number."""

    @property
    def size(self) -> int:
        """How many lines go in, as far as the plan knows."""
        places = [self.networks, self.people, self.topics, *self.others.values()]
        return sum(map(len, places)) + sum(len(group.nodes) for group in self.groups)

    def refuse(self, node: Node, reason: str) -> None:
        """Leave the version out, and remember its id for those that depend on it."""
        self.report.refuse(node.line, reason)
        self.refused[node.id] = node.line
        self.nodes.pop(node.id, None)


class FirstReading:
    """Reads a file once, line by line, and keeps what an import must know of the whole."""

    def __init__(self, folder: AttachmentFolder) -> None:
        self.plan = Plan(Report())
        self._folder = folder
        self._kinds = kinds()

    def read(self, stream: BinaryIO) -> Plan:
        """The plan without its groups: wrong lines are refused, whatever they say of others."""
        for raw in read_lines(stream):
            value: dict[str, Any] = {}
            try:
                value = parse_line(raw.data)
                self._take(check_line(value), value, raw.number, raw.offset)
            except LineRefused as error:
                self.plan.report.refuse(raw.number, str(error))
                name = value.get("id")
                if isinstance(name, str) and name not in self.plan.nodes:
                    self.plan.refused.setdefault(name, raw.number)
        self._refuse_unknown_networks()
        return self.plan

    def _take(self, line: Any, value: Mapping[str, Any], number: int, offset: int) -> None:
        if isinstance(line, NetworkLine):
            self._take_network(line, number, offset)
        elif isinstance(line, PersonLine):
            check_memberships(line)
            networks = tuple(dict.fromkeys(sys.intern(part.network) for part in line.memberships))
            _keep(self.plan.people, line.email, Place(number, offset, networks), "email")
        elif isinstance(line, TopicLine):
            _keep(self.plan.topics, line.slug, Place(number, offset), "slug")
        elif isinstance(line, ItemLine):
            self._take_item(line, value, number, offset)
        else:
            key = line_kinds()[value["type"]].key
            _keep(self.plan.others.setdefault(value["type"], {}), getattr(line, key), Place(number, offset), key)

    def _take_network(self, line: NetworkLine, number: int, offset: int) -> None:
        section = line.section
        if section is not None and section.logo:
            self._folder.find(section.logo, extensions=LOGO_EXTENSIONS)
        named = _networks_in(section.audience) if section else ()
        _keep(self.plan.networks, line.slug, Place(number, offset, named, section is not None), "slug")

    def _take_item(self, line: ItemLine, value: Mapping[str, Any], number: int, offset: int) -> None:
        if line.id in self.plan.nodes:
            raise LineRefused(
                _("“%(field)s” is the one of line %(line)d: “%(value)s”.")
                % {"field": "id", "line": self.plan.nodes[line.id].line, "value": line.id}
            )
        kind = self._kinds.get(line.kind)
        if kind is None:
            raise LineRefused(
                _("“%(field)s” must be one of: %(known)s.") % {"field": "kind", "known": ", ".join(sorted(self._kinds))}
            )
        reasons = kind.errors(value) or self._folder.errors(line)
        if reasons:
            raise LineRefused(" ".join(str(reason) for reason in reasons))
        self.plan.nodes[line.id] = _node(line, value, kind, number, offset)

    def _refuse_unknown_networks(self) -> None:
        known = set(Network.objects.values_list("slug", flat=True)) | self.plan.networks.keys()
        for places in (self.plan.networks, self.plan.people):
            for name, place in list(places.items()):
                unknown = [slug for slug in place.networks if slug not in known]
                if unknown:
                    del places[name]
                    self.plan.report.refuse(place.line, _unknown_network(unknown[0]))
        for node in list(self.plan.nodes.values()):
            unknown = [slug for slug in node.networks if slug not in known]
            if unknown:
                self.plan.refuse(node, _unknown_network(unknown[0]))


def _unknown_network(slug: str) -> str:
    return _("There is no network “%(slug)s”.") % {"slug": slug}


def _keep(places: dict[str, Place], key: str, place: Place, field_name: str) -> None:
    if key in places:
        raise LineRefused(
            _("“%(field)s” is the one of line %(line)d: “%(value)s”.")
            % {"field": field_name, "line": places[key].line, "value": key}
        )
    places[key] = place


def _node(line: ItemLine, value: Mapping[str, Any], kind: ExchangeKind, number: int, offset: int) -> Node:
    holders = [part.network for part in line.attachments if part.network]
    networks = dict.fromkeys([line.network, *_networks_in(line.audience), *line.contributing_networks, *holders])
    references = kind.references(value)
    return Node(
        id=line.id,
        line=number,
        offset=offset,
        kind=sys.intern(line.kind),
        network=sys.intern(line.network),
        language=sys.intern(line.language),
        parent=line.parent,
        translation_of=line.translation_of,
        audience=line.audience,
        networks=tuple(sys.intern(slug) for slug in networks),
        references=references,
        is_prepared=type(kind).prepare is not ExchangeKind.prepare and any(key in value for key in kind.keys),
        is_late=type(kind).together is not ExchangeKind.together
        or bool(references)
        or "item:" in line.body
        or any("item:" in str(value.get(key)) for key in kind.keys),
    )


def _networks_in(audience: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """The slugs that an audience names."""
    if not isinstance(audience, tuple):
        return ()
    return tuple(part.partition(":")[2] for part in audience if ":" in part)


def in_order(places: dict[str, Place]) -> Iterator[tuple[str, Place]]:
    """The lines as they stand in the file."""
    return iter(sorted(places.items(), key=lambda pair: pair[1].line))
