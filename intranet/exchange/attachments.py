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
        self._written: dict[str, tuple[FieldFile, set[str]]] = {}
        """What was written, with the ids of the lines that show it, by the file's name."""

    def document(self, part: AttachmentPart, network: Network, shown_by: str) -> GuardedDocument:
        """The document of an attachment, in the collection of the network that it names, or of ``network``.

        ``shown_by`` is the line's id. One that is there with its content, title and language is used again.
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
                self._note(known.file, shown_by)
                return known
            document = GuardedDocument(
                title=title,
                language=part.language,
                collection=SectionCollection.objects.select_related("collection").get(network__slug=holder).collection,
            )
            document.file = File(stream, name=path.name)
            document._set_document_file_metadata()
            document.save()
        self._remember(document.file, shown_by)
        return document

    def image(self, path: str, alternative: str, holder: str, shown_by: str) -> GuardedImage:
        """The image of that content in the collection of the network whose slug is ``holder``, or a new one.

        ``shown_by`` is the line's id.

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
            self._note(known.file, shown_by)
            return known
        image.save()
        self._remember(image.file, shown_by)
        return image

    def undo(self) -> None:
        """Delete what was written, after the rows that named it were rolled back."""
        for name, (file, _lines) in self._written.items():
            file.storage.delete(name)
        self._written.clear()

    def let_go(self, line_id: str) -> None:
        """Delete what was written for this line alone, which did not go in."""
        for name, (file, lines) in self._written.items():
            if line_id not in lines:
                continue
            lines.remove(line_id)
            # Its row is gone with the line, or takes the file with it.
            if not lines and not type(file.instance).objects.filter(file=name).delete()[0]:
                file.storage.delete(name)

    def _remember(self, file: FieldFile, shown_by: str) -> None:
        self._written[file.name or ""] = file, {shown_by}

    def _note(self, file: FieldFile, shown_by: str) -> None:
        """A line shows what was there; of what was there before the import nothing is remembered."""
        if written := self._written.get(file.name or ""):
            written[1].add(shown_by)


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
