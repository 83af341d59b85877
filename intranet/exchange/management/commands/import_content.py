"""``manage.py import_content``: a file brought into the site."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from intranet.exchange.exceptions import FileRefused
from intranet.exchange.importing import import_file


class Command(BaseCommand):
    help = "Brings in networks, people and items from a JSON Lines file. The same id updates."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="Do it all, report it, and undo it.")
        parser.add_argument("--atomic", action="store_true", help="Take all lines or none.")

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(unit=_("lines"), disable=None, file=self.stderr) as bar:

            def show(done: int, size: int) -> None:
                bar.total = size
                bar.update(done - bar.n)

            try:
                report = import_file(
                    options["file"], atomic=options["atomic"], dry_run=options["dry_run"], progress=show
                )
            except FileRefused as error:
                raise CommandError(str(error)) from error
        for warning in report.warnings:
            self.stderr.write(self.style.WARNING(str(warning)))
        for refused in report.errors:
            self.stderr.write(str(refused))
        self.stdout.write(str(report))
        if report.errors:
            raise CommandError(_("Some lines were refused; they are named above."))
