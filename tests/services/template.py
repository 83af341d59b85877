"""A migrated database that every process of a run copies: ``python -m tests.services.template create|drop NAME``.

NAME is a database of the server that ``DATABASE_URL`` names, or a file where that is SQLite.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import django


def begin_with_sqlite_template(target: Path) -> None:
    """Copies the run's migrated file, where there is one: then migrating has little to do."""
    if template := os.environ.get("SQLITE_TEMPLATE"):
        shutil.copyfile(template, target)


def main(action: str, name: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings.test")
    django.setup()
    from django.db import connection

    if action == "create":
        connection.settings_dict["TEST"]["NAME"] = name
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
    elif connection.vendor == "postgresql":
        # It may be half made, or not there: whoever made it may have been interrupted.
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)} WITH (FORCE)")
    else:
        Path(name).unlink(missing_ok=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
