"""The order of the migrations, on which the time of a first start depends."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

LIBRARIES = {
    "wagtailcore", "wagtail_localize", "wagtailadmin", "wagtaildocs", "wagtailembeds", "wagtailimages",
    "wagtailredirects", "wagtailusers",
}  # fmt: skip


def test_migrations_of_libraries_precede_ours(db: None) -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    labels = [migration.app_label for migration, _backwards in plan]
    assert labels.count("wagtailcore") > 80
    first = labels.index("networks")
    assert [label for label in labels[first:] if label in LIBRARIES] == []
