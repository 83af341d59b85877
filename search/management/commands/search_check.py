"""Compare the entry table with the indexes, and name every difference."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from search import conf
from search.check import elasticsearch_differences, embedded_differences, source_differences
from search.exceptions import SearchError


class Command(BaseCommand):
    help = "Compares the entry table with the index (and the embedded index), and prints every difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sources", action="store_true", help="Compare the entries with their objects too.")

    def handle(self, *args: Any, **options: Any) -> None:
        checks = [embedded_differences]
        if options["sources"]:
            checks.append(source_differences)
        if conf.elasticsearch_url():
            checks.append(elasticsearch_differences)
        differences = 0
        try:
            for check in checks:
                for difference in check():
                    self.stdout.write(difference)
                    differences += 1
        except SearchError as error:
            raise CommandError(_("The index could not be compared: %(reason)s") % {"reason": error}) from error
        if differences:
            raise CommandError(
                ngettext("%(count)d difference was found.", "%(count)d differences were found.", differences)
                % {"count": differences}
            )
        self.stdout.write(_("The entries and the index agree."))
