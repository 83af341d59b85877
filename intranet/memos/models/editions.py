"""What was published, as it was: editions of a memo with their texts and files."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from intranet.memos.models.append_only import AppendOnly
from intranet.memos.models.records import MemoRecord


@dataclass(frozen=True)
class EditionText:
    """The text of an edition in one language; ``body`` is the list of blocks as the database stores them."""

    language: str
    title: str
    summary: str
    content_note: str
    body: list[dict[str, Any]]


class Edition(AppendOnly):
    """A published state of a memo in all its languages.

    What people acknowledge is ``number``; ``revision`` counts the states within it, from 1: a typo that was mended, a
    language that was added. ``content`` is all that the digest covers (docs/editions.md). Written by
    ``intranet.memos.editions`` alone.
    """

    class Kind(models.TextChoices):
        FIRST = "first", _("First publication")
        MINOR = "minor", _("Minor correction")
        LANGUAGE = "language", _("Another language")
        MATERIAL = "material", _("Material change")

    record = models.ForeignKey(MemoRecord, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    declaration = models.UUIDField(null=True, help_text="The editor's declaration that was used for it.")
    content = models.JSONField(encoder=DjangoJSONEncoder)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("record", "number", "revision")
        constraints = (
            models.UniqueConstraint(fields=("record", "number", "revision"), name="memos_edition_once"),
            models.UniqueConstraint(fields=("record", "declaration"), name="memos_edition_declared_once"),
        )

    def __str__(self) -> str:
        return f"{self.record} · {self.label}"

    @property
    def label(self) -> str:
        """``2``, and for what was mended since ``2.1``."""
        return str(self.number) if self.revision == 1 else f"{self.number}.{self.revision - 1}"

    @property
    def languages(self) -> list[str]:
        """Those of its texts by their codes: in one order for every reader, as in what the digest covers."""
        return sorted(self.content["texts"])

    def text_in(self, language: str) -> EditionText:
        """The text in ``language``, or in the language that exists."""
        texts = self.content["texts"]
        found = language if language in texts else self.languages[0]
        return EditionText(language=found, **texts[found])

    def changed_in(self, language: str) -> tuple[str, str]:
        """What changed, and the language in which that is said; empty where nobody said it."""
        words = self.content["changed"]
        for code in (language, *sorted(words)):
            if words.get(code):
                return words[code], code
        return "", ""


def _stored_under(instance: EditionFile, filename: str) -> str:
    """A folder of its own for each file, as guarded documents have."""
    return f"editions/{secrets.token_hex(6)}/{PurePosixPath(filename).name[-80:]}"


class EditionFile(AppendOnly):
    """A document or an image of an edition, copied: Wagtail replaces files in place.

    ``copied_from`` is the path that was copied; every upload has one of its own, so that the same path is the same
    file and needs no second copy. ``file`` is empty where the file was gone already.
    """

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("document")
        IMAGE = "image", _("image")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    original = models.PositiveIntegerField(help_text="The key of the document or image.")
    title = models.CharField(max_length=255)
    language = models.CharField(max_length=35, blank=True)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    copied_from = models.CharField(max_length=255)
    file = models.FileField(upload_to=_stored_under, max_length=150)

    class Meta:
        ordering = ("edition", "kind", "original")
        constraints = (models.UniqueConstraint(fields=("edition", "kind", "original"), name="memos_edition_file_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def file_extension(self) -> str:
        """As documents have it: ``pdf``."""
        return PurePosixPath(self.name).suffix.lstrip(".")

    @property
    def file_size(self) -> int:
        return self.size

    @property
    def url(self) -> str:
        """Its guarded address."""
        return reverse("memos:edition_file", args=[self.pk, self.name])
