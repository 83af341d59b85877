"""What notifications do when something happens elsewhere."""

from __future__ import annotations

from typing import Any

from wagtail.models import Page
from wagtail.signals import page_published

from intranet.accounts.models import User
from intranet.accounts.signals import account_state_changed
from intranet.notifications import networking, reviewing
from intranet.notifications.models import FeedAddress
from intranet.notifications.services import announce
from intranet.pages.models import BasePage


def connect() -> None:
    networking.connect()
    reviewing.connect()
    account_state_changed.connect(_end_addresses, sender=User, dispatch_uid="notifications.end_addresses")
    page_published.connect(_after_publication, dispatch_uid="notifications.page_published")


def _end_addresses(sender: Any, person: User, **kwargs: Any) -> None:
    """The secret addresses of a closed account's feeds end: opened again, it has none of them."""
    if not person.is_active:
        FeedAddress.objects.filter(person=person).delete()


def _after_publication(sender: Any, instance: Page, **kwargs: Any) -> None:
    """A page that is published for the first time in any language is new; announced again, nothing happens."""
    page = instance.specific_deferred if not isinstance(instance, BasePage) else instance
    if isinstance(page, BasePage) and page.announced_as and page.alias_of_id is None:
        announce(
            page.announced_as,
            dedupe=f"{page.announced_as}:{page.translation_key}",
            item=page.translation_key,
            actor=kwargs["revision"].user if kwargs.get("revision") else None,
            at=page.first_published_at,
        )
