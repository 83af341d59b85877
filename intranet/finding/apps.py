"""What the search page and everything around it contribute."""

from django.utils.translation import gettext_lazy as _

from intranet.plugins import PluginConfig


class FindingConfig(PluginConfig):
    """The search page, and what helps to find, to find again, and to know why."""

    default = True
    name = "intranet.finding"
    label = "finding"
    verbose_name = _("Search")
    requires = ("pages",)
    api_routers = (("searches", "intranet.finding.api.router"),)
    jobs = ("intranet.finding.asked.CountSearchesJob",)
    default_settings = {
        # An e-mail address that a search without results names beside the coordination and the office; empty: none.
        "OFFICE_CONTACT": "",
        # Days for which counts of what is sought are kept; 0: nothing is noted.
        "SEARCH_LOG_DAYS": 365,
    }

    def ready(self) -> None:
        super().ready()
        from wagtail.permissions import register_permission_policy

        from intranet.finding.models import PinnedAnswer
        from intranet.finding.pinning import STAMP, pins
        from intranet.pages.permissions.office import OfficePolicy
        from search import register_expander
        from search.stamps import touch_with

        register_permission_policy(PinnedAnswer, OfficePolicy(PinnedAnswer), exact_class=True)
        register_expander(self.label, pins)
        touch_with(PinnedAnswer, STAMP)
