"""How the index is made: one field per language, folded before it is stemmed, and the same words as they stand."""

from collections.abc import Iterable
from typing import Any

from elasticsearch.dsl import Boolean, Date, Keyword, Long, Mapping, Object, Text, analyzer, char_filter, token_filter

from search import conf
from search.text import ELIDED
from search.wordforms import ACCENTED_RULES, INCLUSIVE_BEGINNING, INCLUSIVE_ENDING, RULES, WORDS, java_pattern

_INCLUSIVE = char_filter(
    "inclusive",
    type="pattern_replace",
    pattern=java_pattern(INCLUSIVE_BEGINNING + INCLUSIVE_ENDING),
    replacement="",
    flags="CASE_INSENSITIVE|UNICODE_CASE",
)
#: The standard tokenizer would keep these inside a word; the embedded engine and people do not.
_SEPARATORS = char_filter(
    "separators",
    type="mapping",
    mappings=[
        *(f"{mark} => \\u0020" for mark in ("_", ".", ",", ":", "·")),
        *(f"{mark} => '" for mark in ("’", "‘", "ʼ", "＇", "`", "´")),
    ],
)
_CHARACTERS = [_INCLUSIVE, _SEPARATORS]
_ELISION = token_filter("articles", type="elision", articles=list(ELIDED), articles_case=True)
_ENGLISH_POSSESSIVE = token_filter("possessive", type="stemmer", language="possessive_english")
#: A word with a possessive, and the word without it.
_POSSESSORS = token_filter("possessors", type="multiplexer", filters=[[_ENGLISH_POSSESSIVE]])
_STEMMERS = {
    "fr": token_filter("stem_fr", type="stemmer", language="light_french"),
    "en": token_filter("stem_en", type="stemmer", language="english"),
}
_BEFORE_FOLDING = {"fr": _ELISION, "en": _ENGLISH_POSSESSIVE}
#: What a version says; its compound words in one piece; and what an entry's attachments in that language say.
VERSION_FIELDS = ("title", "aliases", "headings", "summary", "body")
TEXT_FIELDS = (*VERSION_FIELDS, "compounds", "attachments")
#: What is searched in but never read: it is made of the other fields, and would double what each hit unpacks.
DERIVED_FIELDS = ("names", "plain", "capitals", *(f"compounds_{language}" for language in conf.LANGUAGES))


def mapping() -> Mapping:
    """The mapping of an entry's document; unknown fields are refused, facets may be added by sources.

    ``names`` holds titles, aliases and identifiers, ``plain`` all other texts, both unstemmed: for suggestions,
    quotations, acronyms and near spellings. ``capitals`` are the acronyms that are spelled like function words.
    """
    built = Mapping()
    built.meta("dynamic", "strict")
    built.meta("_source", excludes=list(DERIVED_FIELDS))
    # What documents hold of them: an index that is of another mind is made anew.
    built.meta("_meta", {"identifiers": "numbers without leading zeros, and without hyphens"})
    built.meta(
        "dynamic_templates",
        [{"facets": {"path_match": "facets.*", "mapping": {"type": "keyword"}}}],
    )
    for name in ("key", "rule", "tokens", "identifiers", "capitals", "standing"):
        built.field(name, Keyword())
    built.field("replaced_by", Keyword(index=False, doc_values=False))
    built.field("date", Date())
    built.field("version", Long(index=False))
    for name in ("is_deleted", "is_dated"):
        built.field(name, Boolean())
    built.field("facets", Object(dynamic=True))
    for name in ("names", "plain"):
        built.field(name, Text(analyzer=_plain_analyzer()))
    for language in conf.LANGUAGES:
        analysis = _analyzer(language)
        for name in TEXT_FIELDS:
            built.field(f"{name}_{language}", Text(analyzer=analysis, index_options="offsets"))
    return built


def index_settings() -> dict[str, Any]:
    """Settings of a new index: nothing refreshes while it is filled."""
    return {
        "number_of_shards": 1,
        "number_of_replicas": conf.replicas(),
        "refresh_interval": "-1",
    }


def _analyzer(language: str) -> Any:
    accented = _replacements(f"accents_{language}", ACCENTED_RULES[language])
    rules = _replacements(f"forms_{language}", RULES[language])
    return analyzer(
        f"text_{language}",
        tokenizer="standard",
        char_filter=_CHARACTERS,
        filter=[
            "lowercase",
            _BEFORE_FOLDING[language],
            *accented,
            "asciifolding",
            _words(language),
            *rules,
            _STEMMERS[language],
        ],
    )


def _words(language: str) -> Any:
    """The table of words in one filter, which is quicker than a rule for each."""
    synonyms = [f"{', '.join(forms.split())} => {word}" for word, forms in WORDS[language].items()]
    return token_filter(f"words_{language}", type="synonym", synonyms=synonyms)


def _replacements(name: str, rules: Iterable[tuple[str, str]]) -> list[Any]:
    return [
        token_filter(f"{name}_{number}", type="pattern_replace", pattern=java_pattern(pattern), replacement=replacement)
        for number, (pattern, replacement) in enumerate(rules)
    ]


def _plain_analyzer() -> Any:
    filters = ["lowercase", _ELISION, _POSSESSORS, "asciifolding"]
    return analyzer("plain", tokenizer="standard", char_filter=_CHARACTERS, filter=filters)
