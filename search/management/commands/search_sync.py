"""Send what is due, once, and wait for what another worker has claimed."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from search import conf
from search.deliveries import try_again
from search.exceptions import EngineUnavailable, Overloaded, SearchError
from search.models import Delivery
from search.rebuild import PATIENCE
from search.worker import sync_once

_PAUSE_SECONDS = 0.2
#: How often one document is sent in vain before this command says so; a worker goes on trying.
ATTEMPTS = 5


class Command(BaseCommand):
    help = (
        "Sends every entry that is due to Elasticsearch, once, and waits for what another worker has claimed. "
        "The embedded index is always up to date."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--refused", action="store_true", help="Send what Elasticsearch has refused once more, as it is."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not conf.elasticsearch_url():
            self.stdout.write(_("The embedded index is written with the entries: nothing is due."))
            return
        if options["refused"]:
            try_again(Delivery.objects.in_use())
        try:
            taken = _send_all()
        except SearchError as error:
            message = _("Elasticsearch could not be brought up to date: %(reason)s")
            raise CommandError(message % {"reason": error}) from error
        self.stdout.write(
            ngettext("%(count)d document was sent.", "%(count)d documents were sent.", taken) % {"count": taken}
        )
        refused = Delivery.objects.in_use().refused().count()
        if refused:
            raise CommandError(
                ngettext(
                    "Elasticsearch refuses %(count)d entry; search_check names it.",
                    "Elasticsearch refuses %(count)d entries; search_check names them.",
                    refused,
                )
                % {"count": refused}
            )


def _send_all() -> int:
    """Send until nothing is behind; what others have claimed, or what must be tried again, is waited for.

    Raises EngineUnavailable when something is not taken however often it is sent.
    """
    taken = in_vain = 0
    while True:
        try:
            sent = sync_once()
        except Overloaded:
            in_vain += 1
            if in_vain > PATIENCE:
                raise
            sent = 0
        taken += sent
        if sent:
            in_vain = 0
            continue
        behind = Delivery.objects.in_use().behind()
        if not behind.exists():
            return taken
        stubborn = behind.filter(attempts__gte=ATTEMPTS).first()
        if stubborn is not None and not behind.filter(attempts__lt=ATTEMPTS).exists():
            raise EngineUnavailable(stubborn.error)
        time.sleep(_PAUSE_SECONDS)
