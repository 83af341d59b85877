"""The networks that a person may name, and what everybody may know of one."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from intranet.accounts.models import User
from intranet.networks.access import Access, access_of
from intranet.networks.audiences import open_sections
from intranet.networks.joining import waiting_of
from intranet.networks.models import Network, Region
from intranet.networks.permissions import may_manage
from intranet.networks.views.filters import choice_filter, text_filter

PAGE_SIZE = 50


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """By kind, region and name; the reader's own ones are marked. Each leads to its section, where the reader may see
    it, or to what everybody may know of it."""
    access = access_of(request.user)
    networks = Network.objects.active().nameable_by(access.network_ids)
    text, kind, region = (request.GET.get(name, "")[:100] for name in ("q", "kind", "region"))
    if text:
        networks = networks.filter(Q(name_fr__icontains=text) | Q(name_en__icontains=text) | Q(code__iexact=text))
    if kind:
        networks = networks.filter(kind=kind)
    if region:
        networks = networks.filter(region=region)
    page = Paginator(networks.by_name(), PAGE_SIZE).get_page(request.GET.get("page"))
    asked = set(waiting_of(cast(User, request.user)).values_list("network_id", flat=True))
    sections = open_sections(request.user, page)
    rows = [
        {
            "network": network,
            "is_own": network.pk in access.view,
            "has_section": network.pk in sections,
            "may_ask": _may_ask(network, access),
            "has_asked": network.pk in asked,
            "may_coordinate": network.pk in access.coordinate,
        }
        for network in page
    ]
    context: dict[str, Any] = {
        "rows": rows,
        "page_obj": page,
        "fields": [
            text_filter(_("Name or code"), text),
            choice_filter("kind", _("Kind"), Network.Kind.choices, kind),
            choice_filter("region", _("Region"), Region.choices, region),
        ],
        "clear_url": request.path if text or kind or region else "",
        "may_manage": may_manage(request.user),
    }
    return render(request, "networks/directory.html", context)


@require_safe
def network_facts(request: HttpRequest, slug: str) -> HttpResponse:
    """What everybody may know of a network whose section is not open to them; 404 for one that they may not name."""
    access = access_of(request.user)
    network = get_object_or_404(Network.objects.active().nameable_by(access.network_ids), slug=slug)
    context: dict[str, Any] = {
        "network": network,
        "languages": [_language_name(tag) for tag in network.languages],
        "has_section": network.pk in open_sections(request.user, [network]),
        "may_ask": _may_ask(network, access),
    }
    return render(request, "networks/facts.html", context)


def _may_ask(network: Network, access: Access) -> bool:
    return network.pk not in access.view and network.joining != Network.Joining.INVITATION


def _language_name(tag: str) -> str:
    """A language's name in the language in force; the tag itself where Django knows none."""
    try:
        return str(get_language_info(tag)["name_translated"])
    except KeyError:
        return tag
