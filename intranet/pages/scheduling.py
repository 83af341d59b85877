"""Publications and expiries that an editor planned, when their hour has come."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from wagtail.models import Page, Revision, get_page_models

from intranet.pages.models.querysets import with_known_type

logger = logging.getLogger(__name__)
T = TypeVar("T", bound=Model)


def run_schedule() -> int:
    """Unpublish what has expired and publish what is due; the number of both.

    Unlike Wagtail's own command, one page that cannot be published, or whose plugin is switched off, does not keep
    the others waiting: it is logged and tried again the next time.
    """
    now = timezone.now()
    expired = with_known_type(Page.objects.filter(live=True, expire_at__lt=now)).order_by("expire_at")
    types = ContentType.objects.get_for_models(*get_page_models()).values()
    due = Revision.objects.filter(approved_go_live_at__lt=now, content_type__in=[each.pk for each in types])
    return _each(expired, _expire) + _each(due.order_by("approved_go_live_at"), _publish)


def _expire(page: Page) -> None:
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def _publish(revision: Revision) -> None:
    revision.publish(log_action="wagtail.publish.scheduled")


def _each(waiting: QuerySet[T], act: Callable[[T], None]) -> int:
    done = 0
    has_skip = connection.features.has_select_for_update_skip_locked
    for key in list(waiting.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                # Locked and read again: another worker may have been here.
                found = waiting.select_for_update(skip_locked=has_skip).filter(pk=key).first()
                if found is not None:
                    act(found)
                    done += 1
        except Exception:
            logger.exception("What was planned for %s %s failed; it is tried again.", waiting.model.__name__, key)
    return done
