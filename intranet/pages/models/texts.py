"""The text of documents, and how far the reading of each one has come."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from intranet.pages.models.files import GuardedDocument


class DocumentTextQuerySet(models.QuerySet["DocumentText"]):
    """How far documents have come."""

    def current(self) -> DocumentTextQuerySet:
        """Texts of the files that their documents have now."""
        return self.filter(file_hash=F("document__file_hash"))


class DocumentText(models.Model):
    """What is known of the text of a document's file, the one with ``file_hash``.

    A row with ``due_at`` waits for a worker from then on; the worker that takes it moves ``due_at`` to when another one
    may take it over, and signs with ``claim``. ``attempts`` counts how often it was taken.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to be read")
        EXTRACTED = "extracted", _("Found by its text")
        EMPTY = "empty", _("No text in it")
        ENCRYPTED = "encrypted", _("Protected by a password")
        BROKEN = "broken", _("Damaged")
        TOO_LARGE = "too_large", _("Too large")
        UNPACKS = "unpacks", _("Unpacks to too much")
        TOO_COMPLEX = "too_complex", _("Too complicated")
        TIMED_OUT = "timed_out", _("Takes too long to read")
        FAILED = "failed", _("Could not be read")
        MISSING = "missing", _("File is missing")
        UNSUPPORTED = "unsupported", _("Found by its title only")

    REASONS: ClassVar[dict[str, Any]] = {
        State.WAITING: _("Its text will be found in a few minutes."),
        State.EXTRACTED: _("Its text is found by the search."),
        State.EMPTY: _(
            "There is no text in this file; it may be a scan or a photo. Run text recognition (OCR) on it, then replace"
            " the file."
        ),
        State.ENCRYPTED: _(
            "The file asks for a password. Save it without one, then replace the file: the section decides who can see"
            " it."
        ),
        State.BROKEN: _(
            "The file is damaged, or is not what its name says. Open it, save it again, then replace the file."
        ),
        State.TOO_LARGE: _("The file is too large to be read. Divide it or shrink its images, then replace the file."),
        State.UNPACKS: _(
            "What is packed in this file is far larger than the file. Save it as a PDF, then replace the file."
        ),
        State.TOO_COMPLEX: _(
            "Reading this file takes too much memory. Divide it or save it as a PDF, then replace the file."
        ),
        State.TIMED_OUT: _("Reading this file takes too long. Divide it or save it as a PDF, then replace the file."),
        State.FAILED: _(
            "Reading this file was tried several times and never ended well. Save it again or as a PDF, then replace"
            " the file."
        ),
        State.MISSING: _("The file is no longer on the server. Upload it again."),
        State.UNSUPPORTED: _(
            "The text of files of this type is not read. To have it found, upload a PDF, Word (.docx), PowerPoint"
            " (.pptx), Excel (.xlsx), OpenDocument, HTML or text file."
        ),
    }
    """For each state what it means, and what the editor can do."""

    PROBLEMS = frozenset(State) - {State.WAITING, State.EXTRACTED, State.UNSUPPORTED}
    """States in which the editor can do something about it."""

    document = models.OneToOneField(GuardedDocument, on_delete=models.CASCADE, related_name="text")
    file_hash = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    is_cut = models.BooleanField(default=False, help_text="Only the first part of the text is kept.")
    read_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)

    objects = DocumentTextQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("due_at",), name="pages_text_due", condition=Q(due_at__isnull=False)),)

    def __str__(self) -> str:
        return f"{self.document_id}: {self.state}"

    @property
    def is_problem(self) -> bool:
        """Whether the editor can do something about it."""
        return self.state in self.PROBLEMS

    @property
    def reason(self) -> str:
        """What the state means for the search and what the editor can do, in the active language."""
        if self.state == self.State.EXTRACTED and self.is_cut:
            return str(_("The beginning of its text is found by the search; the rest is too long. Divide the file."))
        return str(self.REASONS[self.state])


class DocumentPassage(models.Model):
    """A part of a document's text; ``page`` is that of a PDF or the number of a slide, from 1."""

    text_of = models.ForeignKey(DocumentText, on_delete=models.CASCADE, related_name="passages", db_index=False)
    position = models.PositiveIntegerField()
    page = models.PositiveIntegerField(null=True)
    text = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("text_of", "position"), name="pages_passage_once"),)
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.text_of_id}/{self.position}"
