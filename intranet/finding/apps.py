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
