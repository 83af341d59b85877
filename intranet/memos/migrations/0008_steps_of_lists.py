"""The points of the lists that notes have had so far become their steps; the n-th is the same in both languages."""

from __future__ import annotations

import json
from typing import Any

from django.db import migrations

from intranet.memos.practice.splitting import join_steps, split_steps, stored_steps


def make_steps(apps: Any, schema_editor: Any) -> None:
    note = apps.get_model("memos", "TrainingNotePage")
    for page in note.objects.exclude(practice_steps="").filter(alias_of=None).order_by("pk").iterator():
        rest, texts = split_steps(page.practice_steps)
        if texts:
            steps = stored_steps(texts, [], page.translation_key)
            note.objects.filter(pk=page.pk).update(practice_steps=rest, steps=steps)
            if page.live:
                _record(apps, page.translation_key, steps)
    for revision in _revisions(apps):
        rest, texts = split_steps(revision.content.get("practice_steps") or "")
        if texts and not _steps_in(revision):
            key = note.objects.values_list("translation_key", flat=True).get(pk=int(revision.object_id))
            steps = stored_steps(texts, [], key)
            revision.content |= {"practice_steps": rest, "steps": json.dumps(steps)}
            revision.save(update_fields=["content"])


def _record(apps: Any, key: Any, steps: list[dict[str, Any]]) -> None:
    step = apps.get_model("memos", "PracticeStep")
    for place, each in enumerate(steps):
        step.objects.get_or_create(item_id=key, key=each["id"], defaults={"position": place})


def unmake_steps(apps: Any, schema_editor: Any) -> None:
    note = apps.get_model("memos", "TrainingNotePage")
    for page in note.objects.order_by("pk").iterator():
        texts = [block.value.source for block in page.steps]
        if texts:
            note.objects.filter(pk=page.pk).update(practice_steps=join_steps(page.practice_steps, texts), steps=[])
    for revision in _revisions(apps):
        texts = [each["value"] for each in _steps_in(revision)]
        if texts:
            whole = join_steps(revision.content.get("practice_steps") or "", texts)
            revision.content |= {"practice_steps": whole, "steps": "[]"}
            revision.save(update_fields=["content"])


def _revisions(apps: Any) -> Any:
    """The notes' revisions; their content type does not exist on a new site."""
    content_type = apps.get_model("contenttypes", "ContentType").objects.filter(
        app_label="memos", model="trainingnotepage"
    )
    notes = apps.get_model("memos", "TrainingNotePage").objects.values_list("pk", flat=True)
    known = {str(pk) for pk in notes}
    for revision in apps.get_model("wagtailcore", "Revision").objects.filter(content_type__in=content_type).iterator():
        if revision.object_id in known:
            yield revision


def _steps_in(revision: Any) -> list[dict[str, Any]]:
    stored = revision.content.get("steps") or "[]"
    return list(json.loads(stored) if isinstance(stored, str) else stored)


class Migration(migrations.Migration):
    dependencies = (
        ("memos", "0007_practice"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0001_initial"),
    )
    operations = (migrations.RunPython(make_steps, unmake_steps),)
