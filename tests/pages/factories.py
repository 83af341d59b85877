"""Networks, people, pages and files for the tests of pages."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from PIL import Image

from intranet.accounts.models import User
from intranet.networks import audiences
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.networks.services import add_membership, provision_network
from intranet.pages.models import BasePage, ContentPage, GuardedDocument, GuardedImage, SectionPage
from intranet.pages.receivers import refresh_together


def make_network(slug: str, kind: str = "society", **fields: Any) -> Network:
    """A network called “<slug> society” and “Société <slug>”."""
    names = {"name_en": f"{slug.title()} society", "name_fr": f"Société {slug.title()}"} | fields
    return provision_network(slug=slug, kind=kind, **names)


def make_halifax() -> Network:
    """The society with which most tests begin."""
    return make_network("halifax", code="HFX")


def make_moncton() -> Network:
    return make_network("moncton")


def make_person(name: str, *memberships: tuple[Network, str], language: str = "fr", **fields: Any) -> User:
    """An account with memberships, each a network and a role."""
    person = User.objects.create_user(f"{name}@example.org", name=name.title(), language=language, **fields)
    for network, role in memberships:
        add_membership(person=person, network=network, role=role)
    return person


def signed_in(person: User) -> Client:
    """The browser of somebody who has signed in, and has just been seen."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def section_of(network: Network, language: str = "fr") -> SectionPage:
    """The network's section in a language."""
    return SectionPage.objects.get(section_network=network, locale__language_code=language)


def make_page(
    parent: BasePage,
    title: str,
    *,
    page_type: type[BasePage] = ContentPage,
    version_of: BasePage | None = None,
    rule: Rule | None = None,
    live: bool = True,
    body: Iterable[tuple[str, Any]] = (),
    **fields: Any,
) -> Any:
    """A page below ``parent``, in its language; published unless ``live`` is false."""
    if body:
        fields["body"] = json.dumps([{"type": kind, "value": value} for kind, value in body])
    page = page_type(title=title, live=False, locale=parent.locale, **fields)
    if version_of is not None:
        page.translation_key = version_of.translation_key
    # Drafted and published in one go: what follows from it is done once.
    with transaction.atomic(), refresh_together():
        type(parent).objects.get(pk=parent.pk).add_child(instance=page)
        if rule is not None:
            set_rule(page, rule)
        # What is published at once is validated as it goes live.
        revision = page.save_revision(clean=not live)
        if live:
            revision.publish()
    return page_type.objects.get(pk=page.pk)


def set_rule(page: BasePage, rule: Rule) -> None:
    """Give the page's item a rule."""
    audiences.set_rule(uuid.UUID(str(page.translation_key)), rule, by=None)


def make_document(network: Network, title: str, name: str = "", content: bytes = b"words", **fields: Any) -> Any:
    """A document in the network's collection."""
    file = ContentFile(content, name=name or f"{title}.txt")
    collection = network.section_collection.collection
    return GuardedDocument.objects.create(title=title, file=file, collection=collection, **fields)


def png() -> bytes:
    """A small picture."""
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "#5a4a7a").save(content, "PNG")
    return content.getvalue()


def make_image(network: Network, title: str) -> Any:
    """A small image in the network's collection."""
    file = ContentFile(png(), name=f"{title}.png")
    return GuardedImage.objects.create(title=title, file=file, collection=network.section_collection.collection)
