"""A made-up corpus: words of both languages as unevenly spread as in real texts, always the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from search import EntryData, TextVersion

NETWORKS = 1_000
TOPICS = 40
SHARED = 0.2
BODY_WORDS = 200
_ROOTS = {
    "fr": "accueil héberge soutien école réseau partage mesure forma violence femme droit santé langue région travail",
    "en": "shelter support network school share measure train violence women right health language region work safety",
}
_ENDINGS = {
    "fr": ("", "s", "ment", "tion", "tions", "eur", "euse", "ique", "able", "er", "ons", "ée", "ées", "isme"),
    "en": ("", "s", "ing", "ed", "ment", "ation", "er", "ers", "ness", "ful", "able", "ity", "less", "ly"),
}
_PREFIXES = ("", "inter", "re", "sur", "co", "multi", "pré", "trans", "anti", "para", "néo", "micro", "auto", "bio")


def vocabulary(language: str) -> list[str]:
    """About 3,000 words, the frequent ones first."""
    return [
        f"{prefix}{root}{ending}"
        for prefix in _PREFIXES
        for ending in _ENDINGS[language]
        for root in _ROOTS[language].split()
    ]


def entries(count: int) -> Iterator[EntryData]:
    """Items of 1,000 networks, a fifth of them shared with everyone, half of them in both languages."""
    chance = random.Random(20260101)
    words = {language: vocabulary(language) for language in _ROOTS}
    weights = {language: [1 / (rank + 3) for rank in range(len(words[language]))] for language in words}
    start = datetime(2016, 1, 1, tzinfo=UTC)

    def version(number: int, language: str) -> TextVersion:
        text = chance.choices(words[language], weights[language], k=BODY_WORDS + 30)
        return TextVersion(
            language=language,
            title=" ".join(text[:6]).capitalize(),
            url=f"/{language}/network-{number % NETWORKS}/item-{number}/",
            summary=" ".join(text[6:30]),
            body=" ".join(text[30:]),
        )

    for number in range(count):
        languages = ("fr", "en") if number % 2 else (chance.choice(("fr", "en")),)
        network = f"network:{number % NETWORKS}"
        yield EntryData(
            key=f"item-{number}",
            kind=chance.choice(("memo", "page", "page", "training_note")),
            versions=tuple(version(number, language) for language in languages),
            tokens=frozenset({network, "everyone"} if chance.random() < SHARED else {network}),
            rule=f"rule-{number % NETWORKS}",
            date=start + timedelta(hours=number % 80_000),
            facets={"network": (network,), "topic": (f"topic-{chance.randrange(TOPICS)}",)},
        )


def questions(count: int = 40) -> list[str]:
    """One or two words of one language, from frequent to rare."""
    chance = random.Random(7)
    asked = []
    for number in range(count):
        words = vocabulary("fr" if number % 2 else "en")
        first = words[(number * 7) % 300]
        asked.append(first if number % 3 else f"{first} {chance.choice(words[:60])}")
    return asked
