"""Addresses of guarded files, and of the page tree."""

from django.urls import path, re_path

from intranet.pages.views import files, pages

guarded_files = [
    path("documents/<int:pk>/<str:filename>", files.document, name="wagtaildocs_serve"),
    path("images/<int:pk>/<str:filename>", files.rendition, name="guarded_rendition"),
    path("images/originals/<int:pk>/<str:filename>", files.original, name="guarded_original"),
    path("logos/<slug:slug>/<str:filename>", files.logo, name="network_logo"),
]

page_tree = [
    # Wagtail finds a page's address by this name.
    re_path(r"^((?:[\w\-]+/)*)$", pages.serve, name="wagtail_serve"),
]
