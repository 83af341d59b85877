"""Keeps items, audiences, file uses and search entries in step with the pages, in the transaction of the change."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from wagtail.models import Page, get_page_models
from wagtail.signals import page_unpublished, post_page_move

from intranet.networks import audiences
from intranet.networks.models import Item, Network
from intranet.networks.signals import audiences_changed, network_changed, network_provisioned
from intranet.pages import placing, uses
from intranet.pages.extraction.services import items_using, note_document
from intranet.pages.models import BasePage, GuardedDocument, GuardedImage, Topic
from intranet.pages.search_sources import index_items, retoken_items
from intranet.pages.sectioning import make_section, rename_section
from intranet.plugins.tasks import tasks_together


def connect() -> None:
    network_provisioned.connect(_make_section, sender=Network, dispatch_uid="pages.make_section")
    network_changed.connect(_rename_section, sender=Network, dispatch_uid="pages.rename_section")
    network_changed.connect(_index_network, sender=Network, dispatch_uid="pages.index_network")
    audiences_changed.connect(_index_audiences, dispatch_uid="pages.index_audiences")
    page_unpublished.connect(_after_unpublish, dispatch_uid="pages.after_unpublish")
    post_page_move.connect(_after_move, dispatch_uid="pages.after_move")
    pre_delete.connect(_before_delete, sender=Page, dispatch_uid="pages.before_delete")
    post_delete.connect(_after_delete, sender=Page, dispatch_uid="pages.after_delete")
    pre_delete.connect(_before_topic_goes, sender=Topic, dispatch_uid="pages.before_topic_goes")
    post_delete.connect(_after_topic_is_gone, sender=Topic, dispatch_uid="pages.after_topic_is_gone")
    post_save.connect(_after_document_save, sender=GuardedDocument, dispatch_uid="pages.after_document_save")
    post_save.connect(_after_image_save, sender=GuardedImage, dispatch_uid="pages.after_image_save")
    pre_delete.connect(_before_document_goes, sender=GuardedDocument, dispatch_uid="pages.before_document_goes")
    post_delete.connect(_after_document_is_gone, sender=GuardedDocument, dispatch_uid="pages.after_document_is_gone")


def after_page_save(page: BasePage, *, is_whole: bool) -> None:
    """Called by every save of a page type of ours, whole with its child relations, in its transaction."""
    placing.place_page(page)
    if is_whole:
        page.after_placing()
    _refresh([page.translation_key])


_together: ContextVar[dict[uuid.UUID, None] | None] = ContextVar("pages_refresh_together", default=None)


@contextmanager
def entries_together() -> Iterator[None]:
    """Within it, file uses and search entries wait, and come once at its end: for many pages, or several saves of one.

    The caller holds one transaction around it; an exception leaves nothing behind, as there is nothing to write for.
    What is done within one that is within another waits for the outer one's end.
    """
    keys: dict[uuid.UUID, None] = {}
    reset = _together.set(keys)
    try:
        yield
    finally:
        _together.reset(reset)
    _refresh(keys)


@contextmanager
def refresh_together() -> Iterator[None]:
    """The same with the tasks: for several saves of one page."""
    with entries_together(), tasks_together():
        yield


def _refresh(keys: Iterable[uuid.UUID]) -> None:
    waiting = _together.get()
    if waiting is not None:
        waiting.update(dict.fromkeys(keys))
        return
    keys = list(keys)
    uses.write_uses(keys)
    index_items(keys)


def _make_section(sender: Any, network: Network, **kwargs: Any) -> None:
    with refresh_together():
        make_section(network)


def _rename_section(sender: Any, network: Network, **kwargs: Any) -> None:
    rename_section(network)


def _index_network(sender: Any, network: Network, changes: frozenset[str], **kwargs: Any) -> None:
    """Its items are found under its region as long as it is listed, and among what is archived once it is closed."""
    is_region_changed = "region" in changes or ("listed" in changes and network.region)
    if is_region_changed or "state" in changes:
        index_items(Item.objects.filter(network=network).values_list("pk", flat=True))


def _index_audiences(sender: Any, keys: list[uuid.UUID], **kwargs: Any) -> None:
    retoken_items(keys)


def _after_unpublish(sender: Any, instance: Page, **kwargs: Any) -> None:
    _refresh([instance.translation_key])


def _after_move(sender: Any, instance: Page, **kwargs: Any) -> None:
    placing.move_versions(instance)
    keys = Page.objects.filter(path__startswith=instance.path).values_list("translation_key", flat=True)
    _refresh(set(keys))


def _before_delete(sender: Any, instance: Page, **kwargs: Any) -> None:
    """An alias whose original goes would become a live page of its own, with the deleted text."""
    for alias in Page.objects.filter(alias_of=instance):
        if alias.numchild:
            # Pages of its language hang below it: it stays as their place, as a draft.
            Page.objects.filter(pk=alias.pk).update(live=False, alias_of=None, has_unpublished_changes=True)
        else:
            alias.delete()


def _after_delete(sender: Any, instance: Page, **kwargs: Any) -> None:
    """The last version's end is the item's: with it goes what was below, whose pages are gone as well."""
    key = instance.translation_key
    with transaction.atomic():
        if Page.objects.filter(translation_key=key, alias_of=None).exists():
            _refresh([key])
        elif Item.objects.filter(pk=key).exists():
            gone = placing.subtree(key)
            index_items(gone)
            audiences.remove_items(gone)


def _before_topic_goes(sender: Any, instance: Topic, **kwargs: Any) -> None:
    """Its items are known only as long as it is there."""
    models = [model for model in get_page_models() if issubclass(model, BasePage)]
    tagged = (model.objects.filter(topics=instance).values_list("translation_key", flat=True) for model in models)
    instance.tagged_keys = {key for keys in tagged for key in keys}


def _after_topic_is_gone(sender: Any, instance: Topic, **kwargs: Any) -> None:
    """Its items are no longer found under it."""
    index_items(instance.tagged_keys)


def _after_document_save(
    sender: Any, instance: GuardedDocument, created: bool, raw: bool = False, **kwargs: Any
) -> None:
    """A fixture's documents are noticed by the worker: what uses them may not be there yet."""
    if raw:
        return
    if not created:
        uses.write_uses_of(GuardedDocument, [instance.pk])
    note_document(instance)


def _after_image_save(sender: Any, instance: GuardedImage, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Pages that show it already may be of the network to which it has come."""
    if not created and not raw:
        uses.write_uses_of(GuardedImage, [instance.pk])


def _before_document_goes(sender: Any, instance: GuardedDocument, **kwargs: Any) -> None:
    """What uses it is known only as long as it is there."""
    instance.used_by = items_using([instance.pk])


def _after_document_is_gone(sender: Any, instance: GuardedDocument, **kwargs: Any) -> None:
    """Its text is no longer found."""
    index_items(instance.used_by)
