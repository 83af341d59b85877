"""Memos and notes as the templates' components take them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from intranet.memos.announcing import end_news
from intranet.memos.archiving import archive_facts
from intranet.memos.follow_up.permissions import scope_of
from intranet.memos.listing import ListedMemo, notes_for, with_pages
from intranet.memos.models import Acknowledgement, Edition, MemoPage, MemoRecord, TrainingNotePage
from intranet.memos.services import is_overdue, note_reading
from intranet.networks.access import access_of
from intranet.networks.models import Item, Network
from intranet.pages.audience_words import network_label
from intranet.pages.languages import name_here, name_in_sentence
from intranet.pages.listing import one_for_each_item
from intranet.plugins import Action


def reader_language() -> str:
    """The language in force, as the code of a site language."""
    return (get_language() or "fr")[:2]


def _foreign(language: str) -> dict[str, str]:
    """The label of a language that is not the reader's."""
    return {} if language == reader_language() else {"language": name_here(language), "language_code": language}


def memo_card(memo: ListedMemo, user: Any) -> dict[str, Any]:
    """A memo for ``components/card.html``, with the state of its acknowledgement."""
    record = memo.record
    status, tone = state_of(memo)
    action = acknowledging(memo, "list")
    return {
        "title": memo.page.title,
        "url": memo.page.url,
        "kind": _("Service memo"),
        "number": record.number,
        "network": network_label(record.item.network, access_of(user)),
        "date": record.published_at,
        "summary": memo.page.summary,
        **_foreign(memo.language),
        "status": status,
        "status_tone": tone,
        **({"action": action.url, "action_label": action.label, "action_fields": action.fields} if action else {}),
    }


def acknowledging(memo: ListedMemo, place: str) -> Action | None:
    """The acknowledgement from a list, for the edition and language that its link leads to; ``place``: where one comes
    back to (see ``views.acknowledge_memo``)."""
    if not memo.is_asked or memo.acknowledged_at:
        return None
    return Action(
        label=_("I have read this memo"),
        url=reverse("memos:acknowledge", args=[memo.id]),
        fields={"edition": memo.record.edition, "language": memo.language, "from": place},
    )


def state_of(memo: ListedMemo) -> tuple[str, str]:
    """What became of the memo, or what this reader has to do with it, by when, and how pressing it is."""
    if memo.is_archived:
        return _("Archived"), ""
    if memo.replaced_by:
        return _("Replaced by %(number)s") % {"number": memo.replaced_by}, "warning"
    if memo.acknowledged_at:
        return _("Acknowledged"), "success"
    if not memo.is_asked:
        return "", ""
    due = memo.record.acknowledge_by
    if due is None:
        return _("To acknowledge"), "warning"
    day = date_format(due, "DATE_FORMAT")
    if is_overdue(memo.record):
        return _("Was to be acknowledged by %(day)s") % {"day": day}, "error"
    return _("To acknowledge by %(day)s") % {"day": day}, "warning"


def note_card(page: TrainingNotePage, networks: dict[uuid.UUID, Network], user: Any) -> dict[str, Any]:
    """A post-training note for ``components/card.html``."""
    return {
        "title": page.title,
        "url": page.url,
        "kind": _("Post-training note"),
        "network": network_label(networks.get(page.translation_key), access_of(user)),
        "date": page.session_on or page.first_published_at,
        "summary": page.summary,
        **_foreign(page.locale.language_code),
    }


def memo_facts(page: MemoPage, user: Any, *, is_read: bool = True) -> dict[str, Any]:
    """What ``components/memo_header.html`` shows, and the reader's own acknowledgement.

    ``is_read``: this is no preview, so that it is noted that somebody who is asked has opened the memo, and
    that it is no news any more.
    """
    records = MemoRecord.objects.select_related("item__network", "item__archived_item")
    record = records.filter(item=page.translation_key).first()
    if record is None:
        return {"memo": {"number": "", "effective_date": page.effective_on, "contact_name": page.contact}}
    receipts = list(record.acknowledgements.filter(person=user.pk).order_by("-edition").prefetch_related("notes"))
    receipt = next((each for each in receipts if each.edition == record.edition), None)
    standing = standing_of(record, user)
    is_email = "@" in record.contact and " " not in record.contact
    facts = {
        "number": record.number,
        "network": network_label(record.item.network, access_of(user)),
        "effective_date": record.effective_on,
        "published": record.published_at,
        "edition": record.edition,
        "contact_name": "" if is_email else record.contact,
        "contact_email": record.contact if is_email else "",
        # What is withdrawn or archived asks nothing of anyone.
        "acknowledge_by": None if record.withdrawn_at or standing["archived"] else record.acknowledge_by,
        "is_archived": bool(standing["archived"]),
        "withdrawn": record.withdrawn_at,
        "withdrawn_reason": record.withdrawn_reason,
        "withdrawn_language": record.withdrawn_language,
        **_edition_facts(record, page.locale.language_code),
        "follow_up_url": follow_up_url(record, user),
        "replaces": linked_memos(MemoRecord.objects.filter(item=record.replaces_id), user)
        if record.replaces_id
        else [],
        "replaced_by": standing["replaced_by"],
    }
    is_asked = MemoRecord.objects.filter(pk=record.pk).asked_of(user).exists()
    if is_read:
        end_news(record, user)
        if is_asked and receipt is None:
            note_reading(record, person=user, language=page.locale.language_code)
    return {
        "memo": facts,
        "record": record,
        "archived": standing["archived"],
        "receipt": receipt,
        "is_asked": is_asked,
        "correct_url": correct_url(receipt, record) if receipt else "",
        "receipt_notes": receipt.notes.all() if receipt else [],
        "earlier_receipts": [
            {
                "edition": each.edition,
                "acknowledged_at": each.acknowledged_at,
                "notes": each.notes.all(),
                "correct_url": correct_url(each, record),
            }
            for each in receipts
            if each is not receipt
        ],
        "is_overdue": is_overdue(record),
        "acknowledge_url": reverse("memos:acknowledge", args=[record.item_id]),
    }


