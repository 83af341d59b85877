from typing import Any

from django.http import HttpRequest

from intranet.plugins import Panel, registry

from .models import PosterPage


class NewPostersPanel(Panel):
    """The newest posters that the reader may see."""

    template_name = "posters/new_posters_panel.html"
    order = 60

    def get_context(self, request: HttpRequest, **scope: Any) -> dict[str, Any] | None:
        """Return the posters; ``None``, which hides the panel, when there is none."""
        count = registry.plugin("posters").setting("POSTERS_IN_PANEL")
        posters = [page.card() for page in PosterPage.objects.for_reader(request.user)[:count]]
        return {"posters": posters} if posters else None
