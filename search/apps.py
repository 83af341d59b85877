"""The Django app."""

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

_TRIGGER = (
    "CREATE TRIGGER IF NOT EXISTS search_entry_fts_delete AFTER DELETE ON search_entry"
    " BEGIN DELETE FROM search_entry_fts WHERE rowid = old.id; END"
)


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("Search")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from search.checks import check_settings

        checks.register(check_settings)
        post_migrate.connect(create_trigger, sender=self, dispatch_uid="search.create_trigger")
        post_migrate.connect(note_rules, sender=self, dispatch_uid="search.note_rules")


def note_rules(using: str, **_kwargs: Any) -> None:
    """Note by which rules the index of a new database is made, as soon as its tables are there."""
    from search.embedded_rebuild import note_rules_of_empty_index

    if using == DEFAULT_DB_ALIAS and {"search_entry", "search_stamp"} <= set(
        connections[using].introspection.table_names()
    ):
        note_rules_of_empty_index()


def create_trigger(using: str, **_kwargs: Any) -> None:
    """On SQLite, let the virtual table follow when rows are flushed.

    It is done after every migration because SQLite loses the triggers of a table that Django alters.
    """
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    names = connection.introspection.table_names()
    if {"search_entry", "search_entry_fts"} <= set(names):
        with connection.cursor() as cursor:
            cursor.execute(_TRIGGER)
