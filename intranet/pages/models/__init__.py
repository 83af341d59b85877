"""The models of pages."""

from intranet.pages.models.base import BasePage, ExternalReference
from intranet.pages.models.files import (
    DocumentUse,
    GuardedDocument,
    GuardedImage,
    GuardedRendition,
    ImageUse,
    SectionCollection,
)
from intranet.pages.models.pages import ContentPage, HomePage, IndexPage, SectionPage
from intranet.pages.models.tasks import NetworkApprovalTask
from intranet.pages.models.texts import DocumentPassage, DocumentText
from intranet.pages.models.topics import Topic

__all__ = [
    "BasePage",
    "ContentPage",
    "DocumentPassage",
    "DocumentText",
    "DocumentUse",
    "ExternalReference",
    "GuardedDocument",
    "GuardedImage",
    "GuardedRendition",
    "HomePage",
    "ImageUse",
    "IndexPage",
    "NetworkApprovalTask",
    "SectionCollection",
    "SectionPage",
    "Topic",
]
