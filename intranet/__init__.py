"""The intranet of a federation of non-profit societies."""

__version__ = "0.1.0"
