"""The outbox: claim, say what there is to say now, send, note what the server said.

A worker that dies between the server's yes and the note leaves a claim that runs out; the e-mail goes again with the
same ``Message-ID``, by which the reader's program knows it.
"""

from __future__ import annotations

import datetime
import logging
import smtplib
import uuid
from typing import Any

from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.utils import timezone

from intranet.networks.access import access_cache
from intranet.notifications.clocks import Clock, clocks_of
from intranet.notifications.exceptions import MailServerAway, SenderRefused
from intranet.notifications.messages import message_of
from intranet.notifications.models import Mail
from intranet.notifications.models.mails import LAST_RETRY
from intranet.plugins import registry

logger = logging.getLogger(__name__)

BATCH = 20
_FIRST_RETRY = datetime.timedelta(seconds=30)
_GOING_DOWN = 421
"""The server's answer to whatever is asked while it ends (RFC 5321)."""
_TOO_LARGE = 552
"""Its answer to a sender who announces a text that is too large (RFC 1870)."""
_GIVEN_UP = datetime.timedelta(days=3)
"""After which an e-mail is set aside that the server refuses for itself; a server that is away is waited for."""
_REFUSALS = 20
"""So often, too, it must have been refused, which takes half a day with the pauses: what is old because the server was
away has not been tried."""
_PAUSES_GROW = 7
"""After so many refusals the pause is the longest. Those that may be no matter of the e-mail count no further."""


def claim_seconds() -> float:
    """How long a worker has an e-mail to itself."""
    return float(registry.plugin("notifications").setting("CLAIM_SECONDS"))


def send_due() -> bool:
    """Send a batch of what is due; says whether there is more to do.

    Raises:
        MailServerAway: it does not answer or takes nothing from us; what was claimed is due again.
    """
    claim = uuid.uuid4()
    mails = _claim(claim)
    if not mails:
        return False
    server = django_mail.get_connection()
    try:
        for mail in mails:
            if _renew(mail, claim):
                _deliver(mail, server)
    finally:
        _release(claim)
        _close(server)
    return True


def _claim(claim: uuid.UUID) -> list[Mail]:
    """Take due e-mails so that no other worker takes them, until the claim runs out."""
    now = timezone.now()
    with transaction.atomic():
        due = Mail.objects.due(now, claim_seconds()).order_by("made_at", "pk")
        due = due.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        keys = [mail.pk for mail in due[:BATCH]]
        Mail.objects.filter(pk__in=keys).update(
            claim=claim, claimed_until=now + datetime.timedelta(seconds=claim_seconds())
        )
    return list(Mail.objects.filter(pk__in=keys).select_related("person").order_by("made_at", "pk"))


def _renew(mail: Mail, claim: uuid.UUID) -> bool:
    """The claim's time begins anew with each e-mail; False where another worker has taken it meanwhile."""
    until = timezone.now() + datetime.timedelta(seconds=claim_seconds())
    return bool(Mail.objects.waiting().filter(pk=mail.pk, claim=claim).update(claimed_until=until))


def _deliver(mail: Mail, server: Any) -> None:
    with access_cache():
        try:
            clock = clocks_of([mail.person_id])[mail.person_id]
            if until := _waits_until(mail, clock):
                Mail.objects.filter(pk=mail.pk).update(not_before=until, claim=None, claimed_until=None)
                return
            message = message_of(mail, clock)
        except Exception as error:
            # It must not hold up the others; the place of the error is in the log, nothing of the text.
            logger.exception("The e-mail %s cannot be written.", mail.pk)
            _note_refusal(mail, f"it cannot be written: {type(error).__name__}")
            return
    if message is None:
        _settle(mail, Mail.Outcome.DROPPED)
        return
    try:
        refusal = _send(message, server)
    except SenderRefused as error:
        # Whether it is for this one alone shows with the next one, which is the first in the line now.
        _note_refusal(mail, str(error), is_for_itself=False)
        raise
    if refusal:
        logger.error("The e-mail %s is not sent: %s", mail.pk, refusal)
        _note_refusal(mail, refusal)
    else:
        _settle(mail, Mail.Outcome.SENT)


