"""Signals that other apps answer; ``pages`` knows none of them."""

from django.dispatch import Signal

copies_asked = Signal()
"""
Sent when stored images are cleaned, to ask who keeps copies that stay as they are.
Arguments: ``has_metadata``, a function from the bytes of an image. A receiver returns English lines for the operator.
"""
