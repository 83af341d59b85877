"""The text index of the embedded engine, in the database's own way. It holds nothing that cannot be made again."""

from django.db import migrations

# The planner must see how large the vectors are: out of line they look cheap to read through, and are not.
CREATE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_entry_fts USING fts5("
        "title, headings, summary, body, attachments, identifiers, names, plain, tokens,"
        ' tokenize = "unicode61 remove_diacritics 0")',
        "CREATE VIRTUAL TABLE search_entry_vocabulary USING fts5vocab(search_entry_fts, row)",
    ),
    "postgresql": (
        "ALTER TABLE search_entrytext ALTER document SET STORAGE MAIN",
        "CREATE INDEX search_entrytext_document ON search_entrytext USING gin (document)",
    ),
}
DROP = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS search_entry_fts_delete",
        "DROP TABLE search_entry_vocabulary",
        "DROP TABLE search_entry_fts",
    ),
    "postgresql": ("DROP INDEX search_entrytext_document",),
}


def create(apps, schema_editor):
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
