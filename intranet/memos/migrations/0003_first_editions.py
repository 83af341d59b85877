"""What is published already is the first edition of each memo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations

from intranet.memos import freezing
from intranet.memos.editions import copied, seal
from intranet.pages.streams import References, references_of

FILE_FIELDS = ("kind", "original", "title", "language", "name", "copied_from", "size", "sha256", "file")


def make_first_editions(apps: Any, schema_editor: Any) -> None:
    records = apps.get_model("memos", "MemoRecord").objects.filter(editions=None).select_related("item")
    for record in records.order_by("pk").iterator():
        _freeze(apps, record)


def _freeze(apps: Any, record: Any) -> None:
    """From the live versions; a withdrawn memo's pages hold what was live last."""
    versions = apps.get_model("memos", "MemoPage").objects.filter(
        translation_key=record.item_id, alias_of=None, first_published_at__isnull=False
    )
    if record.withdrawn_at is None:
        versions = versions.filter(live=True)
    pages = {page.locale.language_code: page for page in versions.select_related("locale", "live_revision__user")}
    if not pages:
        return
    files = list(_files(apps, record, pages.values()))
    absent = [code for code, _name in settings.LANGUAGES if code not in pages]
    edition = apps.get_model("memos", "Edition")(
        record=record, number=record.edition, revision=1, kind="first", published_at=record.published_at
    )
    revision = next(iter(pages.values())).live_revision
    edition.published_by = revision.user if revision else None
    content = {
        "format": freezing.FORMAT,
        "memo": record.number,
        "texts": {code: freezing.text_of(page) for code, page in pages.items()},
        "facts": freezing.facts_of(record),
        "files": [freezing.described(file) for file in files],
    }
    missing = {"language": absent[0], "reason": "", "said_in": next(iter(pages))} if absent else None
    seal(edition, content, previous=None, changed={}, missing=missing)
    edition.save()
    for file in files:
        file.edition = edition
        file.save()


def _files(apps: Any, record: Any, pages: Any) -> Any:
    used = References()
    for page in pages:
        used |= references_of(page)
    for kind, model, ids in (("document", "GuardedDocument", used.documents), ("image", "GuardedImage", used.images)):
        own = apps.get_model("pages", model).objects.filter(
            pk__in=ids, collection__section_collection__network=record.item.network_id
        )
        for original in own.order_by("pk"):
            fields = copied(kind, original, None)
            yield apps.get_model("memos", "EditionFile")(**{name: fields[name] for name in FILE_FIELDS})


def remove_editions(apps: Any, schema_editor: Any) -> None:
    """The copies of files stay on the disk, unreachable."""
    apps.get_model("memos", "EditionFile").objects.all().delete()
    apps.get_model("memos", "Edition").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("memos", "0002_editions"), ("pages", "0002_document_texts")]
    operations = [migrations.RunPython(make_first_editions, remove_editions)]
