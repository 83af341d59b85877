"""Errors of the package, one base class."""


class NetworkError(Exception):
    """Base class; the message is a whole, translated sentence for the person who acts."""


class AudienceError(NetworkError):
    """An audience that cannot be: an unknown network, a move that would split an item."""


class MembershipError(NetworkError):
    """A membership, invitation or request that cannot be changed as asked."""
