"""A migrated database that every process of a run copies: ``python -m tests.services.template create|drop NAME``.

NAME is a database of the server that ``DATABASE_URL`` names, or a file where that is SQLite.
"""

from __future__ import annotations

import os
import sys

import django


def main(action: str, name: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings.test")
    django.setup()
    from django.db import connection

    main_name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    if action == "create":
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
    else:
        connection.settings_dict["NAME"] = name
        connection.creation.destroy_test_db(main_name, verbosity=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
