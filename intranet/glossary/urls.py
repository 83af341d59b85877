"""Addresses under ``/<language>/glossary/``."""

from django.urls import path

from intranet.glossary import views

app_name = "glossary"
urlpatterns = [
    path("", views.term_list, name="list"),
    path("<slug:slug>/", views.term_page, name="term"),
]
