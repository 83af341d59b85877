"""Addresses under ``/<language>/memos/``."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from intranet.memos import views

app_name = "memos"
urlpatterns = [
    path("", views.memo_list, name="list"),
    path(_("notes/"), views.note_list, name="notes"),
    path(_("<uuid:memo_id>/acknowledge/"), views.acknowledge_memo, name="acknowledge"),
]
