"""Forms of words that stemmers keep apart: inclusive writing, feminine forms, Canadian and American spelling.

Both engines read these rules. They are regular expressions that Python and Java understand alike; letters are written
``{letter}``, because the two spell that class differently.
"""

import re

_DOT = "[·•‧∙⋅・]"
_FEMININE = (
    "(?:trices?|rices?|euses?|[eè]res?|i[eè]res?|ennes?|elles?|esses?|sses?|ives?|ves?|nes?|les?|tes?|ses?|fes?|es?)"
)
_SHORT = "(?:e|es|trices?|rices?|euses?|[eè]res?)"

#: What inclusive writing hangs on a word: *directeur·rice*, *intervenant[e]s*, *usager(ère)*, *étudiant-e-s*.
#: A dot, a hyphen or a stroke has other uses, so after these only endings that are nothing else count.
INCLUSIVE_ENDING = (
    f"(?:(?:{_DOT}s)?{_DOT}{_FEMININE}(?:{_DOT}?s)?"
    rf"|[(\[]{_FEMININE}[)\]]s?"
    rf"|\.{_SHORT}(?:\.s)?|-{_SHORT}(?:-s)?|/{_SHORT})(?!{{letter}})"
)

#: Applied in their order to a word in lower case without accents, before it is stemmed.
RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "fr": (
        (r"^([a-z]{2,})trices?$", r"\1teur"),
        (r"^([a-z]{2,}[ltdghscmpnfv])euses?$", r"\1eur"),
        (r"^([a-z]{3,})eres?$", r"\1er"),
        (r"^([a-z]{3,})ives?$", r"\1if"),
        (r"^([a-z]{2,}(?:e|o))nnes?$", r"\1n"),
        (r"^([a-z]{3,}e)lles?$", r"\1l"),
        (r"^([a-z]{3,})ees?$", r"\1e"),
        (r"^([a-z]*eau|(?:mi)?lieu|(?:en)?jeu|feu|voeu|aveu|neveu)x$", r"\1"),
        (r"^(trav|vitr|b)aux$", r"\1ail"),
    ),
    "en": (
        (r"^([a-z]{3,})is(e|es|ed|ing|er|ers|ation|ations|ational)$", r"\1iz\2"),
        (r"^([a-z]*(?:col|lab|neighb|behavi|hon|fav|harb|hum|rum|endeav|vig|arm))our([a-z]*)$", r"\1or\2"),
        (r"^(cent|theat|met|lit|fib)re(s?)$", r"\1er\2"),
        (r"^(programm)e(s?)$", r"program\2"),
        (r"^(travel|counsel|cancel|label|model|signal|channel|level)l(ed|ing|er|ers|or|ors)$", r"\1\2"),
        (r"^(enrol|fulfil|instal)l?(ment|ments|s)$", r"\1l\2"),
        (r"^(licen|defen|offen|preten)ce(s?)$", r"\1se\2"),
        (r"^practi[sz]e(s|d)?$", r"practice\1"),
        (r"^((?:[a-z]+)?(?:wo)?)men$", r"\1man"),
        (r"^children$", r"child"),
        (r"^(judg|acknowledg)ement(s?)$", r"\1ment\2"),
    ),
}

_PYTHON_LETTER = r"[^\W\d_]"
_JAVA_LETTER = r"\p{L}"


def python_pattern(pattern: str) -> str:
    """The pattern for ``re``."""
    return pattern.replace("{letter}", _PYTHON_LETTER)


def java_pattern(pattern: str) -> str:
    """The pattern for Elasticsearch."""
    return pattern.replace("{letter}", _JAVA_LETTER)


_COMPILED = {language: [(re.compile(rule), new) for rule, new in rules] for language, rules in RULES.items()}


def common_form(word: str, language: str) -> str:
    """A folded word in the form that its variants share: *directrice* as *directeur*, *labour* as *labor*."""
    for rule, replacement in _COMPILED[language]:
        word = rule.sub(replacement, word)
    return word
