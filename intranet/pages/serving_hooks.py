"""Hooks of the reader's side."""

from __future__ import annotations

from wagtail import hooks
from wagtail.rich_text.feature_registry import FeatureRegistry

from intranet.pages.rich_text import ReaderDocumentLink, ReaderImage, ReaderPageLink


# After Wagtail's own, whose handlers these replace.
@hooks.register("register_rich_text_features", order=1000)
def register_reader_handlers(features: FeatureRegistry) -> None:
    """Links and images in rich text follow the audience."""
    features.register_link_type(ReaderPageLink)
    features.register_link_type(ReaderDocumentLink)
    features.register_embed_type(ReaderImage)
