"""Memos and notes in the content exchange."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from intranet.accounts.models import User
from intranet.accounts.models.users import normalise_email
from intranet.exchange.exceptions import LineRefused
from intranet.exchange.schema import moment_of
from intranet.memos import archiving, services
from intranet.memos.exceptions import NumberError
from intranet.memos.models import ArchivedItem, MemoPage, MemoRecord, TrainingNotePage
from intranet.memos.practice import exchange as practice
from intranet.memos.practice.splitting import join_steps, split_steps, stored_steps
from intranet.memos.replacing import is_circle
from intranet.memos.standing import lock_item, log_versions
from intranet.networks.models import Network, Role
from intranet.pages.search_sources import index_items
from intranet.plugins import ExchangeKind


def _is_day(value: Any) -> bool:
    if value is None:
        return True
    try:
        datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _day(value: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if value else None


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


def _shape_errors(
    group: str, facts: Mapping[str, Any], known: set[str], texts: tuple[str, ...], days: tuple[str, ...]
) -> list[str]:
    """What is unknown, what is no text and what is no day in the object ``group`` of a line."""
    found = [_("“%(name)s” is not known.") % {"name": f"{group}.{name}"} for name in sorted(set(facts) - known)]
    for name in texts:
        if not isinstance(facts.get(name, ""), str | None):
            found.append(_("“%(name)s” must be a text.") % {"name": f"{group}.{name}"})
    for name in days:
        if not _is_day(facts.get(name)):
            found.append(_("“%(name)s” must be a day such as 2026-04-01.") % {"name": f"{group}.{name}"})
    return found


def _acknowledge_errors(facts: Mapping[str, Any]) -> list[str]:
    if not isinstance(facts.get("acknowledge", False), bool):
        return [_("“memo.acknowledge” must be true or false.")]
    if facts.get("acknowledge_by") and not facts.get("acknowledge"):
        return [_("“memo.acknowledge_by” is set but “memo.acknowledge” is not true.")]
    return []


def _number_errors(facts: Mapping[str, Any]) -> list[str]:
    if not isinstance(facts.get("number"), str):
        return []
    try:
        services.parse_number(facts["number"])
    except NumberError as error:
        return [str(error)]
    return []


def _asked_errors(facts: Mapping[str, Any]) -> list[str]:
    known = {"asked_roles": set(Role.values), "asked_networks": None}
    found = []
    for name, values in known.items():
        asked = facts.get(name) or []
        if not isinstance(asked, list) or not all(isinstance(each, str) for each in asked):
            found.append(_("“memo.%(name)s” must be a list of texts.") % {"name": name})
        elif values is not None and set(asked) - values:
            found.append(
                _("“memo.asked_roles” names “%(role)s”, which is no role.") % {"role": min(set(asked) - values)}
            )
    return found


def _ended_errors(group: str, facts: Mapping[str, Any], name: str) -> list[str]:
    """Of ``withdrawn`` or ``archived``: when and why the item went out of force."""
    ended = facts.get(name)
    if ended is None:
        return []
    try:
        is_whole = bool(ended["reason"].strip()) and ended["language"] in dict(settings.LANGUAGES)
        at = moment_of(ended["at"])
        is_whole = is_whole and at.tzinfo is not None
    except (AttributeError, KeyError, TypeError, ValueError):
        is_whole = False
    if not is_whole:
        text = _("“%(name)s” must have “at” (a moment with its time zone), “reason” and “language”.")
        return [text % {"name": f"{group}.{name}"}]
    return [practice.in_the_future(f"{group}.{name}.at")] if at > timezone.now() else []


def _ended(facts: Mapping[str, Any], name: str) -> dict[str, Any]:
    ended = facts.get(name)
    if not ended:
        return {}
    return {"at": moment_of(ended["at"]), "reason": ended["reason"], "language": ended["language"]}


def _names_refused(field: str, name: str) -> str:
    """Of a memo that was in the file, and did not go in."""
    return _("“%(field)s” names “%(id)s”, which is refused.") % {"field": field, "id": name}


def _set_networks(page: MemoPage, slugs: list[str]) -> None:
    networks = {network.slug: network for network in Network.objects.filter(slug__in=slugs)} if slugs else {}
    for slug in slugs:
        if slug not in networks:
            raise LineRefused(_("“memo.asked_networks” names “%(slug)s”, which is no network.") % {"slug": slug})
    if {network.pk for network in networks.values()} != {network.pk for network in page.asked_networks.all()}:
        page.asked_networks.set(networks.values())


KEPT = ("owner", "deputy", "review_on")


def _read_kept(facts: Mapping[str, Any], page: Any) -> None:
    """Owner and deputy, by their addresses, and the day of the review."""
    page.review_on = _day(facts.get("review_on"))
    for name, column in (("owner", "responsible"), ("deputy", "deputy")):
        email = facts.get(name)
        person = User.objects.filter(email=normalise_email(email)).first() if email else None
        if email and person is None:
            raise LineRefused(_("“%(name)s” is “%(email)s”, who has no account.") % {"name": name, "email": email})
        setattr(page, column, person)


def _written_kept(page: Any) -> dict[str, Any]:
    facts = {"owner": page.responsible, "deputy": page.deputy}
    found: dict[str, Any] = {name: person.email for name, person in facts.items() if person}
    return found | ({"review_on": _iso(page.review_on)} if page.review_on else {})


def _written_archived(page: Any) -> dict[str, Any]:
    held = ArchivedItem.objects.filter(item=page.translation_key).first()
    if held is None:
        return {}
    return {"archived": {"at": held.at.isoformat(), "reason": held.reason, "language": held.language}}


def _take_over_archiving(page: Any) -> bool:
    """As when it is published, with a line in the history; the caller indexes the page."""
    is_new = archiving.take_over_archiving(page)
    if is_new:
        log_versions(page.translation_key, archiving.ARCHIVED, by=None, reason=page.given_archiving["reason"])
    return is_new


class MemoKind(ExchangeKind):
    """A service memo; its facts are under ``memo``."""

    kind = "memo"
    page_type = "memos.MemoPage"
    keys: ClassVar[tuple[str, ...]] = ("memo",)
    reference_kinds: ClassVar[tuple[str, ...]] = ("memo",)
    texts: ClassVar[tuple[str, ...]] = ("number", "contact", "supersedes")
    days: ClassVar[tuple[str, ...]] = ("acknowledge_by", "effective_on")

    def errors(self, line: Mapping[str, Any]) -> list[str]:
        if line.get("expires"):
            return [_("A memo does not end by itself. Withdraw it, with a reason, when it no longer applies.")]
        facts = line.get("memo")
        if facts is None:
            return []
        if not isinstance(facts, dict):
            return [_("“memo” must be an object.")]
        known = {
            *self.texts,
            *self.days,
            *KEPT,
            "acknowledge",
            "asked_roles",
            "asked_networks",
            "withdrawn",
            "archived",
        }
        return [
            *_shape_errors("memo", facts, known, (*self.texts, "owner", "deputy"), (*self.days, "review_on")),
            *_acknowledge_errors(facts),
            *_number_errors(facts),
            *_asked_errors(facts),
            *_ended_errors("memo", facts, "withdrawn"),
            *_ended_errors("memo", facts, "archived"),
        ]

    def read(self, line: Mapping[str, Any], page: MemoPage) -> None:
        facts = line.get("memo") or {}
        page.given_number = facts.get("number") or ""
        page.contact = facts.get("contact") or ""
        page.effective_on = _day(facts.get("effective_on"))
        page.acknowledge = facts.get("acknowledge", False)
        page.acknowledge_by = _day(facts.get("acknowledge_by"))
        page.asked_roles = facts.get("asked_roles") or []
        _set_networks(page, facts.get("asked_networks") or [])
        _read_kept(facts, page)
        page.given_withdrawal, page.given_archiving = _ended(facts, "withdrawn"), _ended(facts, "archived")
        if not facts.get("supersedes"):
            page.replaces = None

    def take_over(self, page: MemoPage) -> bool:
        is_new = _take_over_archiving(page)
        if page.given_withdrawal:
            lock_item(page.translation_key)
            record = MemoRecord.objects.get(item=page.translation_key)
            if services.take_over_withdrawal(record, **page.given_withdrawal):
                log_versions(record.item_id, services.WITHDRAWN, by=None, reason=record.withdrawn_reason)
                is_new = True
        if is_new:
            index_items([page.translation_key])
        return is_new

    def prepare(self, line: Mapping[str, Any]) -> None:
        """Numbers given elsewhere are set aside before new ones are given."""
        number = (line.get("memo") or {}).get("number")
        if number:
            services.set_number_aside(number)

    def together(self, item: uuid.UUID) -> AbstractContextManager[None]:
        return services.editions_together(item)

    def references(self, line: Mapping[str, Any]) -> tuple[str, ...]:
        replaced = (line.get("memo") or {}).get("supersedes")
        return (replaced,) if replaced else ()

    def resolve(self, line: Mapping[str, Any], page: MemoPage, find: Callable[[str], Any]) -> None:
        replaced = (line.get("memo") or {}).get("supersedes")
        if not replaced:
            return
        target = find(replaced)
        if not isinstance(target, MemoPage):
            raise LineRefused(_names_refused("memo.supersedes", replaced))
        if target.translation_key == page.translation_key:
            raise LineRefused(_("A memo cannot replace itself."))
        if is_circle(page.translation_key, target.translation_key):
            raise LineRefused(_("These memos would replace one another in a circle. Choose another memo, or none."))
        page.replaces = target

    def write(self, page: MemoPage) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        record = MemoRecord.objects.filter(item=page.translation_key).first()
        if record is not None:
            facts["number"] = record.number
        if page.contact:
            facts["contact"] = page.contact
        if page.effective_on:
            facts["effective_on"] = _iso(page.effective_on)
        if page.acknowledge:
            facts |= {"acknowledge": True, "acknowledge_by": _iso(page.acknowledge_by)}
        if page.asked_roles:
            facts["asked_roles"] = page.asked_roles
        networks = sorted(network.slug for network in page.asked_networks.all())
        if networks:
            facts["asked_networks"] = networks
        if record is not None and record.withdrawn_reason:
            facts["withdrawn"] = {
                "at": record.withdrawn_at.isoformat(),
                "reason": record.withdrawn_reason,
                "language": record.withdrawn_language,
            }
        return {"memo": facts | _written_kept(page) | _written_archived(page)}

    def write_references(self, page: MemoPage, name: Callable[[Any], str]) -> dict[str, Any]:
        return {"memo": {"supersedes": name(page.replaces)}} if page.replaces_id else {}


def _are_hours(value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 200:
        return False
    return round(value, 1) == value


def _are_keys(value: Any) -> bool:
    try:
        return isinstance(value, list) and len({uuid.UUID(each) for each in value}) == len(value)
    except (AttributeError, TypeError, ValueError):
        return False


def _step_ids(page: TrainingNotePage) -> list[str]:
    """The ids that the page's steps have, or those of its version in the other language, in their order."""
    if page.steps:
        return [str(block.id) for block in page.steps]
    other = TrainingNotePage.objects.filter(translation_key=page.translation_key, alias_of=None).exclude(pk=page.pk)
    version = other.order_by("-live", "pk").first()
    return [str(block.id) for block in version.steps] if version else []


