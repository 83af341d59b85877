"""Pages of questions: all on one memo, one of them with its answer, the forms, what was removed."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from intranet.memos.exceptions import MemoError, NotInForce, StaleEdition
from intranet.memos.listing import ListedMemo
from intranet.memos.memo_pages import memo_page, visible_memo
from intranet.memos.models import Question
from intranet.memos.presenting import reader_language
from intranet.memos.questions import services
from intranet.memos.questions.forms import AnswerForm, AskForm, RemoveForm
from intranet.memos.questions.permissions import may_read_removals
from intranet.memos.questions.presenting import ask_url, questions_of, removals_of, shown_questions, shown_removals
from intranet.memos.standing import refuse_questions

PAGE_SIZE = 20


@require_safe
def question_list(request: HttpRequest, memo_id: uuid.UUID) -> HttpResponse:
    """All questions on a memo that the reader may see, the newest first."""
    memo = visible_memo(request.user, memo_id)
    page = Paginator(questions_of(memo.record, request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = shown_questions(page, memo.record, request.user)
    address = ask_url(memo.record)
    return _page(request, "list", memo, _("Questions"), questions=shown, page_obj=page, ask_url=address)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_question(request: HttpRequest, memo_id: uuid.UUID) -> HttpResponse:
    """The form. What is refused keeps its text; a form of an edition that is past gets the current one."""
    memo = visible_memo(request.user, memo_id)
    try:
        refuse_questions(memo.record)
    except NotInForce as error:
        messages.warning(request, str(error))
        return redirect(memo.page.url)
    form = AskForm(request.POST or None, initial={"edition": memo.record.edition})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            asked = services.ask(
                memo.record,
                author=request.user,
                text=given["text"],
                language=reader_language(),
                is_private=given["readers"] == "private",
                edition=given["edition"],
            )
        except StaleEdition as error:
            form = _with_values(form, edition=error.current)
            form.add_error(None, str(error))
        except MemoError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your question has been sent. You will be told when it is answered."))
            return redirect("memos:question", asked.pk)
    return _page(request, "ask", memo, _("Ask a question"), form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One question with its answer; those who answer find the form here, the author of a removed one why it is gone."""
    found = _question(request, pk)
    if found is None:
        return _removed(request, pk)
    memo = visible_memo(request.user, found.record.item_id)
    (shown,) = shown_questions([found], memo.record, request.user)
    form = _answer_form(request, found) if shown.may_answer else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid() and _is_answered(request, found, form):
            return redirect("memos:question", found.pk)
        form = _fresh(form, found)
    return _page(request, "question", memo, _("Question"), shown=shown, form=form, answer_at_once=not found.answers)


@require_http_methods(["GET", "HEAD", "POST"])
def remove_question(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks why; for its author, those who answer and coordinators."""
    found = _question(request, pk)
    if found is None:
        return _removed(request, pk)
    memo = visible_memo(request.user, found.record.item_id)
    (shown,) = shown_questions([found], memo.record, request.user)
    if not shown.remove_url:
        raise Http404
    form = RemoveForm(request.POST or None, is_author=shown.is_mine)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.remove(found, by=request.user, reason=given["reason"], erase=given["erase"])
        except MemoError as error:
            messages.info(request, str(error))
        else:
            messages.success(request, _("The question has been removed. Nobody finds it any more."))
        return redirect(memo.page.url + "#questions")
    title = _("Take back a question") if shown.is_mine else _("Remove a question")
    return _page(request, "remove", memo, title, shown=shown, form=form)


@require_safe
def removed_questions(request: HttpRequest) -> HttpResponse:
    """What was removed, by whom and why, for the office and for coordinators; for others it does not exist."""
    if not may_read_removals(request.user):
        raise Http404
    page = Paginator(removals_of(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "title": _("Removed questions"),
        "removals": shown_removals(page, request.user),
        "page_obj": page,
        "breadcrumbs": [
            {"label": _("Service memos"), "url": reverse("memos:list")},
            {"label": _("Removed questions"), "url": ""},
        ],
    }
    return render(request, "memos/questions/removed.html", context)


def _question(request: HttpRequest, pk: uuid.UUID) -> Question | None:
    seen = Question.objects.visible_to(request.user).filter(pk=pk)
    return seen.select_related("author", "answered_by", "record__item").first()


def _removed(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Why it is gone, for the author, as long as the memo is meant for the author; for everybody else it never was."""
    removed = Question.objects.of_visible_memos(request.user).filter(removed_at__isnull=False, author=request.user.pk)
    found = get_object_or_404(removed.select_related("record"), pk=pk)
    memo = visible_memo(request.user, found.record.item_id)
    return _page(request, "gone", memo, _("Question removed"), question=found)


def _answer_form(request: HttpRequest, found: Question) -> AnswerForm:
    initial = {"text": found.answer, "answers": found.answers}
    return AnswerForm(request.POST or None, initial=initial, is_private=found.is_private)


def _is_answered(request: HttpRequest, found: Question, form: AnswerForm) -> bool:
    """Keep the answer; on refusal the form says why."""
    given = form.cleaned_data
    try:
        services.answer(
            found,
            text=given["text"],
            language=reader_language(),
            by=request.user,
            answers=given["answers"],
            make_private=given.get("make_private", False),
        )
    except MemoError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Your answer is there. The author of the question is told."))
    return True


def _fresh(form: AnswerForm, found: Question) -> AnswerForm:
    """The form for what the question is now, with what was typed and what is wrong with it."""
    found.refresh_from_db()
    return _with_values(form, answers=found.answers)


def _with_values(form: Any, **values: Any) -> Any:
    """The bound form with other hidden values and the same errors."""
    form.data = form.data.copy()
    for name, value in values.items():
        form.data[name] = value
    return form


def _page(request: HttpRequest, template: str, memo: ListedMemo, title: str, **context: Any) -> HttpResponse:
    url = reverse("memos:questions", args=[memo.id])
    path = f"memos/questions/{template}.html"
    return memo_page(request, path, memo, title, within=(_("Questions"), url), list_url=url, **context)
