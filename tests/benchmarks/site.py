"""The site at two sizes: an editor's admin and a reader's pages must not feel how many others there are."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from intranet.accounts.models import User
from intranet.networks.models import Network
from intranet.networks.services import add_membership
from intranet.pages.models import SectionPage
from tests.benchmarks.crowd import grow, vocabulary

NAME = "site"
SMALL_NETWORKS = 10
BOUND = 1.5
READER_QUERIES = 20
ROUNDS = 9


@dataclass(frozen=True)
class Cost:
    """Of one address: the median of some requests, and its database queries."""

    milliseconds: float
    queries: int


Costs = dict[str, dict[str, Cost]]
"""By person and address."""


def run(networks: int, pages: int) -> list[str]:
    """Measure at ten networks and at ``networks``, with ``pages`` pages in all; a sentence for each broken bound."""
    # Searches are the other benchmark's matter.
    with override_settings(ELASTICSEARCH_URL=""):
        in_each = pages // networks
        _grow(SMALL_NETWORKS, SMALL_NETWORKS * in_each)
        editor, reader = _person("publisher", 1), _person("reader", 3)
        small = {"editor": _costs(editor, _admin_addresses()), "reader": _costs(reader, _reader_addresses())}
        _grow(networks, pages)
        large = {"editor": _costs(editor, _admin_addresses()), "reader": _costs(reader, _reader_addresses())}
    for who in small:
        _print(f"{who}: {SMALL_NETWORKS} networks, and {networks:,}", small[who], large[who])
    most = max(cost.queries for cost in large["reader"].values())
    print(f"site: a reader's page takes at most {most} queries (bound: {READER_QUERIES})", flush=True)
    return beyond_bounds(small, large)


def beyond_bounds(small: Costs, large: Costs) -> list[str]:
    """A sentence for each address that takes too long on the large site, more queries there, or too many."""
    found = []
    for who, addresses in small.items():
        for name, before in addresses.items():
            after = large[who][name]
            if not _is_within(before, after):
                found.append(
                    f"{who}, {name}: {before.milliseconds:.0f} → {after.milliseconds:.0f} ms, "
                    f"{before.queries} → {after.queries} queries (bound: {BOUND} times, as many queries)"
                )
            if who == "reader" and after.queries > READER_QUERIES:
                found.append(f"{who}, {name}: {after.queries} queries (bound: {READER_QUERIES})")
    return found


def _is_within(before: Cost, after: Cost) -> bool:
    return after.milliseconds <= BOUND * before.milliseconds and after.queries == before.queries


def _grow(networks: int, pages: int) -> None:
    start = time.perf_counter()
    grow(networks, pages)
    print(f"site: {networks:,} networks, {pages:,} pages, made in {time.perf_counter() - start:,.0f} s", flush=True)


def _person(role: str, networks: int) -> Client:
    person = User.objects.create_user(email=f"{role}@example.org", name=role.title(), language="fr")
    for network in Network.objects.filter(slug__startswith="network-").order_by("pk")[:networks]:
        add_membership(person=person, network=network, role=role)
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _section() -> SectionPage:
    network = Network.objects.filter(slug__startswith="network-").earliest("pk")
    return SectionPage.objects.get(section_network=network, locale__language_code="fr")


def _admin_addresses() -> dict[str, str]:
    section, word = _section(), vocabulary("fr")[0]
    return {
        "dashboard": "/admin/",
        "explorer": f"/admin/pages/{section.pk}/",
        "chooser": f"/admin/choose-page/{section.pk}/",
        "chooser's search": f"/admin/choose-page/search/?q={word}",
        "admin search": f"/admin/pages/search/?q={word}",
    }


def _reader_addresses() -> dict[str, str]:
    section = _section()
    return {"home": "/fr/", "section": f"/fr/{section.slug}/", "page": f"/fr/{section.slug}/page-1/"}


def _costs(client: Client, addresses: dict[str, str]) -> dict[str, Cost]:
    return {name: _cost(client, address) for name, address in addresses.items()}


def _cost(client: Client, address: str) -> Cost:
    times, queries = [], 0
    for turn in range(ROUNDS + 1):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            start = time.perf_counter()
            answer = client.get(address, headers={"accept-language": "fr"})
            elapsed = (time.perf_counter() - start) * 1000
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}: the figures would mean nothing.")
        # The first request fills the caches.
        if turn:
            times.append(elapsed)
            queries = len(captured)
    return Cost(statistics.median(times), queries)


def _print(title: str, small: dict[str, Cost], large: dict[str, Cost]) -> None:
    width = max(map(len, small))
    print(f"\n{title}\n{'':{width}}      ms      ms  ratio  queries")
    for name, before in small.items():
        after = large[name]
        ratio = after.milliseconds / before.milliseconds
        verdict = "" if _is_within(before, after) else f"  over {BOUND}, or more queries"
        print(
            f"{name:{width}}  {before.milliseconds:6.0f}  {after.milliseconds:6.0f}  {ratio:5.2f}"
            f"  {before.queries} → {after.queries}{verdict}",
            flush=True,
        )