class TrainingNoteKind(ExchangeKind):
    """A post-training note; the session is under ``training_note``."""

    kind = "training_note"
    page_type = "memos.TrainingNotePage"
    keys: ClassVar[tuple[str, ...]] = ("training_note",)
    reference_kinds: ClassVar[tuple[str, ...]] = ("memo",)
    texts: ClassVar[tuple[str, ...]] = ("session_title", "hosts", "partners")

    def errors(self, line: Mapping[str, Any]) -> list[str]:
        facts = line.get("training_note")
        if facts is None:
            return []
        if not isinstance(facts, dict):
            return [_("“training_note” must be an object.")]
        texts = (*self.texts, "learnings", "practice_steps")
        known = {*texts, *KEPT, *practice.KEYS, "session_on", "session_hours", "steps", "related_memos", "archived"}
        named, days = (*texts, "owner", "deputy"), ("session_on", "review_on")
        found = _shape_errors("training_note", facts, known, named, days)
        if not _are_hours(facts.get("session_hours")):
            found.append(_("“training_note.session_hours” must be a number from 0 to 200, with one decimal at most."))
        if not _are_keys(facts.get("steps") or []):
            found.append(_("“training_note.steps” must be a list of different UUIDs."))
        found += [*practice.errors(facts), *_ended_errors("training_note", facts, "archived")]
        related = facts.get("related_memos") or []
        if not isinstance(related, list) or not all(isinstance(name, str) for name in related):
            found.append(_("“training_note.related_memos” must be a list of ids."))
        return found

    def read(self, line: Mapping[str, Any], page: TrainingNotePage) -> None:
        facts = line.get("training_note") or {}
        for name in self.texts:
            setattr(page, name, facts.get(name) or "")
        page.session_on = _day(facts.get("session_on"))
        hours = facts.get("session_hours")
        page.session_hours = None if hours is None else Decimal(str(hours))
        practice.read(facts, page)
        page.given_archiving = _ended(facts, "archived")
        _read_kept(facts, page)
        if not facts.get("related_memos") and page.related_memos.exists():
            page.related_memos.set([])

    def read_texts(self, line: Mapping[str, Any], page: TrainingNotePage, rich: Callable[[str], str]) -> None:
        facts = line.get("training_note") or {}
        page.learnings = rich(facts.get("learnings") or "")
        page.practice_steps, points = split_steps(rich(facts.get("practice_steps") or ""))
        wanted = stored_steps(points, facts.get("steps") or _step_ids(page), page.translation_key)
        if wanted != list(page.steps.raw_data):
            page.steps = wanted

    def take_over(self, page: TrainingNotePage) -> bool:
        is_archived = _take_over_archiving(page)
        if is_archived:
            index_items([page.translation_key])
        return practice.take_over(page) or is_archived

    def references(self, line: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple((line.get("training_note") or {}).get("related_memos") or ())

    def resolve(self, line: Mapping[str, Any], page: TrainingNotePage, find: Callable[[str], Any]) -> None:
        wanted = (line.get("training_note") or {}).get("related_memos") or []
        memos = [find(name) for name in wanted]
        for name, memo in zip(wanted, memos, strict=True):
            if not isinstance(memo, MemoPage):
                raise LineRefused(_names_refused("training_note.related_memos", name))
        if {memo.pk for memo in memos} != set(page.related_memos.values_list("pk", flat=True)):
            page.related_memos.set(memos)

    def write(self, page: TrainingNotePage) -> dict[str, Any]:
        facts: dict[str, Any] = {name: getattr(page, name) for name in self.texts if getattr(page, name)}
        if page.steps:
            facts["steps"] = [block.id for block in page.steps]
        if page.session_hours is not None:
            facts["session_hours"] = float(page.session_hours)
        facts |= practice.write(page)
        if page.session_on:
            facts["session_on"] = _iso(page.session_on)
        facts |= _written_kept(page) | _written_archived(page)
        return {"training_note": facts} if facts else {}

    def write_references(self, page: TrainingNotePage, name: Callable[[Any], str]) -> dict[str, Any]:
        related = [name(memo) for memo in page.related_memos.all().order_by("pk")]
        return {"training_note": {"related_memos": related}} if related else {}

    def write_texts(self, page: TrainingNotePage, html: Callable[[str], str]) -> dict[str, Any]:
        steps = join_steps(html(page.practice_steps), (html(block.value.source) for block in page.steps))
        texts = {"learnings": html(page.learnings), "practice_steps": steps}
        said = {name: text for name, text in texts.items() if text}
        return {"training_note": said} if said else {}
