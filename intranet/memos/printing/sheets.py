"""What stands on paper: an edition of a memo as it was frozen, or a training note as it is, for one reader."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.http import Http404
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from wagtail.images.models import SourceImageIOError

from intranet.memos.archiving import archive_facts
from intranet.memos.comparing import body_of
from intranet.memos.edition_views import CopiedImage, edition_of
from intranet.memos.listing import with_pages
from intranet.memos.models import Edition, EditionFile, MemoRecord, TrainingNotePage
from intranet.memos.practice.presenting import plain_steps
from intranet.memos.presenting import linked_memos, reader_language, related_memos, standing_of
from intranet.memos.printing.limits import image_address
from intranet.memos.printing.press import refuse_images
from intranet.networks.access import access_of
from intranet.networks.models import Item
from intranet.networks.notices import absolute
from intranet.pages.audience_words import audience_words, network_label
from intranet.pages.languages import name_in_sentence, one_of, own_first
from intranet.pages.models import GuardedImage
from intranet.pages.reader import TEXT_IMAGE, Reader, reading_as
from intranet.pages.streams import References, references_in, references_of

BOTH = "both"


@dataclass(frozen=True)
class Sheet:
    """A memo or a note for paper. ``parts`` are its languages in the order in which they stand."""

    item: uuid.UUID
    name: str
    """The file's name without its ending."""
    title: str
    network: str
    path: str
    """The address of the page."""
    exists_in: tuple[str, ...]
    """The reader's language first."""
    languages: tuple[str, ...]
    parts: tuple[SafeString, ...]
    edition: str = ""
    """The label that was asked for; empty for the current one."""
    images: Mapping[str, bytes] = field(default_factory=dict)
    """What the parts show, by name; empty where they name the images' addresses."""


@dataclass
class _Files:
    """What stands in the place of the files that the texts refer to, and the bytes that go along."""

    documents: dict[int, Any] = field(default_factory=dict)
    images: dict[int, Any] = field(default_factory=dict)
    carried: dict[str, bytes] = field(default_factory=dict)

    def stand_in(self, reader: Reader) -> None:
        reader.show_instead(self.documents, self.images)

    def carry(self, found: Mapping[int, Any]) -> None:
        """Show the images of these stored files by their bytes; one that is gone is not shown."""
        refuse_images(sum(_size(file) for file in found.values()))
        for pk, file in found.items():
            self.images[pk] = None
            try:
                with file.storage.open(file.name, "rb") as stream:
                    self.carried[str(pk)] = stream.read()
            except FileNotFoundError:
                continue
            self.images[pk] = CopiedImage(image_address(pk))


def _size(file: Any) -> int:
    try:
        return int(file.size)
    except FileNotFoundError:
        return 0


def sheet_of(user: Any, item: uuid.UUID, *, languages: str = "", edition: str = "", is_carried: bool = False) -> Sheet:
    """The sheet of a memo or a note. ``languages`` is a language, ``both``, or empty for the reader's own.

    ``edition`` is the label of an older edition. ``is_carried``: the images come as bytes, else by their addresses.
    A fixed number of queries for each language.

    Raises:
        Http404: there is no such item, edition or note for this person.
        PdfTooLarge: the images are more than a PDF may have.
    """
    related = ("item__network", "item__rule_from", "item__archived_item")
    found = MemoRecord.objects.visible_to(user).select_related(*related).filter(item=item).first()
    if found is not None:
        return _memo_sheet(user, found, languages, edition, is_carried)
    return _note_sheet(user, item, languages, is_carried)


def _chosen(asked: str, exists_in: Iterable[str]) -> tuple[str, ...]:
    """The languages to show, the reader's first."""
    return tuple(own_first(exists_in)) if asked == BOTH else (one_of(exists_in, asked),)


def _memo_sheet(user: Any, record: MemoRecord, languages: str, label: str, is_carried: bool) -> Sheet:
    memo = with_pages([record], reader_language())[0]
    last = record.editions.order_by("-number", "-revision").first()
    if last is None:
        raise Http404
    edition = edition_of(record, label) if label else last
    codes = _chosen(languages, edition.languages)
    bodies = {code: body_of(edition.text_in(code)) for code in codes}
    references = reduce(or_, map(references_in, bodies.values()), References())
    copies = [file for file in edition.files.all() if file.file]
    files = _copies(copies, references, is_carried)

    def context(code: str) -> dict[str, Any]:
        return {
            **_memo_facts(user, record, edition, last),
            "text": edition.text_in(code),
            "body": bodies[code],
            "files": copies,
            "url": absolute(with_pages([record], code)[0].page.url or "/"),
        }

    return Sheet(
        item=record.item_id,
        name="-".join((record.number, f"e{edition.label}", *codes)),
        title=f"{record.number} – {edition.text_in(codes[0]).title}",
        network=network_label(record.item.network, access_of(user)),
        path=memo.page.url or "/",
        exists_in=tuple(own_first(edition.languages)),
        languages=codes,
        parts=_parts("memos/printing/memo_part.html", user, codes, references, files, context),
        edition=label,
        images=files.carried,
    )


