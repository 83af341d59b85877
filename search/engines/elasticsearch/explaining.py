"""Lucene's account of a score, without rarities and lengths: those count the texts of others too."""

import re
from collections.abc import Iterator
from typing import Any

from search.results import ScorePart

_WORDS = re.compile(r"weight\((\S+?:.+) in \d+\)", re.DOTALL)
#: Bonuses and factors that are the same for whatever entry has them.
_FIXED = ("ConstantScore(", "Function for field ", "weight")
_BOOST, _FREQUENCY = "boost", re.compile(r"freq|phraseFreq=")


def parts_of(explanation: dict[str, Any]) -> Iterator[ScorePart]:
    """The parts of an explanation that are about this entry alone."""
    description = str(explanation["description"])
    if words := _WORDS.match(description):
        times = next((part["value"] for part in _under(explanation) if _FREQUENCY.match(part["description"])), 1)
        boost = next((part["value"] for part in _under(explanation) if part["description"] == _BOOST), 1.0)
        # Lucene's k1 + 1 is in its boost.
        yield ScorePart(boost / 2.2, f"{words[1]} ({times:g} ×)")
    elif description.startswith(_FIXED):
        yield ScorePart(explanation["value"], description)
    else:
        for part in explanation.get("details", ()):
            yield from parts_of(part)


def _under(explanation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part in explanation.get("details", ()):
        yield part
        yield from _under(part)
