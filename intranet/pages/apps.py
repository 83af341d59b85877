"""What pages contribute."""

from django.utils.translation import gettext_lazy as _

from intranet.plugins import PluginConfig


class PagesConfig(PluginConfig):
    """What: home, sections, content pages, guarded documents and images."""

    default = True
    name = "intranet.pages"
    label = "pages"
    verbose_name = _("Pages")
    requires = ("networks",)
    page_types = ("pages.IndexPage", "pages.ContentPage")
    search_sources = (
        "intranet.pages.search_sources.ContentSource",
        "intranet.pages.search_sources.SectionSource",
    )
    exchange_kinds = ("intranet.pages.exchange.PageKind", "intranet.pages.exchange.IndexKind")
    jobs = (
        "intranet.pages.jobs.ScheduleJob",
        "intranet.pages.jobs.DocumentsJob",
        "intranet.pages.jobs.ExtractionJob",
    )
    default_settings = {
        "EXTRACTION_SECONDS": 30,
        "EXTRACTION_MEMORY_MEGABYTES": 1024,
        "EXTRACTION_FILE_MEGABYTES": 100,
    }

    def ready(self) -> None:
        super().ready()
        from intranet.pages import admin, foundations, permissions, receivers

        permissions.register()
        admin.register()
        receivers.connect()
        foundations.connect()
