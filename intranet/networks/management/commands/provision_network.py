"""``manage.py provision_network``: a network with all that belongs to it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from intranet.networks import services
from intranet.networks.models import Network, Region


class Command(BaseCommand):
    help = "Makes a network with its section in both languages, its collection and its roles."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--kind", required=True, choices=Network.Kind.values)
        parser.add_argument("--name-en", required=True)
        parser.add_argument("--name-fr", required=True)
        parser.add_argument("--code", default="", help="Begins the numbers of its memos. By default made of the slug.")
        parser.add_argument("--region", default="", choices=["", *Region.values], metavar="CODE")
        parser.add_argument("--time-zone", default=None, metavar="NAME", help="For example America/Halifax.")
        listing = parser.add_mutually_exclusive_group()
        listing.add_argument("--unlisted", dest="listed", action="store_false", default=None)
        listing.add_argument("--listed", dest="listed", action="store_true", default=None, help="Also for a table.")

    def handle(self, *args: Any, **options: Any) -> None:
        more = {name: options[name] for name in ("listed", "time_zone") if options[name] is not None}
        try:
            network = services.provision_network(
                slug=options["slug"],
                kind=options["kind"],
                name_en=options["name_en"],
                name_fr=options["name_fr"],
                code=options["code"],
                region=options["region"],
                **more,
            )
        except ValidationError as error:
            reasons = (f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
            raise CommandError("\n".join(reasons)) from error
        self.stdout.write(
            _("The network “%(slug)s” is made; its code is %(code)s.") % {"slug": network.slug, "code": network.code}
        )
