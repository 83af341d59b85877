"""Addresses of the search page and of what belongs to it."""

from django.urls import path

from intranet.finding import views

urlpatterns = [
    path("", views.search_page, name="search"),
]
