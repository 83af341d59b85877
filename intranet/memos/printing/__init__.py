"""Memos and notes on paper: the print view, and PDF."""
