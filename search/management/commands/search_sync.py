"""Send what is due, once, and wait for what another worker has claimed."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from search import conf
from search.exceptions import SearchError
from search.models import Delivery, SearchIndex
from search.worker import sync_once

_PAUSE_SECONDS = 0.2


class Command(BaseCommand):
    help = (
        "Sends every entry that is due to Elasticsearch, once, and waits for what another worker has claimed. "
        "The embedded index is always up to date."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not conf.elasticsearch_url():
            self.stdout.write(_("The embedded index is written with the entries: nothing is due."))
            return
        try:
            taken = _send_all()
        except SearchError as error:
            message = _("Elasticsearch could not be brought up to date: %(reason)s")
            raise CommandError(message % {"reason": error}) from error
        self.stdout.write(
            ngettext("%(count)d document was sent.", "%(count)d documents were sent.", taken) % {"count": taken}
        )
        refused = _deliveries().refused().count()
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
    """Send until nothing is behind; what others have claimed, or what must be tried again, is waited for."""
    taken = 0
    while True:
        sent = sync_once()
        taken += sent
        if not sent:
            if not _deliveries().behind().exists():
                return taken
            time.sleep(_PAUSE_SECONDS)


def _deliveries() -> Any:
    active = SearchIndex.objects.filter(prefix=conf.index_prefix()).exclude(state=SearchIndex.State.RETIRED)
    return Delivery.objects.filter(index__in=active)
