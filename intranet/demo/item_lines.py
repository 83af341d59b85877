"""What the exchange format says of the demo's items."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from markdown_it import MarkdownIt

from .content import ContentError, Source, Text, read_items, read_yaml
from .typography import polish

Attachments = Mapping[tuple[str, str], Mapping[str, str]]
"""What the exchange format says of an attachment, by document key and language."""

_PUBLICATION_TIME = time(14, tzinfo=UTC)
_MEMO_NUMBER = re.compile(r"\b[A-Z]{3}-20\d\d-\d{3}\b")
_SECTION_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
NOTE_HEADINGS = {
    "learnings": {"fr": "Ce que nous avons retenu", "en": "What we learned"},
    "practice_steps": {"fr": "Mettre en pratique", "en": "Putting it into practice"},
}
"""The two parts of a post-training note that are fields of their own, by their headings."""


def item_id(key: str, language: str) -> str:
    """Return the external id of one language version of the item *key*."""
    return f"demo-{key.replace('/', '-')}-{language}"


def item_lines(attachments: Attachments) -> Iterator[dict[str, Any]]:
    """Yield the lines of all items by date of publication, each item after its parent."""
    for source in sort_by_parent(read_items()):
        for text in source.texts:
            yield item_line(source, text, attachments)


def item_line(source: Source, text: Text, attachments: Attachments) -> dict[str, Any]:
    """Return the line of one language version of an item."""
    meta, language = source.meta, text.language
    line: dict[str, Any] = {
        "type": "item",
        "id": item_id(source.key, language),
        "kind": meta.get("kind", "page"),
        "network": source.network,
        "language": language,
        "title": polish(text.title, language),
        "summary": polish(text.summary, language),
        "body": to_html(text.body, source, language),
        "topics": [topic_names()[slug][language] for slug in meta.get("topics", ())],
        "published": publication(meta),
        "content_note": polish(text.content_note, language),
        "contributors": [polish(name, language) for name in meta.get("contributors", ())],
        "contributing_networks": meta.get("contributing_networks", []),
        "attachments": [attachments[key, language] for key in meta.get("attachments", ())],
    }
    if language != source.languages[0]:
        line["translation_of"] = item_id(source.key, source.languages[0])
    if "parent" in meta:
        line["parent"] = reference(meta["parent"], language)
    if "audience" in meta:
        line["audience"] = meta["audience"]
    match line["kind"]:
        case "memo":
            line["memo"] = _memo(meta, language)
        case "training_note":
            line |= _training_note(source, text)
    return line


def publication(meta: Mapping[str, Any]) -> str | None:
    """Return the moment of publication in UTC, None for a draft."""
    if meta.get("draft"):
        return None
    said: date = meta["published"]
    moment = said.replace(tzinfo=UTC) if isinstance(said, datetime) else datetime.combine(said, _PUBLICATION_TIME)
    return moment.isoformat().replace("+00:00", "Z")


def _memo(meta: Mapping[str, Any], language: str) -> dict[str, Any]:
    memo: dict[str, Any] = {"acknowledge": "acknowledge_by" in meta}
    for name in ("number", "contact"):
        if name in meta:
            memo[name] = polish(meta[name], language)
    for name in ("acknowledge_by", "effective_on"):
        if name in meta:
            memo[name] = meta[name].isoformat()
    if "supersedes" in meta:
        memo["supersedes"] = reference(meta["supersedes"], language)
    return memo


def _training_note(source: Source, text: Text) -> dict[str, Any]:
    session, language = source.meta["session"], text.language
    introduction, sections = _split_sections(text.body)
    note: dict[str, Any] = {
        "session_title": polish(session["title"][language], language),
        "session_on": session["date"].isoformat(),
        "hosts": polish(session["hosts"][language], language),
        "partners": polish(session["partners"][language], language),
        "related_memos": [reference(key, language) for key in source.meta.get("related", ())],
    }
    note |= {name: source.meta[name] for name in ("people", "said") if name in source.meta}
    if "hours" in session:
        note["session_hours"] = session["hours"]
    for name, headings in NOTE_HEADINGS.items():
        note[name] = to_html(sections.pop(headings[language], ""), source, language)
    rest = [introduction, *(f"## {heading}\n\n{content}" for heading, content in sections.items())]
    return {"body": to_html("\n\n".join(rest), source, language), "training_note": note}


def _split_sections(body: str) -> tuple[str, dict[str, str]]:
    introduction, *pieces = _SECTION_HEADING.split(body)
    contents = dict(zip(pieces[::2], (content.strip() for content in pieces[1::2]), strict=True))
    return introduction.strip(), contents


def to_html(markdown: str, source: Source, language: str) -> str:
    """Return *markdown* as HTML, with the typography of *language* and a link on each other memo's number."""
    linked = _MEMO_NUMBER.sub(lambda found: _link(found[0], source, language), polish(markdown, language))
    html: str = MarkdownIt("commonmark").enable("table").render(linked)
    return html.strip()


def _link(number: str, source: Source, language: str) -> str:
    key = _keys_by_number().get(number)
    if key is None:
        raise ContentError(f"{source.key}: no memo has the number {number}.")
    return number if key == source.key else f"[{number}](item:{reference(key, language)})"


@cache
def _keys_by_number() -> Mapping[str, str]:
    return {source.meta["number"]: source.key for source in read_items() if "number" in source.meta}


@cache
def _languages_by_key() -> Mapping[str, tuple[str, ...]]:
    return {source.key: source.languages for source in read_items()}


def reference(key: str, language: str) -> str:
    """Return the external id of the item *key*: of its version in *language*, else of its original."""
    languages = _languages_by_key().get(key)
    if languages is None:
        raise ContentError(f"No item has the key {key!r}: correct the reference or add items/{key}.md.")
    return item_id(key, language if language in languages else languages[0])


@cache
def topic_names() -> Mapping[str, Mapping[str, str]]:
    """Return the topics by slug, each with its names in ``fr`` and ``en``."""
    return {topic["slug"]: {name: polish(topic[name], name) for name in ("fr", "en")} for topic in _topics()}


def _topics() -> list[dict[str, str]]:
    topics: list[dict[str, str]] = read_yaml("topics.yaml")
    return topics


def sort_by_parent(sources: Iterable[Source]) -> list[Source]:
    """Return *sources* by date of publication, each after its parent; raise ContentError on a cycle."""
    waiting = sorted(sources, key=lambda source: (publication(source.meta) or "", source.key))
    done: dict[str, Source] = {}
    while waiting:
        ready = [source for source in waiting if source.meta.get("parent") in (None, *done)]
        if not ready:
            keys = ", ".join(source.key for source in waiting)
            raise ContentError(f"These items name a parent that is missing or is below them: {keys}.")
        done.update((source.key, source) for source in ready)
        waiting = [source for source in waiting if source.key not in done]
    return list(done.values())
