"""How the index is made: one field per language, folded before it is stemmed."""

from typing import Any

from elasticsearch.dsl import Boolean, Date, Keyword, Long, Mapping, Object, Text, analyzer, char_filter, token_filter

from search import conf

_ARTICLES = ["l", "m", "t", "qu", "n", "s", "j", "d", "c", "jusqu", "quoiqu", "lorsqu", "puisqu"]
#: The standard tokenizer would keep these inside a word; the embedded engine and people do not.
_SEPARATORS = char_filter(
    "separators", type="mapping", mappings=["_ => \\u0020", ". => \\u0020", ", => \\u0020", ": => \\u0020", "’ => '"]
)
_ELISION = token_filter("articles", type="elision", articles=_ARTICLES, articles_case=True)
_ENGLISH_POSSESSIVE = token_filter("possessive", type="stemmer", language="possessive_english")
_STEMMERS = {
    "fr": token_filter("stem_fr", type="stemmer", language="light_french"),
    "en": token_filter("stem_en", type="stemmer", language="english"),
}
_BEFORE_STEMMER = {"fr": _ELISION, "en": _ENGLISH_POSSESSIVE}
TEXT_FIELDS = ("title", "headings", "summary", "body")


def mapping() -> Mapping:
    """The mapping of an entry's document; unknown fields are refused, facets may be added by sources."""
    built = Mapping()
    built.meta("dynamic", "strict")
    built.meta(
        "dynamic_templates",
        [{"facets": {"path_match": "facets.*", "mapping": {"type": "keyword"}}}],
    )
    for name in ("key", "rule", "tokens", "identifiers"):
        built.field(name, Keyword())
    built.field("date", Date())
    built.field("version", Long(index=False))
    built.field("is_deleted", Boolean())
    built.field("facets", Object(dynamic=True))
    built.field("words", Text(analyzer=_plain_analyzer()))
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
        "codec": "best_compression",
    }


def _analyzer(language: str) -> Any:
    return analyzer(
        f"text_{language}",
        tokenizer="standard",
        char_filter=[_SEPARATORS],
        filter=["lowercase", _BEFORE_STEMMER[language], "asciifolding", _STEMMERS[language]],
    )


def _plain_analyzer() -> Any:
    return analyzer(
        "plain", tokenizer="standard", char_filter=[_SEPARATORS], filter=["lowercase", _ELISION, "asciifolding"]
    )
