"""Signals that other apps answer."""

from django.dispatch import Signal

account_state_changed = Signal()
"""
Sent inside the transaction that opens or closes an account.
Arguments: ``person``, whose ``is_active`` is the new state. Whoever gave out secrets that let somebody read as the
person ends them when it closes: an account that is opened again begins without them.
"""
