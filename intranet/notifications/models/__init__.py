"""The models of notifications."""

from intranet.notifications.models.events import Event, Notification
from intranet.notifications.models.mails import Mail
from intranet.notifications.models.people import FeedAddress, MailHabits, MailTitles, Preference, SearchWatch

__all__ = ["Event", "FeedAddress", "Mail", "MailHabits", "MailTitles", "Notification", "Preference", "SearchWatch"]
