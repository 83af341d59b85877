"""What networks contribute."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from intranet.plugins import MenuEntry, PluginConfig


class NetworksConfig(PluginConfig):
    """Who: networks, memberships, roles, audiences."""

    default = True
    name = "intranet.networks"
    label = "networks"
    verbose_name = _("Networks")
    version = "0.1.0"
    menu_entries = (MenuEntry(label=_("Networks"), url_name="networks:directory", order=50, icon="people"),)
    jobs = ("intranet.networks.jobs.SyncMembershipsJob", "intranet.networks.jobs.EndWaysInJob")
    default_settings: ClassVar[dict[str, Any]] = {"NETWORKS_INVITATION_DAYS": 14}

    def ready(self) -> None:
        super().ready()
        from intranet.networks import foundations, receivers

        foundations.connect()
        receivers.connect()
