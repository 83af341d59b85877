"""Build a new index and put it in place of the old one, without a pause."""

from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from search import conf
from search.check import written_keys
from search.embedded_rebuild import rebuild_embedded
from search.exceptions import SearchError
from search.rebuild import rebuild
from search.registry import sources
from search.writing import rewrite_entries


class Command(BaseCommand):
    help = (
        "Builds a new search index from the entry table and puts it in place of the live one, without a pause. "
        "Without Elasticsearch it makes the embedded index anew."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--entries", action="store_true", help="First compute every entry again from its object.")
        parser.add_argument("--embedded", action="store_true", help="Make the embedded index anew too.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["entries"]:
            self._write_entries()
        if options["embedded"] or not conf.elasticsearch_url():
            written = rebuild_embedded()
            self.stdout.write(
                ngettext(
                    "The embedded index has %(count)d entry.", "The embedded index has %(count)d entries.", written
                )
                % {"count": written}
            )
        if conf.elasticsearch_url():
            self._rebuild()

    def _write_entries(self) -> None:
        for source in sources():
            rewrite_entries(source, chain(source.keys(), written_keys(source)))

    def _rebuild(self) -> None:
        try:
            index = rebuild()
        except SearchError as error:
            raise CommandError(_("The index was not rebuilt: %(reason)s") % {"reason": error}) from error
        refused = index.deliveries.refused().count()
        self.stdout.write(
            _("The index %(name)s is live with %(count)d documents.")
            % {"name": index.name, "count": index.deliveries.filter(version__gt=0).count()}
        )
        if refused:
            raise CommandError(
                ngettext(
                    "Elasticsearch refused %(count)d entry; search_check names it.",
                    "Elasticsearch refused %(count)d entries; search_check names them.",
                    refused,
                )
                % {"count": refused}
            )
