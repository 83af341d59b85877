"""``manage.py api_token``: a new personal token."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from wagtail.models import APIToken

from intranet.accounts.models import User


class Command(BaseCommand):
    help = "Prints a new personal API token, and nothing else. It is stored hashed: keep it, it is not shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--name", default="api_token", help="What the person sees in the list of tokens.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = User.objects.get_by_natural_key(options["email"])
        except User.DoesNotExist:
            raise CommandError(_("Nobody has the e-mail address “%(email)s”.") % {"email": options["email"]}) from None
        if not person.is_active:
            raise CommandError(_("The account “%(email)s” is not active.") % {"email": person.email})
        _token, plaintext = APIToken.create_token(user=person, name=options["name"][:255])
        self.stdout.write(plaintext)
