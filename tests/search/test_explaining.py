"""What counts in an entry is told without a trace of what others have."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from search import Query, explain
from search.weights import weights
from tests.search.factories import entry, version, write

MINE = frozenset({"network:1"})
THEIRS = frozenset({"network:9"})


def test_words_and_weights_are_told(engine: str, sync: Callable[[], None]) -> None:
    write(entry("a", version("fr", "Accueil", body="Une lanterne"), standing="replaced", tokens=MINE))
    sync()
    explanation = explain(Query("lanterne accueil", MINE), "a")
    assert explanation is not None
    said = " ".join(part.what for part in explanation.parts)
    assert explanation.engine == engine
    assert "lantern" in said
    assert any(part.weight == 0.25 for part in explanation.parts)
    assert explain(Query("lanterne", THEIRS), "a") is None
    assert explain(Query("autre", MINE), "a") is None


def test_both_engines_let_news_wear_off_alike(engine: str, sync: Callable[[], None]) -> None:
    """The square of the part that is left after ``aging_days``, after twice that time."""
    given = weights()
    old = timezone.now() - timedelta(days=2 * given.aging_days)
    write(entry("a", version("fr", "Une lanterne"), date=old, is_dated=True, tokens=MINE))
    sync()
    explanation = explain(Query("lanterne", MINE), "a")
    assert explanation is not None
    assert [part.weight for part in explanation.parts if part.weight < 1] == [pytest.approx(given.aged**2, rel=0.01)]


def test_nothing_changes_when_others_have_the_word(engine: str, sync: Callable[[], None]) -> None:
    write(entry("mine", version("fr", "Une lanterne"), tokens=MINE), entry("other", version("fr", "Rien"), tokens=MINE))
    sync()
    before = explain(Query("lanterne", MINE), "mine")
    write(*(entry(f"theirs-{n}", version("fr", "Lanterne rouge", body="lanterne"), tokens=THEIRS) for n in range(5)))
    sync()
    assert explain(Query("lanterne", MINE), "mine") == before
