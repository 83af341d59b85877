"""What every page of a section has."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import COMMENTS_RELATION_NAME, Page

from intranet.networks.models import Item, Network
from intranet.pages.models.querysets import AudiencePageManager, all_pages
from intranet.plugins import registry

DRAFT_FIELDS = frozenset(
    {
        COMMENTS_RELATION_NAME,
        "draft_title",
        "has_unpublished_changes",
        "latest_revision",
        "latest_revision_created_at",
    }
)
"""What Wagtail saves with a new draft: nothing that any reader sees."""


class BasePage(Page):
    """A page of a section: a language version of an item.

    Abstract. A plugin's page type derives from it and gets the audience, the search entry, the language links and
    the editor's common panels.
    """

    summary = models.TextField(
        _("summary"),
        blank=True,
        max_length=500,
        help_text=_("One or two sentences, shown in lists and search results."),
    )
    content_note = models.CharField(
        _("content note"),
        blank=True,
        max_length=250,
        help_text=_("Warns the reader of a hard subject, before the text."),
    )
    topics = ParentalManyToManyField("pages.Topic", verbose_name=_("topics"), blank=True, related_name="+")
    contributing_networks = ParentalManyToManyField(
        Network, verbose_name=_("contributing networks"), blank=True, related_name="+"
    )
    contributors = models.TextField(
        _("contributing people"), blank=True, help_text=_("One name on each line, as the person wishes to be named.")
    )

    objects = AudiencePageManager()

    is_creatable = False
    parent_page_types: ClassVar[list[str]] = ["pages.SectionPage", "pages.IndexPage", "pages.ContentPage"]
    search_kind: ClassVar[str] = "page"
    is_listed_in_section: ClassVar[bool] = True
    """False where a panel of the section shows the pages of this type: the list below the section leaves them out."""
    kept_once_published: ClassVar[bool] = False
    """What has been published of this type is withdrawn, never deleted, and stays with the network that issued it."""
    is_published_by_copy: ClassVar[bool] = True
    """False where a publication is looked at first: a copy is a draft, whatever its source is."""
    announced_as: ClassVar[str] = "pages.published"
    """The kind of notification that tells of the first publication; empty where nobody is told, or the type does it."""
    show_in_menus_default = False

    common_panels: ClassVar[list[Any]] = [
        FieldPanel("summary"),
        FieldPanel("content_note"),
    ]
    credit_panels: ClassVar[list[Any]] = [
        FieldPanel("topics"),
        MultiFieldPanel(
            [FieldPanel("contributing_networks"), FieldPanel("contributors")], heading=_("Who contributed")
        ),
    ]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, *common_panels]

    class Meta:
        abstract = True

    @classmethod
    def clean_subpage_models(cls) -> list[type[Page]]:
        """What may be added below: the page types that the plugins declare, unless ``subpage_types`` says otherwise."""
        if getattr(cls, "subpage_types", None) is None:
            return list(registry.page_models())
        return super().clean_subpage_models()

    @cached_property
    def item(self) -> Item:
        return Item.objects.select_related("network").get(pk=self.translation_key)

    @property
    def network(self) -> Network | None:
        return self.item.network

    def is_visible_to(self, user: Any) -> bool:
        """The audience predicate for one page: live, and meant for this person."""
        return all_pages().filter(pk=self.pk).visible_to(user).exists()

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the page, its item's place, what follows from its being live, its file uses and its search entry."""
        from intranet.pages.receivers import after_page_save

        super().save(*args, **kwargs)
        self.__dict__.pop("item", None)
        fields = kwargs.get("update_fields")
        # A save of some fields says nothing of what is live: the object may hold the draft's values.
        if fields is None or not DRAFT_FIELDS.issuperset(fields):
            after_page_save(self, is_whole=fields is None)

    def after_placing(self) -> None:
        """Called in the transaction of every whole save, after the item is placed and before it is indexed."""

    def before_publishing_url(self) -> str:
        """Where whoever publishes it looks at the latest draft first; empty: nowhere."""
        return ""

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from intranet.pages.reading import page_context

        return {**super().get_context(request, *args, **kwargs), **page_context(self, request)}

    def search_text(self) -> tuple[str, str]:
        """The headings and the body as plain text, for the search entry."""
        return "", ""


def before_publishing_url(page: Page) -> str:
    """The same of any page, the tree's root too."""
    return page.before_publishing_url() if isinstance(page, BasePage) else ""


class ExternalReference(models.Model):
    """The name under which another system, or an export, knows a page."""

    page = models.OneToOneField(Page, on_delete=models.CASCADE, related_name="external_reference")
    external_id = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.external_id
