"""The choices above the lists of memos and notes."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from intranet.pages.models import Topic
from tests.pages.factories import make_network, make_person, signed_in


@pytest.mark.sqlite
@pytest.mark.django_db
def test_topics_are_in_the_order_of_a_dictionary() -> None:
    for slug, name in [("z", "Zones rurales"), ("e", "Évaluation et données"), ("a", "Accueil"), ("f", "familles")]:
        Topic.objects.create(slug=slug, name_fr=name, name_en=name)
    reader = make_person("lise", (make_network("halifax"), "reader"))
    with translation.override("fr"):
        address = reverse("memos:list")

    fields = signed_in(reader).get(address).context["fields"]

    (topics,) = [field["options"] for field in fields if field["name"] == "topic"]
    assert [option["label"] for option in topics] == [
        "Accueil",
        "Évaluation et données",
        "familles",
        "Zones rurales",
    ]
