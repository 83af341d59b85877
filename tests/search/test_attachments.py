"""Text of attachments is found, and the hit says in which document, and where."""

from collections.abc import Callable

from search import Query, search
from search.results import FoundIn
from search.types import Attachment, Passage
from tests.search.factories import entry, version, write

EVERYONE = frozenset({"everyone"})
PLAN = Attachment(
    "plan",
    "Plan d’évacuation",
    "/documents/1/plan.pdf",
    passages=(
        Passage("Rassemblement dans la cour <b>arrière</b>.", page=1),
        Passage("Couper le gaz & fermer les portes.", page=2),
    ),
)
SHEET = Attachment("sheet", "Contacts", "/documents/2/contacts.xlsx", passages=(Passage("Plombier de garde"),))


def test_a_hit_names_the_document_and_the_page(engine: str, sync: Callable[[], None]) -> None:
    write(
        entry("a", version("fr", "Sécurité", body="Voir les documents."), attachments=(PLAN, SHEET)),
        entry("b", version("fr", "Autre")),
    )
    sync()
    expected = {
        "portes": (
            FoundIn("Plan d’évacuation", "/documents/1/plan.pdf#page=2", 2),
            "gaz &amp; fermer les <mark>portes",
        ),
        "arriere": (FoundIn("Plan d’évacuation", "/documents/1/plan.pdf#page=1", 1), "&lt;b&gt;<mark>arrière</mark>"),
        "plombiers": (FoundIn("Contacts", "/documents/2/contacts.xlsx", None), "<mark>Plombier</mark>"),
    }
    for word, (found_in, snippet) in expected.items():
        (hit,) = search(Query(word, EVERYONE, language="en")).hits
        assert (hit.key, hit.found_in) == ("a", found_in), word
        assert snippet in hit.snippet
    (hit,) = search(Query("sécurité", EVERYONE)).hits
    assert hit.found_in is None


def test_every_hit_names_its_document_however_long_it_is(engine: str, sync: Callable[[], None]) -> None:
    """Also where the page says another word of the query."""
    pages = [Passage(f"Une page, {page}.", page=page) for page in range(1, 40)]
    long = Attachment(
        "long",
        "Guide",
        "/documents/3/guide.pdf",
        passages=(*pages, Passage("Des Œuvres de la coordonnatrice, à l’étage.", page=40)),
    )
    write(*(entry(f"k{number}", version("fr", "Consignes"), attachments=(long,)) for number in range(12)))
    sync()
    for text in ("coordonnateurs", "consigne étages", "oeuvre"):
        hits = search(Query(text, EVERYONE, language="fr")).hits
        assert {hit.found_in for hit in hits} == {FoundIn("Guide", "/documents/3/guide.pdf#page=40", 40)}, text
        assert len(hits) == 12


def test_an_attachment_goes_with_its_entry(engine: str, sync: Callable[[], None]) -> None:
    secret = frozenset({"network:9"})
    write(entry("a", version("fr", "Sécurité"), attachments=(PLAN,), tokens=secret))
    sync()
    assert search(Query("portes", EVERYONE)).total == 0
    assert search(Query("portes", secret)).total == 1
    write(entry("a", version("fr", "Sécurité"), attachments=(SHEET,), tokens=secret))
    sync()
    assert search(Query("portes", secret)).total == 0
    assert search(Query("plombier", secret)).total == 1
