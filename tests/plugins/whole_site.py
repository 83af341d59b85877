"""Run in a process of its own: makes a site with content of every plugin, or looks at it as people do; prints JSON.

``python -m tests.plugins.whole_site make|look``, with ``DATABASE_URL`` and ``INTRANET_PLUGINS_DISABLED`` set.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from django.test import Client

EDITOR = "edith@example.org"
READER = "lise@example.org"
SOUGHT = "boussole"


def _lines(now: datetime) -> list[dict[str, Any]]:
    names = {"office": "bureau", "halifax": "halifax"}
    networks: list[dict[str, Any]] = [
        {"type": "network", "slug": slug, "kind": kind, "name": {"fr": names[slug], "en": slug}}
        for slug, kind in (("office", "office"), ("halifax", "society"))
    ]
    networks[0]["section"] = {"audience": "members"}
    people = [
        {"type": "person", "email": email, "memberships": [{"network": slug, "role": role}]}
        for email, slug, role in ((EDITOR, "office", "coordinator"), (READER, "halifax", "reader"))
    ]
    term = {"type": "term", "slug": "bsl", "form": {"fr": "boussole"}, "acronyms": {"fr": ["BSL"]}}
    return [*networks, *people, term, *_items(now)]


def _items(now: datetime) -> Iterator[dict[str, Any]]:
    """A list with a memo below it, a memo that is asked of the reader, a note, and a page about them."""
    common = {"type": "item", "network": "office", "language": "fr", "audience": "members"}
    common |= {"published": now.isoformat(), "body": f"<p>La {SOUGHT} et la BSL.</p>"}
    links = "".join(f'<p><a href="item:{name}">{name}</a></p>' for name in ("memo", "note"))
    yield {**common, "id": "list", "kind": "index", "title": "Tout sur la boussole"}
    yield {**common, "id": "page", "kind": "page", "title": "Page de la boussole", "body": common["body"] + links}
    yield {**common, "id": "below", "kind": "memo", "title": "Note rangée", "parent": "list"}
    yield {**common, "id": "note", "kind": "training_note", "title": "Suivi de la boussole"}
    asked = {"acknowledge": True, "acknowledge_by": f"{now + timedelta(days=10):%Y-%m-%d}"}
    yield {**common, "id": "memo", "kind": "memo", "title": "Note de la boussole", "memo": asked}


def make() -> dict[str, Any]:
    """A site with people whom it told of its items, a saved search for memos, and addresses of their own."""
    from django.core.management import call_command
    from django.utils import timezone
    from wagtail.models import Page

    from intranet.accounts.models import User
    from intranet.exchange.importing import import_file
    from intranet.finding.models import SavedSearch
    from intranet.notifications.feeds import make_address
    from intranet.pages.models import ExternalReference, SectionPage

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.jsonl"
        path.write_text("".join(f"{json.dumps(line)}\n" for line in _lines(timezone.now())))
        report = import_file(path)
        assert (report.errors, report.warnings) == ([], []), report
    call_command("worker", "--once", stdout=sys.stderr)
    reader = User.objects.get(email=READER)
    SavedSearch.objects.create(person=reader, name="Les notes", text=SOUGHT, filters={"kind": ["memo", "page"]})
    pages = {
        reference.external_id: Page.objects.get(pk=reference.page_id) for reference in ExternalReference.objects.all()
    }
    section = SectionPage.objects.get(section_network__slug="office", locale__language_code="fr")
    return {
        "feeds": {feed: make_address(reader, feed).partition("8000")[2] for feed in ("new", "due")},
        "pages": {name: [page.pk, page.url] for name, page in {**pages, "section": section}.items()},
        "keys": {name: str(page.translation_key) for name, page in pages.items()},
    }


def look(made: dict[str, Any]) -> dict[str, Any]:
    """What the commands say, and what a reader and an editor of the site find."""
    from django.core.management import call_command
    from django.db.migrations.loader import MigrationLoader

    for command in ("migrate", "worker", "search_check", "check_access"):
        call_command(command, *(["--once"] if command == "worker" else ()), stdout=sys.stderr)
    call_command("check", "--fail-level", "WARNING", stdout=sys.stderr)
    call_command("makemigrations", "--check", "--dry-run", stdout=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.jsonl"
        call_command("export_content", str(path), stdout=sys.stderr)
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        call_command("import_content", str(path), stdout=sys.stderr)
    return {
        "migrated apps": sorted(MigrationLoader(None).migrated_apps & {"memos", "glossary"}),
        "exported": sorted({line["kind"] if line["type"] == "item" else line["type"] for line in lines}),
        "reader": _visit(READER, _reader_addresses(made)),
        "editor": _visit(EDITOR, _editor_addresses(made)),
        "feeds": _visit("", made["feeds"]),
        **_shown(made),
    }


def _reader_addresses(made: dict[str, Any]) -> dict[str, str]:
    pages = {name: url for name, (_pk, url) in made["pages"].items()}
    memo, note = made["keys"]["memo"], made["keys"]["note"]
    return {
        "home": "/fr/",
        "English home": "/en/",
        **pages,
        "search": f"/fr/recherche/?q={SOUGHT}",
        "search by kind": f"/fr/recherche/?q={SOUGHT}&kind=memo&kind=training_note&kind=term",
        "saved searches": "/fr/recherche/enregistrees/",
        "networks": "/fr/reseaux/",
        "notifications": "/fr/notifications/",
        "to do": "/fr/notifications/a-faire/",
        "e-mails": "/fr/notifications/courriels/",
        "profile": "/accounts/profile/",
        "memos": "/fr/notes-de-service/",
        "notes": "/fr/notes-de-service/notes-de-formation/",
        "memo on paper": f"/fr/notes-de-service/{memo}/imprimer/",
        "editions": f"/fr/notes-de-service/{memo}/editions/",
        "questions": f"/fr/notes-de-service/{memo}/questions/",
        "glossary": "/fr/glossaire/",
        "term": "/fr/glossaire/bsl/",
        **{
            f"API {name}": f"/api/v1/{name}"
            for name in ("me", "home", "networks", "searches", "memos", "glossary", "openapi.json")
        },
        "API search": f"/api/v1/search?q={SOUGHT}",
        "API suggest": f"/api/v1/suggest?q={SOUGHT}",
        "API editions": f"/api/v1/memos/{memo}/editions",
        "API questions": f"/api/v1/memos/{memo}/questions",
        "API practice": f"/api/v1/notes/{note}/practice",
    }


def _editor_addresses(made: dict[str, Any]) -> dict[str, str]:
    keys = {name: pk for name, (pk, _url) in made["pages"].items()}
    return {
        "admin": "/admin/",
        "explorer": f"/admin/pages/{keys['section']}/",
        "add": f"/admin/pages/{keys['section']}/add_subpage/",
        **{f"edit {name}": f"/admin/pages/{keys[name]}/edit/" for name in ("page", "list", "memo", "note")},
        **{f"history of {name}": f"/admin/pages/{keys[name]}/history/" for name in ("page", "memo")},
        "add a memo": f"/admin/pages/add/memos/memopage/{keys['section']}/",
        "withdraw": f"/admin/memos/{keys['memo']}/withdraw/",
        "upkeep": "/admin/reports/upkeep/",
        "figures": "/fr/notes-de-service/notes-de-formation/chiffres/",
        "follow-up": "/fr/notes-de-service/suivi/",
        "terms": "/admin/terms/",
        "searches": "/admin/reports/searches/",
        "site history": "/admin/reports/site-history/",
        "search in the admin": "/admin/pages/search/?q=boussole",
        "documents": "/admin/documents/",
    }


def _client(email: str) -> Client:
    from django.test import Client

    from intranet.accounts.models import User

    client = Client(raise_request_exception=False)
    if email:
        client.force_login(User.objects.get(email=email), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _visit(email: str, addresses: dict[str, str]) -> dict[str, int]:
    """The status of each address, for a person or for nobody."""
    client = _client(email)
    return {name: client.get(address, follow=True).status_code for name, address in addresses.items()}


def _shown(made: dict[str, Any]) -> dict[str, Any]:
    """What of the plugins stands on the pages of the rest."""
    reader, editor = _client(READER), _client(EDITOR)

    def text(address: str, client: Client = reader) -> str:
        return client.get(address, follow=True).content.decode()

    def shown(words: tuple[str, ...], page: str) -> list[str]:
        return [word for word in words if word in page]

    section, page, shelf = (text(made["pages"][name][1]) for name in ("section", "page", "list"))
    home = text("/fr/")
    found = reader.get(f"/api/v1/search?q={SOUGHT}").json()
    add = text(f"/admin/pages/{made['pages']['section'][0]}/add_subpage/", editor)
    openapi = reader.get("/api/v1/openapi.json").json()
    return {
        "menu": shown(('href="/fr/notes-de-service/"', 'href="/fr/glossaire/"'), home),
        "asked at home": "Note de la boussole" in home,
        "to read": [entry["title"] for entry in reader.get("/api/v1/home").json()["to_read"]],
        "of the section": shown(("Note de la boussole", "Suivi de la boussole"), section),
        "of the list": "Note rangée" in shelf,
        "explained": 'class="explained"' in page,
        "linked": [name for name in ("memo", "note") if made["pages"][name][1] in page],
        "kinds": {facet["value"]: facet["count"] for facet in found["facets"]["kind"]},
        "titles": sorted(result["title"] for result in found["results"]),
        "answers": [answer["title"] for answer in found["answers"]],
        "by its acronym": reader.get("/api/v1/search?q=BSL").json()["also_searched"],
        "suggested": sorted(each["title"] for each in reader.get(f"/api/v1/suggest?q={SOUGHT}").json()["suggestions"]),
        "offered": shown(("memos/memopage", "memos/trainingnotepage"), add),
        "admin menu": shown(("/admin/terms/", "/admin/reports/upkeep/"), text("/admin/", editor)),
        "API": sorted({path.split("/")[3] for path in openapi["paths"]}),
        "told": shown(("Note de la boussole", "Page de la boussole"), text("/fr/notifications/")),
        "chosen by e-mail": 'name="all-memos.' in text("/fr/notifications/courriels/"),
    }


if __name__ == "__main__":
    django.setup()
    given = json.loads(sys.stdin.read() or "{}")
    print(json.dumps(make() if sys.argv[1] == "make" else look(given)))
