"""Puts versions together into items, finds each one's place, and the order in which they go in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from intranet.exchange.kinds import kinds, page_model
from intranet.exchange.planning import Group, Node, Plan
from intranet.networks.models import Item
from intranet.pages.models import ContentPage, ExternalReference, IndexPage, SectionPage
from search.chunks import chunked

CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Known:
    """A version that is here already."""

    page_id: int
    key: UUID
    language: str
    model: str
    network: str


def known_versions(ids: Iterable[str]) -> dict[str, Known]:
    """Those of ``ids`` that name a page that is here."""
    found: dict[str, Known] = {}
    for chunk in chunked(dict.fromkeys(ids), CHUNK):
        rows = ExternalReference.objects.filter(external_id__in=chunk).values_list(
            "external_id",
            "page_id",
            "page__translation_key",
            "page__locale__language_code",
            "page__content_type__app_label",
            "page__content_type__model",
        )
        pages = list(rows)
        networks = dict(Item.objects.filter(pk__in={row[2] for row in pages}).values_list("pk", "network__slug"))
        for name, page_id, key, language, app, model in pages:
            found[name] = Known(page_id, key, language, f"{app}.{model}", networks.get(key) or "")
    return found


class Grouping:
    """Fills ``plan.groups``; refuses what cannot be placed."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._kinds = kinds()
        named = (name for node in plan.nodes.values() for name in _names(node))
        self._known = known_versions([*plan.nodes, *named])

    def run(self) -> None:
        self._refuse_changed_versions()
        self._refuse_lost_references()
        roots = self._roots()
        groups = self._groups(roots)
        self._place(groups)
        self._plan.groups = self._in_order([group for group in groups if group.nodes])

    def _refuse_changed_versions(self) -> None:
        """An id names one version of one item for good."""
        for node in list(self._plan.nodes.values()):
            known = self._known.get(node.id)
            if known is None:
                continue
            if known.language != node.language:
                reason = _("“%(id)s” is here in another language, and a version does not change its language.")
                self._plan.refuse(node, reason % {"id": node.id})
            elif known.model != self._label(node.kind):
                reason = _("“%(id)s” is here as another kind of item, and an item does not change its kind.")
                self._plan.refuse(node, reason % {"id": node.id})

    def _refuse_lost_references(self) -> None:
        for node in list(self._plan.nodes.values()):
            reason = next(filter(None, (self._unfit_reference(node, name) for name in node.references)), "")
            if reason:
                self._plan.refuse(node, reason)

    def _unfit_reference(self, node: Node, name: str) -> str:
        """Why the version cannot name ``name``: it is nowhere, or not of a kind that this one refers to."""
        model = self._model_of(name)
        if not model:
            return self._lost(name)
        kinds_named = self._kinds[node.kind].reference_kinds
        if not kinds_named or model in {self._label(kind) for kind in kinds_named}:
            return ""
        return _("It names “%(id)s”, which is not one of these kinds: %(kinds)s.") % {
            "id": name,
            "kinds": ", ".join(kinds_named),
        }

    def _model_of(self, name: str) -> str:
        """The page model behind an id of the file, or of what is here; empty for any other."""
        node, known = self._plan.nodes.get(name), self._known.get(name)
        if node is not None:
            return self._label(node.kind)
        return known.model if known else ""

    def _label(self, kind: str) -> str:
        return str(page_model(self._kinds[kind])._meta.label_lower)

    def _lost(self, name: str) -> str:
        if name in self._plan.refused:
            return _("It names “%(id)s”, whose line %(line)d is refused.") % {
                "id": name,
                "line": self._plan.refused[name],
            }
        return _("It names “%(id)s”, which is neither in the file nor here.") % {"id": name}

    def _roots(self) -> dict[str, str]:
        """From each version's id to that of its item's original, along ``translation_of``; circles are refused."""
        nodes, roots = self._plan.nodes, {}
        for start in list(nodes):
            path: dict[str, None] = {}
            name = start
            while name in nodes and name not in roots and name not in path and nodes[name].translation_of:
                path[name] = None
                name = nodes[name].translation_of or ""
            if name in path:
                self._refuse_all(path, _("These translations name each other in a circle: %(ids)s."), [*path, name])
                continue
            if name not in nodes and name not in self._known:
                self._refuse_all(path, self._lost(name), [])
                continue
            root = roots.get(name, name)
            roots.update(dict.fromkeys([*path, name], root))
        return roots

    def _refuse_all(self, names: Iterable[str], reason: str, ids: list[str]) -> None:
        for name in names:
            if node := self._plan.nodes.get(name):
                self._plan.refuse(node, reason % {"ids": " → ".join(ids)} if ids else reason)

    def _groups(self, roots: dict[str, str]) -> list[Group]:
        """Items, by the original they go back to, or by the item that is here already."""
        members: dict[str | UUID, list[Node]] = defaultdict(list)
        for node in self._plan.nodes.values():
            root = roots[node.id]
            known = self._known.get(root)
            members[known.key if known else root].append(node)
        merged: dict[str | UUID, list[Node]] = defaultdict(list)
        for name, nodes in members.items():
            keys = {self._known[node.id].key for node in nodes if node.id in self._known}
            if isinstance(name, UUID):
                keys.add(name)
            if len(keys) > 1:
                self._refuse_nodes(nodes, _("Its versions belong to different items here."))
                continue
            merged[next(iter(keys), name)] += nodes
        groups = []
        for name, nodes in merged.items():
            nodes.sort(key=lambda node: (node.translation_of is not None, node.line))
            group = Group(nodes, name) if isinstance(name, UUID) else Group(nodes)
            if self._agree(group):
                groups.append(group)
        return groups

    def _agree(self, group: Group) -> bool:
        first = group.nodes[0]
        for name, reason in (
            ("network", _("The versions of this item are in different networks.")),
            ("audience", _("The versions of this item have different audiences.")),
            ("kind", _("The versions of this item are of different kinds.")),
        ):
            if any(getattr(node, name) != getattr(first, name) for node in group.nodes):
                self._refuse_nodes(group.nodes, reason)
                return False
        languages: dict[str, Node] = {}
        for node in list(group.nodes):
            if node.language in languages:
                reason = _("Line %(line)d has this item in the same language.")
                self._plan.refuse(node, reason % {"line": languages[node.language].line})
                group.nodes.remove(node)
            languages.setdefault(node.language, node)
        return True

    def _refuse_nodes(self, nodes: list[Node], reason: str) -> None:
        for node in nodes:
            self._plan.refuse(node, reason)

    def _place(self, groups: list[Group]) -> None:
        group_of = {node.id: group for group in groups for node in group.nodes}
        for group in sorted(groups, key=lambda group: group.nodes[0].line):
            reason = self._find_parent(group, group_of)
            if reason:
                self._refuse_group(group, reason)

    def _refuse_group(self, group: Group, reason: str) -> None:
        self._refuse_nodes(group.nodes, reason)
        group.nodes = []

    def _find_parent(self, group: Group, group_of: dict[str, Group]) -> str:
        """Set the group's parent; the reason why there is none, or nothing."""
        names = dict.fromkeys(node.parent for node in group.nodes if node.parent)
        places: dict[UUID, str] = {}
        for name in names:
            above, known = group_of.get(name), self._known.get(name)
            if above is not None and above.nodes:
                places[above.key] = name
            elif known is not None and name not in self._plan.refused:
                places[known.key] = name
            else:
                return self._lost(name)
        if len(places) > 1:
            return _("The versions of this item are below different items.")
        for key, name in places.items():
            group.parent_key, group.parent = key, group_of.get(name)
            return self._unfit_parent(group, name)
        return ""

    def _unfit_parent(self, group: Group, name: str) -> str:
        above, known = self._plan.nodes.get(name), self._known.get(name)
        network = above.network if above else known.network if known else ""
        if network != group.nodes[0].network:
            return _("Its parent “%(id)s” is in another network.") % {"id": name}
        holders = {holder._meta.label_lower for holder in (SectionPage, IndexPage, ContentPage)}
        if self._model_of(name) not in holders:
            return _("Nothing can be below “%(id)s”, which is not a page or a list of pages.") % {"id": name}
        return ""

    def _in_order(self, groups: list[Group]) -> list[Group]:
        """Parents before what is below them, else as in the file."""
        order: list[Group] = []
        state: dict[UUID, bool] = {}
        for group in sorted(groups, key=lambda group: group.nodes[0].line):
            way_up: list[Group] = []
            above: Group | None = group
            while above is not None and above.nodes and above.key not in state:
                state[above.key] = False
                way_up.append(above)
                above = above.parent
            if above is not None and (not above.nodes or above in way_up or state.get(above.key) is False):
                self._refuse_way(way_up, above)
                continue
            for placed in reversed(way_up):
                state[placed.key] = True
                order.append(placed)
        return order

    def _refuse_way(self, way_up: list[Group], above: Group) -> None:
        if above in way_up:
            circle = way_up[way_up.index(above) :]
            ids = " → ".join(group.nodes[0].id for group in [*circle, above])
            for group in circle:
                self._refuse_group(group, _("These items are below each other in a circle: %(ids)s.") % {"ids": ids})
        for group in way_up:
            if group.nodes:
                self._refuse_group(group, self._below_refused(group))

    def _below_refused(self, group: Group) -> str:
        name = next(node.parent for node in group.nodes if node.parent)
        return _("It is below “%(id)s”, which is refused.") % {"id": name}


def named_first(groups: list[Group]) -> list[Group]:
    """The groups with those that others name as their kind does, such as what a memo replaces, before these.

    What is refused is not named then by what went in before.
    """
    by_id = {node.id: group for group in groups for node in group.nodes}
    begun: set[UUID] = set()
    order: list[Group] = []
    for start in groups:
        way = [start] if start.key not in begun else []
        while way:
            group = way[-1]
            begun.add(group.key)
            named = (by_id[name] for node in group.nodes for name in node.references if name in by_id)
            ahead = next((other for other in named if other.key not in begun), None)
            if ahead is None:
                order.append(way.pop())
            else:
                way.append(ahead)
    return order


def _names(node: Node) -> list[str]:
    return [name for name in (node.parent, node.translation_of, *node.references) if name]
