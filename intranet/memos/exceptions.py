"""Errors of the package, one base class."""


class MemoError(Exception):
    """Base class; the message is a whole, translated sentence for the person who acts."""


class NumberError(MemoError, ValueError):
    """A memo number that is malformed or belongs to another memo."""


class StaleEdition(MemoError):
    """Somebody acknowledges an edition that is no longer the current one."""

    def __init__(self, message: str, current: int) -> None:
        super().__init__(message)
        self.current = current
