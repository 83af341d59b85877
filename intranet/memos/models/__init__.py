"""The models of memos."""

from intranet.memos.models.archives import ArchivedItem, ArchiveEvent
from intranet.memos.models.editions import Edition, EditionFile, EditionText
from intranet.memos.models.keeping import Keeping
from intranet.memos.models.pages import MemoPage, TrainingNotePage
from intranet.memos.models.receipts import Acknowledgement, Reading, ReceiptNote
from intranet.memos.models.records import AskedRole, MemoNumberCounter, MemoRecord
from intranet.memos.models.reviews import Review
from intranet.memos.models.withdrawals import WithdrawalEvent
from intranet.memos.practice.models import (
    AttendanceCount,
    Participation,
    PracticeMark,
    PracticeStep,
    SessionRating,
)
from intranet.memos.questions.models import Question

__all__ = [
    "Acknowledgement",
    "ArchiveEvent",
    "ArchivedItem",
    "AskedRole",
    "AttendanceCount",
    "Edition",
    "EditionFile",
    "EditionText",
    "Keeping",
    "MemoNumberCounter",
    "MemoPage",
    "MemoRecord",
    "Participation",
    "PracticeMark",
    "PracticeStep",
    "Question",
    "Reading",
    "ReceiptNote",
    "Review",
    "SessionRating",
    "TrainingNotePage",
    "WithdrawalEvent",
]
