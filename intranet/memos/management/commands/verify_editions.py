"""Recomputes what editions are sealed with."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intranet.memos.verifying import verify


class Command(BaseCommand):
    help = "Recomputes the digests of all editions and their files; prints each difference, exit code 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("numbers", nargs="*", metavar="NUMBER", help="memos; all without")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = 0
        count = 0
        for edition, problems in verify(options["numbers"]):
            count += 1
            findings += len(problems)
            for problem in problems:
                self.stderr.write(f"{edition}: {problem}")
        if findings:
            raise CommandError(f"Differences: {findings}.")
        self.stdout.write(f"{count} editions, all as they were published.")
