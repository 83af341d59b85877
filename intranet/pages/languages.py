"""The languages of the interface, as links and labels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, get_language_info, override, pgettext
from django.utils.translation import gettext as _


class LanguageLink(TypedDict):
    """The same page in a language, or, where it does not exist, that language's home page."""

    code: str
    label: str
    url: str
    is_current: bool
    exists: bool


def own_name(code: str) -> str:
    """The language's name in itself: “Français”."""
    return str(get_language_info(code)["name_local"]).capitalize()


def name_here(code: str) -> str:
    """The language's name in the language in force; the tag itself where it is not one of the site's."""
    names = {"fr": _("French"), "en": _("English")}
    return names.get(code, code)


def name_in_sentence(code: str) -> str:
    """The same after *in*: French writes it without a capital there."""
    names = {"fr": pgettext("in a sentence", "French"), "en": pgettext("in a sentence", "English")}
    return names.get(code, code)


def own_first(codes: Iterable[str]) -> list[str]:
    """These languages as readers are shown them: the one in force first, the others in the order of the site's."""
    order = [code for code, _name in settings.LANGUAGES]
    return sorted(codes, key=lambda code: (code != get_language(), order.index(code) if code in order else len(order)))


def one_of(codes: Iterable[str], asked: str | None) -> str:
    """The language that was asked for if it is one of these, else the reader's, else the first there is; empty where
    there is none."""
    shown = own_first(codes)
    return asked if asked in shown else next(iter(shown), "")


def url_in(code: str, name: str, *args: str) -> str:
    """The address of the URL pattern ``name`` in a language."""
    with override(code):
        return reverse(name, args=args)


def links_to(urls: dict[str, str]) -> list[LanguageLink]:
    """A link for each language of the site; ``urls`` names those in which the page exists."""
    return [
        LanguageLink(
            code=code,
            label=own_name(code),
            url=urls.get(code) or url_in(code, "wagtail_serve", ""),
            is_current=code == get_language(),
            exists=code in urls,
        )
        for code, _name in settings.LANGUAGES
    ]


def home_links() -> list[LanguageLink]:
    """The home pages, for pages that have no language versions."""
    return links_to({})
