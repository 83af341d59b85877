"""The errors of notifications."""


class NotificationError(Exception):
    """The message is for the person."""


class BadLink(NotificationError):
    """An unsubscribe link that is not one of ours, or was changed."""


class MailServerAway(Exception):
    """The mail server does not answer, or takes nothing now; what was to be sent stays in the outbox."""


class SenderRefused(MailServerAway):
    """The mail server takes nothing from our address."""
