"""``manage.py check_access``: stored access against computed access."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from intranet.networks.checking import differences


class Command(BaseCommand):
    help = "Compares stored audiences, grants and groups with computed ones. Exit code 1 on any difference."

    def handle(self, *args: Any, **options: Any) -> None:
        number = 0
        for difference in differences():
            self.stdout.write(difference)
            number += 1
        if number:
            raise CommandError(_("%(number)d differences.") % {"number": number})
        self.stdout.write(_("Stored access is what it should be."))