def _waits_until(mail: Mail, clock: Clock) -> datetime.datetime | None:
    """When it may go, however late it is; None: now.

    It waits for the end of the person's quiet hours; a digest or reminder for a day on which none was sent.
    """
    now = timezone.now()
    sent = Mail.objects.filter(person=mail.person_id, form=mail.form).sent_within(*clock.bounds_of_today(now))
    if mail.form != Mail.Form.NOW and sent.exists():
        return clock.next_day(now)
    awake = clock.after_quiet(now)
    return awake if awake > now else None


def _send(message: EmailMultiAlternatives, server: Any) -> str:
    """Why this one e-mail does not go; empty: the server took it.

    Raises:
        MailServerAway: it is no matter of this e-mail, or not of it alone.
    """
    message.connection = server
    try:
        server.open()
        return _hand_over(message)
    except smtplib.SMTPSenderRefused as error:
        _close(server)
        if error.smtp_code == _TOO_LARGE:
            return _reason(error)
        raise (MailServerAway if error.smtp_code == _GOING_DOWN else SenderRefused)(_reason(error)) from None
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        # A connection that was used for what it refused is not used again.
        _close(server)
        if _GOING_DOWN in _codes(error):
            raise MailServerAway(_reason(error)) from None
        return _reason(error)
    except OSError as error:
        # smtplib's errors are OSError too.
        _close(server)
        raise MailServerAway(f"{type(error).__name__}: {_reason(error)}") from None


def _hand_over(message: EmailMultiAlternatives) -> str:
    """Why no e-mail can be made of it, as of an address that is none; empty: the server took it."""
    try:
        message.send()
    except OSError:
        raise
    except Exception as error:
        # Its kind alone: its words may name the address.
        return f"it cannot be written: {type(error).__name__}"
    return ""


def _codes(error: Exception) -> list[int]:
    """The numbers with which the server answered."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _words in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []


def _reason(error: Exception) -> str:
    """The server's code, without its words: they may name the address."""
    codes = ", ".join(map(str, _codes(error)))
    if codes:
        what = "recipient" if isinstance(error, smtplib.SMTPRecipientsRefused) else "e-mail"
        return f"{what} refused ({codes})"
    return type(error).__name__ if isinstance(error, smtplib.SMTPException) else str(error.strerror or error)  # type: ignore[attr-defined]


def _close(server: Any) -> None:
    """What was sent is sent, however the server takes leave."""
    try:
        server.close()
    except OSError:
        server.connection = None


def _settle(mail: Mail, outcome: str) -> None:
    Mail.objects.filter(pk=mail.pk).update(outcome=outcome, settled_at=timezone.now(), claim=None, error="")


def _note_refusal(mail: Mail, reason: str, *, is_for_itself: bool = True) -> None:
    """Try again after a pause that grows; set it aside after days of refusals, where they are ``is_for_itself``."""
    now = timezone.now()
    attempts = max(mail.attempts, min(mail.attempts + 1, _REFUSALS if is_for_itself else _PAUSES_GROW))
    values: dict[str, Any] = {"error": reason[:500], "attempts": attempts, "claim": None}
    if is_for_itself and attempts >= _REFUSALS and now - mail.made_at > _GIVEN_UP:
        values |= {"outcome": Mail.Outcome.REFUSED, "settled_at": now}
    else:
        values["retry_at"] = now + min(_FIRST_RETRY * 2 ** min(mail.attempts, _PAUSES_GROW), LAST_RETRY)
    Mail.objects.filter(pk=mail.pk).update(**values, claimed_until=now)


def _release(claim: uuid.UUID) -> None:
    """Make what was claimed and not settled due again."""
    Mail.objects.waiting().filter(claim=claim).update(claim=None, claimed_until=None)
