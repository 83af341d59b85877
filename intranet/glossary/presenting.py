"""Terms as the templates show them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from intranet.glossary.models import LANGUAGES, Term, TermForm
from intranet.pages.languages import own_name

NUMBERS = "0"
"""Stands for the letter of what begins with a digit or a sign."""


def letters_of(forms: QuerySet[TermForm], chosen: str, address: str) -> list[dict[str, Any]]:
    """The letters that forms begin with, as links, *all* first apart."""
    found = forms.order_by("letter").values_list("letter", flat=True).distinct()
    return [
        {
            "label": label_of(letter),
            "url": f"{address}?{urlencode({'letter': letter})}",
            "is_current": letter == chosen,
        }
        for letter in found
    ]


def label_of(letter: str) -> str:
    """What people read for a letter."""
    return "0–9" if letter == NUMBERS else letter.upper()


def groups_of(forms: Iterable[TermForm], language: str) -> list[dict[str, Any]]:
    """Forms in their order, under their letters."""
    return [
        {"letter": label_of(letter), "entries": [entry_of(form, language) for form in found]}
        for letter, found in groupby(forms, lambda form: form.letter)
    ]


def entry_of(form: TermForm, language: str) -> dict[str, Any]:
    """A line of the list: a name with its acronyms and what it means, or an acronym with what it stands for."""
    term, other = form.term, _other(form.language)
    is_acronym = form.kind == TermForm.Kind.ACRONYM
    defined_in = language if term.definition_in(language) else _other(language)
    return {
        "text": form.text,
        "language": form.language,
        "language_label": own_name(form.language) if form.language != language else "",
        "url": term.get_absolute_url(),
        "acronyms": () if is_acronym else term.acronyms_in(form.language),
        "stands_for": term.form_in(form.language) if is_acronym else "",
        "definition": "" if is_acronym else term.definition_in(defined_in),
        "definition_language": defined_in,
        "other": _with_acronyms(term, other, acronyms_first=is_acronym),
        "other_language": other,
        "other_label": own_name(other),
    }


def _with_acronyms(term: Term, language: str, *, acronyms_first: bool) -> str:
    """How the term is said in a language, and shortened: “violence fondée sur le genre (VFG)”."""
    name, acronyms = term.form_in(language), ", ".join(term.acronyms_in(language))
    if not name or not acronyms:
        return name
    return f"{acronyms} ({name})" if acronyms_first else f"{name} ({acronyms})"


def sides_of(term: Term, language: str) -> list[dict[str, Any]]:
    """A term in each language, the reader's first; what says nothing is left out."""
    order = sorted(LANGUAGES, key=lambda code: code != language)
    sides = [
        {
            "language": code,
            "label": own_name(code),
            "name": term.form_in(code),
            "acronyms": term.acronyms_in(code),
            "variants": term.variants_in(code),
            "definition": term.definition_in(code),
            "search_url": f"{reverse('search')}?{urlencode({'q': term.form_in(code)})}" if term.form_in(code) else "",
        }
        for code in order
    ]
    return [side for side in sides if side["name"] or side["definition"]]


def _other(language: str) -> str:
    return "fr" if language == "en" else "en"
