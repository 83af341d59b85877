"""Questions on a memo: who sees them, who answers, what search finds, what is left of a removed one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from intranet.accounts.models import User
from intranet.memos.exceptions import MemoError
from intranet.memos.models import MemoPage, Question
from intranet.memos.questions.answering import people_who_answer, records_answered_by
from intranet.memos.questions.forms import plain
from intranet.memos.questions.hints import tells_of_somebody
from intranet.memos.questions.services import answer, ask, remove
from intranet.memos.services import withdraw
from intranet.networks.audiences import Rule
from intranet.networks.models import Network
from intranet.networks.services import end_membership
from intranet.pages.searching import SearchParams, search_for
from tests.beginnings import beginning
from tests.memos.factories import declared, make_memo, publish, record_of
from tests.pages.factories import make_halifax, make_network, make_person, set_rule, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

PUBLIC = {"readers": "audience"}
TEXT = "Does the cassowary count as staff?"


network = beginning(make_halifax)


@pytest.fixture
def publisher(network: Network) -> Any:
    return make_person("paule", (network, "publisher"), language="en")


@pytest.fixture
def reader(network: Network) -> Any:
    return make_person("lise", (network, "reader"), language="en")


@pytest.fixture
def memo(network: Network) -> MemoPage:
    return make_memo(network, "Fire drill", rule=Rule("members"))


def asked(memo: MemoPage, author: Any, text: str = TEXT, **more: Any) -> Question:
    return ask(record_of(memo), author=author, text=text, language="en", **more)


def answered(question: Question, by: Any, text: str = "No, but the lyrebird does.", **more: Any) -> Question:
    return answer(question, text=text, language="en", by=by, **more)


def address(name: str, *args: Any) -> str:
    with translation.override("en"):
        return reverse(f"memos:{name}", args=args)


def seen_by(person: Any, memo: MemoPage) -> list[str]:
    """The texts below the memo."""
    return [shown.question.text for shown in signed_in(person).get(memo.url).context["questions"]]


def found_by(person: Any, words: str) -> list[str]:
    return [found.title for found in search_for(person, SearchParams(words, language="en")).found]


# Who answers --------------------------------------------------------------------------------------------


def answerers(memo: MemoPage) -> set[str]:
    """From the memo's side; the people's side says the same of each of them."""
    record = record_of(memo)
    people = set(people_who_answer(record))
    assert {each for each in User.objects.all() if records_answered_by(each).filter(pk=record.pk)} == people
    return {person.name for person in people}


def test_contact_owner_and_deputy_answer_and_publishers_where_none_is_there(network: Network, publisher: Any) -> None:
    contact, owner, deputy = (make_person(name, (network, "reader")) for name in ("cora", "odile", "denis"))
    elsewhere = make_person("elsa", (make_network("moncton"), "publisher"))
    memo = make_memo(
        network, "Rule", contact=" Cora@example.org ", responsible=owner, deputy=deputy, rule=Rule("members")
    )
    assert answerers(memo) == {"Cora", "Odile", "Denis"}

    for person in (contact, owner, deputy):
        end_membership(person.memberships.get())
    assert answerers(memo) == {"Paule"}

    # Somebody of another network whom the memo names reads questions no more than other readers do.
    memo = publish(memo, contact=elsewhere.email)
    assert answerers(memo) == {"Paule"}


def test_name_in_words_is_no_person_here(network: Network, publisher: Any) -> None:
    make_person("cora", (network, "reader"))
    coordinator = make_person("carl", (network, "coordinator"))

    assert answerers(make_memo(network, "Rule", contact="Cora")) == {publisher.name, coordinator.name}


# Who sees what ------------------------------------------------------------------------------------------


def test_public_question_is_seen_by_the_audience_of_the_memo_and_follows_it(
    network: Network, publisher: Any, reader: Any, memo: MemoPage
) -> None:
    other = make_person("omar", (make_network("moncton"), "reader"), language="en")
    question = answered(asked(memo, reader), publisher)
    page = address("question", question.pk)
    assert seen_by(reader, memo) == seen_by(other, memo) == [TEXT]
    assert "the lyrebird does" in signed_in(other).get(page).content.decode()
    assert found_by(other, "cassowary") == found_by(other, "lyrebird") == ["Fire drill"]

    set_rule(memo, Rule("section"))

    assert signed_in(other).get(page).status_code == signed_in(other).get(memo.url).status_code == 404
    assert found_by(other, "cassowary") == []
    assert found_by(reader, "cassowary") == ["Fire drill"]


def test_private_question_is_for_its_author_and_those_who_answer(
    network: Network, publisher: Any, reader: Any, memo: MemoPage
) -> None:
    colleague = make_person("colin", (network, "reader"), language="en")
    owner = make_person("odile", (network, "reader"), language="en")
    publish(memo, responsible=owner)
    question = answered(asked(memo, reader, is_private=True), owner)
    page = address("question", question.pk)

    assert [seen_by(person, memo) for person in (reader, owner, publisher, colleague)] == [[TEXT], [TEXT], [], []]
    assert [signed_in(person).get(page).status_code for person in (reader, owner, publisher, colleague)] == [
        *(200, 200, 404, 404)
    ]
    assert [found_by(person, "cassowary") for person in (reader, owner, colleague)] == [[], [], []]

    # What one may no longer see of the memo goes with it, one's own question too.
    end_membership(reader.memberships.get())
    assert signed_in(reader).get(page).status_code == 404
    publish(memo, responsible=publisher)
    assert signed_in(publisher).get(page).status_code == 200
    assert signed_in(owner).get(page).status_code == 404


def test_only_those_who_answer_are_told_who_asked(publisher: Any, reader: Any, memo: MemoPage) -> None:
    colleague = make_person("colin", (record_of(memo).item.network, "reader"), language="en")
    question = asked(memo, reader)

    html = {
        person: signed_in(person).get(address("question", question.pk)).content.decode()
        for person in (publisher, colleague)
    }
    assert "Asked by Lise" in html[publisher]
    assert "Lise" not in html[colleague]


def test_unanswered_and_private_questions_are_not_found(publisher: Any, reader: Any, memo: MemoPage) -> None:
    question = asked(memo, reader)
    assert found_by(reader, "cassowary") == []

    question = answered(question, publisher)
    (hit,) = search_for(reader, SearchParams("cassowary", language="en")).found
    assert hit.found_in is not None
    assert (hit.found_in.title, hit.found_in.url) == (f"Question: {TEXT}", address("question", question.pk))

    answered(question, publisher, make_private=True)
    assert found_by(reader, "cassowary") == []
    assert Question.objects.get().is_private


def test_both_language_pages_show_a_question_in_its_language(network: Network, publisher: Any, reader: Any) -> None:
    memo = make_memo(network, "Fire drill")
    french = make_memo(network, "Exercice d’incendie", "fr", version_of=memo)
    answer(asked(memo, reader), text="Non, mais le ménure, oui.", language="fr", by=publisher)

    for page, foreign in ((memo, "fr"), (french, "en")):
        html = signed_in(reader).get(page.url).content.decode()
        assert TEXT in html
        assert f'<div class="question__text" lang="{foreign}">' in html
    assert found_by(reader, "ménure") == found_by(reader, "cassowary") == ["Fire drill"]


# The forms ----------------------------------------------------------------------------------------------


def sent(client: Client, name: str, *args: Any, **fields: Any) -> Any:
    return client.post(address(name, *args), fields, follow=True)


def test_question_is_asked_and_answered_without_javascript(publisher: Any, reader: Any, memo: MemoPage) -> None:
    client, key = signed_in(reader), memo.translation_key
    form = client.get(address("ask", key)).content.decode()
    assert "Nothing confidential" in form

    page = sent(client, "ask", key, text=f" {TEXT}\r\n\r\n\r\n\r\n<b>Really?</b> ", edition="1", **PUBLIC)
    question = Question.objects.get()
    assert page.redirect_chain[-1][0] == address("question", question.pk)
    assert (question.text, question.author, question.language) == (f"{TEXT}\n\n<b>Really?</b>", reader, "en")
    assert "&lt;b&gt;Really?&lt;/b&gt;" in page.content.decode()
    assert "Your answer" not in page.content.decode()
    assert client.post(address("question", question.pk), {"text": "I answer myself."}).status_code == 404

    page = sent(signed_in(publisher), "question", question.pk, text="See https://example.org/<i>.", answers="0")
    assert '<a href="https://example.org/" rel="nofollow">https://example.org/</a>&lt;i&gt;' in page.content.decode()
    question.refresh_from_db()
    assert (question.answered_by, question.answers) == (publisher, 1)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Her number is 902-555-0147.", "a telephone number"),
        ("Write to ana@example.org", "an e-mail address"),
        ("File 123 456 782", "a file or insurance number"),
        ("She lives at B3H 4R2", "a postal code"),
        ("Elle est née le 3 mai", "a date of birth"),
        ("Mme Tremblay veut savoir", "the name of a person"),
        ("Does HFX-2026-014 hold for 2026-05-03, for 20 people?", None),
    ],
)
def test_what_may_identify_somebody_is_asked_about_before_it_is_posted(
    reader: Any, memo: MemoPage, text: str, what: str | None
) -> None:
    client, key = signed_in(reader), memo.translation_key
    assert tells_of_somebody(text) == ([what] if what else [])

    page = sent(client, "ask", key, text=text, **PUBLIC)
    if what:
        assert f"The text seems to have {what}." in page.content.decode()
        assert Question.objects.count() == 0
        sent(client, "ask", key, text=text, checked="on", **PUBLIC)
    assert Question.objects.get().text == text


def test_text_is_plain() -> None:
    assert plain("a\x00\u202eb\tc  \r\n\n\n\nd\u200b ") == "ab c\n\nd"


@pytest.mark.parametrize(("text", "error"), [(" \n ", "This field is required."), ("x" * 1001, "has 1001")])
def test_empty_and_too_long_questions_are_refused(reader: Any, memo: MemoPage, text: str, error: str) -> None:
    assert error in sent(signed_in(reader), "ask", memo.translation_key, text=text, **PUBLIC).content.decode()
    assert Question.objects.count() == 0


def test_form_of_an_earlier_edition_keeps_its_text_and_gets_the_current_edition(reader: Any, memo: MemoPage) -> None:
    publish(memo, title="Fire alarm", declaration=declared(en="An alarm now."))

    page = sent(signed_in(reader), "ask", memo.translation_key, text=TEXT, edition="1", **PUBLIC)

    html = page.content.decode()
    assert "The memo has changed since you opened it." in html
    assert TEXT in html
    assert 'name="edition" value="2"' in html
    assert Question.objects.count() == 0
    sent(signed_in(reader), "ask", memo.translation_key, text=TEXT, edition="2", **PUBLIC)
    assert Question.objects.get().edition == 2


def test_withdrawn_memo_takes_no_questions_and_keeps_those_it_has(publisher: Any, reader: Any, memo: MemoPage) -> None:
    question = asked(memo, reader)
    withdraw(record_of(memo), reason="Wrong", language="en", by=publisher)

    page = sent(signed_in(reader), "ask", memo.translation_key, text="Again?", **PUBLIC)
    assert page.redirect_chain[-1][0] == memo.url
    assert "It takes no questions any more." in page.content.decode()
    with pytest.raises(MemoError):
        asked(memo, reader, "Again?")
    assert seen_by(reader, memo) == [TEXT]
    answered(question, publisher)
    assert found_by(reader, "cassowary") == []


def test_same_question_sent_twice_is_one_and_too_many_are_refused(reader: Any, memo: MemoPage, settings: Any) -> None:
    assert asked(memo, reader) == asked(memo, reader)
    for number in range(9):
        asked(memo, reader, f"Question {number}?")

    page = sent(signed_in(reader), "ask", memo.translation_key, text="One more?", **PUBLIC)

    assert "You have asked 10 questions since yesterday." in page.content.decode()
    assert "One more?" in page.content.decode()
    assert Question.objects.count() == 10


def test_question_sent_again_as_private_is_private(publisher: Any, reader: Any, memo: MemoPage) -> None:
    colleague = make_person("colin", (memo.network, "reader"), language="en")
    page = sent(signed_in(reader), "ask", memo.translation_key, text=TEXT, edition="1", **PUBLIC)
    assert seen_by(colleague, memo) == [TEXT]

    again = sent(signed_in(reader), "ask", memo.translation_key, text=TEXT, edition="1", readers="private")

    assert again.redirect_chain == page.redirect_chain
    assert Question.objects.get().is_private
    assert seen_by(colleague, memo) == []
    assert seen_by(reader, memo) == [TEXT]
    answered(Question.objects.get(), publisher)
    assert found_by(colleague, "cassowary") == found_by(colleague, "lyrebird") == []
    # What was asked privately is not made public by sending it again.
    asked(memo, reader, "And the emu?", is_private=True)
    assert asked(memo, reader, "And the emu?").is_private


def test_two_answers_at_once_do_not_overwrite_each_other(publisher: Any, reader: Any, memo: MemoPage) -> None:
    question = asked(memo, reader)
    client = signed_in(publisher)
    sent(client, "question", question.pk, text="First.", answers="0")

    html = sent(client, "question", question.pk, text="Second.", answers="0").content.decode()

    assert "Somebody else has answered meanwhile." in html
    assert "First." in html
    assert "Second." in html
    assert Question.objects.get().answer == "First."
    sent(client, "question", question.pk, text="Second.", answers="1")
    assert Question.objects.get().answer == "Second."


# Removal ------------------------------------------------------------------------------------------------


def test_removed_question_is_gone_at_once_and_leaves_a_trace_for_the_office(
    network: Network, publisher: Any, reader: Any, memo: MemoPage
) -> None:
    question = answered(asked(memo, reader), publisher)
    coordinator = make_person("carl", (network, "coordinator"), language="en")
    office = make_person("olga", (make_network("office", "office"), "coordinator"), language="en")
    page = address("question", question.pk)
    client = signed_in(coordinator)
    assert "Say why" not in client.get(address("remove_question", question.pk)).content.decode()
    assert "This field is required." in sent(client, "remove_question", question.pk, reason=" ").content.decode()

    sent(client, "remove_question", question.pk, reason="It tells of a family.")

    assert found_by(reader, "cassowary") == found_by(reader, "lyrebird") == []
    assert seen_by(publisher, memo) == []
    assert signed_in(publisher).get(page).status_code == client.get(page).status_code == 404
    author = signed_in(reader).get(page).content.decode()
    assert "It tells of a family." in author
    assert TEXT not in author
    for person in (office, coordinator):
        trace = signed_in(person).get(address("removed_questions")).content.decode()
        assert all(words in trace for words in ("It tells of a family.", "Carl", "HFX-", TEXT)), person
    for person in (publisher, reader):
        assert signed_in(person).get(address("removed_questions")).status_code == 404


def test_trace_tells_the_office_nothing_of_a_memo_that_it_may_not_see(network: Network, reader: Any) -> None:
    office = make_person("olga", (make_network("office", "office"), "coordinator"), language="en")
    coordinator = make_person("carl", (network, "coordinator"), language="en")
    table = make_network("board", "table", code="BRD")
    chair = make_person("chris", (table, "coordinator"), language="en")
    inner = make_memo(network, "Inner rule")
    secret = make_memo(table, "Board rule")
    remove(asked(inner, reader), by=coordinator, reason="Too much said.")
    remove(asked(secret, chair, is_private=True), by=chair, reason="Mine.")
    private = asked(inner, reader, "Private wombat?", is_private=True)
    remove(private, by=coordinator, reason="Twice.", erase=True)

    seen = signed_in(office).get(address("removed_questions")).content.decode()
    assert "Too much said." in seen
    assert not [words for words in ("Inner rule", "HFX-", TEXT, "Board", "BRD", "Mine.") if words in seen]
    own = signed_in(coordinator).get(address("removed_questions")).content.decode()
    assert "Inner rule" in own
    assert TEXT in own
    assert "The text was erased for good." in own
    assert Question.objects.get(pk=private.pk).text == ""


def test_only_its_author_those_who_answer_and_coordinators_remove_a_question(
    network: Network, publisher: Any, reader: Any, memo: MemoPage
) -> None:
    colleague = make_person("colin", (network, "reader"))
    stranger = make_person("sam", (make_network("moncton"), "coordinator"))
    question = asked(memo, reader)
    removal = address("remove_question", question.pk)

    assert [signed_in(person).get(removal).status_code for person in (reader, publisher, colleague, stranger)] == [
        *(200, 200, 404, 404)
    ]
    sent(signed_in(reader), "remove_question", question.pk, erase="on")
    question.refresh_from_db()
    assert (question.removed_by, question.removed_reason, question.text) == (reader, "", "")
    with pytest.raises(MemoError, match="removed already"):
        remove(question, by=publisher, reason="Again")
    with pytest.raises(MemoError, match="removed meanwhile"):
        answered(question, publisher)


# What it costs ------------------------------------------------------------------------------------------


def test_questions_cost_a_fixed_number_of_queries(publisher: Any, reader: Any, memo: MemoPage) -> None:
    counts: dict[int, list[int]] = {}
    made, clients = 0, [signed_in(reader), signed_in(publisher)]
    for size in (1, 3, 30):
        for number in range(made, size):
            author = User.objects.create_user(f"author{number}@example.org")
            Question.objects.create(record=record_of(memo), edition=1, author=author, text="Why?", language="fr")
        made, counts[size] = size, []
        for client in clients:
            for page in (memo.url, address("questions", memo.translation_key)):
                client.get(page)
                with CaptureQueriesContext(connection) as captured:
                    client.get(page)
                counts[size].append(len(captured))

    assert counts[1] == counts[3] == counts[30]
