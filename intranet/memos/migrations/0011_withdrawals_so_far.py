"""Memos that are withdrawn now have a row that says so; of earlier withdrawals nothing is kept."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def note_withdrawals(apps: Any, schema_editor: Any) -> None:
    event = apps.get_model("memos", "WithdrawalEvent")
    withdrawn = apps.get_model("memos", "MemoRecord").objects.filter(
        withdrawn_at__isnull=False, withdrawal_events=None
    )
    for record in withdrawn.order_by("pk").iterator():
        event.objects.create(
            record=record,
            kind="withdrawn",
            at=record.withdrawn_at,
            by_id=record.withdrawn_by_id,
            reason=record.withdrawn_reason,
            language=record.withdrawn_language,
        )


def forget_withdrawals(apps: Any, schema_editor: Any) -> None:
    """The record of each memo says its last withdrawal."""
    apps.get_model("memos", "WithdrawalEvent").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = (("memos", "0010_withdrawals"),)
    operations = (migrations.RunPython(note_withdrawals, forget_withdrawals),)
