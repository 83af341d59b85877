"""Run in a process of its own: makes a small site, or looks at it as a person does, and prints what it finds as JSON.

``python -m tests.plugins.sample_site make|look|measure``, with ``DATABASE_URL`` and ``INTRANET_PLUGINS`` set.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django

PASSWORD = "a password for the tests"
PUBLISHER = "publisher@halifax.example"
STRANGER = "reader@moncton.example"


def make() -> dict[str, Any]:
    """Two networks, a person in each; in Halifax three posters, one of them in both languages, a page and a list."""
    from intranet_posters.models import PaperSize, PosterPage

    from intranet.accounts.models import User
    from intranet.networks.services import add_membership, provision_network
    from intranet.pages.models import ContentPage, IndexPage, SectionPage

    names = {"halifax": PUBLISHER, "moncton": STRANGER}
    for slug, email in names.items():
        network = provision_network(slug=slug, kind="society", name_en=slug.title(), name_fr=slug.title())
        person = User.objects.create_user(email, PASSWORD, language="fr", name=slug.title())
        add_membership(person=person, network=network, role="publisher")
    sections = {
        section.locale.language_code: section
        for section in SectionPage.objects.filter(section_network__slug="halifax").select_related("locale")
    }

    def add(page: Any, language: str, parent: Any = None) -> Any:
        page.locale = sections[language].locale
        (parent or sections[language]).add_child(instance=page)
        page.save_revision().publish()
        return page

    french = add(PosterPage(title="Affiche sur le consentement", slug="consentement", live=False), "fr")
    add(PosterPage(title="Consent poster", slug="consent", translation_key=french.translation_key, live=False), "en")
    add(PosterPage(title="Affiche des lignes d’écoute", slug="ecoute", paper_size=PaperSize.TABLOID, live=False), "fr")
    tools = add(IndexPage(title="Outils", slug="outils", live=False), "fr")
    add(PosterPage(title="Affiche sur le logement", slug="logement", live=False), "fr", tools)
    add(ContentPage(title="Mode d’emploi des affiches", slug="mode-d-emploi", live=False), "fr")
    return {
        "poster_url": french.url,
        "poster_id": french.pk,
        "section_id": sections["fr"].pk,
        "section_url": sections["fr"].url,
        "list_id": tools.pk,
        "list_url": tools.url,
    }


def look(made: dict[str, Any]) -> dict[str, Any]:
    """What the publisher of Halifax, and a stranger to it, find on the site."""
    from django.apps import apps
    from django.core.management import call_command
    from django.db import connection

    from intranet.pages.models import SectionPage
    from intranet.plugins import registry

    call_command("check", "--fail-level", "WARNING", stdout=sys.stderr)
    offered = [model._meta.label for model in SectionPage.creatable_subpage_models()]
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = 0
        if "posters_posterpage" in tables:
            cursor.execute("SELECT COUNT(*) FROM posters_posterpage")
            rows = cursor.fetchone()[0]
    return {
        "app": apps.is_installed("intranet_posters"),
        "offered": "posters.PosterPage" in offered,
        "page_types": [model._meta.label for model in registry.page_models() if model._meta.app_label == "posters"],
        "rows": rows,
        "setting": registry.plugin("posters").setting("POSTERS_IN_PANEL") if registry.is_installed("posters") else None,
        "publisher": _visit(PUBLISHER, made),
        "stranger": _visit(STRANGER, made),
    }


def _visit(email: str, made: dict[str, Any]) -> dict[str, Any]:
    from django.test import Client
    from django.urls import reverse
    from django.utils.translation import override

    from intranet.accounts.models import User
    from intranet.plugins import registry

    with override("fr"):
        search_address = reverse("search")
    person = User.objects.get(email=email)
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    def get(address: str) -> tuple[int, str]:
        response = client.get(address, follow=True)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        return response.status_code, body.decode()

    home, home_text = get("/fr/")
    listed, list_text = get("/fr/affiches/")
    english, english_text = get("/en/posters/")
    section = made["section_id"]
    add, add_text = get(f"/admin/pages/{section}/add_subpage/")
    searched, search_text = get(f"{search_address}?q=affiche&paper_size=tabloid")
    status = {
        "home": home,
        "list": listed,
        "english list": english,
        "poster": get(made["poster_url"])[0],
        "add": add,
        "explorer": get(f"/admin/pages/{section}/")[0],
        "edit": get(f"/admin/pages/{made['poster_id']}/edit/")[0],
        "search page": searched,
        "section": get(made["section_url"])[0],
        "list of pages": get(made["list_url"])[0],
        "api": get("/api/v1/search?q=affiche")[0],
    }
    if not registry.is_installed("posters"):
        status["delete"] = client.post(f"/admin/pages/{made['list_id']}/delete/").status_code
        status["delete in bulk"] = client.post(
            f"/admin/bulk/wagtailcore/page/delete/?id={made['list_id']}&next=/admin/"
        ).status_code
    return {
        "status": status,
        "menu": "Affiches" in home_text and "/fr/affiches/" in home_text,
        "panel": _titles(home_text),
        "list": _titles(list_text),
        "english list": ["Consent poster"] if "Consent poster" in english_text else [],
        "facet": "Format du papier" in search_text and "Tabloïd (11 × 17 po)" in search_text,
        "found": _titles(search_text),
        "add": "/posters/posterpage/" in add_text,
        "search": _search(person),
    }


def measure(made: dict[str, Any]) -> dict[str, int]:
    """The number of queries of the list of posters when there are 3, 10 and 30."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from intranet_posters.models import PosterPage

    from intranet.accounts.models import User
    from intranet.pages.models import SectionPage

    client = Client()
    client.force_login(User.objects.get(email=PUBLISHER), backend="django.contrib.auth.backends.ModelBackend")
    counted = {}
    for wanted in (3, 10, 30):
        section = SectionPage.objects.get(pk=made["section_id"])
        for number in range(PosterPage.objects.filter(locale=section.locale).count(), wanted):
            section.add_child(instance=PosterPage(title=f"Affiche {number}", slug=f"a-{number}", locale=section.locale))
        client.get("/fr/affiches/")  # once a minute it notes the visit
        with CaptureQueriesContext(connection) as queries:
            text = client.get("/fr/affiches/").content.decode()
        assert text.count('<article class="card">') == wanted, text
        counted[str(wanted)] = len(queries)
    return counted


def _titles(text: str) -> list[str]:
    titles = ("Affiche sur le logement", "Affiche des lignes d’écoute", "Affiche sur le consentement")
    return [title for title in titles if title in text]


def _search(person: Any) -> dict[str, Any]:
    from intranet.networks.access import tokens_for
    from search import Query, search, sources, suggest

    tokens, facets = tokens_for(person), ("kind", "paper_size")
    found = search(Query("affiche", tokens, facets=facets, language="fr"))
    tabloid = search(Query("affiche", tokens, {"paper_size": frozenset({"tabloid"})}, facets=facets, language="fr"))
    return {
        "kinds": [source.kind for source in sources() if source.kind == "poster"],
        "total": found.total,
        "titles": sorted(hit.title for hit in found.hits),
        "facets": {name: {value.value: value.count for value in found.facets.get(name, ())} for name in facets},
        "tabloid": [hit.title for hit in tabloid.hits],
        "suggestions": sorted(each.title for each in suggest("affi", tokens, "fr")),
    }


if __name__ == "__main__":
    django.setup()
    given = json.loads(sys.stdin.read() or "{}")
    stage = sys.argv[1]
    print(json.dumps(make() if stage == "make" else look(given) if stage == "look" else measure(given)))
