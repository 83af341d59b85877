"""Items made of real texts, of many networks, and what is asked of them; always the same."""

from __future__ import annotations

import random
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from intranet.networks.access import EVERYONE, network_token
from intranet.networks.models import Network
from intranet.pages.models import Topic
from search import EntryData, TextVersion
from search.text import is_stop_word
from tests.benchmarks.manuals import Manual, Paragraph

LANGUAGES = ("fr", "en")
TOPICS = 40
SHARED = 0.2
IN_BOTH_LANGUAGES = 0.25
ARCHIVED = 0.05
BODY_WORDS = 300
TITLE_WORDS = 9
SUMMARY_WORDS = 25
KINDS = ("page", "page", "memo", "memo", "training_note")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_START = datetime(2016, 1, 1, tzinfo=UTC)
_HOURS = 80_000


class Corpus:
    """As many items as are wanted of what the manuals say.

    There are a few thousand manuals. So an item is a manual's paragraphs from somewhere on, and then paragraphs of
    others until it is long enough; no two are the same.
    """

    def __init__(self, manuals: Iterable[Manual], networks: Sequence[Network], topics: Sequence[Topic]) -> None:
        self._by_name: defaultdict[str, dict[str, Manual]] = defaultdict(dict)
        for manual in manuals:
            self._by_name[manual.name][manual.language] = manual
        self._names = {
            language: sorted(name for name, versions in self._by_name.items() if language in versions)
            for language in LANGUAGES
        }
        self._translated = sorted(name for name, versions in self._by_name.items() if len(versions) == len(LANGUAGES))
        self._networks = networks
        self._topics = topics

    def entries(self, count: int, first: int = 0) -> Iterator[EntryData]:
        """The items from ``first`` to before ``count``, a fifth of them for everyone."""
        return (self._entry(number) for number in range(first, count))

    def questions(self, count: int) -> list[str]:
        """What people type: mostly two or three words, single ones, a phrase, a number; half in each language."""
        chance = random.Random("questions")
        return [self._question(number, chance) for number in range(count)]

    def _entry(self, number: int) -> EntryData:
        chance = random.Random(f"item {number}")
        languages: tuple[str, ...]
        if chance.random() < IN_BOTH_LANGUAGES:
            languages, name = LANGUAGES, chance.choice(self._translated)
        else:
            languages = (chance.choice(LANGUAGES),)
            name = chance.choice(self._names[languages[0]])
        # Some networks write much more than others.
        network = self._networks[int(len(self._networks) * chance.random() ** 2)]
        own = network_token(network.pk)
        kind = chance.choice(KINDS)
        date = _START + timedelta(hours=chance.randrange(_HOURS))
        return EntryData(
            key=key_of(number),
            kind=kind,
            versions=tuple(self._version(number, self._by_name[name][language], chance) for language in languages),
            tokens=frozenset({own, EVERYONE} if chance.random() < SHARED else {own}),
            rule=f"rule-{network.pk}",
            date=date,
            facets={
                "network": (network.slug,),
                "region": (network.region,),
                "topic": tuple(sorted(topic.slug for topic in chance.sample(self._topics, chance.choice((1, 1, 2))))),
            },
            identifiers=(f"{network.code}-{date.year}-{number:06}",) if kind == "memo" else (),
            standing="archived" if chance.random() < ARCHIVED else "current",
            is_dated=kind == "memo",
        )

    def _version(self, number: int, manual: Manual, chance: random.Random) -> TextVersion:
        taken: list[Paragraph] = list(manual.paragraphs[chance.randrange(len(manual.paragraphs)) :])
        while sum(len(paragraph.text.split()) for paragraph in taken) < BODY_WORDS:
            other = self._by_name[chance.choice(self._names[manual.language])][manual.language]
            taken.append(chance.choice(other.paragraphs))
        words = " ".join(paragraph.text for paragraph in taken).split()[:BODY_WORDS]
        title = taken[0].text.split()[:TITLE_WORDS]
        return TextVersion(
            language=manual.language,
            title=f"{manual.purpose} – {' '.join(title)}",
            url=f"/{manual.language}/item-{number}/",
            summary=" ".join(words[:SUMMARY_WORDS]),
            headings="\n".join(dict.fromkeys(paragraph.heading for paragraph in taken[:6])),
            body=" ".join(words),
        )

    def _question(self, number: int, chance: random.Random) -> str:
        language = LANGUAGES[number % 2]
        manual = self._by_name[chance.choice(self._names[language])][language]
        words = _telling(manual.purpose)
        text = chance.choice(manual.paragraphs).text
        said = _telling(text) or words or [manual.name]
        match number % 8:
            case 0 | 1:
                return chance.choice(said)
            case 2:
                spoken = text.split()
                at = chance.randrange(max(len(spoken) - 3, 1))
                return f'"{" ".join(spoken[at : at + 3])}"'
            case 3:
                return " ".join(chance.sample(said, min(3, len(said))))
            case _:
                return " ".join((words + said)[:2])


def key_of(number: int) -> str:
    """The key of an item; items of the site have such keys."""
    return str(uuid.UUID(int=number))


def _telling(text: str) -> list[str]:
    return [word for word in _LONG_WORD.findall(text) if not is_stop_word(word)]
