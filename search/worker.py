"""What a worker process does for search: send what is due, keep the index in being.

What it does for the embedded index, after an upgrade, is in :mod:`search.embedded_rebuild`.
"""

import logging

from search import conf
from search.exceptions import EngineUnavailable, RebuildInterrupted
from search.models import SearchIndex
from search.rebuild import maintain, promote_if_ready
from search.sync import sync_index

logger = logging.getLogger(__name__)


def sync_due(limit: int = 2_000) -> int:
    """Send at most ``limit`` due entries to each index in use; gives back how many were taken.

    Never raises because Elasticsearch is away: then it gives back 0, and everything stays due. Call it in a loop.
    """
    try:
        return sync_once(limit)
    except (EngineUnavailable, RebuildInterrupted) as error:
        logger.warning("Nothing could be sent to Elasticsearch now: %s", error)
        return 0


def sync_once(limit: int = 2_000) -> int:
    """The same, but raises EngineUnavailable when Elasticsearch is away, or one of the indexes takes nothing."""
    if not conf.elasticsearch_url():
        return 0
    taken = 0
    failures: list[EngineUnavailable] = []
    for index in maintain():
        try:
            taken += sync_index(index, limit)
            if index.state == SearchIndex.State.BUILDING and index.is_filled:
                promote_if_ready(index)
        except EngineUnavailable as error:
            # What is wrong with an index under construction must not keep the live one waiting.
            failures.append(error)
    if failures:
        raise failures[0]
    return taken
