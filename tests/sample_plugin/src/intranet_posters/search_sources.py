from django.utils.translation import gettext_lazy as _

from intranet.pages.search_sources import PageSource
from search import Facet

from .models import PaperSize, PosterPage


class PosterSource(PageSource):
    """Posters as search entries, which can be narrowed by paper size."""

    kind = "poster"
    label = _("Poster")
    models = ("posters.PosterPage",)
    facets = (*PageSource.facets, Facet("paper_size", _("Paper size")))

    def extra_facets(self, page: PosterPage) -> dict[str, tuple[str, ...]]:
        """The values of the facet that posters add."""
        return {"paper_size": (page.paper_size,)}

    def value_label(self, facet: str, value: str) -> str:
        """What people read for a value of a facet."""
        if facet == "paper_size" and value in PaperSize.values:
            return str(PaperSize(value).label)
        return super().value_label(facet, value)
