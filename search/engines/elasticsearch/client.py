"""The connection to Elasticsearch: one client per address, its errors in our words."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError

from search import conf
from search.exceptions import EngineUnavailable, RequestRefused

PROBE_SECONDS = 5.0


@lru_cache(maxsize=8)
def _client(url: str) -> Elasticsearch:
    # A thread that waits for a connection would wait beyond its budget: there are more of them than threads.
    return Elasticsearch(url, max_retries=0, retry_on_timeout=False, connections_per_node=64)


def reader() -> Elasticsearch:
    """A client that gives up within the reader's budget."""
    return _client(conf.elasticsearch_url()).options(request_timeout=conf.timeout_seconds())


def writer() -> Elasticsearch:
    """A client for the worker, which may wait longer."""
    return _client(conf.elasticsearch_url()).options(request_timeout=conf.write_timeout_seconds())


def prober() -> Elasticsearch:
    """A client for the worker's question whether the server is there: a silent one must not hold up its other work."""
    seconds = min(conf.write_timeout_seconds(), PROBE_SECONDS)
    return _client(conf.elasticsearch_url()).options(request_timeout=seconds)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn what the client raises into EngineUnavailable, or RequestRefused when only this request is wrong."""
    try:
        yield
    except BadRequestError as error:
        raise RequestRefused(f"it refused the request ({error.message})") from error
    except NotFoundError as error:
        raise EngineUnavailable(f"the index is missing ({error.message})") from error
    except ApiError as error:
        raise EngineUnavailable(f"it answered {error.status_code} ({error.message})") from error
    except TransportError as error:
        raise EngineUnavailable(f"no answer ({type(error).__name__})") from error
