"""The models of memos."""

from intranet.memos.models.editions import Edition, EditionFile, EditionText
from intranet.memos.models.pages import MemoPage, TrainingNotePage
from intranet.memos.models.records import Acknowledgement, MemoNumberCounter, MemoRecord

__all__ = [
    "Acknowledgement",
    "Edition",
    "EditionFile",
    "EditionText",
    "MemoNumberCounter",
    "MemoPage",
    "MemoRecord",
    "TrainingNotePage",
]
