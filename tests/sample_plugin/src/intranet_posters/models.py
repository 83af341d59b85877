from typing import Any

from django.db import models
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Locale, PageManager

from intranet.pages.models import BasePage
from intranet.pages.models.querysets import AudiencePageQuerySet


class PaperSize(models.TextChoices):
    """The paper that a poster is printed on."""

    LETTER = "letter", _("Letter (8½ × 11 in.)")
    TABLOID = "tabloid", _("Tabloid (11 × 17 in.)")


class PosterQuerySet(AudiencePageQuerySet):
    """Posters, with what lists of them need."""

    def for_reader(self, user: Any) -> "PosterQuerySet":
        """Return the posters that ``user`` may see in the active language, the newest first."""
        visible = self.visible_to(user).filter(locale=Locale.get_active())
        return visible.select_related("locale").order_by("-first_published_at", "-pk")


class PosterPage(BasePage):
    """A poster that societies print and hang."""

    paper_size = models.CharField(_("paper size"), max_length=10, choices=PaperSize, default=PaperSize.LETTER)
    advice = RichTextField(_("where to hang it"), blank=True, features=["bold", "italic", "ul", "ol"])

    objects = PageManager.from_queryset(PosterQuerySet)()

    subpage_types = []
    search_kind = "poster"
    template = "posters/poster_page.html"
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("paper_size"),
        FieldPanel("advice"),
        *BasePage.credit_panels,
    ]

    class Meta:
        verbose_name = _("poster")
        verbose_name_plural = _("posters")

    def search_text(self) -> tuple[str, str]:
        """The headings (none) and the text for the search entry."""
        return "", strip_tags(self.advice)

    def card(self) -> dict[str, str]:
        """Return what ``components/card.html`` shows of the poster in a list."""
        return {"title": self.title, "url": self.url, "summary": self.summary, "kind": self.get_paper_size_display()}
