"""The editor sees beside a document whether its text is found, and what there is to do, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from intranet.networks.models import Network
from intranet.pages.extraction.limits import Limits
from intranet.pages.extraction.services import extract_due
from intranet.pages.models import DocumentText, GuardedDocument
from tests.beginnings import beginning
from tests.pages.factories import make_document, make_halifax, make_network, make_person, signed_in

pytestmark = pytest.mark.django_db
State = DocumentText.State


halifax = beginning(make_halifax)


def editor_of(network: Network, language: str = "en") -> Client:
    return signed_in(make_person(f"editor-{language}", (network, "publisher"), language=language))


def seen(client: Client, address: str) -> str:
    """The words of the answer, with single blanks."""
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def set_state(document: GuardedDocument, state: str, **values: Any) -> None:
    DocumentText.objects.filter(document=document).update(state=state, **values)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("state", State.values)
def test_edit_form_says_state_and_remedy(halifax: Network, state: str, language: str) -> None:
    document = make_document(halifax, "Plan")
    set_state(document, state)
    html = seen(editor_of(halifax, language), reverse("wagtaildocs:edit", args=[document.pk]))
    with translation.override(language):
        assert f"<strong>{escape(State(state).label)}</strong>" in html
        assert " ".join(escape(str(DocumentText.REASONS[State(state)])).split()) in html
    is_warned = "help-block help-warning" in html
    assert is_warned == (state not in (State.WAITING, State.EXTRACTED, State.UNSUPPORTED))


def test_every_state_has_a_reason_in_both_languages() -> None:
    assert set(DocumentText.REASONS) == set(State)
    for state in State:
        texts = {}
        for language in ("en", "fr"):
            with translation.override(language):
                texts[language] = (str(state.label), str(DocumentText.REASONS[state]))
        assert all(english != french for english, french in zip(texts["en"], texts["fr"], strict=True)), state


def test_text_that_was_cut_is_said(halifax: Network) -> None:
    document = make_document(halifax, "Plan")
    set_state(document, State.EXTRACTED, is_cut=True)
    address = reverse("wagtaildocs:edit", args=[document.pk])
    assert "The beginning of its text is found by the search" in seen(editor_of(halifax), address)


def test_file_that_was_not_noticed_yet_waits(halifax: Network) -> None:
    document = make_document(halifax, "Plan")
    set_state(document, State.ENCRYPTED)
    GuardedDocument.objects.filter(pk=document.pk).update(file_hash="0" * 40)
    client, address = editor_of(halifax), reverse("wagtaildocs:edit", args=[document.pk])
    assert "<strong>Waiting to be read</strong>" in seen(client, address)
    DocumentText.objects.all().delete()
    assert "<strong>Waiting to be read</strong>" in seen(client, address)


def read_again(client: Client, document: GuardedDocument) -> str:
    """Press the button, and give back the words of the page that comes."""
    answer = client.post(reverse("document_read_again", args=[document.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("wagtaildocs:edit", args=[document.pk]), 302)]
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.parametrize("state", State.values)
def test_editor_may_have_a_file_read_again_that_gave_no_text(halifax: Network, state: str) -> None:
    document = make_document(halifax, "Plan")
    set_state(document, state, due_at=None, attempts=3)
    client, address = editor_of(halifax), reverse("document_read_again", args=[document.pk])
    is_offered = state not in (State.WAITING, State.EXTRACTED, State.UNSUPPORTED)
    assert (f'action="{address}"' in seen(client, reverse("wagtaildocs:edit", args=[document.pk]))) == is_offered

    html = read_again(client, document)

    text = DocumentText.objects.get(document=document)
    if is_offered:
        assert "The file will be read again in a moment." in html
        assert (text.state, text.attempts) == (State.WAITING, 0)
        extract_due(Limits())
        assert DocumentText.objects.get(document=document).state == State.EXTRACTED
    else:
        assert (text.state, text.attempts, text.due_at) == (state, 3, None)


def test_reader_of_the_section_has_nothing_read_again(halifax: Network) -> None:
    document = make_document(halifax, "Plan")
    set_state(document, State.BROKEN)
    toronto = make_network("toronto")
    person = make_person("both", (halifax, "reader"), (toronto, "publisher"), language="en")
    answer = signed_in(person).post(reverse("document_read_again", args=[document.pk]))
    assert answer.status_code == 404
    assert DocumentText.objects.get(document=document).state == State.BROKEN


LISTS: list[Callable[[], str]] = [
    lambda: reverse("wagtaildocs:index"),
    lambda: reverse("wagtaildocs:index_results") + "?q=plan",
    lambda: reverse("wagtaildocs_chooser:choose"),
    lambda: reverse("wagtaildocs_chooser:choose_results"),
]


@pytest.mark.parametrize("address", LISTS)
def test_lists_say_states_and_remedies_at_a_fixed_cost(halifax: Network, address: Callable[[], str]) -> None:
    client, costs, made = editor_of(halifax), {}, 0
    for count in (1, 3, 9):
        for number in range(made, count):
            document = make_document(halifax, f"plan {number}")
            set_state(document, State.ENCRYPTED if number % 2 else State.EXTRACTED)
        made = count
        client.get(address())
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(connection) as captured:
            # The chooser answers JSON with HTML in it.
            html = seen(client, address()).replace("\\n", " ")
        assert html.count("Protected by a password") == count // 2
        assert html.count("Save it without one, then replace the file") == count // 2
        assert html.count("Found by its text") == count - count // 2
        costs[count] = len(captured)
    assert costs[3] == costs[1]
    assert costs[9] == costs[1]
