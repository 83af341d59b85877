"""E-mails about networks: plain and HTML, in the language of whoever receives them."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from intranet.accounts.models import User
from intranet.accounts.services import password_path
from intranet.networks.models import Invitation, JoinRequest, Membership, Network, Role

logger = logging.getLogger(__name__)


def absolute(path: str) -> str:
    """The address as it stands in an e-mail."""
    return f"{settings.BASE_URL}{path}"


def coordinators_of(network: Network | int | None) -> QuerySet[User]:
    """The active people who coordinate the network, or the one of this key, now; nobody without one."""
    current = Membership.objects.current().filter(network=network, role=Role.COORDINATOR)
    return User.objects.filter(is_active=True, pk__in=current.values("person_id"))


def send(name: str, *, to: str, language: str, context: dict[str, Any]) -> bool:
    """Send ``networks/mail/<name>`` in ``language``; False, with a log entry, when the mail server refuses."""
    with translation.override(language):
        text = render_to_string(f"networks/mail/{name}.txt", {**context, "is_plain": True})
        html = render_to_string(f"networks/mail/{name}.html", {**context, "language": language})
    subject, _newline, body = text.strip().partition("\n")
    message = EmailMultiAlternatives(subject.strip(), body.strip() + "\n", to=[to])
    message.attach_alternative(html, "text/html")
    try:
        message.send()
    except OSError as error:
        # smtplib's errors are OSError too. The address is personal: it stays out of the log.
        logger.error("The e-mail “%s” could not be sent: %s", name, error)
        return False
    return True


def send_invitation(invitation: Invitation, secret: str) -> bool:
    """The single-use link, to the invited address."""
    return send(
        "invitation",
        to=invitation.email,
        language=invitation.language,
        context={"invitation": invitation, "url": absolute(reverse("invitation", args=[secret]))},
    )


def send_declined(request: JoinRequest) -> bool:
    """The answer to an address that asked without an account: the same, whether it has one or not.

    What the request says stays out: anybody may have written it. So does the name of a network that is not listed now.
    """
    return send("declined", to=request.email, language=request.language, context={"network": request.network})


def send_closed(request: JoinRequest) -> bool:
    """Tell an address that asked without an account that the network has closed; as ``send_declined`` says."""
    return send("closed", to=request.email, language=request.language, context={"network": request.network})


def send_new_account(person: User) -> bool:
    """Tell somebody of the account that the office has made, with the link at which a password is chosen."""
    context = {
        "email": person.email,
        "url": absolute(password_path(person)),
        "sign_in_url": absolute(reverse("account_login")),
    }
    return send("new_account", to=person.email, language=person.language, context=context)
