"""Loads the demonstration through the content exchange, once."""

import math
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from intranet.exchange.importing import import_file
from intranet.pages.extraction.services import extract_due, site_limits

from .content import read_yaml
from .exchange_file import write_exchange_file
from .models import DemoLoad

SHOWN_PLUGINS = ("memos", "glossary")
"""What the demonstration has content of, and a site may do without."""


class DemoRefused(RuntimeError):
    """The demonstration does not belong in this installation."""


@dataclass(frozen=True)
class Account:
    """An account to try, with the kind of visitor it stands for."""

    visitor: str
    email: str
    password: str


def list_accounts() -> list[Account]:
    """Return the six accounts that are printed, one for each kind of visitor."""
    content = read_yaml("people.yaml")
    passwords = {person["email"]: person.get("password", "") for person in content["people"]}
    return [Account(**entry, password=passwords[entry["email"]]) for entry in content["accounts"]]


def is_loaded() -> bool:
    """Say whether the demonstration came in whole, at any time."""
    return DemoLoad.objects.exists()


def load_demo(*, force: bool = False) -> list[str]:
    """Import the demonstration and read its documents; return what the import refused (nothing when all is well).

    Raise DemoRefused with production settings, unless *force*, and where a plugin is off of which it has content.
    """
    if off := [name for name in SHOWN_PLUGINS if name in settings.DISABLED_PLUGINS]:
        raise DemoRefused(
            f"The demonstration has content of the plugin {' and '.join(off)}, which INTRANET_PLUGINS_DISABLED"
            " switches off. Leave it on to load the demonstration."
        )
    if is_production() and not force:
        raise DemoRefused(
            "The demonstration is not loaded with production settings (DJANGO_SETTINGS_MODULE): its passwords are"
            " public. Use --force if that is really meant."
        )
    with TemporaryDirectory(prefix="demo-") as folder:
        errors = _import(write_exchange_file(Path(folder)))
    if not errors:
        with transaction.atomic():
            _promote_administrator()
            _leave_traces({account.email for account in list_accounts()})
            DemoLoad.objects.create()
        extract_due(site_limits(), seconds=math.inf)
    return errors


def is_production() -> bool:
    """Say whether the production settings are in use."""
    return (settings.SETTINGS_MODULE or "").rpartition(".")[2] == "production"


def _import(path: Path) -> list[str]:
    return [str(error) for error in import_file(path, atomic=False).errors]


def _leave_traces(visitors: set[str]) -> None:
    # Memos may be off, and then have no tables to import.
    from .questions import leave_questions
    from .receipts import leave_receipts

    leave_questions()
    leave_receipts(visitors)


def _promote_administrator() -> None:
    email = read_yaml("people.yaml")["administrator"]
    get_user_model().objects.filter(email=email).update(is_superuser=True, is_staff=True)
