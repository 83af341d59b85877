"""``manage.py grant_access``: the logged, announced way in."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from intranet.accounts.models import User
from intranet.networks import services
from intranet.networks.exceptions import NetworkError
from intranet.networks.models import Network, Role


class Command(BaseCommand):
    help = "The way in for an administrator in need: until a day, with a reason, logged, told to the coordinators."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--until", required=True, metavar="DATE", help="The last day, such as 2026-03-31.")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(email=options["email"].strip().lower()).first()
        if person is None:
            raise CommandError(_("Nobody has the e-mail address “%(email)s”.") % {"email": options["email"]})
        if not person.is_active:
            raise CommandError(_("The account “%(email)s” is not active.") % {"email": person.email})
        network = Network.objects.filter(slug=options["slug"]).first()
        if network is None:
            raise CommandError(_("There is no network “%(slug)s”.") % {"slug": options["slug"]})
        try:
            until = date.fromisoformat(options["until"])
        except ValueError:
            raise CommandError(
                _("“%(until)s” is not a date such as 2026-03-31.") % {"until": options["until"]}
            ) from None
        try:
            services.grant_access(
                person=person, network=network, role=options["role"], until=until, reason=options["reason"]
            )
        except NetworkError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("%(email)s is %(role)s of “%(slug)s” until %(until)s; the network’s coordinators are told.")
            % {"email": person.email, "role": options["role"], "slug": network.slug, "until": until.isoformat()}
        )
