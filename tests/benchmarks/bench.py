"""What the rows of the benchmark share: the corpus in table and index, people who ask, and a server to compare with."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from intranet.accounts.models import User
from intranet.networks.access import network_token, tokens_for
from intranet.networks.models import Network
from intranet.networks.models.networks import Region
from intranet.networks.services import add_membership, provision_network
from intranet.pages.models import Topic
from search import Query, Results, search, write_entries
from search.chunks import chunked
from search.models import SearchIndex
from search.rebuild import rebuild
from search.worker import sync_once
from tests.benchmarks.corpus import TOPICS, Corpus
from tests.benchmarks.direct import Direct
from tests.benchmarks.federation import Federation
from tests.benchmarks.manuals import read_manuals

#: Networks with a section of their own; the reader is in each. The others have no pages.
PROVISIONED = 3
MANY_TOKENS = 100
QUESTIONS = 60
_WRITTEN_AT_ONCE = 500


@dataclass
class Bench:
    """The corpus at its small size (a tenth) or at its full one, and who asks."""

    documents: int
    networks: int
    texts: Path | None = None
    rebuild_seconds: float = 0.0
    loaded: int = 0

    @property
    def small(self) -> int:
        return max(self.documents // 10, 1)

    def repetitions(self, most: int) -> int:
        """How often something is measured: ``most``, and less often where only the program itself is tried."""
        return max(2, min(most, self.documents // 10))

    def load(self, count: int) -> None:
        """Write items up to ``count`` and put a new index of all in place."""
        start = time.perf_counter()
        for batch in chunked(self.corpus.entries(count, self.loaded), _WRITTEN_AT_ONCE):
            with transaction.atomic():
                write_entries(batch)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        written = time.perf_counter()
        rebuild()
        self.rebuild_seconds = time.perf_counter() - written
        say(f"{count:,} items: {(count - self.loaded) / (written - start):,.0f}/s written, "
            f"{count / self.rebuild_seconds:,.0f}/s into a new index")  # fmt: skip
        self.loaded = count

    def index_the_rest(self) -> None:
        """The index holds what was written besides the items."""
        if not self.loaded:
            rebuild()
        while sync_once():
            pass

    @cached_property
    def corpus(self) -> Corpus:
        topics = Topic.objects.bulk_create(
            Topic(slug=f"topic-{number}", name_en=f"Topic {number}", name_fr=f"Sujet {number}")
            for number in range(TOPICS)
        )
        return Corpus(read_manuals(self.texts), self.all_networks, topics)

    @cached_property
    def federation(self) -> Federation:
        """The office, half as many people as items in these networks, and memos that ask them."""
        return Federation(self.all_networks, people=max(self.documents // 2, 8), memos=max(self.documents // 100, 12))

    @cached_property
    def questions(self) -> list[str]:
        return self.corpus.questions(self.repetitions(QUESTIONS))

    @cached_property
    def reader(self) -> User:
        """A member of three networks: five tokens."""
        person = User.objects.create_user("reader@example.org", name="Reader", language="fr")
        for network in Network.objects.filter(slug__startswith="network-").order_by("pk")[:PROVISIONED]:
            add_membership(person=person, network=network, role="reader")
        return person

    @cached_property
    def few(self) -> frozenset[str]:
        """The reader's tokens."""
        tokens = tokens_for(self.reader)
        assert len(tokens) == PROVISIONED + 2, tokens
        return tokens

    @cached_property
    def many(self) -> frozenset[str]:
        """The tokens of somebody who is in nearly a hundred networks."""
        last = Network.objects.latest("pk").pk
        return self.few | {network_token(last - number) for number in range(MANY_TOKENS - len(self.few))}

    @cached_property
    def direct(self) -> Direct:
        return Direct(settings.ELASTICSEARCH_URL)

    @property
    def index(self) -> str:
        """The name of the live index."""
        return SearchIndex.objects.get(prefix=settings.SEARCH_INDEX_PREFIX, state=SearchIndex.State.LIVE).name

    def query(self, text: str) -> Query:
        """The reader's full page: hits, total, all facets, snippets."""
        return Query(text, self.few, language="fr")

    def search(self, text: str) -> Results:
        """The full page by Elasticsearch and nothing else."""
        found = search(self.query(text))
        assert found.engine == "elasticsearch", "Elasticsearch did not answer: the figures would mean nothing."
        return found

    @cached_property
    def all_networks(self) -> list[Network]:
        regions = [str(region) for region in Region.values]
        for number in range(min(PROVISIONED, self.networks)):
            provision_network(kind="society", region=regions[number], **_named(number))
        Network.objects.bulk_create(
            Network(kind="society", region=regions[number % len(regions)], code=f"N{number}", **_named(number))
            for number in range(PROVISIONED, self.networks)
        )
        return list(Network.objects.filter(slug__startswith="network-").order_by("pk"))


def _named(number: int) -> dict[str, str]:
    return {"slug": f"network-{number}", "name_en": f"Network {number}", "name_fr": f"Réseau {number}"}


def say(text: str) -> None:
    """What is going on, for whoever waits."""
    print(f"bench: {text}", flush=True)


def pauses(count: int, seconds: float) -> Iterator[int]:
    """Looks that often, with a pause between; for what happens in another process."""
    for number in range(count):
        yield number
        time.sleep(seconds)
