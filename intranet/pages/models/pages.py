"""The page types that every site has."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField

from intranet.networks.models import Network
from intranet.pages.blocks import BodyBlock
from intranet.pages.models.base import BasePage
from intranet.pages.streams import headings_in, text_in


class HomePage(BasePage):
    """Where one arrives; one in each language. It belongs to no network."""

    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link", "ul", "ol"])

    announced_as: ClassVar[str] = ""
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["pages.SectionPage"]
    content_panels: ClassVar[list[Any]] = [*BasePage.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    @cached_property
    def live_versions(self) -> list[HomePage]:
        """Those that answer, each in its language."""
        versions = HomePage.objects.filter(translation_key=self.translation_key, alias_of=None, live=True)
        return list(versions.select_related("locale").order_by("path"))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from intranet.pages import landing

        return {**super().get_context(request, *args, **kwargs), **landing.home_context(request)}


class SectionPage(BasePage):
    """The root of a network's own pages in one language; made when the network is."""

    section_network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="section_pages")
    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link", "ul", "ol"])

    search_kind: ClassVar[str] = "section"
    announced_as: ClassVar[str] = ""
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    content_panels: ClassVar[list[Any]] = [*BasePage.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from intranet.pages import landing

        return {**super().get_context(request, *args, **kwargs), **landing.section_context(self, request)}

    def clean(self) -> None:
        super().clean()
        twins = SectionPage.objects.filter(section_network=self.section_network_id, locale=self.locale_id)
        if twins.exclude(pk=self.pk).exists():
            raise ValidationError(_("This network already has a section in this language."))

    def search_text(self) -> tuple[str, str]:
        return "", text_in(self.introduction)


class IndexPage(BasePage):
    """A list of the pages below it."""

    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link", "ul", "ol"])

    is_creatable = True
    announced_as: ClassVar[str] = ""
    content_panels: ClassVar[list[Any]] = [
        *BasePage.content_panels,
        FieldPanel("introduction"),
        *BasePage.credit_panels,
    ]

    class Meta:
        verbose_name = _("list of pages")
        verbose_name_plural = _("lists of pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from intranet.pages import landing

        return {
            **super().get_context(request, *args, **kwargs),
            **landing.children_context(self, request, newest_first=True),
        }

    def search_text(self) -> tuple[str, str]:
        return "", text_in(self.introduction)


class BodyPage(BasePage):
    """A page whose content is a body of blocks. Abstract; memos and notes derive from it too."""

    body = StreamField(BodyBlock(), verbose_name=_("content"), blank=True)

    content_panels: ClassVar[list[Any]] = [*BasePage.content_panels, FieldPanel("body"), *BasePage.credit_panels]

    class Meta:
        abstract = True

    def search_text(self) -> tuple[str, str]:
        return "\n".join(headings_in(self.body)), text_in(self.body)


class ContentPage(BodyPage):
    """A page of text, documents and images; it may have pages below it."""

    is_creatable = True

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from intranet.pages import landing

        return {**super().get_context(request, *args, **kwargs), **landing.children_context(self, request)}
