"""An independent model of who may see what, written from the rules and not from the code."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

MEMBER_KINDS = {"office", "society"}
EDITOR_ROLES = {"contributor", "publisher", "coordinator"}
IN_PANELS = {"memo", "note"}
"""Kinds that panels of the section show; the list below a section leaves them out."""


@dataclass
class ModelNetwork:
    kind: str
    listed: bool
    is_open: bool = True


@dataclass
class ModelMembership:
    person: str
    network: str
    role: str
    in_force: bool


@dataclass
class ModelPerson:
    is_active: bool = True


@dataclass
class ModelItem:
    network: str
    parent: str | None
    kind: str = "page"  # or section, index, memo, note
    rule: str = ""  # empty: inherited
    chosen: frozenset[str] = frozenset()
    guests: bool = False
    replaces: str | None = None
    was_published: bool = False
    is_archived: bool = False
    live: dict[str, bool] = field(default_factory=dict)
    """Whether each version is; none where a page of another language has a place below an item without versions."""
    files: dict[str, set[str]] = field(default_factory=dict)
    """The documents and images that each version uses."""

    @property
    def is_memo(self) -> bool:
        return self.kind == "memo"

    @property
    def own_rule(self) -> tuple[str, frozenset[str], bool]:
        """The rule; networks and guests say something where networks are chosen."""
        return (self.rule, self.chosen, self.guests) if self.rule == "networks" else (self.rule, frozenset(), False)

    def used_files(self) -> set[str]:
        """The files that its live versions use."""
        return {file for language, files in self.files.items() if self.live.get(language) for file in files}


@dataclass
class Model:
    """The whole world; every question is answered by reading the rules afresh."""

    networks: dict[str, ModelNetwork] = field(default_factory=dict)
    people: dict[str, ModelPerson] = field(default_factory=dict)
    memberships: list[ModelMembership] = field(default_factory=list)
    items: dict[str, ModelItem] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    read_documents: set[str] = field(default_factory=set)
    terms: dict[str, bool] = field(default_factory=dict)

    def belongs(self, person: str, network: str) -> bool:
        """A member of any role but guest, now, in an active network."""
        return any(
            held.person == person and held.network == network and held.in_force and held.role != "guest"
            for held in self.memberships
        ) and (self.networks[network].is_open)

    def is_guest(self, person: str, network: str) -> bool:
        return any(
            held.person == person and held.network == network and held.in_force and held.role == "guest"
            for held in self.memberships
        ) and (self.networks[network].is_open)

    def edits(self, person: str, network: str) -> bool:
        """Whether the network's section is in the person's admin, with its drafts; no administrator's as such."""
        return (
            self.people[person].is_active
            and any(
                held.person == person and held.network == network and held.in_force and held.role in EDITOR_ROLES
                for held in self.memberships
            )
            and (self.networks[network].is_open)
        )

    def is_of_kind(self, person: str, kinds: set[str]) -> bool:
        return any(self.networks[slug].kind in kinds and self.belongs(person, slug) for slug in self.networks)

    def is_an_ordinary_account(self, person: str) -> bool:
        """Everyone with an account, but not somebody who only ever came as a guest."""
        if any(self.belongs(person, slug) for slug in self.networks):
            return True
        return not any(held.person == person and held.role == "guest" for held in self.memberships)

    def rule_in_force(self, name: str) -> ModelItem | None:
        """The nearest item on the way up that has its own rule; None: the section's."""
        at: str | None = name
        while at is not None:
            if self.items[at].rule:
                return self.items[at]
            at = self.items[at].parent
        return None

    def may_see_item(self, person: str, name: str) -> bool:
        """Whether the item's audience has this person; says nothing of being live."""
        if not self.people[person].is_active:
            return False
        item, rule = self.items[name], self.rule_in_force(name)
        if self.belongs(person, item.network):
            return True
        if rule is None or rule.rule == "section":
            return False
        if rule.rule == "everyone":
            return self.is_an_ordinary_account(person)
        if rule.rule == "members":
            return self.is_of_kind(person, MEMBER_KINDS)
        if rule.rule == "partners":
            return self.is_of_kind(person, {*MEMBER_KINDS, "partner"})
        if any(self.belongs(person, slug) for slug in rule.chosen):
            return True
        return rule.guests and self.is_guest(person, item.network)

    def visible(self, person: str) -> set[tuple[str, str]]:
        """The (item, language) pairs that the person can read."""
        return {
            (name, language)
            for name, item in self.items.items()
            if self.may_see_item(person, name)
            for language, live in item.live.items()
            if live
        }

    def visible_items(self, person: str) -> set[str]:
        return {name for name, _language in self.visible(person)}

    def shown_versions(self, person: str, names: set[str], language: str) -> set[tuple[str, str]]:
        """Of each item the version in the language, where the person can read it, else the other one."""
        seen = self.visible(person)
        own = {(name, code) for name, code in seen if name in names and code == language}
        return own | {(name, code) for name, code in seen if name in names and (name, language) not in own}

    def knows_of(self, person: str, network: str) -> bool:
        """Whether the person may know that the network is there, and its name."""
        return self.networks[network].listed or self.belongs(person, network) or self.is_guest(person, network)

    def told(self, asker: str, person: str, name: str) -> bool | None:
        """What ``asker`` may be told of whether ``person`` sees the item: what holds, whatever the person is in the
        networks of which the asker may not know, and whether they are open or closed. None where nothing does."""
        hidden = set() if asker == person else {slug for slug in self.networks if not self.knows_of(asker, slug)}
        kept = [held for held in self.memberships if held.person != person or held.network not in hidden]
        networks = self.networks | {slug: replace(self.networks[slug], is_open=True) for slug in hidden}
        verdicts = set()
        for role in ("", "reader", "guest"):
            supposed = [ModelMembership(person, slug, role, in_force=True) for slug in hidden if role]
            world = replace(self, networks=networks, memberships=[*kept, *supposed])
            verdicts.add(name in world.visible_items(person))
        return verdicts.pop() if len(verdicts) == 1 else None

    def is_archived(self, name: str) -> bool:
        """What was archived, and the content of a closed network, is kept, and searched on request only."""
        return self.items[name].is_archived or not self.networks[self.items[name].network].is_open

    def replacements(self, name: str) -> set[str]:
        """The published memos that say that they replace this one."""
        return {other for other, item in self.items.items() if item.replaces == name and any(item.live.values())}

    def visible_terms(self, person: str) -> set[str]:
        """Active terms are the vocabulary of everyone with an account, but not of guests."""
        if not (self.people[person].is_active and self.is_an_ordinary_account(person)):
            return set()
        return {word for word, is_active in self.terms.items() if is_active}

    def visible_files(self, person: str) -> set[str]:
        """Files of one's own networks, and files used by a live page of the same network that is meant for one."""
        if not self.people[person].is_active:
            return set()
        files = self.documents | self.images
        seen = {name for name, network in files.items() if self.belongs(person, network)}
        for name in self.visible_items(person):
            seen |= self.own_files(self.items[name])
        return seen

    def own_files(self, item: ModelItem) -> set[str]:
        """The files that its live versions use and that its own network has: a page widens no other's file."""
        files = self.documents | self.images
        return {file for file in item.used_files() if files[file] == item.network}

    def found_by_documents(self, person: str) -> set[str]:
        """The visible items whose documents' words are found."""
        return {name for name in self.visible_items(person) if self.own_files(self.items[name]) & self.read_documents}

    def rule_of_copy(self, name: str, place: str) -> tuple[str, frozenset[str], bool]:
        """The own rule of an item's copy: it is seen as its source is, whatever the place would have it."""
        inherited = ("section", frozenset[str](), False)
        at_source, at_place = (
            found.own_rule if (found := self.rule_in_force(at)) else inherited for at in (name, place)
        )
        return at_source if self.items[name].rule or at_source != at_place else ("", frozenset(), False)
