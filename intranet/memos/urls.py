"""Addresses under ``/<language>/memos/``."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from intranet.memos import edition_views, views

app_name = "memos"
urlpatterns = [
    path("", views.memo_list, name="list"),
    path(_("notes/"), views.note_list, name="notes"),
    path(_("<uuid:memo_id>/acknowledge/"), views.acknowledge_memo, name="acknowledge"),
    path(_("<uuid:memo_id>/correct/"), views.correct_receipt, name="correct_receipt"),
    path(_("<uuid:memo_id>/editions/"), edition_views.history, name="history"),
    path(_("<uuid:memo_id>/editions/<str:label>/"), edition_views.edition, name="edition"),
    path(_("<uuid:memo_id>/compare/"), edition_views.compare, name="compare"),
    path("files/<int:pk>/<str:filename>", edition_views.edition_file, name="edition_file"),
]
