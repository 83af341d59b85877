"""The editor's side: the Wagtail admin, inside one's sections."""

from __future__ import annotations


def register() -> None:
    """Confine the admin; called once when the app is ready."""
    from intranet.pages.admin import choosing, confinement, documents, localizing, redirecting
    from intranet.pages.admin.forms import SectionPageForm
    from intranet.pages.models import BasePage

    choosing.register()
    confinement.register()
    documents.register()
    localizing.register()
    redirecting.register()
    BasePage.base_form_class = SectionPageForm
