"""Redirects by hand: from old addresses of one's own section to its pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.contrib.redirects import views
from wagtail.contrib.redirects.forms import RedirectForm
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page
from wagtail.permissions import policy_registry

from intranet.networks.access import access_of
from intranet.pages.admin.usable import current_editor
from intranet.pages.models import SectionPage


class SectionRedirectForm(RedirectForm):
    """Asks for both ends in a section where the person publishes.

    An address elsewhere could be another section's secret: that it is taken would tell.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.editor = current_editor()
        self.fields.pop("redirect_link", None)
        if self.editor is not None and "redirect_page" in self.fields:
            pages = policy_registry.get_by_type(Page).instances_user_has_permission_for(self.editor, "publish")
            self.fields["redirect_page"].queryset = pages
            self.fields["redirect_page"].required = True

    def clean(self) -> dict[str, Any] | None:
        old_path = Redirect.normalise_path(self.data.get("old_path", ""))
        if self.editor is not None and not old_path.startswith(tuple(self._own_addresses())):
            self.add_error("old_path", _("Give an address that begins like those of your section’s pages."))
            return self.cleaned_data
        return super().clean()

    def _own_addresses(self) -> list[str]:
        sections = SectionPage.objects.filter(section_network__in=access_of(self.editor).publish)
        return [f"{Redirect.normalise_path(section.get_url() or '')}/" for section in sections.select_related("locale")]


def register() -> None:
    views.CreateView.form_class = SectionRedirectForm
    views.EditView.form_class = SectionRedirectForm
