"""The models of memos."""

from intranet.memos.models.editions import Edition, EditionFile, EditionText
from intranet.memos.models.keeping import Keeping
from intranet.memos.models.pages import MemoPage, TrainingNotePage
from intranet.memos.models.receipts import Acknowledgement, Reading, ReceiptNote
from intranet.memos.models.records import AskedRole, MemoNumberCounter, MemoRecord

__all__ = [
    "Acknowledgement",
    "AskedRole",
    "Edition",
    "EditionFile",
    "EditionText",
    "Keeping",
    "MemoNumberCounter",
    "MemoPage",
    "MemoRecord",
    "Reading",
    "ReceiptNote",
    "TrainingNotePage",
]
