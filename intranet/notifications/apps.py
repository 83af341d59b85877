"""What notifications contribute."""

from django.utils.translation import gettext_lazy as _

from intranet.plugins import PluginConfig


class NotificationsConfig(PluginConfig):
    """One engine that tells people what is new and what they owe, here and by e-mail."""

    default = True
    name = "intranet.notifications"
    label = "notifications"
    verbose_name = _("Notifications")
    version = "0.1.0"
    requires = ("pages", "finding")
    header_tools = ("intranet.notifications.panels.UnreadTool",)
    dashboard_panels = ("intranet.notifications.panels.OwedPanel", "intranet.notifications.panels.SavedSearchesPanel")
    notification_kinds = (
        "intranet.notifications.kinds.NEW_PAGE",
        "intranet.notifications.watching.SAVED_SEARCH",
        "intranet.notifications.networking.REQUEST_KIND",
        "intranet.notifications.networking.ANSWER_KIND",
        "intranet.notifications.networking.ACCESS_KIND",
        "intranet.notifications.reviewing.SUBMITTED_KIND",
        "intranet.notifications.reviewing.DECIDED_KIND",
        "intranet.notifications.reviewing.COMMENTS_KIND",
    )
    jobs = (
        "intranet.notifications.jobs.DeliverJob",
        "intranet.notifications.jobs.TellLateJob",
        "intranet.notifications.jobs.RemindJob",
        "intranet.notifications.jobs.WatchSearchesJob",
        "intranet.notifications.jobs.ForgetJob",
    )
    urls = "intranet.notifications.urls"
    url_prefix = _("notifications/")
    default_settings = {
        # Seconds for which a worker has an e-mail to itself; longer than the mail server is waited for.
        "CLAIM_SECONDS": 120,
        # What is older than this when it is announced is told to nobody: content that was brought in.
        "NEWS_DAYS": 7,
        # Days from the due date on which people are reminded: before it, on it, after it.
        "REMINDER_DAYS": (-7, -2, 0, 1, 7, 14),
        # Days after which notifications, and the outbox's traces of what was sent, are deleted.
        "KEPT_DAYS": 400,
    }

    def ready(self) -> None:
        super().ready()
        from intranet.notifications import receivers

        receivers.connect()
