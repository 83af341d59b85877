"""The history of a memo: its editions, one of them, two of them compared, and their files."""

from __future__ import annotations

import re
import uuid
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from intranet.memos.comparing import body_of, compared_facts, compared_texts
from intranet.memos.keeping import review_rows
from intranet.memos.listing import ListedMemo
from intranet.memos.memo_pages import memo_page, visible_memo
from intranet.memos.models import Edition, EditionFile, EditionText, MemoRecord
from intranet.memos.presenting import reader_language, standing_of
from intranet.networks.access import access_of
from intranet.pages.languages import name_in_sentence, one_of, own_first, own_name
from intranet.pages.reader import current_reader
from intranet.pages.views.files import hand_out

_LABEL = re.compile(r"^([1-9]\d{0,5})(?:\.([1-9]\d{0,5}))?$")


class CopiedImage(NamedTuple):
    """A frozen image in the place of a page's: shown as it was uploaded."""

    url: str
    width: None = None
    height: None = None

    def get_rendition(self, spec: str) -> CopiedImage:
        return self


@require_safe
def history(request: HttpRequest, memo_id: uuid.UUID) -> HttpResponse:
    """All editions, the newest first. Who published is told to the network's own people."""
    memo = visible_memo(request.user, memo_id)
    editions = list(memo.record.editions.select_related("published_by").order_by("-number", "-revision"))
    shows_names = memo.record.item.network_id in access_of(request.user).view
    older = [*editions[1:], None]
    rows = [edition_row(edition, before, shows_names) for edition, before in zip(editions, older, strict=True)]
    reviews = review_rows(memo.id, shows_names=shows_names)
    return _page(request, "memos/history.html", memo, _("Editions"), rows=rows, reviews=reviews)


@require_safe
def edition(request: HttpRequest, memo_id: uuid.UUID, label: str) -> HttpResponse:
    """One edition as it was, with the copies of its files."""
    memo = visible_memo(request.user, memo_id)
    found = edition_of(memo.record, label)
    last = memo.record.editions.order_by("-number", "-revision").values_list("pk", flat=True).first()
    text = found.text_in(one_of(found.languages, request.GET.get("language")))
    files = list(found.files.all())
    _show_copies(files)
    return _page(
        request,
        "memos/edition.html",
        memo,
        _("Edition %(label)s") % {"label": found.label},
        edition=found,
        row=edition_row(found, None, shows_name=False),
        text=text,
        body=body_of(text),
        languages=_languages(found, text),
        files=[file for file in files if file.file],
        is_last=found.pk == last,
        print_url=f"{reverse('memos:print', args=[memo.id])}?edition={found.label}&languages={text.language}",
    )


@require_safe
def compare(request: HttpRequest, memo_id: uuid.UUID) -> HttpResponse:
    """Two editions in one text; without a choice, the last one and the one before its number."""
    memo = visible_memo(request.user, memo_id)
    editions = {each.label: each for each in memo.record.editions.order_by("number", "revision")}
    if len(editions) < 2:
        raise Http404
    after = editions.get(request.GET.get("to", "")) or list(editions.values())[-1]
    before = editions.get(request.GET.get("from", "")) or _before(after, list(editions.values()))
    if (before.number, before.revision) > (after.number, after.revision):
        before, after = after, before
    language = one_of({*before.languages} & {*after.languages}, request.GET.get("language")) or reader_language()
    texts = before.text_in(language), after.text_in(language)
    lines, facts = compared_texts(*texts), compared_facts(before, after, request.user)
    return _page(
        request,
        "memos/compare.html",
        memo,
        _("What changed"),
        before=before,
        after=after,
        labels=list(editions),
        lines=lines,
        facts=facts,
        is_same=not facts and all(line.change == "same" for line in lines),
        is_comparable=texts[0].language == texts[1].language,
        language=texts[1].language,
        languages=[{**link, "url": f"?{_query(before, after, link['code'])}"} for link in _languages(after, texts[1])],
    )


@require_safe
def edition_file(request: HttpRequest, pk: int, filename: str) -> HttpResponseBase:
    """The copy of a file, for those for whom the memo is meant now."""
    records = MemoRecord.objects.visible_to(request.user)
    found = get_object_or_404(EditionFile, pk=pk, name=filename, edition__record__in=records)
    if not found.file:
        raise Http404
    return hand_out(found.file, found.name)


def edition_of(record: MemoRecord, label: str) -> Edition:
    """The edition that people call ``label`` (``2``, ``2.1``).

    Raises:
        Http404: there is none.
    """
    match = _LABEL.match(label)
    if match is None:
        raise Http404
    return get_object_or_404(record.editions, number=int(match[1]), revision=int(match[2] or 0) + 1)


def _before(after: Edition, editions: list[Edition]) -> Edition:
    """What readers of an earlier number had read last; of one number, its state before."""
    place = editions.index(after)
    earlier = [each for each in editions[:place] if each.number < after.number]
    return earlier[-1] if earlier else editions[max(place - 1, 0)]


def edition_row(found: Edition, before: Edition | None, shows_name: bool) -> dict[str, Any]:
    """An edition for ``partials/edition_list.html``; ``before`` is the one to compare it with."""
    words, language = found.changed_in(reader_language())
    missing = found.content["missing"] or {}
    return {
        "label": found.label,
        "kind": found.get_kind_display(),
        "is_material": found.kind != Edition.Kind.MINOR,
        "published_at": found.published_at,
        "published_by": str(found.published_by or "") if shows_name else "",
        "changed": words,
        "changed_language": language,
        "missing": missing.get("reason", ""),
        "missing_language": missing.get("said_in", ""),
        # A language that is there and is said to be missing has an earlier text.
        "changed_only_in": name_in_sentence(missing["said_in"]) if missing.get("language") in found.languages else "",
        "digest": found.digest,
        "url": reverse("memos:edition", args=[found.record.item_id, found.label]),
        "compare_url": f"{reverse('memos:compare', args=[found.record.item_id])}?from={before.label}&to={found.label}"
        if before
        else "",
    }


def _show_copies(files: list[EditionFile]) -> None:
    """Texts show the edition's copies, and nothing where there is none."""
    copies: dict[str, dict[int, Any]] = {kind: {} for kind in EditionFile.Kind.values}
    for file in files:
        if file.file:
            copies[file.kind][file.original] = CopiedImage(file.url) if file.kind == EditionFile.Kind.IMAGE else file
    current_reader().show_instead(copies[EditionFile.Kind.DOCUMENT], copies[EditionFile.Kind.IMAGE])


def _languages(found: Edition, text: EditionText) -> list[dict[str, Any]]:
    codes = own_first(found.languages) if len(found.languages) > 1 else []
    return [
        {"code": code, "label": own_name(code), "url": f"?language={code}", "is_current": code == text.language}
        for code in codes
    ]


def _query(before: Edition, after: Edition, language: str) -> str:
    return f"from={before.label}&to={after.label}&language={language}"


def _page(request: HttpRequest, template: str, memo: ListedMemo, title: str, **context: Any) -> HttpResponse:
    """An earlier text is read from a link that somebody kept, too: what became of the memo stands above it."""
    url = reverse("memos:history", args=[memo.id])
    context |= {**standing_of(memo.record, request.user), "history_url": url}
    return memo_page(request, template, memo, title, within=(_("Editions"), url), **context)
