"""``manage.py export_content``: the site, or one network, as a file."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from intranet.exchange.exceptions import FileRefused
from intranet.exchange.exporting import export_file


class Command(BaseCommand):
    help = "Writes networks, people and items to a JSON Lines file, their attachments beside it. No passwords."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--network", metavar="SLUG", help="This network alone, with its people and items.")

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(unit=_("lines"), disable=None, file=self.stderr) as bar:

            def show(done: int, size: int) -> None:
                bar.total = size
                bar.update(done - bar.n)

            try:
                exported = export_file(options["file"], network=options["network"], progress=show)
            except FileRefused as error:
                raise CommandError(str(error)) from error
        for sentence in exported.missing:
            self.stderr.write(sentence)
        self.stdout.write(_("%(number)d lines written.") % {"number": exported.lines})
        if exported.missing:
            raise CommandError(_("Some files were left out; they are named above."))
