"""Documents, images and renditions, which are only handed out through a guard, and who uses them."""

from __future__ import annotations

import secrets
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.documents.models import DocumentQuerySet as WagtailDocumentQuerySet
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.images.models import ImageQuerySet as WagtailImageQuerySet
from wagtail.models import Collection, Page
from wagtail.search import index

from intranet.networks.access import access_of
from intranet.networks.models import Item, Network
from intranet.networks.models.items import seen_by
from intranet.networks.pictures import UnreadablePicture, without_metadata


class SectionCollection(models.Model):
    """The collection of a network's documents and images."""

    network = models.OneToOneField(Network, on_delete=models.PROTECT, related_name="section_collection")
    collection = models.OneToOneField(Collection, on_delete=models.PROTECT, related_name="section_collection")

    def __str__(self) -> str:
        return str(self.collection)


def _in_folder_of_its_own(path: str) -> str:
    """``documents/plan.pdf`` as ``documents/1f0c…/plan.pdf``: a name that is taken elsewhere must not show.

    Storage adds letters to a name that exists, which would tell an editor of another section's file.
    """
    found = PurePosixPath(path)
    return str(found.parent / secrets.token_hex(6) / found.name)


class GuardedFileQuerySet(models.QuerySet[Any]):
    """Files, with the audience predicate."""

    def visible_to(self, user: Any) -> GuardedFileQuerySet:
        """Files of one's own networks, and files that a live page *of the same network* meant for the person uses.

        A page never widens another network's file.
        """
        access = access_of(user)
        if not access.tokens:
            return self.none()
        use_model = self.model._meta.get_field("uses").related_model
        live = Page.objects.filter(translation_key=OuterRef("item_id"), live=True, alias_of=None)
        uses = use_model.objects.of_own_network().filter(
            Exists(live), seen_by(access.tokens, "item_id"), file=OuterRef("pk")
        )
        return self.filter(Q(collection__section_collection__network__in=access.view) | Exists(uses))


class GuardedDocumentQuerySet(GuardedFileQuerySet, WagtailDocumentQuerySet):
    """Documents, with Wagtail's own search."""


class GuardedImageQuerySet(GuardedFileQuerySet, WagtailImageQuerySet):
    """Images, with Wagtail's own search."""


BY_TAG = index.RelatedFields("tags", [index.FilterField("name")])
"""Lists are narrowed to a tag and searched at once; Wagtail declares the tags for searching alone."""


class GuardedDocument(AbstractDocument):
    """A document; its address answers only those for whom it, or a live page that uses it, is meant."""

    language = models.CharField(
        _("language"), max_length=35, blank=True, help_text=_("A language tag such as fr, en, es or iu.")
    )

    objects = GuardedDocumentQuerySet.as_manager()

    admin_form_fields = (*Document.admin_form_fields, "language")
    search_fields = (*AbstractDocument.search_fields, BY_TAG)

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Wagtail's form alone stores size and digest; files come by import too.
        if self.file and (self.file_size is None or not self.file._committed):
            was_stored = self.file._committed
            if not was_stored:
                self.file.name = _in_folder_of_its_own(self.file.name)
            self._set_document_file_metadata()
            if was_stored:
                self.file.close()
        super().save(*args, **kwargs)


class GuardedImage(AbstractImage):
    """An image; it and its renditions answer only those for whom it, or a live page that uses it, is meant.

    It is stored upright and without what cameras and programs wrote beside it: a photo of a shelter tells no place.
    """

    objects = GuardedImageQuerySet.as_manager()

    admin_form_fields = Image.admin_form_fields
    search_fields = (*AbstractImage.search_fields, BY_TAG)

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def get_upload_to(self, filename: str) -> str:
        # Wagtail keeps the path within 94 characters, and the column holds 100.
        stem, dot, ending = filename[-80:].rpartition(".")
        return _in_folder_of_its_own(super().get_upload_to(f"{stem[-60:]}{dot}{ending}"))

    def clean(self) -> None:
        super().clean()
        if self.file and not self.file._committed:
            try:
                self.take_metadata_off()
            except UnreadablePicture as error:
                raise ValidationError({"file": unreadable_picture(self.file.name)}) from error

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Wagtail's.

        Raises:
            UnreadablePicture: the file is new, and no picture that can be read.
        """
        if self.file and not self.file._committed:
            self._set_image_file_metadata()
        super().save(*args, **kwargs)

    def _set_image_file_metadata(self) -> None:
        # Wagtail calls this wherever a file has come in, also one that it has stored already.
        self.take_metadata_off()
        self.set_file_facts()

    def set_file_facts(self) -> None:
        """Size and digest, of what is in the file now."""
        super()._set_image_file_metadata()

    def take_metadata_off(self) -> bool:
        """Put the picture without its metadata in the place of the file; whether there was anything to take off.

        Raises:
            UnreadablePicture: the file is no picture that can be read.
        """
        with self.open_file() as stream:
            content = stream.read()
            stream.seek(0)
        kept = without_metadata(content)
        if kept == content:
            return False
        name, storage = self.file.name, self.file.storage
        clean = ContentFile(kept, name=PurePosixPath(name).name)
        if self.file._committed:
            self.file.save(clean.name, clean, save=False)
            transaction.on_commit(partial(storage.delete, name))
        else:
            self.file = clean
        return True


def unreadable_picture(name: str) -> str:
    """What is said of a file that is no picture; ``name`` may have folders before it."""
    return gettext(
        "“%(name)s” cannot be read as a picture. Open it in a program for pictures, save it as JPEG or PNG, and "
        "choose the new file."
    ) % {"name": PurePosixPath(name).name}


class GuardedRendition(AbstractRendition):
    """A resized image. Its address is the guard's, never the file's."""

    image = models.ForeignKey(GuardedImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)

    def get_upload_to(self, filename: str) -> str:
        return _in_folder_of_its_own(super().get_upload_to(filename))

    @property
    def url(self) -> str:
        return reverse("guarded_rendition", args=[self.pk, self.file.name.rsplit("/", 1)[-1]])


class FileUseQuerySet(models.QuerySet[Any]):
    """Uses of files."""

    def of_own_network(self) -> FileUseQuerySet:
        """Uses by items of the network that has the file: a page never widens another network's file."""
        return self.filter(item__network=F("file__collection__section_collection__network"))


class FileUse(models.Model):
    """An item's live versions use a file. Written in the transaction that publishes, unpublishes or deletes."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")

    objects = FileUseQuerySet.as_manager()

    class Meta:
        abstract = True


class DocumentUse(FileUse):
    file = models.ForeignKey(GuardedDocument, on_delete=models.CASCADE, related_name="uses")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("file", "item"), name="pages_document_use_once"),)


class ImageUse(FileUse):
    file = models.ForeignKey(GuardedImage, on_delete=models.CASCADE, related_name="uses")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("file", "item"), name="pages_image_use_once"),)
