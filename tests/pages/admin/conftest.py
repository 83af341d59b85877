"""Two networks side by side: *Halifax*, where the test's people work, and *Toronto*, which nobody there may know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from wagtail.images.tests.utils import get_test_image_file

from intranet.accounts.models import User
from intranet.networks.models import Network
from intranet.networks.services import add_membership, provision_network
from intranet.pages.models import BasePage, ContentPage, GuardedDocument, GuardedImage, SectionPage
from intranet.pages.receivers import refresh_together
from tests.beginnings import beginning

PASSWORD = "a-long-enough-password"


def make_network(slug: str, kind: str = "society", **fields: Any) -> Network:
    return provision_network(slug=slug, kind=kind, name_en=f"{slug} EN-NAME", name_fr=f"{slug} FR-NAME", **fields)


def make_person(name: str, network: Network | None = None, role: str = "contributor", **fields: Any) -> User:
    person = User.objects.create_user(f"{name}@example.org", PASSWORD, name=name, language="en", **fields)
    if network is not None:
        add_membership(person=person, network=network, role=role)
    return person


def section_of(network: Network, language: str = "en") -> SectionPage:
    return SectionPage.objects.get(section_network=network, locale__language_code=language)


def make_page(parent: BasePage, title: str, *, live: bool = True, **fields: Any) -> ContentPage:
    parent = type(parent).objects.get(pk=parent.pk)
    with transaction.atomic(), refresh_together():
        page = parent.add_child(instance=ContentPage(title=title, locale=parent.locale, live=False, **fields))
        revision = page.save_revision()
        if live:
            revision.publish()
    return ContentPage.objects.get(pk=page.pk)


def make_document(network: Network, title: str) -> GuardedDocument:
    return GuardedDocument.objects.create(
        title=title,
        file=ContentFile(b"text", name=f"{title}.txt"),
        collection=network.section_collection.collection,
    )


def make_image(network: Network, title: str) -> GuardedImage:
    return GuardedImage.objects.create(
        title=title,
        file=get_test_image_file(filename=f"{title}.png"),
        collection=network.section_collection.collection,
    )


@dataclass
class World:
    """The two networks, their people and what the foreign one holds."""

    own: Network
    foreign: Network
    office: Network
    contributor: User
    publisher: User
    coordinator: User
    reader: User
    superuser: User
    office_publisher: User
    office_coordinator: User
    foreign_publisher: User

    @property
    def section(self) -> SectionPage:
        return section_of(self.own)

    @property
    def foreign_section(self) -> SectionPage:
        return section_of(self.foreign)


def make_world() -> World:
    own, foreign = make_network("halifax"), make_network("toronto")
    office = make_network("office", "office")
    return World(
        own=own,
        foreign=foreign,
        office=office,
        contributor=make_person("contributor", own, "contributor"),
        publisher=make_person("publisher", own, "publisher"),
        coordinator=make_person("coordinator", own, "coordinator"),
        reader=make_person("reader", own, "reader"),
        superuser=make_person("superuser", is_superuser=True),
        office_publisher=make_person("office-publisher", office, "publisher"),
        office_coordinator=make_person("office-coordinator", office, "coordinator"),
        foreign_publisher=make_person("foreign-publisher", foreign, "publisher"),
    )


world = beginning(make_world)


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    def make(person: User) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make
