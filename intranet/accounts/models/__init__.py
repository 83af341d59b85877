"""The models of accounts."""

from intranet.accounts.models.users import AccountEvent, User

__all__ = ["AccountEvent", "User"]
