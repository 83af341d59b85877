"""Images and logos that were stored before metadata was taken off, or brought back from an old backup."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.db import transaction

from intranet.networks.models import Network
from intranet.networks.pictures import UnreadablePicture, without_metadata
from intranet.pages.models import GuardedImage


@dataclass
class Cleaned:
    """What was done."""

    images: int = 0
    renditions: int = 0
    logos: int = 0
    unreadable: list[str] = field(default_factory=list)
    """Paths of files that are gone or cannot be read; they are left."""


def has_metadata(content: bytes) -> bool:
    """Whether anything would be taken off; False for what is no picture."""
    try:
        return without_metadata(content) != content
    except UnreadablePicture:
        return False


def clean_images() -> Cleaned:
    """Take the metadata off all images and logos, and delete the renditions of those that had some.

    Each in a transaction of its own: what was interrupted goes on when it is called again.
    """
    done = Cleaned()
    for pk in GuardedImage.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            image = GuardedImage.objects.select_for_update().filter(pk=pk).first()
            if image is None:
                continue
            name = image.file.name
            try:
                if not image.take_metadata_off():
                    continue
            except (UnreadablePicture, OSError):
                done.unreadable.append(name)
                continue
            image.set_file_facts()
            image.save()
            done.renditions += image.renditions.count()
            image.renditions.all().delete()
            done.images += 1
    for network in Network.objects.exclude(logo="").order_by("pk"):
        _clean_logo(network, done)
    return done


def _clean_logo(network: Network, done: Cleaned) -> None:
    """A drawing (SVG) stays as it is."""
    name, storage = network.logo.name or "", network.logo.storage
    if name.lower().endswith(".svg"):
        return
    try:
        with storage.open(name, "rb") as stream:
            content = stream.read()
        kept = without_metadata(content)
    except (UnreadablePicture, OSError):
        done.unreadable.append(name)
        return
    if kept == content:
        return
    with transaction.atomic():
        network.logo.save(PurePosixPath(name).name, ContentFile(kept), save=False)
        network.save(update_fields=["logo"])
        transaction.on_commit(partial(storage.delete, name))
    done.logos += 1
