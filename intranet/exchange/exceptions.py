"""Errors of the package, one base class."""


class ExchangeError(Exception):
    """Base class; the message is a whole, translated sentence."""


class LineRefused(ExchangeError):
    """A line that cannot go in; the message is the reason."""


class FileRefused(ExchangeError):
    """The whole file cannot be read or written."""
