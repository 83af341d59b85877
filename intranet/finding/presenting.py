"""A search's answer as the components of its page read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from intranet.pages.languages import own_name
from intranet.pages.results import result_of
from intranet.pages.searching import FacetGroup, Found, SearchAnswer, SearchParams

SHOWN_VALUES = 8
"""Values of a facet that are shown at once; the rest opens."""
SOUGHT_VALUES = 12
"""A facet with more values than these has a field that narrows its list down, where scripts run."""


def answer_context(asked: QueryDict, params: SearchParams, answer: SearchAnswer) -> dict[str, Any]:
    """What the search page shows of the answer to ``params``, which the parameters ``asked`` of the address mean."""
    facets = {group.name: None for group in answer.facets}
    is_filtered = any(value.selected for group in answer.facets for value in group.values)
    chips = [*_chips(asked, answer.facets), *_switch_chips(asked, params)]
    facets_id = "facets" if any(group.values for group in answer.facets) else ""
    return {
        "answer": answer,
        "counted_query": (answer.did_you_mean or "") if answer.is_corrected else asked.get("q", ""),
        "also_searched": list(dict.fromkeys(form for each in answer.also_searched for form in each.forms)),
        "explained": [explanation_of(found) for found in answer.answers],
        "results": [result_of(found) for found in answer.found],
        "exact_url": url_with(asked, {"exact": "1"}),
        "sort": params.sort,
        "archived": params.archived,
        # What has no field on the page stays as it is when the form is sent.
        "kept": [*(["exact"] if params.exact else []), *(["archived"] if params.archived and not facets_id else [])],
        "is_past_the_end": answer.total > 0 and not answer.found,
        "first_page_url": url_with(asked),
        "groups": [_folded(group) for group in answer.facets],
        "facets_id": facets_id,
        "chips": chips,
        "clear_url": url_with(asked, {**facets, "archived": None, "exact": None}),
        "unfiltered_url": url_with(asked, facets) if is_filtered else "",
    }


def url_with(asked: QueryDict, changes: Mapping[str, str | None] | None = None) -> str:
    """The same search with other parameters, from its first page; ``None`` leaves one out."""
    params = asked.copy()
    for name, value in {"page": None, **(changes or {})}.items():
        if value is None:
            params.pop(name, None)
        else:
            params[name] = value
    return f"?{params.urlencode()}"


def why_url(key: str, params: SearchParams, answer: SearchAnswer) -> str:
    """Where the admin explains why this item is among the results: of the words that found it."""
    text = answer.did_you_mean if answer.is_corrected and answer.did_you_mean else params.text
    asked = {"item": key, "query": text, **({"exact": "1"} if params.exact else {})}
    return f"{reverse('finding_why')}?{urlencode(asked)}"


def explanation_of(found: Found) -> dict[str, Any]:
    """What explains words of the question, with its name in each language, as the component ``answer_box`` reads it."""
    return {
        "title": found.title,
        "url": found.url,
        "kind": found.kind_label,
        "text": found.snippet,
        "language": found.language if found.language != get_language() else "",
        "versions": [
            {"code": other.language, "label": own_name(other.language), "title": other.title, "url": other.url}
            for other in found.translations
        ],
    }


def _chips(asked: QueryDict, groups: Iterable[FacetGroup]) -> Iterable[dict[str, str]]:
    """Each choice, with the address of the same search without it."""
    for group in groups:
        labels = {choice.value: choice.label for choice in group.values}
        for value in dict.fromkeys(filter(None, asked.getlist(group.name))):
            params = asked.copy()
            params.pop("page", None)
            params.setlist(group.name, [other for other in asked.getlist(group.name) if other not in ("", value)])
            # What no result and no label is known for stands as it was typed.
            yield {"facet": group.label, "label": labels.get(value, value), "url": f"?{params.urlencode()}"}


def _switch_chips(asked: QueryDict, params: SearchParams) -> Iterable[dict[str, str]]:
    if params.archived:
        yield {"label": _("With archived items"), "url": url_with(asked, {"archived": None})}
    if params.exact:
        yield {"label": _("Only what I typed"), "url": url_with(asked, {"exact": None})}


def _folded(group: FacetGroup) -> dict[str, Any]:
    """A facet as the component ``facets`` reads it: what is chosen and the first values, the rest to be opened."""
    shown = [value for number, value in enumerate(group.values) if number < SHOWN_VALUES or value.selected]
    more = [value for number, value in enumerate(group.values) if number >= SHOWN_VALUES and not value.selected]
    if len(more) == 1:
        shown, more = list(group.values), []
    return {
        "name": group.name,
        "label": group.label,
        "values": shown,
        "more": more,
        "is_long": len(group.values) > SOUGHT_VALUES,
    }
