"""What can go wrong; everything derives from :class:`SearchError`."""


class SearchError(Exception):
    """Base class of every error that this package raises."""


class BadQuery(SearchError, ValueError):
    """The query itself is wrong; the message is translated and may be shown to the reader (HTTP 400)."""


class InvalidEntry(SearchError, ValueError):
    """An entry cannot be written as it is; the message names its key and what is wrong."""


class InvalidSource(SearchError, ValueError):
    """A source was declared wrongly; the message names its kind and the remedy."""


class InvalidSetting(SearchError, ValueError):
    """A setting has a value that search cannot work with; the message names it."""


class EngineUnavailable(SearchError):
    """Elasticsearch did not answer within its budget, or cannot answer safely now."""


class SearchTimeout(SearchError):
    """The database too had no answer within its budget; the message is translated and may be shown (HTTP 503)."""


class RequestRefused(EngineUnavailable):
    """Elasticsearch refused this one request; others may pass."""


class Overloaded(EngineUnavailable):
    """Elasticsearch has more to do than it can; a little later it may take what is left."""


class IndexLost(EngineUnavailable):
    """The index is not there any more; another one must be built."""


class RebuildInterrupted(SearchError):
    """The index under construction was taken over by another rebuild, or disappeared."""
