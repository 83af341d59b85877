"""The blocks of a body: few, semantic, each with one template."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

RICH_TEXT_FEATURES = ["bold", "italic", "h3", "h4", "ol", "ul", "link", "document-link", "blockquote"]


class ImageBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("image"))
    alternative_text = blocks.CharBlock(
        label=_("alternative text"),
        max_length=300,
        required=False,
        help_text=_("Says what the image shows to those who do not see it. Leave empty only for decoration."),
    )
    caption = blocks.CharBlock(label=_("caption"), max_length=300, required=False)

    class Meta:
        icon = "image"
        label = _("Image")
        template = "pages/blocks/image.html"


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        label=_("kind"),
        choices=[("note", _("Note")), ("important", _("Important")), ("deadline", _("Deadline"))],
        default="note",
    )
    text = blocks.RichTextBlock(label=_("text"), features=["bold", "italic", "link", "ul", "ol"])

    class Meta:
        icon = "info-circle"
        label = _("Call-out")
        template = "pages/blocks/callout.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("text"))
    source = blocks.CharBlock(label=_("who said it"), max_length=200, required=False)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "pages/blocks/quote.html"


class StepsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=200, required=False)
    steps = blocks.ListBlock(
        blocks.RichTextBlock(label=_("step"), features=["bold", "italic", "link", "document-link"]), label=_("steps")
    )

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "pages/blocks/steps.html"


class LinkCardBlock(blocks.StructBlock):
    """A video, map or form of another site, by a link: nothing is loaded from a third party."""

    url = blocks.URLBlock(label=_("address"))
    title = blocks.CharBlock(label=_("title"), max_length=200)
    text = blocks.CharBlock(label=_("what one finds there"), max_length=300, required=False)

    class Meta:
        icon = "link-external"
        label = _("Link to another site")
        template = "pages/blocks/link_card.html"


class BodyBlock(blocks.StreamBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=200, icon="title", template="pages/blocks/heading.html")
    text = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT_FEATURES, icon="pilcrow")
    image = ImageBlock()
    documents = blocks.ListBlock(
        DocumentChooserBlock(label=_("document")),
        label=_("Documents"),
        icon="doc-full-inverse",
        template="pages/blocks/documents.html",
    )
    callout = CalloutBlock()
    quote = QuoteBlock()
    steps = StepsBlock()
    table = TableBlock(label=_("Table"), icon="table", template="pages/blocks/table.html")
    link_card = LinkCardBlock()

    class Meta:
        block_counts: ClassVar[dict[str, Any]] = {}
