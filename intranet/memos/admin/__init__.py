"""Memos in the editor: withdrawing one, and what the editors of a section are told."""
