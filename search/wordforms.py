"""Forms of words that stemmers keep apart: inclusive writing, feminine forms, Canadian and American spelling.

Both engines read these rules. They are regular expressions that Python and Java understand alike; letters are written
``{letter}``, because the two spell that class differently.
"""

import re

_DOT = "[·•‧∙⋅・]"
_FEMININE = (
    "(?:trices?|rices?|euses?|[eè]res?|i[eè]res?|ennes?|elles?|esses?|sses?|ives?|ves?|nes?|les?|tes?|ses?|fes?|es?)"
)
#: At almost every place of a text this fails at once.
INCLUSIVE_BEGINNING = r"(?=[·•‧∙⋅・(\[./-])(?<={letter}{3})"
_SHORT = "(?:e|es|trices?|rices?|euses?|[eè]res?)"

#: What inclusive writing hangs on a word: *directeur·rice*, *intervenant[e]s*, *usager(ère)*, *étudiant-e-s*.
#: A dot, a hyphen or a stroke has other uses, so after these only endings that are nothing else count.
INCLUSIVE_ENDING = (
    f"(?:(?:{_DOT}s)?{_DOT}{_FEMININE}(?:{_DOT}?s)?"
    rf"|[(\[]{_FEMININE}[)\]]s?"
    rf"|\.{_SHORT}(?:\.s)?|-{_SHORT}(?:-s)?|/{_SHORT})(?!{{letter}})"
)


def _after(beginnings: str) -> str:
    """A condition on what stands before: one of these. A condition is quicker than a group that is put back."""
    return "(?:" + "|".join(f"(?<={beginning})" for beginning in beginnings.split()) + ")"


#: Applied in their order to a word in lower case without accents, before it is stemmed: what is replaced, by what.
RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "fr": (
        (r"(?<=[a-z]{2})trices?$", "teur"),
        (r"(?<=[a-z]{2}[ltdghscmpnfv])euses?$", "eur"),
        (r"(?<=[a-z]{3})eres?$", "er"),
        (r"(?<=[a-z]{3})ives?$", "if"),
        (r"(?<=[a-z]{2}[eo])nnes?$", "n"),
        (r"(?<=[a-z]{3}e)lles?$", "l"),
        (r"(?<=[a-z]{3})ees?$", "e"),
        (_after("eau ^lieu ^milieu ^jeu ^enjeu ^feu ^voeu ^aveu ^neveu") + "x$", ""),
        (_after("^trav ^vitr ^b") + "aux$", "ail"),
    ),
    "en": (
        (r"(?<=[a-z]{3})is(?=(?:e|es|ed|ing|ers?|ations?|ational)$)", "iz"),
        (_after("col lab hon fav hum rum vig arm harb neighb behavi endeav") + "our", "or"),
        (_after("^cent ^theat ^met ^lit ^fib") + "re(?=s?$)", "er"),
        (r"(?<=^program)me(?=s?$)", ""),
        (_after("^travel ^counsel ^cancel ^label ^model ^signal ^channel ^level") + "l(?=(?:ed|ing|ers?|ors?)$)", ""),
        (_after("^enrol ^fulfil ^instal") + "l?(?=(?:ments?|s)$)", "l"),
        (_after("^licen ^defen ^offen ^preten") + "ce(?=s?$)", "se"),
        (r"(?<=^practi)[sz]e(?=[sd]?$)", "ce"),
        (r"men$", "man"),
        (r"^children$", "child"),
        (_after("^judg ^acknowledg") + "ement(?=s?$)", "ment"),
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
