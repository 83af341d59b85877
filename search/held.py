"""What Elasticsearch holds of one entry at this moment, for whoever asks why."""

import logging
from collections.abc import Iterable

from search import conf
from search.circuit import circuit
from search.exceptions import EngineUnavailable, RequestRefused

logger = logging.getLogger(__name__)


def held_versions(key: str, names: Iterable[str]) -> dict[str, int | None] | None:
    """The version of the entry that each of these indexes has, None where it has none.

    One request, within a reader's budget. None instead of all: there is no answer, or nobody was asked because
    Elasticsearch is switched off or left alone after a failure.
    """
    wanted = list(names)
    if not wanted or not conf.elasticsearch_url() or not circuit.allows_request():
        return None
    from search.engines.elasticsearch.indices import versions_in

    try:
        found = versions_in(wanted, key)
    except EngineUnavailable as error:
        if not isinstance(error, RequestRefused):
            circuit.record_failure()
        logger.warning("What Elasticsearch holds of %s is not known: %s", key, error)
        return None
    circuit.record_success()
    return {name: found.get(name) for name in wanted}
