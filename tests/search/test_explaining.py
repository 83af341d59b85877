"""What counts in an entry is told without a trace of what others have."""

from collections.abc import Callable

from search import Query, explain
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


def test_nothing_changes_when_others_have_the_word(engine: str, sync: Callable[[], None]) -> None:
    write(entry("mine", version("fr", "Une lanterne"), tokens=MINE), entry("other", version("fr", "Rien"), tokens=MINE))
    sync()
    before = explain(Query("lanterne", MINE), "mine")
    write(*(entry(f"theirs-{n}", version("fr", "Lanterne rouge", body="lanterne"), tokens=THEIRS) for n in range(5)))
    sync()
    assert explain(Query("lanterne", MINE), "mine") == before
