"""Making editions: the one writer of ``Edition`` and ``EditionFile``."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files import File
from django.utils import timezone
from wagtail.log_actions import get_active_log_context

from intranet.memos import freezing
from intranet.memos.models import Edition, EditionFile, MemoPage, MemoRecord
from intranet.networks.models import Network
from intranet.networks.models.networks import asks_beyond
from intranet.pages.models import GuardedDocument, GuardedImage
from intranet.pages.streams import References, references_of


@dataclass(frozen=True)
class Declaration:
    """What the editor says of a change; it waits on the page's draft until that is published, and is used once."""

    id: uuid.UUID | None = None
    is_material: bool = False
    changed: Mapping[str, str] = field(default_factory=dict)
    """What changed, by language."""
    missing_reason: str = ""
    """Why there is no version in the other language, or why it does not have a material change yet."""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Declaration:
        """From ``MemoPage.declaration``."""
        return cls(
            id=uuid.UUID(stored["id"]) if stored.get("id") else None,
            is_material=stored.get("change") == Edition.Kind.MATERIAL,
            changed={code: words for code, words in stored.get("changed", {}).items() if words},
            missing_reason=stored.get("missing_reason", ""),
        )


def freeze(record: MemoRecord, network_id: int, page: MemoPage) -> Edition | None:
    """Make the edition that the live versions are now; None where they say what the last one said.

    Another reason for the language that is missing is a revision.

    Called with the item locked, in the transaction that publishes ``page``. A declaration that an edition has used,
    as when an old draft is published again, says nothing any more. Without one a change is minor.
    """
    last = record.editions.order_by("-number", "-revision").prefetch_related("files").first()
    versions = MemoPage.objects.filter(translation_key=record.item_id, live=True, alias_of=None)
    pages = {version.locale.language_code: version for version in versions.select_related("locale")}
    if not pages:
        return None
    said = _unused(record, Declaration.read(page.declaration))
    files = list(_files(pages.values(), network_id, last))
    content: dict[str, Any] = {
        "format": freezing.FORMAT,
        "memo": record.number,
        "texts": {code: freezing.text_of(version) for code, version in pages.items()},
        "facts": freezing.facts_of(record),
        "files": [freezing.described(file) for file in files],
    }
    if record.acknowledge:
        is_beyond = Network.objects.filter(asks_beyond(), pk=network_id).exists()
        content["asked"] = freezing.asked_of(record, asks_beyond=is_beyond)
    missing = _missing(content["texts"], said, page.locale.language_code, last)
    is_said = said.is_material or (said.missing_reason and last is not None and missing != last.content["missing"])
    if last is not None and freezing.says_the_same(content, last.content) and not is_said:
        return None
    kind = _kind(last, said, content["texts"])
    number, revision = _place(record, last, kind)
    edition = Edition(
        record=record,
        number=number,
        revision=revision,
        kind=kind,
        published_at=timezone.now() if last else record.published_at,
        published_by=publisher_of(page),
        declaration=said.id,
    )
    seal(edition, content, previous=last, changed=said.changed, missing=missing)
    edition.save()
    for file in files:
        file.edition = edition
    EditionFile.objects.bulk_create(files)
    return edition


def seal(
    edition: Any,
    content: Mapping[str, Any],
    *,
    previous: Any,
    changed: Mapping[str, str],
    missing: Mapping[str, str] | None,
) -> None:
    """Give the edition its content, with what makes it this one, and the digest."""
    edition.content = {
        **content,
        "edition": edition.number,
        "revision": edition.revision,
        "kind": str(edition.kind),
        "published": freezing.moment(edition.published_at),
        "previous": previous.digest if previous else None,
        "changed": dict(changed),
        "missing": missing,
    }
    edition.digest = freezing.digest_of(edition.content)


def _unused(record: MemoRecord, said: Declaration) -> Declaration:
    if said.id is None or record.editions.filter(declaration=said.id).exists():
        return Declaration()
    return said


def _kind(last: Edition | None, said: Declaration, texts: Mapping[str, Any]) -> Edition.Kind:
    if last is None:
        return Edition.Kind.FIRST
    if said.is_material:
        return Edition.Kind.MATERIAL
    return Edition.Kind.LANGUAGE if texts.keys() > set(last.content["texts"]) else Edition.Kind.MINOR


