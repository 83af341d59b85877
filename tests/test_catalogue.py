"""The French of the interface: whole, typeset as in Canada, and the same in its placeholders and addresses."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import polib
import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils import translation

from intranet.accounts.models import User
from scripts.compile_messages import catalogues, compile_catalogue
from tests.services.machine import install_packages

ROOT = Path(__file__).parents[1]
OURS = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
LIBRARIES = ROOT / "locale" / "libraries" / "fr" / "LC_MESSAGES" / "django.po"
LIBRARIES_IN_ENGLISH = ROOT / "locale" / "libraries" / "en" / "LC_MESSAGES" / "django.po"
SAMPLE = ROOT / "tests" / "sample_plugin" / "src" / "intranet_posters" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
SOURCES = (".py", ".html", ".txt")

NBSP = "\N{NO-BREAK SPACE}"
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z]|\{[a-z_]*\}|%[sd]")
CONVERTER = re.compile(r"<[a-z]+:[a-z_]+>")
TAG = re.compile(r"</?[a-z][^<>]*>")
ADDRESS = re.compile(r"(?:[a-z-]+|<[a-z]+:[a-z_]+>)(?:/(?:[a-z-]+|<[a-z]+:[a-z_]+>))*/")

WRONG_TYPOGRAPHY = {
    "a straight apostrophe": re.compile(r"'"),
    "two spaces": re.compile(rf"[ {NBSP}]{{2}}"),
    "English quotation marks": re.compile(r"[“”]"),
    "a colon without its no-break space": re.compile(rf"(?<!{NBSP})(?<!Authorization):(?=[ \n]|$)"),
    "a guillemet without its no-break space": re.compile(rf"«(?!{NBSP})|(?<!{NBSP})»"),
    "a space before a mark that takes none in Canada": re.compile(rf"[ {NBSP}][;!?,.](?!\w)"),
    "three full stops for an ellipsis": re.compile(r"\.\.\."),
}


def entries(*paths: Path) -> Iterator[tuple[polib.POEntry, str, str]]:
    """Each message with its source and its French: the plural with the plural, the singular with the singular."""
    for path in paths:
        for entry in polib.pofile(str(path)):
            if not entry.msgid_plural:
                yield entry, entry.msgid, entry.msgstr
                continue
            yield entry, entry.msgid, entry.msgstr_plural[0]
            yield entry, entry.msgid_plural, entry.msgstr_plural[1]


def is_address(text: str) -> bool:
    return ADDRESS.fullmatch(text) is not None


@pytest.mark.parametrize(
    "path", [OURS, LIBRARIES, LIBRARIES_IN_ENGLISH, SAMPLE], ids=["ours", "libraries", "in English", "sample plugin"]
)
def test_no_message_is_empty_doubtful_or_left_over(path: Path) -> None:
    catalogue = polib.pofile(str(path), check_for_duplicates=True)
    assert len(catalogue) > 0
    assert not catalogue.metadata_is_fuzzy
    assert [entry.msgid for entry in catalogue if entry.obsolete or entry.fuzzy or not entry.translated()] == []


def test_placeholders_and_tags_are_those_of_the_source() -> None:
    different = {}
    for entry, source, french in entries(OURS, SAMPLE):
        placeholders = Counter(PLACEHOLDER.findall(source))
        if entry.msgid_plural and not placeholders:
            # English may say “one” without its number; the French singular stands for 0 as well.
            placeholders = Counter(PLACEHOLDER.findall(entry.msgid_plural))
        if (placeholders, Counter(TAG.findall(source))) != (
            Counter(PLACEHOLDER.findall(french)),
            Counter(TAG.findall(french)),
        ):
            different[source] = french
    assert different == {}


def test_words_of_libraries_ask_for_nothing_that_the_library_does_not_give() -> None:
    for _entry, source, said in entries(LIBRARIES, LIBRARIES_IN_ENGLISH):
        assert not Counter(PLACEHOLDER.findall(said)) - Counter(PLACEHOLDER.findall(source)), source
        assert Counter(TAG.findall(said)) == Counter(TAG.findall(source)), source


@pytest.mark.parametrize("mistake", WRONG_TYPOGRAPHY)
def test_typography_is_canadian(mistake: str) -> None:
    pattern = WRONG_TYPOGRAPHY[mistake]
    assert [french for _entry, _source, french in entries(OURS, LIBRARIES, SAMPLE) if pattern.search(french)] == []


@pytest.mark.parametrize(("ending", "endings"), [("?", "?"), ("…", "…"), (".", ".!"), (":", ":")])
def test_sentences_end_alike(ending: str, endings: str) -> None:
    said = [(source.rstrip(), french.rstrip()) for _entry, source, french in entries(OURS, LIBRARIES, SAMPLE)]
    assert [french for source, french in said if source.endswith(ending) and not french.endswith(tuple(endings))] == []


def test_colon_of_a_template_comes_from_the_catalogue() -> None:
    left_out = re.compile(r"{% comment %}.*?{% endcomment %}|{% blocktranslate .*?(?={% endblock)", re.DOTALL)
    found = [
        f"{path.name}: {match[0]}"
        for path in (ROOT / "intranet").rglob("*.html")
        for match in re.finditer(r"(?:[%}]}|>): ", left_out.sub("", path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_addresses_are_ascii_unique_and_keep_their_arguments() -> None:
    addresses = {source: french for _entry, source, french in entries(OURS) if is_address(source)}
    assert {"search/", "memos/", "networks/"} <= set(addresses)
    assert {french for french in addresses.values() if not is_address(french)} == set()
    assert [french for french, count in Counter(addresses.values()).items() if count > 1] == []
    assert {
        source: french for source, french in addresses.items() if CONVERTER.findall(source) != CONVERTER.findall(french)
    } == {}


def test_words_of_libraries_are_words_that_a_library_says() -> None:
    known: set[str] = set()
    for library in ("allauth", "django", "wagtail", "wagtail_localize"):
        specification = find_spec(library)
        assert specification is not None
        assert specification.origin is not None
        for path in Path(specification.origin).parent.rglob("locale/fr/LC_MESSAGES/django.mo"):
            known |= {entry.msgid for entry in polib.mofile(str(path))}
    said = {entry.msgid for path in (LIBRARIES, LIBRARIES_IN_ENGLISH) for entry in polib.pofile(str(path))}
    assert said - known == set()
    assert said & {entry.msgid for entry in polib.pofile(str(OURS))} == set()


def test_every_message_of_the_source_is_in_the_catalogue(tmp_path: Path) -> None:
    if shutil.which("xgettext") is None or shutil.which("msgmerge") is None:
        install_packages("gettext")
    for name in ("intranet", "search"):
        for path in (ROOT / name).rglob("*"):
            if path.suffix in SOURCES:
                copy = tmp_path / path.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
    (tmp_path / "locale").mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "fr", "--no-location"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    collected = polib.pofile(str(tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po"))
    said = {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in collected if not entry.obsolete}
    written = {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(OURS))}
    assert said - written == set(), "Translate these: manage.py makemessages --locale fr --no-location"
    assert written - said == set(), "Nobody says these any more: take them out of the catalogue"


def test_catalogues_are_compiled_as_they_are_written() -> None:
    assert set(catalogues()) >= {OURS, LIBRARIES, LIBRARIES_IN_ENGLISH}
    for path in (OURS, LIBRARIES, LIBRARIES_IN_ENGLISH):
        assert path.with_suffix(".mo").stat().st_mtime_ns >= path.stat().st_mtime_ns
        compiled = {(entry.msgctxt, entry.msgid): entry for entry in polib.mofile(str(path.with_suffix(".mo")))}
        for entry in polib.pofile(str(path)):
            found = compiled.pop((entry.msgctxt, entry.msgid))
            assert (found.msgstr, found.msgstr_plural) == (entry.msgstr, entry.msgstr_plural)
        assert compiled == {}


def test_compiling_leaves_out_what_is_doubtful_and_is_done_once(tmp_path: Path) -> None:
    source = tmp_path / "django.po"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "Sure"\nmsgstr "Sûr"\n\n#, fuzzy\nmsgid "Doubtful"\nmsgstr "Faux"\n\nmsgid "Empty"\nmsgstr ""\n',
        encoding="utf-8",
    )
    assert compile_catalogue(source)
    assert not compile_catalogue(source)
    assert [(entry.msgid, entry.msgstr) for entry in polib.mofile(str(tmp_path / "django.mo"))] == [("Sure", "Sûr")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["django.mo", "django.po"]


def test_addresses_are_those_of_their_language() -> None:
    expected = {
        "search": ("/fr/recherche/", "/en/search/"),
        "networks:directory": ("/fr/reseaux/", "/en/networks/"),
        "memos:list": ("/fr/notes-de-service/", "/en/memos/"),
        "memos:notes": ("/fr/notes-de-service/notes-de-formation/", "/en/memos/notes/"),
    }
    for name, addresses in expected.items():
        for language, address in zip(("fr", "en"), addresses, strict=True):
            with translation.override(language):
                assert reverse(name) == address
                assert resolve(address).view_name == name


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "heading"), [("/fr/recherche/", "Recherche"), ("/en/search/", "Search")], ids=["French", "English"]
)
def test_search_answers_in_the_language_of_its_address(address: str, heading: str) -> None:
    anonymous = Client().get(address)
    assert (anonymous.status_code, anonymous["Location"]) == (302, f"/accounts/login/?next={address}")
    client = Client()
    client.force_login(User.objects.create_user(email="lise@example.org", password=None, name="Lise"))
    answer = client.get(address, {"q": "accueil"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{address[1:3]}"' in html
    assert re.search(rf"<title>\s*{heading}", html)
