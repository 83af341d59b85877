"""The accounts app."""

from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from intranet.formats import ordinals


class AccountsConfig(AppConfig):
    """People: accounts, sign-in, preferences, personal API tokens."""

    name = "intranet.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from intranet.accounts import receivers

        receivers.connect()
        ordinals.register()
        post_migrate.connect(_make_cache_table, sender=self, dispatch_uid="accounts.make_cache_table")


def _make_cache_table(using: str, **kwargs: Any) -> None:
    """Where the cache is in the database, as in production; nothing happens where it is not, or when it is there."""
    call_command("createcachetable", database=using, verbosity=0)
