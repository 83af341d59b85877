"""Signals that other apps answer; ``networks`` knows none of them."""

from django.dispatch import Signal

network_provisioned = Signal()
"""
Sent inside the transaction that makes a network, after its groups and grants.
Arguments: ``network``. Whoever owns content answers: a section root in each language, a collection.
An exception undoes the whole provisioning.
"""

network_changed = Signal()
"""
Sent inside the transaction that changes a network's names, slug, region, listing or state.
Arguments: ``network``; ``changes``, the set of the names of the fields that changed.
"""

audiences_changed = Signal()
"""
Sent inside the transaction that changes the effective audience of items; making one changes none.
Arguments: ``keys``, a list of item keys (UUID); their stored tokens are already the new ones.
"""

access_granted = Signal()
"""
Sent inside the transaction in which an administrator takes a membership in need, or somebody whom the office named
becomes coordinator: then the membership has no reason.
Arguments: ``membership``. Those who run the network are told.
"""

join_requested = Signal()
"""
Sent inside the transaction in which somebody asks to join a network, for the first time or again.
Arguments: ``request``. Coordinators of the network are told.
"""

join_answered = Signal()
"""
Sent inside the transaction in which a request to join is accepted or declined, or ended as the network closes.
Arguments: ``request``. Its person is told; an address without one gets an e-mail of the networks' own.
"""
