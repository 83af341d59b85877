"""The text index of the embedded engine, in the database's own way. It holds nothing that cannot be made again."""

from django.db import migrations

# The planner must see how large the vectors are: out of line they look cheap to read through, and are not.
CREATE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_entry_fts USING fts5("
        'title, headings, summary, body, identifiers, words, tokens, tokenize = "unicode61 remove_diacritics 0")'
    ),
    "postgresql": (
        "ALTER TABLE search_entrytext ALTER document SET STORAGE MAIN;"
        "CREATE INDEX search_entrytext_document ON search_entrytext USING gin (document)"
    ),
}
DROP = {
    "sqlite": "DROP TABLE search_entry_fts",
    "postgresql": "DROP INDEX search_entrytext_document",
}


def create(apps, schema_editor):
    schema_editor.execute(CREATE[schema_editor.connection.vendor])


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS search_entry_fts_delete")
    schema_editor.execute(DROP[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