def _copies(copies: Sequence[EditionFile], references: References, is_carried: bool) -> _Files:
    """The edition's copies in place of what its texts refer to, and nothing where there is none."""
    kinds: dict[str, dict[int, Any]] = {kind: {} for kind in EditionFile.Kind.values}
    for copy in copies:
        kinds[copy.kind][copy.original] = copy
    images = {pk: copy for pk, copy in kinds[EditionFile.Kind.IMAGE].items() if pk in references.images}
    files = _Files(
        documents={pk: kinds[EditionFile.Kind.DOCUMENT].get(pk) for pk in references.documents},
        images=dict.fromkeys(references.images),
    )
    if is_carried:
        files.carry({pk: copy.file for pk, copy in images.items()})
    else:
        files.images |= {pk: CopiedImage(copy.url) for pk, copy in images.items()}
    return files


def _memo_facts(user: Any, record: MemoRecord, edition: Edition, last: Edition) -> dict[str, Any]:
    """What is said of the memo in the language in force: as the edition says it, and whether it still holds."""
    access, facts = access_of(user), edition.content["facts"]
    changed, changed_language = edition.changed_in(reader_language())
    missing = edition.content["missing"] or {}
    replaced = MemoRecord.objects.filter(item=facts["replaces"]) if facts["replaces"] else MemoRecord.objects.none()
    return {
        "number": record.number,
        "network": network_label(record.item.network, access),
        "audience": audience_words(record.item, access),
        "edition": edition,
        "newer": last if last.pk != edition.pk else None,
        "effective_on": _day(facts["effective_on"]),
        "acknowledge_by": _day(facts["acknowledge_by"]),
        "contact": facts["contact"],
        **standing_of(record, user),
        "withdrawn_at": record.withdrawn_at,
        "withdrawn_reason": record.withdrawn_reason,
        "withdrawn_language": record.withdrawn_language,
        "replaces": linked_memos(replaced, user) if facts["replaces"] else [],
        "changed": changed if edition.number > 1 else "",
        "changed_language": changed_language,
        "missing_reason": missing.get("reason", ""),
        "missing_language": missing.get("said_in", ""),
        "behind": missing["language"] if missing and missing["language"] in edition.languages else "",
        "changed_only_in": name_in_sentence(missing["said_in"]) if missing else "",
    }


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _note_sheet(user: Any, item: uuid.UUID, languages: str, is_carried: bool) -> Sheet:
    notes = TrainingNotePage.objects.visible_to(user).filter(translation_key=item).select_related("locale")
    pages: dict[str, TrainingNotePage] = {page.locale.language_code: page for page in notes}
    if not pages:
        raise Http404
    codes = _chosen(languages, pages)
    place = Item.objects.select_related("network", "rule_from", "archived_item").get(pk=item)
    references = reduce(or_, (references_of(pages[code]) for code in codes), References())
    files = _Files()
    if is_carried:
        images = GuardedImage.objects.visible_to(user).prefetch_renditions(TEXT_IMAGE)
        files.images = dict.fromkeys(references.images)
        renditions = {image.pk: _rendition(image) for image in images.filter(pk__in=references.images)}
        files.carry({pk: rendition.file for pk, rendition in renditions.items() if rendition})

    def context(code: str) -> dict[str, Any]:
        access = access_of(user)
        return {
            "page": pages[code],
            "archived": archive_facts(place),
            "steps": plain_steps(pages[code]),
            "network": network_label(place.network, access),
            "audience": audience_words(place, access),
            "related": related_memos(pages[code], user),
            "url": absolute(pages[code].url or "/"),
        }

    first = pages[codes[0]]
    return Sheet(
        item=item,
        name="-".join((first.slug, *codes)),
        title=first.title,
        network=network_label(place.network, access_of(user)),
        path=first.url or "/",
        exists_in=tuple(own_first(pages)),
        languages=codes,
        parts=_parts("memos/printing/note_part.html", user, codes, references, files, context),
        images=files.carried,
    )


def _rendition(image: GuardedImage) -> Any:
    """The image in the size of texts; nothing where its file is gone."""
    try:
        return image.get_rendition(TEXT_IMAGE)
    except SourceImageIOError:
        return None


def _parts(
    template: str,
    user: Any,
    codes: Sequence[str],
    references: References,
    files: _Files,
    context: Callable[[str], dict[str, Any]],
) -> tuple[SafeString, ...]:
    """Each language as HTML, its labels in it, with links to what the person may see."""
    parts = []
    for code in codes:
        with translation.override(code), reading_as(user) as reader:
            files.stand_in(reader)
            reader.learn(references)
            parts.append(render_to_string(template, {"language": code, "now": timezone.now(), **context(code)}))
    return tuple(parts)
