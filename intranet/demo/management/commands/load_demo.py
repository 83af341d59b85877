"""``manage.py load_demo``: the demonstration federation, ready to be tried."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from intranet.demo.services import DemoRefused, is_loaded, list_accounts, load_demo


class Command(BaseCommand):
    """Loads the demonstration once and prints the accounts to try, also on later runs."""

    help = "Loads the demonstration federation and prints six accounts to try. A second run keeps the data."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the two options."""
        parser.add_argument("--force", action="store_true", help="Load it even with production settings.")
        parser.add_argument("--again", action="store_true", help="Import it again: what was edited is put back.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing, then print each account as ``e-mail password`` on its own line."""
        if options["again"] or not is_loaded():
            self._load(force=options["force"])
        self.stdout.write(_("Accounts to try (e-mail and password):"))
        for account in list_accounts():
            self.stdout.write(f"# {account.visitor}")
            self.stdout.write(f"{account.email} {account.password}")

    def _load(self, *, force: bool) -> None:
        self.stderr.write(_("Loading the demonstration; this takes about half a minute."))
        try:
            errors = load_demo(force=force)
        except DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        if errors:
            raise CommandError("\n".join(errors))
