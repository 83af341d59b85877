"""The links that stop e-mails: signed, so that nobody makes one for somebody else; good as often as they are used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from intranet.accounts.models import User
from intranet.notifications.exceptions import BadLink
from intranet.notifications.preferences import stop_mails

_SALT = "intranet.notifications.unsubscribe"


@dataclass(frozen=True)
class Stop:
    """Whose e-mails stop: those of a kind from a network, or, without a kind, all that may be stopped."""

    person: User
    kind: str = ""
    network: int | None = None

    def path(self) -> str:
        """The link's address, without the site's."""
        token = signing.dumps([self.person.pk, self.kind, self.network], salt=_SALT)
        return reverse("unsubscribe", args=[token])

    def carry_out(self) -> bool:
        """Stop them; False where they were stopped before."""
        return stop_mails(self.person, kind=self.kind, network=self.network)


def stop_of(token: str) -> Stop:
    """What a link stops.

    Raises:
        BadLink: it is not one of ours, or was changed.
    """
    try:
        values: Any = signing.loads(token, salt=_SALT)
        person_id, kind, network = values
        person = User.objects.get(pk=person_id)
    except (signing.BadSignature, ValueError, TypeError, User.DoesNotExist) as error:
        raise BadLink(
            _("This link is not complete, or was changed. Use the whole link of the e-mail, or sign in.")
        ) from error
    return Stop(person, kind, network)