def standing_of(record: MemoRecord, user: Any) -> dict[str, Any]:
    """What says, beside its withdrawal, that a memo is not in force: ``archived`` (see ``archive_facts``), and
    ``replaced_by``, the memos that are followed in its place."""
    return {
        "archived": {} if record.withdrawn_at else archive_facts(record.item),
        "replaced_by": linked_memos(MemoRecord.objects.standing().filter(replaces=record.item_id), user),
    }


def correct_url(receipt: Acknowledgement, record: MemoRecord) -> str:
    """Where the person adds a note to a receipt of her own."""
    return reverse("memos:correct_receipt", args=[record.item_id, receipt.edition])


def follow_up_url(record: MemoRecord, user: Any) -> str:
    """Where this person follows who has acknowledged the memo; empty for whoever may not, or where nobody is asked."""
    return reverse("memos:follow_up", args=[record.item_id]) if record.acknowledge and scope_of(user, record) else ""


def _edition_facts(record: MemoRecord, shown_in: str) -> dict[str, Any]:
    """What ``components/memo_header.html`` says of the current edition above the version in the language ``shown_in``.

    One query, which reads the titles alone of the texts: they tell which languages the edition has.
    """
    titles = {code: f"content__texts__{code}__title" for code, _name in settings.LANGUAGES}
    names = ("number", "revision", "digest", "content__changed", "content__missing", *titles.values())
    editions = list(record.editions.order_by("number", "revision").values(*names))
    current = [each for each in editions if each["number"] == record.edition]
    if not current:
        return {}
    last = current[-1]
    changed: dict[str, str] = {}
    for each in current:
        # What is said first stays; a later revision adds the other language.
        changed = {**each["content__changed"], **changed}
    language = reader_language()
    said_in = language if language in changed else next(iter(changed), "")
    missing = last["content__missing"] or {}
    # A language that is there and is said to be missing does not have the last material change yet.
    is_late = bool(missing) and last[titles[missing["language"]]] is not None
    is_behind = is_late and missing["language"] == shown_in
    history = reverse("memos:history", args=[record.item_id])
    return {
        "history_url": history,
        "print_url": reverse("memos:print", args=[record.item_id]),
        "label": Edition(number=last["number"], revision=last["revision"]).label,
        "digest": last["digest"],
        "changed": changed.get(said_in, "") if record.edition > 1 else "",
        "changed_language": said_in,
        "compare_url": reverse("memos:compare", args=[record.item_id]) + f"?to={record.edition}",
        "is_behind": is_behind,
        "changed_only_in": name_in_sentence(missing["said_in"]) if is_behind else "",
        "missing_reason": "" if is_late and not is_behind else missing.get("reason", ""),
        "missing_language": missing.get("said_in", ""),
    }


def linked_memos(records: Any, user: Any) -> list[dict[str, str]]:
    """As ``components/memo_header.html`` links them: only memos that the reader may see, as a number tells, too."""
    memos = with_pages(records.visible_to(user), reader_language())
    return [{"number": memo.record.number, "title": memo.page.title, "url": memo.page.url or ""} for memo in memos]


def related_memos(page: TrainingNotePage, user: Any) -> list[dict[str, Any]]:
    """The note's memos that the reader may see, as cards."""
    keys = list(page.related_memos.values_list("translation_key", flat=True))
    if not keys:
        return []
    records = MemoRecord.objects.in_force().visible_to(user).filter(item__in=keys).select_related("item__network")
    records = records.with_newer(user)
    return [memo_card(memo, user) for memo in with_pages(records, reader_language())]


def trainings_on(page: MemoPage, user: Any) -> list[dict[str, Any]]:
    """The post-training notes that name the memo and that the reader may see, as cards, the newest first."""
    visible = notes_for(user).filter(
        Exists(
            TrainingNotePage.related_memos.through.objects.filter(
                trainingnotepage=OuterRef("pk"), memopage__translation_key=page.translation_key
            )
        )
    )
    pages = one_for_each_item(visible, reader_language()).select_related("locale")
    notes = list(pages.order_by("-session_on", "-pk"))
    networks = networks_of(notes) if notes else {}
    return [note_card(note, networks, user) for note in notes]


def networks_of(pages: Iterable[Page]) -> dict[uuid.UUID, Network]:
    """The network of each page's item: one query."""
    keys = [page.translation_key for page in pages]
    items = Item.objects.select_related("network").filter(pk__in=keys, network__isnull=False)
    return {item.pk: item.network for item in items if item.network}
