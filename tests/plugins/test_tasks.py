"""Tasks that wait for each other, by Wagtail's own: each save of a page asks for its entry in the admin's search."""

import pytest
from django.db import transaction
from django_tasks.signals import task_finished

from intranet.pages.models import ContentPage
from intranet.plugins.tasks import tasks_together
from tests.pages.factories import make_network, make_page, section_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def content_page() -> ContentPage:
    return make_page(section_of(make_network("halifax")), "First")


def title_in_admin_search(page: ContentPage) -> str:
    """Which of the titles that the tests give finds the page."""
    found = [title for title in ("First", "Second", "Third") if page in ContentPage.objects.search(title)]
    return " ".join(found)


def save_as(page: ContentPage, *titles: str) -> None:
    for title in titles:
        page.title = title
        page.save()


def test_tasks_together_run_each_once_at_the_end(content_page: ContentPage) -> None:
    ran: list[str] = []

    def note(sender: object, task_result: object, **kwargs: object) -> None:
        ran.append(task_result.task.name)

    task_finished.connect(note)
    try:
        with transaction.atomic(), tasks_together():
            save_as(content_page, "Second", "Third")
            assert ran == []
            assert title_in_admin_search(content_page) == "First"
    finally:
        task_finished.disconnect(note)
    assert sorted(ran) == ["insert_or_update_object_task", "update_reference_index_task"]
    assert title_in_admin_search(content_page) == "Third"


def test_tasks_together_after_an_exception_run_none(content_page: ContentPage) -> None:
    with pytest.raises(ValueError, match="undone"), transaction.atomic(), tasks_together():
        save_as(content_page, "Second")
        raise ValueError("undone")
    assert title_in_admin_search(content_page) == "First"
    save_as(content_page, "Third")
    assert title_in_admin_search(content_page) == "Third"
