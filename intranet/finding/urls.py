"""Addresses of the search page and of what belongs to it."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from intranet.finding import saved_views, views

urlpatterns = [
    path("", views.search_page, name="search"),
    path(_("new/"), views.news, name="news"),
    path(_("saved/"), saved_views.saved_searches, name="saved_searches"),
    path(_("saved/<uuid:pk>/name/"), saved_views.rename_saved_search, name="rename_saved_search"),
    path(_("saved/<uuid:pk>/delete/"), saved_views.delete_saved_search, name="delete_saved_search"),
]
