"""What must exist before the first page: languages, the home pages, the site, the one workflow.

Written after every ``migrate``, so that a new, a migrated and a flushed database are alike.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.contenttypes.management import create_contenttypes
from django.db.models.signals import post_migrate
from wagtail.models import Page, Workflow, WorkflowPage, WorkflowTask

from intranet.pages.models import NetworkApprovalTask
from intranet.pages.sectioning import home_pages


def connect() -> None:
    post_migrate.connect(_write, sender=apps.get_app_config("pages"), dispatch_uid="pages.foundations")


def _write(sender: Any, using: str, **kwargs: Any) -> None:
    for label in ("wagtailcore", "pages"):
        create_contenttypes(apps.get_app_config(label), using=using, verbosity=0)
    _remove_welcome_page()
    home_pages()
    if not NetworkApprovalTask.objects.exists():
        _write_workflow()


def _remove_welcome_page() -> None:
    """Wagtail's first migration leaves a page that belongs to nobody."""
    for page in Page.objects.filter(depth=2, content_type__app_label="wagtailcore"):
        page.delete()


def _write_workflow() -> None:
    """One workflow for the whole tree; its task asks whoever publishes in the page's network.

    Wagtail keeps one name of a workflow and of a task for all languages, so theirs say it in both.
    """
    Workflow.objects.filter(name="Moderators approval").delete()
    task = NetworkApprovalTask.objects.create(name="Approbation – Approval", active=True)
    workflow = Workflow.objects.create(name="Révision – Review", active=True)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.update_or_create(page=Page.objects.get(depth=1), defaults={"workflow": workflow})
