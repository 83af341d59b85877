"""What counts in an entry is told without a trace of what others have."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from search import Expansion, Query, explain, register_expander
from search.engines.embedded import engine as embedded
from search.engines.embedded.textindex import text_index
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


def test_embedded_engine_tells_field_weight_and_what_was_typed(
    without_elasticsearch: None, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.expansion._expanders", {})
    register_expander("test", lambda text, tokens, stamps: [Expansion("vfg", ("violence genrée",))])
    body = "La violence genrée et les lanternes. Une lanterne."
    write(
        entry("a", version("fr", "Lanterne rouge", summary="VFG", body=body), identifiers=("HFX-7",), tokens=MINE),
        entry("b", version("fr", "Lanterne"), tokens=MINE),
    )
    given, fields = weights(), text_index().field_weights()
    explanation = explain(Query("lanternes VFG", MINE), "a")
    assert explanation is not None
    said = {(part.weight, part.what) for part in explanation.parts}
    assert {
        (given.title, "title_fr:lantern (1 ×), typed: lanternes"),
        (given.body, "body_fr:lantern (2 ×), typed: lanternes"),
        (fields["summary"], "summary_fr:vfg (1 ×), typed: VFG"),
        (given.body, "body_fr:violenc genr (1 ×), other form of: VFG"),
        (given.every_word, "every word"),
    } <= said
    one_word = explain(Query("lanterne", MINE), "b")
    assert one_word is not None
    assert [part.what for part in one_word.parts] == ["title_fr:lantern (1 ×), typed: lanterne"]
    number = explain(Query("HFX-7", MINE), "a")
    assert number is not None
    assert (fields["identifiers"], "identifiers:hfx-7 (1 ×), typed: HFX-7") in {
        (part.weight, part.what) for part in number.parts
    }


@pytest.mark.sqlite
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's score is in a unit of its own.")
def test_embedded_engine_tells_bonuses_as_its_score_has_them(
    without_elasticsearch: None, db: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    forms = ("violence genrée", "violence fondée sur le genre", "violence sexiste")
    monkeypatch.setattr("search.expansion._expanders", {})
    register_expander("test", lambda text, tokens, stamps: [Expansion("vfg", forms)])
    write(entry("a", version("fr", "Lanterne VFG", body="violence"), identifiers=("HFX-7",), tokens=MINE))
    settings.SEARCH_WEIGHTS = {"every_word": 1_000_000, "identifier": 100_000_000}
    asked = Query("lanterne VFG HFX-7", MINE, expansions=(Expansion("vfg", forms),))
    explanation = explain(asked, "a")
    assert explanation is not None
    # What words count for beside that is little.
    [(_id, score)] = embedded._rows(embedded._matching(asked, {}, ranked=True))
    assert score == pytest.approx(sum(part.weight for part in explanation.parts), abs=100)


def test_archived_item_is_not_explained_where_it_is_not_found(engine: str, sync: Callable[[], None]) -> None:
    write(entry("a", version("fr", "Une lanterne"), standing="archived", tokens=MINE))
    sync()
    assert explain(Query("lanterne", MINE), "a") is None
    assert explain(Query("lanterne", MINE, archived=True), "a") is not None
