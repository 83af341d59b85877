"""The settings of search, read when they are needed, each with its default."""

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from search.exceptions import InvalidSetting

#: The languages in which an entry may have a version, in the order in which they replace one another.
LANGUAGES = ("en", "fr")


def elasticsearch_url() -> str:
    """The address of Elasticsearch with its port, or an empty string: the embedded engine answers alone."""
    url = str(getattr(settings, "ELASTICSEARCH_URL", "") or "")
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidSetting(
            f"ELASTICSEARCH_URL must look like http://host:9200; it is {parts.scheme}://{parts.hostname}"
        )
    if parts.port is None:
        parts = parts._replace(netloc=f"{parts.netloc}:9200")
    return urlunsplit(parts)


def index_prefix() -> str:
    """What the names of the index and of its alias begin with."""
    return str(getattr(settings, "SEARCH_INDEX_PREFIX", "") or "search")


def timeout_seconds() -> float:
    """How long a reader waits for Elasticsearch before the embedded engine answers."""
    return _seconds("SEARCH_TIMEOUT", 1.5)


def embedded_timeout_seconds() -> float:
    """How long the database may work on one question to the embedded engine."""
    return _seconds("SEARCH_EMBEDDED_TIMEOUT", 2.0)


def retry_seconds() -> float:
    """How long Elasticsearch is left alone after it failed."""
    return _seconds("SEARCH_RETRY_SECONDS", 5.0)


def write_timeout_seconds() -> float:
    """How long the worker waits for one bulk request."""
    return _seconds("SEARCH_WRITE_TIMEOUT", 30.0)


def claim_seconds() -> float:
    """After how long another worker may take over what a worker has claimed and not finished."""
    return _seconds("SEARCH_CLAIM_SECONDS", 120.0)


def answers_registered_kinds_only() -> bool:
    """Whether entries of a kind without a registered source, such as those of an app that was removed, stay silent."""
    return bool(getattr(settings, "SEARCH_ONLY_REGISTERED_KINDS", False))


def replicas() -> int:
    """Copies of the index beside the first; none on a single server."""
    return int(getattr(settings, "SEARCH_REPLICAS", 0))


def _seconds(name: str, default: float) -> float:
    value = getattr(settings, name, default)
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        raise InvalidSetting(f"{name} must be a number of seconds; it is {value!r}") from None
    if seconds <= 0:
        raise InvalidSetting(f"{name} must be more than 0 seconds; it is {value!r}")
    return seconds
