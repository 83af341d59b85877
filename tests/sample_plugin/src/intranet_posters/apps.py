from django.utils.translation import gettext_lazy as _

from intranet.plugins import MenuEntry, PluginConfig


class PostersConfig(PluginConfig):
    """Awareness posters to print."""

    default = True
    name = "intranet_posters"
    label = "posters"
    verbose_name = _("Posters")
    version = "1.0.0"
    requires = ("pages",)
    min_core_version = "0.1"

    page_types = ("posters.PosterPage",)
    search_sources = ("intranet_posters.search_sources.PosterSource",)
    dashboard_panels = ("intranet_posters.panels.NewPostersPanel",)
    menu_entries = (MenuEntry(label=_("Posters"), url_name="posters:list", order=60, icon="file"),)
    urls = "intranet_posters.urls"
    url_prefix = _("posters/")
    default_settings = {"POSTERS_IN_PANEL": 3}
