"""Who reads, and what of the links, documents and images in the texts at hand this person may see.

Rich text and blocks are rendered far from the request: their handlers ask the current reader. Without one nothing
is linked. What a page refers to is looked up together, so that the number of queries does not depend on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import get_language
from wagtail.models import Page

from intranet.pages.models import GuardedDocument, GuardedImage
from intranet.pages.models.querysets import all_pages
from intranet.pages.streams import References


@dataclass(frozen=True)
class Link:
    """The address of a page for this reader, in the language of ``language``."""

    url: str
    title: str
    language: str


TEXT_IMAGE = "max-1200x1600"
"""The size of images in texts."""


class Reader:
    """What one person may reach of what texts refer to; each thing is looked up once."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self._links: dict[int, Link | None] = {}
        self._documents: dict[int, GuardedDocument | None] = {}
        self._images: dict[int, GuardedImage | None] = {}

    def learn(self, references: References) -> None:
        """Look up all that is referred to: two queries for pages, one for documents, two for images."""
        self._learn_links(references.pages - self._links.keys())
        # What the predicate asks is put together only where there is something to look up: each link of a text is
        # asked for here.
        if documents := references.documents - self._documents.keys():
            _learn_files(GuardedDocument.objects.visible_to(self.user), self._documents, documents)
        if images := references.images - self._images.keys():
            visible = GuardedImage.objects.visible_to(self.user).prefetch_renditions(TEXT_IMAGE)
            _learn_files(visible, self._images, images)

    def show_instead(self, documents: Mapping[int, Any], images: Mapping[int, Any]) -> None:
        """Give copies in place of what the texts refer to, None for what has none: of an earlier state of a text.

        The caller has asked whether this person may open them.
        """
        self._documents.update(documents)
        self._images.update(images)

    def link(self, page_id: int) -> Link | None:
        """The page in the reader's language where it exists in it, else as it is; None for what one may not see."""
        self.learn(References(pages=frozenset({page_id})))
        return self._links[page_id]

    def document(self, document_id: int) -> GuardedDocument | None:
        """The document, or None for what one may not see or is gone."""
        self.learn(References(documents=frozenset({document_id})))
        return self._documents[document_id]

    def image(self, image_id: int) -> GuardedImage | None:
        """The image, or None for what one may not see or is gone."""
        self.learn(References(images=frozenset({image_id})))
        return self._images[image_id]

    def _learn_links(self, page_ids: Iterable[int]) -> None:
        new = set(page_ids)
        if not new:
            return
        keys = dict(Page.objects.filter(pk__in=new).values_list("pk", "translation_key"))
        versions: dict[UUID, list[Page]] = {}
        visible = all_pages().visible_to(self.user).filter(translation_key__in=set(keys.values()))
        for page in visible.select_related("locale"):
            versions.setdefault(page.translation_key, []).append(page)
        language = get_language()
        for page_id in new:
            found = versions.get(keys[page_id], []) if page_id in keys else []
            # The reader's language first, then the very page that was linked.
            found.sort(key=lambda page: (page.locale.language_code != language, page.pk != page_id))
            self._links[page_id] = _link_to(found[0]) if found else None


def _learn_files(visible: QuerySet[Any], known: dict[int, Any], new: frozenset[int]) -> None:
    found = {file.pk: file for file in visible.filter(pk__in=new)}
    known.update({pk: found.get(pk) for pk in new})


def _link_to(page: Page) -> Link | None:
    url = page.get_url()
    return Link(url, page.title, page.locale.language_code) if url else None


_current: ContextVar[Reader | None] = ContextVar("pages_reader", default=None)


def current_reader() -> Reader:
    """The reader for whom texts are rendered now; nobody, who may see nothing, where none was named."""
    return _current.get() or Reader(AnonymousUser())


@contextmanager
def reading_as(user: Any) -> Iterator[Reader]:
    """Within it, texts are rendered for ``user``: by the middleware for a request, by a task for each e-mail."""
    reader = Reader(user)
    reset = _current.set(reader)
    try:
        yield reader
    finally:
        _current.reset(reset)
