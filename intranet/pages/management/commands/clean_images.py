"""Takes metadata off the images that are stored."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from intranet.pages.cleaning import clean_images, has_metadata
from intranet.pages.signals import copies_asked


class Command(BaseCommand):
    help = "Takes metadata (place, device, comments) off all stored images and logos, and deletes their renditions."

    def handle(self, *args: Any, **options: Any) -> None:
        done = clean_images()
        self.stdout.write(f"Cleaned: {done.images} images, {done.logos} logos; {done.renditions} renditions deleted.")
        for _receiver, lines in copies_asked.send(sender=Command, has_metadata=has_metadata):
            for line in lines:
                self.stdout.write(line)
        for name in done.unreadable:
            self.stderr.write(f"{name}: gone, or not readable as a picture; left as it is")
        if done.unreadable:
            raise CommandError(f"Not cleaned: {len(done.unreadable)}.")
