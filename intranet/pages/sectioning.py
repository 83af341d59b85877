"""The page side of a network: its section in both languages and its collection."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import resolve
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import Collection, Locale, Page, Site

from intranet.networks.models import Network
from intranet.pages.models import HomePage, SectionCollection, SectionPage


def home_pages() -> dict[str, HomePage]:
    """The home page of each language, made on first need with the site that shows them."""
    homes = {home.locale.language_code: home for home in HomePage.objects.select_related("locale")}
    missing = [code for code, _name in settings.LANGUAGES if code not in homes]
    if not missing:
        return homes
    titles = {"fr": "Accueil", "en": "Home"}
    root = Page.objects.get(depth=1)
    for code, _name in settings.LANGUAGES:
        if code in homes:
            continue
        locale, _made = Locale.objects.get_or_create(language_code=code)
        first = next(iter(homes.values()), None)
        home = HomePage(title=titles[code], slug=f"home-{code}", locale=locale, live=True)
        if first is not None:
            home.translation_key = first.translation_key
        homes[code] = root.add_child(instance=home)
    main = homes[settings.LANGUAGE_CODE]
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"root_page": main, "hostname": "localhost", "port": 80, "site_name": settings.WAGTAIL_SITE_NAME},
    )
    return homes


def make_section(network: Network) -> None:
    """The section root in each language, one item; and the collection of the network's files.

    Raises:
        django.core.exceptions.ValidationError: an address of the site already has the network's short name.
    """
    _refuse_taken_address(network)
    translation_key = None
    now = timezone.now()
    for code, home in home_pages().items():
        home = HomePage.objects.get(pk=home.pk)
        section = SectionPage(
            title=network.name_in(code),
            slug=slugify(network.slug),
            locale=home.locale,
            section_network=network,
            live=True,
            first_published_at=now,
            last_published_at=now,
        )
        if translation_key is not None:
            section.translation_key = translation_key
        home.add_child(instance=section)
        translation_key = section.translation_key
    root = Collection.objects.get(depth=1)
    collection = root.add_child(name=network.slug)
    SectionCollection.objects.create(network=network, collection=collection)


def rename_section(network: Network) -> None:
    """Let the section's titles follow the network's names; a draft that waits keeps what its author wrote."""
    for section in SectionPage.objects.filter(section_network=network).select_related("locale"):
        name = network.name_in(section.locale.language_code)
        if section.title == name:
            continue
        section.title = section.draft_title = name
        section.save()
        if not section.has_unpublished_changes:
            section.save_revision().publish()


def _refuse_taken_address(network: Network) -> None:
    for code, _name in settings.LANGUAGES:
        with override(code):
            match = resolve(f"/{code}/{network.slug}/")
        if match.url_name != "wagtail_serve":
            raise ValidationError(
                {
                    "slug": _("“%(slug)s” is an address of the site itself. Choose another short name.")
                    % {"slug": network.slug}
                }
            )
