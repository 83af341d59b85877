"""The steps of a post-training note: each a block, whose id is the step's in both languages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

STEP = "step"


class PracticeStepsBlock(blocks.StreamBlock):
    step = blocks.RichTextBlock(
        label=_("step"), features=["bold", "italic", "link", "document-link", "ul", "ol"], icon="list-ol"
    )

    class Meta:
        block_counts: ClassVar[dict[str, Any]] = {}
