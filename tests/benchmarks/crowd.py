"""A site of a given size, made in bulk: what saving page by page would make, in minutes instead of hours."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Page

from intranet.networks.audiences import Rule, tokens_of
from intranet.networks.models import AudienceToken, Item, Network
from intranet.networks.services import provision_network
from intranet.pages.models import ContentPage, SectionPage
from intranet.pages.search_sources import index_items
from search.chunks import chunked

SHARED = 0.2
INDEXED_AT_ONCE = 500
_ROOTS = {
    "fr": "accueil héberge soutien école réseau partage mesure forma violence femme droit santé langue région travail",
    "en": "shelter support network school share measure train violence women right health language region work safety",
}
_ENDINGS = {
    "fr": ("", "s", "ment", "tion", "tions", "eur", "euse", "ique", "able", "er", "ons", "ée", "ées", "isme"),
    "en": ("", "s", "ing", "ed", "ment", "ation", "er", "ers", "ness", "ful", "able", "ity", "less", "ly"),
}
_PREFIXES = ("", "inter", "re", "sur", "co", "multi", "pré", "trans", "anti", "para", "néo", "micro", "auto", "bio")


def vocabulary(language: str) -> list[str]:
    """About 3,000 words, the frequent ones first."""
    return [
        f"{prefix}{root}{ending}"
        for prefix in _PREFIXES
        for ending in _ENDINGS[language]
        for root in _ROOTS[language].split()
    ]


def grow(networks: int, pages: int) -> None:
    """Adds what is missing to ``networks`` networks and ``pages`` pages in all, half in each language."""
    for number in range(Network.objects.count(), networks):
        provision_network(
            slug=f"network-{number}", kind="society", name_en=f"Network {number}", name_fr=f"Réseau {number}"
        )
    in_each = pages // networks
    fill_sections(Network.objects.filter(slug__startswith="network-").order_by("pk"), in_each // 2)
    call_command("rebuild_modelsearch_index", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def fill_sections(networks: Iterable[Network], items: int, *, shared: float = SHARED) -> None:
    """Adds what is missing to ``items`` pages in each section, in both languages; a part is for everyone by itself."""
    made = [key for network in networks for key in _add_pages(network, items, shared)]
    write_child_rows()
    for keys in chunked(made, INDEXED_AT_ONCE):
        index_items(keys)


@transaction.atomic
def _add_pages(network: Network, items: int, share: float) -> list[uuid.UUID]:
    sections = list(SectionPage.objects.filter(section_network=network).select_related("locale"))
    there = sections[0].numchild
    if there >= items:
        return []
    chance = random.Random(network.pk)
    keys = [uuid.UUID(int=chance.getrandbits(128), version=4) for _number in range(items - there)]
    section_key = sections[0].translation_key
    shared = {key for key in keys if chance.random() < share}
    Item.objects.bulk_create(
        Item(
            key=key,
            network=network,
            parent_id=section_key,
            rule=Item.Rule.EVERYONE if key in shared else "",
            rule_from_id=key if key in shared else section_key,
        )
        for key in keys
    )
    tokens = {rule: tokens_of(Rule(rule), network.pk) for rule in (Item.Rule.EVERYONE, Item.Rule.SECTION)}
    AudienceToken.objects.bulk_create(
        AudienceToken(item_id=key, token=token)
        for key in keys
        for token in tokens[Item.Rule.EVERYONE if key in shared else Item.Rule.SECTION]
    )
    for section in sections:
        words = vocabulary(section.locale.language_code)
        Page.objects.bulk_create(
            bare_page(section, there + number + 1, key, " ".join(chance.choices(words, k=5)).capitalize())
            for number, key in enumerate(keys)
        )
        Page.objects.filter(pk=section.pk).update(numchild=items)
    return keys


def bare_page(
    section: SectionPage, number: int, key: uuid.UUID, title: str, page_type: type[Page] = ContentPage
) -> Page:
    """A live page without what its own type stores: ``write_child_rows`` adds that."""
    now = timezone.now()
    slug = f"page-{number}"
    return Page(
        path=Page._get_path(section.path, section.depth + 1, number),
        depth=section.depth + 1,
        title=title,
        draft_title=title,
        slug=slug,
        url_path=f"{section.url_path}{slug}/",
        locale=section.locale,
        translation_key=key,
        content_type=ContentType.objects.get_for_model(page_type),
        live=True,
        first_published_at=now,
        last_published_at=now,
        latest_revision_created_at=now,
    )


def write_child_rows(page_type: type[Page] = ContentPage) -> None:
    """The rows of the page type's own table, each with its fields' defaults."""
    fields = [field for field in page_type._meta.local_concrete_fields if not field.primary_key]
    values: list[Any] = [field.get_db_prep_save(field.get_default(), connection) for field in fields]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    table, key = page_type._meta.db_table, page_type._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ("{key}", {columns}) SELECT page.id, {", ".join(["%s"] * len(fields))} '
            f'FROM wagtailcore_page page LEFT JOIN "{table}" child ON child."{key}" = page.id '
            f'WHERE page.content_type_id = %s AND child."{key}" IS NULL',
            [*values, ContentType.objects.get_for_model(page_type).pk],
        )
