"""What the glossary contributes."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from intranet.plugins import MenuEntry, PluginConfig


def _is_shown(request: HttpRequest) -> bool:
    from intranet.glossary.models import is_audience

    return is_audience(request.user)


class GlossaryConfig(PluginConfig):
    """Terms with their English and French forms, acronyms and definitions; searches look for all of them."""

    default = True
    name = "intranet.glossary"
    label = "glossary"
    verbose_name = _("Glossary")
    version = "0.1.0"
    requires = ("pages",)
    search_sources = ("intranet.glossary.search_sources.TermSource",)
    menu_entries = (
        MenuEntry(label=_("Glossary"), url_name="glossary:list", order=40, icon="glossary", visible=_is_shown),
    )
    urls = "intranet.glossary.urls"
    url_prefix = _("glossary/")
    api_routers = (("glossary", "intranet.glossary.api.router"),)

    def ready(self) -> None:
        super().ready()
        from wagtail.permissions import register_permission_policy

        from intranet.exchange.line_kinds import register_line_kind
        from intranet.glossary import receivers
        from intranet.glossary.exchange import TermLines
        from intranet.glossary.expanding import STAMP, expand
        from intranet.glossary.explaining import explain
        from intranet.glossary.models import Term
        from intranet.pages.permissions.office import OfficePolicy
        from intranet.pages.texts import register_text_step
        from search import register_expander
        from search.stamps import touch_with

        register_permission_policy(Term, OfficePolicy(Term), exact_class=True)
        register_expander(self.label, expand)
        register_line_kind(TermLines())
        register_text_step(self.label, explain)
        receivers.connect()
        touch_with(Term, STAMP)
