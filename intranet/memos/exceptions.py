"""Errors of the package, one base class."""


class MemoError(Exception):
    """Base class; the message is a whole, translated sentence for the person who acts."""


class AppendOnlyError(MemoError, TypeError):
    """Code would change or delete what is only ever added to."""

    def __init__(self, model: type) -> None:
        super().__init__(f"{model.__name__} is added to, never changed and never deleted. Add a row instead.")


class NumberError(MemoError, ValueError):
    """A memo number that is malformed or belongs to another memo."""


class StaleEdition(MemoError):
    """Somebody acknowledges an edition that is no longer the current one."""

    def __init__(self, message: str, current: int) -> None:
        super().__init__(message)
        self.current = current


class NotInForce(MemoError):
    """Somebody acknowledges a memo that is no longer in force, or asks about it."""


class MemoWithdrawn(NotInForce):
    """The memo is withdrawn."""


class MemoArchived(NotInForce):
    """The memo is archived."""
