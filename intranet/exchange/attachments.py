"""The files of an import: found beside the exchange file, stored in the network's collection."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _
from wagtail.utils.file import hash_filelike

from intranet.exchange.exceptions import LineRefused
from intranet.exchange.schema import AttachmentPart, ItemLine
from intranet.networks.models import Network
from intranet.networks.pictures import UnreadablePicture, without_metadata
from intranet.pages.models import GuardedDocument, GuardedImage, SectionCollection
from intranet.pages.models.files import unreadable_picture

MAX_ATTACHMENT_BYTES = 100 * 1024 * 1024
_MEGABYTE = 1024 * 1024
IMAGE_EXTENSIONS = ["png", "jpg", "jpeg", "gif", "webp"]
LOGO_EXTENSIONS = [*IMAGE_EXTENSIONS, "svg"]


class AttachmentFolder:
    """The folder of the exchange file; nothing outside it is ever read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def errors(self, line: ItemLine) -> list[str]:
        """Why an attachment of the line cannot come in; empty when all can."""
        reasons = []
        for part in line.attachments:
            try:
                self.find(part.path)
            except LineRefused as error:
                reasons.append(str(error))
        return reasons

    def find(self, path: str, *, extensions: list[str] | None = None) -> Path:
        """The file that ``path`` names.

        Raises:
            LineRefused: it is outside the folder, also by a link; missing; locked; too large; of a kind not taken.
        """
        pure = PurePosixPath(path)
        if pure.is_absolute() or PureWindowsPath(path).drive or ".." in pure.parts or "\\" in path:
            raise LineRefused(_outside(path))
        try:
            found = (self._folder / pure).resolve()
            if not found.is_relative_to(self._folder):
                raise LineRefused(_outside(path))
            if not found.is_file():
                raise LineRefused(_("The file “%(path)s” is missing.") % {"path": path})
            with found.open("rb") as stream:
                size = os.fstat(stream.fileno()).st_size
        except (OSError, ValueError, RuntimeError):
            raise LineRefused(_("The file “%(path)s” cannot be read.") % {"path": path}) from None
        if size > MAX_ATTACHMENT_BYTES:
            raise LineRefused(
                _("The file “%(path)s” is larger than %(maximum)d MB.")
                % {"path": path, "maximum": MAX_ATTACHMENT_BYTES // _MEGABYTE}
            )
        known = extensions if extensions is not None else settings.WAGTAILDOCS_EXTENSIONS
        if found.suffix.lower().removeprefix(".") not in known:
            raise LineRefused(
                _("The file “%(path)s” is not of a kind that can be attached: %(known)s.")
                % {"path": path, "known": ", ".join(known)}
            )
        return found


def _outside(path: str) -> str:
    return _("The file “%(path)s” is not in the folder of the exchange file.") % {"path": path}


class FileStore:
    """Stores files once in each network's collection, and removes them again when the import is undone."""

    def __init__(self, folder: AttachmentFolder) -> None:
        self._folder = folder
        self._written: list[tuple[FieldFile, str]] = []

    def document(self, part: AttachmentPart, network: Network) -> GuardedDocument:
        """The document of an attachment, in the collection of the network that it names, or of ``network``.

        One that is there with its content, title and language is used again.
        """
        holder = part.network or network.slug
        path = self._folder.find(part.path)
        title = part.title or path.name
        with path.open("rb") as stream:
            digest = hash_filelike(stream)
            known = GuardedDocument.objects.filter(
                collection__section_collection__network__slug=holder,
                file_hash=digest,
                title=title,
                language=part.language,
            ).first()
            if known is not None:
                return known
            document = GuardedDocument(
                title=title,
                language=part.language,
                collection=SectionCollection.objects.select_related("collection").get(network__slug=holder).collection,
            )
            document.file = File(stream, name=path.name)
            document._set_document_file_metadata()
            document.save()
        self._remember(document.file)
        return document

    def image(self, path: str, alternative: str, holder: str) -> GuardedImage:
        """The image of that content in the collection of the network whose slug is ``holder``, or a new one.

        Raises:
            LineRefused: as ``AttachmentFolder.find``; there is no such network; it is no picture.
        """
        found = self._folder.find(path, extensions=IMAGE_EXTENSIONS)
        section = SectionCollection.objects.select_related("collection").filter(network__slug=holder).first()
        if section is None:
            raise LineRefused(_("There is no network “%(slug)s”.") % {"slug": holder})
        collection = section.collection
        image = GuardedImage(title=alternative or found.name, collection=collection)
        try:
            content = without_metadata(found.read_bytes())
        except UnreadablePicture:
            raise LineRefused(unreadable_picture(path)) from None
        image.file = ContentFile(content, name=found.name)
        # The digest is of what is stored, not of what came.
        image.set_file_facts()
        known = GuardedImage.objects.filter(collection=collection, file_hash=image.file_hash).first()
        if known is not None:
            return known
        image.save()
        self._remember(image.file)
        return image

    def undo(self) -> None:
        """Delete what was written, after the rows that named it were rolled back."""
        for file, name in self._written:
            file.storage.delete(name)
        self._written.clear()

    def _remember(self, file: FieldFile) -> None:
        self._written.append((file, file.name or ""))


def logo_of(path: Path) -> bytes:
    """The logo at ``path`` without its metadata; a drawing (SVG) as it is.

    Raises:
        LineRefused: it is no picture.
    """
    content = path.read_bytes()
    if path.suffix.lower() == ".svg":
        return content
    try:
        return without_metadata(content)
    except UnreadablePicture:
        raise LineRefused(unreadable_picture(path.name)) from None