def _place(record: MemoRecord, last: Edition | None, kind: Edition.Kind) -> tuple[int, int]:
    """The number and revision; a material change raises the number that people acknowledge."""
    if last is None:
        return record.edition, 1
    if kind != Edition.Kind.MATERIAL:
        return last.number, last.revision + 1
    record.edition = last.number + 1
    record.save(update_fields=["edition"])
    return record.edition, 1


def _missing(texts: Mapping[str, Any], said: Declaration, language: str, last: Edition | None) -> dict[str, str] | None:
    """The language that is missing, or stands as it was before a material change, and why.

    The reason that was given once stays until the language is there, or its text changes.
    """
    before = (last.content["missing"] if last else None) or {}
    without = next((code for code, _name in settings.LANGUAGES if code not in texts), "")
    if not without and said.is_material:
        without = _left_behind(texts, language, last)
    if not without and last and before and texts[before["language"]] == last.content["texts"].get(before["language"]):
        without = before["language"]
    if not without:
        return None
    if before.get("language") == without and (not said.missing_reason or language == without):
        return {"language": without, "reason": before["reason"], "said_in": before["said_in"]}
    return {"language": without, "reason": said.missing_reason, "said_in": language}


def _left_behind(texts: Mapping[str, Any], language: str, last: Edition | None) -> str:
    """The language whose text is still that of the last edition while that in ``language`` is another one, or empty."""
    before = last.content["texts"] if last else {}
    if texts[language] == before.get(language):
        return ""
    return next((code for code in texts if code != language and texts[code] == before.get(code)), "")


def language_left_behind(record: MemoRecord, page: MemoPage) -> str:
    """The language whose readers would not have the change yet, were ``page`` published as it is; empty for none."""
    others = MemoPage.objects.filter(translation_key=record.item_id, live=True, alias_of=None).exclude(pk=page.pk)
    own = page.locale.language_code
    texts = {other.locale.language_code: freezing.text_of(other) for other in others.select_related("locale")}
    if not texts:
        return ""
    last = record.editions.order_by("-number", "-revision").first()
    return _left_behind({**texts, own: freezing.text_of(page)}, own, last)


def with_reason(record: MemoRecord | None, stored: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """A declaration for ``MemoPage.declaration``: ``stored``, unless it was used already, with ``reason``."""
    used = bool(record and stored.get("id") and record.editions.filter(declaration=stored["id"]).exists())
    kept = {} if used else {name: value for name, value in stored.items() if value}
    return {"id": str(uuid.uuid4()), "change": "", "changed": {}, **kept, "missing_reason": reason}


def publisher_of(page: MemoPage) -> Any:
    """Who presses the button; where nobody does, as when the hour has come, whoever wrote the revision."""
    user = get_active_log_context().user
    if user is not None and user.is_authenticated:
        return user
    return page.live_revision.user if page.live_revision else None


def _files(pages: Iterable[MemoPage], network_id: int, last: Edition | None) -> Iterator[EditionFile]:
    """Copies of what the pages use; a file of another network is none of the memo's, as everywhere."""
    used = reduce(or_, (references_of(page) for page in pages), References())
    before = {file.copied_from: file for file in last.files.all()} if last else {}
    for kind, model, ids in (
        (EditionFile.Kind.DOCUMENT, GuardedDocument, used.documents),
        (EditionFile.Kind.IMAGE, GuardedImage, used.images),
    ):
        own = model.objects.filter(pk__in=ids, collection__section_collection__network=network_id) if ids else ()
        for original in sorted(own, key=lambda each: each.pk):
            copy = copied(kind, original, before.get(original.file.name))
            yield EditionFile(**copy)


def copied(kind: str, original: Any, before: Any) -> dict[str, Any]:
    """The fields of an ``EditionFile`` for a document or image; ``before`` is an earlier copy of the same upload."""
    name = original.file.name
    fields: dict[str, Any] = {
        "kind": kind,
        "original": original.pk,
        "title": original.title,
        "language": getattr(original, "language", ""),
        "name": PurePosixPath(name).name,
        "copied_from": name,
    }
    if before is not None and before.file:
        return fields | {"size": before.size, "sha256": before.sha256, "file": before.file.name}
    try:
        with original.file.storage.open(name, "rb") as stream:
            digest = freezing.digest_of_file(stream)
            stream.seek(0)
            file = EditionFile(name=fields["name"])
            file.file.save(fields["name"], File(stream), save=False)
    except FileNotFoundError:
        return fields | {"size": 0, "sha256": "", "file": ""}
    return fields | {"size": file.file.size, "sha256": digest, "file": file.file.name}
