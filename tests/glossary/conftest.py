"""Some terms of the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from intranet.accounts.models import User
from intranet.glossary.models import Term
from intranet.networks.models import Network
from tests.beginnings import beginning
from tests.pages.factories import make_halifax, make_person

MakeTerm = Callable[..., Term]


@pytest.fixture
def make_term(db: None) -> MakeTerm:
    """Makes a term as the admin does: checked, then saved."""

    def make(**fields: Any) -> Term:
        term = Term(**fields)
        term.full_clean()
        term.save()
        return term

    return make


@pytest.fixture
def violence(make_term: MakeTerm) -> Term:
    return make_term(
        form_en="gender-based violence",
        form_fr="violence fondée sur le genre",
        acronyms_en="GBV",
        acronyms_fr="VFG\nVBG",
        variants_fr="violence basée sur le genre",
        definition_en="Harm done to people because of their gender.",
        definition_fr="Tort causé à des personnes en raison de leur genre.",
    )


@pytest.fixture
def shelter(make_term: MakeTerm) -> Term:
    return make_term(
        form_en="women’s shelter",
        form_fr="maison d’hébergement",
        variants_en="transition house",
        definition_en="A roof.",
    )


def make_reader() -> User:
    return make_person("reader", (make_halifax(), "reader"))


reader = beginning(make_reader)


@pytest.fixture
def guest(reader: User) -> User:
    return make_person("guest", (Network.objects.get(slug="halifax"), "guest"))
