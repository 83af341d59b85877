"""What is true of a memo or a note whatever its language: dates, contact, what is asked, who looks after it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import ManyToManyField, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Revision
from wagtail_localize.models import TranslationSource

ASKED = frozenset({"acknowledge", "acknowledge_by"})
"""A day without an acknowledgement is refused: a draft that changes one of them keeps both."""


def share_facts(page: Any) -> None:
    """Write the facts of the live page into its other language versions, live or not, and into their drafts.

    This is neither a revision nor an edition. What a draft has changed by itself stays there until it is published.
    """
    if not page.live or page.alias_of_id:
        return
    facts = _facts_of(page)
    others = type(page).objects.filter(translation_key=page.translation_key, alias_of=None).exclude(pk=page.pk)
    differing = [(other, held) for other in others for held in [_facts_of(other)] if held != facts]
    for other, held in differing:
        _write(other, facts)
        _write_drafts(other, held, facts)
    if differing:
        _write_sources(page, facts)


def write_facts(page: Any, facts: Mapping[str, Any]) -> None:
    """Write some facts into every language version of the page's item, and into the drafts that did not change them.

    ``facts`` are as a revision's content has them. This is neither a revision nor an edition.
    """
    for version in type(page).objects.filter(translation_key=page.translation_key, alias_of=None):
        held = _facts_of(version)
        _write(version, facts)
        _write_drafts(version, held, facts)
    _write_sources(page, facts)


def day_of_publication(go_live_at: datetime.datetime | None) -> datetime.date:
    """When readers would get it: today, or the later day that was chosen."""
    return max(timezone.localdate(go_live_at), timezone.localdate()) if go_live_at else timezone.localdate()


def is_due_too_early(due: datetime.date | None, *, published_on: datetime.date, held: datetime.date | None) -> bool:
    """Whether the day to acknowledge by is before the memo is there; ``held`` is one that stands already."""
    return due is not None and due < published_on and due != held


def nobody_chosen() -> str:
    """What is said where the chosen roles and networks leave nobody of the audience."""
    return _("Nobody who can see the memo has such a role in such a network. Choose others.")


def _facts_of(page: Any) -> dict[str, Any]:
    """As a revision's content has them, by field: the fields that a translation takes over unchanged."""
    values = {}
    for each in page.override_translatable_fields:
        field = page._meta.get_field(each.field_name)
        values[field.name] = (
            [row.pk for row in getattr(page, field.name).all()]
            if isinstance(field, ManyToManyField)
            else getattr(page, field.attname)
        )
    written: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return {name: _ordered(value) for name, value in written.items()}


def _ordered(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def _write(other: Any, facts: Mapping[str, Any]) -> None:
    related = {name for name in facts if isinstance(other._meta.get_field(name), ManyToManyField)}
    columns = {name: value for name, value in facts.items() if name not in related}
    type(other).objects.filter(pk=other.pk).update(**columns)
    for name in related:
        rows = getattr(other, name)
        rows.set(other._meta.get_field(name).related_model.objects.filter(pk__in=facts[name]))
        rows.commit()


def _write_drafts(other: Any, held: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """The revision that is live, which the editor opens, and all that may still be published."""
    revisions = other.revisions.filter(Q(pk__gte=other.live_revision_id or 0) | Q(approved_go_live_at__isnull=False))
    revisions = list(revisions)
    for revision in revisions:
        content = revision.content
        own = {name for name in facts if _ordered(content.get(name, held[name])) != held[name]}
        kept = own | ASKED if own & ASKED else own
        revision.content = {**content, **{name: value for name, value in facts.items() if name not in kept}}
    Revision.objects.bulk_update(revisions, ["content"])


def _write_sources(page: Any, facts: Mapping[str, Any]) -> None:
    """A translation takes the facts from what was submitted once."""
    sources = list(TranslationSource.objects.filter(object_id=page.translation_key))
    for source in sources:
        source.content_json = json.dumps({**json.loads(source.content_json), **facts}, cls=DjangoJSONEncoder)
    TranslationSource.objects.bulk_update(sources, ["content_json"])
