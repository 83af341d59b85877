"""Wagtail finds the hooks here; they are kept by side."""

from intranet.pages import admin_hooks, serving_hooks, waiting_hooks  # noqa: F401
