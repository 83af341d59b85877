"""Whether Elasticsearch answers, for those who watch over the site."""

from typing import Literal

from search import conf

ElasticsearchState = Literal["ok", "unavailable", "not configured"]


def elasticsearch_state() -> ElasticsearchState:
    """Ask it once, within the reader's budget; never raises. The circuit is neither asked nor changed."""
    if not conf.elasticsearch_url():
        return "not configured"
    from search.engines.elasticsearch.client import reader

    return "ok" if reader().ping() else "unavailable"
