"""Who can see an item, in plain words, without a name that the reader may not know."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from intranet.networks.access import Access
from intranet.networks.audiences import Rule, rule_in_force
from intranet.networks.models import Item, Network


def audience_words(item: Item, access: Access) -> str:
    """One line for the reader whose ``access`` it is. One query where networks are chosen.

    An unlisted network that the reader is not in is never named: “others” stands for it.
    """
    return rule_words(rule_in_force(item), item.network, access)


def rule_words(rule: Rule, network: Network | None, access: Access) -> str:
    """The same of a rule that is or was in force for an item of ``network``."""
    if rule.choice == Item.Rule.EVERYONE:
        return _("Everyone with an account")
    if rule.choice == Item.Rule.PARTNERS:
        return _joined(
            [_("Member societies, the national office and partners"), *_owner(network, access, _FOR_PARTNERS)]
        )
    if rule.choice == Item.Rule.MEMBERS:
        return _joined([_("Member societies and the national office"), *_owner(network, access, _FOR_MEMBERS)])
    if rule.choice == Item.Rule.NETWORKS:
        return _chosen(network, rule, access)
    names = [name for name in [_name_of(network, access)] if name]
    return _("Members of %(network)s") % {"network": names[0]} if names else _("Members of one network")


_FOR_MEMBERS = frozenset({Network.Kind.OFFICE, Network.Kind.SOCIETY})
_FOR_PARTNERS = _FOR_MEMBERS | {Network.Kind.PARTNER}


def _owner(network: Network | None, access: Access, kinds: frozenset[str]) -> list[str]:
    """The owning network's members, where they are not among the ``kinds`` that the rule names."""
    if network is None or network.kind in kinds:
        return []
    name = _name_of(network, access)
    return [_("members of %(network)s") % {"network": name} if name else _("others")]


def _chosen(owner: Network | None, rule: Rule, access: Access) -> str:
    wanted = set(rule.networks) | ({owner.pk} if owner else set())
    networks = list(Network.objects.nameable_by(access.network_ids).filter(pk__in=wanted))
    # The owner first, then by name.
    networks.sort(key=lambda network: (owner is None or network.pk != owner.pk, network.name))
    names = [network.name for network in networks]
    parts = [_("Members of %(networks)s") % {"networks": _joined(names)}] if names else []
    if rule.guests:
        parts.append(_("guests of the section"))
    if len(networks) < len(wanted):
        parts.append(_("others"))
    return _joined(parts)


def _name_of(network: Network | None, access: Access) -> str:
    if network is None or not (network.listed or network.pk in access.network_ids):
        return ""
    return network.name


def _joined(parts: Iterable[str]) -> str:
    words = list(parts)
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def network_label(network: Network | None, access: Access) -> str:
    """The network's name for this reader, with a mark where it is closed; empty where the reader may not know it."""
    name = _name_of(network, access)
    if name and network is not None and not network.is_active:
        return _("%(network)s (closed)") % {"network": name}
    return name
