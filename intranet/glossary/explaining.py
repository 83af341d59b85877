"""Terms explained in the pages where they occur: a link at the first occurrence, the definitions below the text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EntitySubstitution
from bs4.element import NavigableString
from bs4.formatter import HTMLFormatter
from django.template.loader import render_to_string

from intranet.glossary.matching import named_terms
from intranet.glossary.models import LANGUAGES, Term, TermForm, is_audience
from intranet.glossary.words import Window, letters, windows
from intranet.pages.languages import own_name
from intranet.pages.reader import current_reader
from intranet.pages.streams import plain_text

MAX_TERMS = 10
#: Of a longer text only so many words are read, and a page of more characters is shown as it is.
MAX_WORDS_READ = 5_000
MAX_CHARACTERS = 400_000
SILENT = {
    *("a", "abbr", "dfn", "button", "form", "label", "select", "summary", "textarea", "nav"),
    *("caption", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "th"),
    *("blockquote", "cite", "code", "kbd", "pre", "q", "samp", "script", "style", "svg"),
}
"""Elements in which nothing is explained: names, quotations, code and what can be operated."""
_AS_TEMPLATES_WRITE = HTMLFormatter(entity_substitution=EntitySubstitution.substitute_xml, void_element_close_prefix="")


def explain(html: str, language: str) -> str:
    """The content of a page with its first terms explained, for readers whom terms are meant for: one query."""
    if 'class="prose"' not in html or len(html) > MAX_CHARACTERS or not is_audience(current_reader().user):
        return html
    forms = _forms_in(plain_text(html), language)
    if not forms:
        return html
    soup = BeautifulSoup(html, "html.parser")
    explained: dict[Any, TermForm] = {}
    last: Tag | None = None
    for prose in soup.select(".prose"):
        before = len(explained)
        _mark(soup, prose, forms, language, explained)
        last = prose if len(explained) > before else last
    if last is None:
        return html
    shown = [_shown(form, language) for form in explained.values()]
    words = render_to_string("glossary/explained.html", {"terms": shown})
    last.insert_after(BeautifulSoup(words.strip(), "html.parser"))
    return soup.decode(formatter=_AS_TEMPLATES_WRITE)


def _forms_in(text: str, language: str) -> list[TermForm]:
    """The forms that may be in a text: those whose first word is, in its language, and acronyms in every language."""
    seen = windows(text, (language,), limit=MAX_WORDS_READ, max_words=1)
    first = {key for window in seen for key in window.keys if _may_be_said(text[window.start : window.end], key)}
    forms = TermForm.objects.active().filter(first__in=first) if first else []
    return [form for form in forms if _says_something(form)]


def _may_be_said(written: str, key: str) -> bool:
    """An acronym has a capital or a digit, else every word of the text would be asked for twice."""
    return not key.startswith("=") or any(character.isupper() or character.isdigit() for character in written)


def _says_something(form: TermForm) -> bool:
    """There is a definition, or an acronym that stands for words."""
    term = form.term
    return any(term.definition_in(code) for code in LANGUAGES) or (
        form.is_exact and form.text != term.form_in(form.language)
    )


def _mark(
    soup: BeautifulSoup, prose: Tag, forms: list[TermForm], language: str, explained: dict[Any, TermForm]
) -> None:
    """Link the first occurrences in one running text to their explanations."""
    starting = {form.first for form in forms}
    for node in list(_texts(prose)):
        if len(explained) >= MAX_TERMS:
            return
        text = str(node)
        seen = list(windows(text, (language,), limit=MAX_WORDS_READ, starting=starting))
        pieces: list[Any] = []
        place = 0
        for window, form in _occurrences(text, seen, forms, language):
            if form.term_id in explained or len(explained) >= MAX_TERMS:
                continue
            explained[form.term_id] = form
            end = _whole_end(text, window, form)
            pieces += [text[place : window.start], _link(soup, text[window.start : end], form)]
            place = end
        if pieces:
            node.replace_with(*pieces, text[place:])


def _texts(prose: Tag) -> Iterator[NavigableString]:
    for node in prose.find_all(string=True):
        inside = takewhile(lambda parent: parent is not prose, node.parents)
        if type(node) is NavigableString and node.strip() and not any(_is_silent(parent) for parent in inside):
            yield node


def _is_silent(element: Tag) -> bool:
    classes: list[str] | str = element.get("class") or []
    return (
        element.name in SILENT
        or element.has_attr("lang")
        or element.get("role") == "button"
        or any(name.endswith("__title") for name in classes)
    )


def _occurrences(
    text: str, seen: list[Window], forms: list[TermForm], language: str
) -> Iterator[tuple[Window, TermForm]]:
    """In the order of the text; of two terms the one of its language."""

    def fits(window: Window, form: TermForm) -> bool:
        return not form.is_exact or letters(text[window.start : window.end]).startswith(letters(form.text))

    found = named_terms(seen, forms, fits)
    for window, said in sorted(found, key=lambda pair: pair[0].start):
        yield window, min(said, key=lambda form: form.language != language)


def _whole_end(text: str, window: Window, form: TermForm) -> int:
    """An acronym ends with its sign: 2SLGBTQIA+."""
    end = window.start + len(form.text)
    return max(end, window.end) if form.is_exact and text[window.start : end] == form.text else window.end


def _link(soup: BeautifulSoup, text: str, form: TermForm) -> Tag:
    """A reference to the explanation; it is where *back to the text* leads."""
    slug = form.term.slug
    link = soup.new_tag(
        "a", attrs={"class": "term-link", "href": f"#term-{slug}", "id": f"term-{slug}-ref", "role": "doc-glossref"}
    )
    meant = form.term.form_in(form.language)
    if form.is_exact and meant != form.text:
        abbreviation = soup.new_tag("abbr", attrs={"title": meant})
        abbreviation.string = text
        link.append(abbreviation)
    else:
        link.string = text
    return link


def _shown(form: TermForm, language: str) -> dict[str, Any]:
    """A term as the list below the text shows it, in the text's language where it is said in it."""
    term: Term = form.term
    other = "fr" if language == "en" else "en"
    code = language if term.form_in(language) else other
    defined_in = language if term.definition_in(language) else other
    return {
        "slug": term.slug,
        "name": term.form_in(code),
        "language": code,
        "acronyms": term.acronyms_in(code),
        "definition": term.definition_in(defined_in),
        "definition_language": defined_in,
        "translation": term.form_in(other) if code == language else "",
        "translation_language": other,
        "translation_label": own_name(other),
        "url": term.get_absolute_url(),
    }
