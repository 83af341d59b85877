"""What memos contribute."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from intranet.plugins import MenuEntry, PluginConfig


class MemosConfig(PluginConfig):
    """Service memos and post-training notes."""

    default = True
    name = "intranet.memos"
    label = "memos"
    verbose_name = _("Service memos and post-training notes")
    version = "0.1.0"
    requires = ("pages", "notifications")
    page_types = ("memos.MemoPage", "memos.TrainingNotePage")
    search_sources = (
        "intranet.memos.search_sources.MemoSource",
        "intranet.memos.search_sources.TrainingNoteSource",
    )
    dashboard_panels = ("intranet.memos.panels.FollowUpPanel", "intranet.memos.practice.panels.PracticePanel")
    section_panels = ("intranet.memos.panels.SectionMemosPanel", "intranet.memos.panels.SectionNotesPanel")
    menu_entries = (
        MenuEntry(label=_("Service memos"), url_name="memos:list", order=20, icon="memo"),
        MenuEntry(label=_("Post-training notes"), url_name="memos:notes", order=30, icon="note"),
    )
    notification_kinds = (
        "intranet.memos.telling.TO_ACKNOWLEDGE",
        "intranet.memos.telling.PUBLISHED",
        "intranet.memos.telling.NOTE",
        "intranet.memos.reminders.REMINDER",
        "intranet.memos.reminders.OVERDUE",
        "intranet.memos.keeping.REVIEW",
        "intranet.memos.practice.following.PRACTICE",
        "intranet.memos.questions.telling.ASKED_KIND",
        "intranet.memos.questions.telling.ANSWERED_KIND",
        "intranet.memos.questions.telling.REMOVED_KIND",
        "intranet.memos.questions.telling.REMINDER_KIND",
    )
    jobs = ("intranet.memos.retention.PseudonymiseJob",)
    default_settings: ClassVar[dict[str, Any]] = {
        "RECEIPTS_KEPT_DAYS": 2557,
        "READINGS_KEPT_DAYS": 731,
        "FOLLOW_UP_NAMES": "totals",
        "PDF_SECONDS": 20,
        "PDF_MEMORY_MEGABYTES": 1024,
        "PDF_AT_ONCE": 2,
        # How many questions a person may ask in 24 hours, and in how many days an answer is expected.
        "QUESTIONS_A_DAY": 10,
        "ANSWER_DAYS": 7,
    }
    reminder_sources = (
        "intranet.memos.reminders.MemoReminders",
        "intranet.memos.keeping.ReviewReminders",
        "intranet.memos.practice.following.PracticeReminders",
        "intranet.memos.questions.telling.QuestionReminders",
    )
    exchange_kinds = ("intranet.memos.exchange.MemoKind", "intranet.memos.exchange.TrainingNoteKind")
    urls = "intranet.memos.urls"
    url_prefix = _("memos/")
    api_routers = (("memos", "intranet.memos.api.router"), ("notes", "intranet.memos.practice.api.router"))

    def ready(self) -> None:
        super().ready()
        from intranet.memos import receivers
        from intranet.memos.forms import KeptForm, MemoForm
        from intranet.memos.models import ArchivedItem, MemoPage, MemoRecord, TrainingNotePage
        from intranet.memos.models.archives import issued_by_closed_networks
        from intranet.memos.printing import libraries  # noqa: F401
        from intranet.pages.listing import register_unlisted

        receivers.connect()
        register_unlisted("memos", lambda key: MemoRecord.objects.withdrawn().filter(item=key))
        register_unlisted("memos.archived", lambda key: ArchivedItem.objects.filter(item=key), are_archived=True)
        register_unlisted("memos.closed", lambda key: issued_by_closed_networks().filter(pk=key), are_archived=True)
        MemoPage.base_form_class = MemoForm
        TrainingNotePage.base_form_class = KeptForm
