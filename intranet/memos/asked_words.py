"""Whom a memo asks to acknowledge it, in words, without a name that the reader may not know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from intranet.memos.models import Edition
from intranet.networks.access import Access
from intranet.networks.models import Network, Role


def names_of_asked(editions: Sequence[Edition], access: Access) -> dict[str, str]:
    """The names of the networks that editions asked, by slug, as far as this person may know them. One query."""
    slugs = {slug for edition in editions for slug in (edition.content.get("asked") or {}).get("networks", ())}
    known = Network.objects.nameable_by(access.network_ids).filter(slug__in=slugs)
    return {network.slug: network.name for network in known}


def words_of_asked(edition: Edition, names: Mapping[str, str]) -> str:
    """Whom of its audience the edition asked; editions from before that was frozen say so. Empty for nobody."""
    if not edition.content["facts"]["acknowledge"]:
        return ""
    if "asked" not in edition.content:
        return _("Which roles and networks it asked was not frozen with this edition.")
    asked = edition.content["asked"]
    if asked["roles"] or asked["networks"]:
        return chosen_words(asked["roles"], [names.get(slug, "") for slug in asked["networks"]])
    if asked["beyond"]:
        return _("It asked everyone in the audience.")
    return _("It asked the issuing network’s own people in the audience.")


def chosen_words(roles: Iterable[str], networks: Collection[str]) -> str:
    """The chosen roles and networks; those without a name, which may not be told, are “others”."""
    labels = [str(Role(role).label) for role in roles]
    named = sorted(name for name in networks if name)
    said = []
    if labels:
        said.append(_("Only these roles: %(roles)s.") % {"roles": ", ".join(labels)})
    if networks:
        told = [*named, *([_("others")] if len(named) < len(networks) else [])]
        said.append(_("Only people of these networks: %(networks)s.") % {"networks": ", ".join(told)})
    return " ".join(said)
