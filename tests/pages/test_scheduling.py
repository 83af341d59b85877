"""What editors planned happens at its hour, and one page that fails keeps nobody waiting."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, Revision

from intranet.networks.access import tokens_for
from intranet.pages.models import BasePage, ContentPage
from intranet.pages.models.querysets import all_pages
from intranet.pages.scheduling import run_schedule
from intranet.plugins import registry
from search import Query, search
from tests.pages.factories import make_network, make_page, make_person, section_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

MORNING = datetime(2026, 3, 2, 14, tzinfo=UTC)
NOON = MORNING + timedelta(hours=2)


def titles(person: object) -> tuple[set[str], set[str]]:
    """What ``person`` sees of the planned pages, in lists and in the search."""
    seen = all_pages().visible_to(person).filter(title__startswith="Planned").values_list("title", flat=True)
    hits = search(Query("planned", tokens_for(person), facets=())).hits
    return set(seen), {hit.title for hit in hits}


def plan(title: str, parent: BasePage) -> ContentPage:
    """A page to be published at noon."""
    page = make_page(parent, title, live=False, go_live_at=NOON)
    page.get_latest_revision().publish()
    return page


def test_schedule_is_a_job_of_the_worker() -> None:
    assert "pages.schedule" in [job.name for job in registry.items("jobs")]


def test_planned_page_goes_live_at_its_hour_and_another_expires() -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        network = make_network("halifax")
        reader = make_person("reader", (network, "reader"))
        section = section_of(network, "en")
        plan("Planned memo", section)
        make_page(section, "Planned end", expire_at=NOON)
        assert run_schedule() == 0
        assert titles(reader) == ({"Planned end"}, {"Planned end"})
        clock.move_to(NOON + timedelta(minutes=1))
        assert run_schedule() == 2
        assert titles(reader) == ({"Planned memo"}, {"Planned memo"})
        assert Page.objects.get(title="Planned end").expired is True
        assert run_schedule() == 0


def test_page_that_fails_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        network = make_network("halifax")
        reader = make_person("reader", (network, "reader"))
        section = section_of(network, "en")
        plan("Planned broken", section)
        plan("Planned sound", section)
        publish = Revision.publish

        def fail_on_broken(self: Revision, **kwargs: object) -> None:
            if self.content["title"] == "Planned broken":
                Page.objects.filter(title="Planned sound").delete()
                raise RuntimeError("the disk is full")
            publish(self, **kwargs)

        monkeypatch.setattr(Revision, "publish", fail_on_broken)
        clock.move_to(NOON + timedelta(minutes=1))
        with caplog.at_level(logging.ERROR, "intranet.pages.scheduling"):
            assert run_schedule() == 1
        assert titles(reader)[0] == {"Planned sound"}
        assert "the disk is full" in caplog.text


def test_page_of_a_plugin_that_is_off_waits() -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        network = make_network("halifax")
        page = plan("Planned poster", section_of(network, "en"))
        retired = ContentType.objects.create(app_label="posters", model="posterpage")
        Revision.objects.filter(object_id=str(page.pk)).update(content_type=retired)
        Page.objects.filter(pk=page.pk).update(content_type=retired)
        clock.move_to(NOON + timedelta(minutes=1))
        assert run_schedule() == 0
        assert Revision.objects.filter(content_type=retired, approved_go_live_at=NOON).count() == 1
