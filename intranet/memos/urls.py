"""Addresses under ``/<language>/memos/``."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from intranet.memos import edition_views, review_views, views
from intranet.memos.follow_up import auditing, overview
from intranet.memos.follow_up import views as follow_up
from intranet.memos.practice import figure_views
from intranet.memos.practice import views as practice_views
from intranet.memos.printing import views as printing
from intranet.memos.questions import views as question_views

app_name = "memos"
urlpatterns = [
    path("", views.memo_list, name="list"),
    path(_("notes/"), views.note_list, name="notes"),
    path(_("notes/figures/"), figure_views.figures, name="figures"),
    path(_("notes/<uuid:note_id>/practice/<slug:network>/"), practice_views.practice, name="practice"),
    path(_("notes/<uuid:note_id>/took-part/"), practice_views.took_part, name="took_part"),
    path(_("notes/<uuid:note_id>/took-part/take-back/"), practice_views.take_back, name="take_back"),
    path(_("notes/<uuid:note_id>/rate/"), practice_views.rate_session, name="rate_session"),
    path(_("notes/<uuid:note_id>/people/"), practice_views.count_people, name="count_people"),
    path(_("<uuid:memo_id>/acknowledge/"), views.acknowledge_memo, name="acknowledge"),
    path(_("<uuid:memo_id>/correct/<int:edition>/"), views.correct_receipt, name="correct_receipt"),
    path(_("<uuid:memo_id>/editions/"), edition_views.history, name="history"),
    path(_("<uuid:memo_id>/editions/<str:label>/"), edition_views.edition, name="edition"),
    path(_("<uuid:memo_id>/compare/"), edition_views.compare, name="compare"),
    path(_("follow-up/"), overview.followed_list, name="followed"),
    path(_("<uuid:memo_id>/follow-up/"), follow_up.memo_follow_up, name="follow_up"),
    path(_("<uuid:memo_id>/follow-up/people/"), follow_up.people, name="follow_up_people"),
    path(_("<uuid:memo_id>/follow-up/export/"), follow_up.export, name="follow_up_export"),
    path(_("<uuid:memo_id>/follow-up/record/"), auditing.memo_record, name="follow_up_record"),
    path(_("<uuid:item_id>/review/"), review_views.review, name="review"),
    path(_("<uuid:item_id>/print/"), printing.sheet, name="print"),
    path("<uuid:item_id>/pdf/", printing.pdf, name="pdf"),
    path(_("<uuid:memo_id>/questions/"), question_views.question_list, name="questions"),
    path(_("<uuid:memo_id>/questions/ask/"), question_views.ask_question, name="ask"),
    path(_("questions/<uuid:pk>/"), question_views.question, name="question"),
    path(_("questions/<uuid:pk>/remove/"), question_views.remove_question, name="remove_question"),
    path(_("questions/removed/"), question_views.removed_questions, name="removed_questions"),
    path("files/<int:pk>/<str:filename>", edition_views.edition_file, name="edition_file"),
]
