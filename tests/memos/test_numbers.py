"""Memo numbers: given once, gapless, shared by the languages."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Locale

from intranet.memos.exceptions import MemoError, NumberError
from intranet.memos.models import MemoNumberCounter, MemoPage, MemoRecord
from intranet.networks.models import Network
from intranet.networks.services import provision_network
from intranet.pages.models import SectionPage


def _network(slug: str = "halifax", code: str = "HFX", **fields: object) -> Network:
    return provision_network(
        slug=slug, kind="society", name_en="Halifax society", name_fr="Société de Halifax", code=code, **fields
    )


def _draft(network: Network, title: str, language: str = "en") -> MemoPage:
    section = SectionPage.objects.get(section_network=network, locale__language_code=language)
    memo = MemoPage(title=title, live=False, locale=section.locale)
    section.add_child(instance=memo)
    memo.save_revision()
    return memo


def _publish(memo: MemoPage) -> None:
    memo.get_latest_revision().publish()


@pytest.mark.django_db
def test_draft_has_no_number() -> None:
    memo = _draft(_network(), "Fire drill")

    assert not MemoRecord.objects.filter(item=memo.translation_key).exists()


@pytest.mark.django_db
def test_first_publication_gives_the_next_number_of_code_and_year() -> None:
    network = _network()
    for title in ("One", "Two"):
        _publish(_draft(network, title))

    year = timezone.localdate().year
    assert list(MemoRecord.objects.order_by("sequence").values_list("number", flat=True)) == [
        f"HFX-{year}-001",
        f"HFX-{year}-002",
    ]


@pytest.mark.django_db
def test_both_languages_share_one_number() -> None:
    memo = _draft(_network(), "Fire drill")
    _publish(memo)
    french = memo.copy_for_translation(Locale.objects.get(language_code="fr"))
    french.title = "Exercice d’incendie"
    french.save_revision().publish()

    assert MemoRecord.objects.count() == 1


@pytest.mark.django_db
def test_withdrawn_and_published_again_keeps_the_number() -> None:
    memo = _draft(_network(), "Fire drill")
    _publish(memo)
    number = MemoRecord.objects.get().number
    memo.refresh_from_db()
    memo.unpublish()
    assert MemoRecord.objects.get().withdrawn_at is not None

    _publish(memo)

    record = MemoRecord.objects.get()
    assert (record.number, record.withdrawn_at) == (number, None)


@pytest.mark.django_db
def test_year_is_that_of_the_networks_time_zone(time_machine) -> None:  # type: ignore[no-untyped-def]
    time_machine.move_to("2027-01-01T03:00:00Z")
    _publish(_draft(_network(time_zone="America/Halifax"), "New year"))

    assert MemoRecord.objects.get().number == "HFX-2026-001"


@pytest.mark.django_db
def test_given_number_is_kept_and_raises_the_counter() -> None:
    network = _network()
    memo = _draft(network, "Old memo")
    memo.given_number = "HFX-2026-041"
    memo.live = True
    memo.save()

    assert MemoRecord.objects.get().number == "HFX-2026-041"
    assert MemoNumberCounter.objects.get(code="HFX", year=2026).last == 41


@pytest.mark.django_db
def test_given_number_is_the_same_with_more_zeros() -> None:
    memo = _draft(_network(), "Old memo")
    memo.live = True
    for number in ("HFX-2026-0014", "HFX-2026-0014", "HFX-2026-014"):
        memo.given_number = number
        memo.save()
    assert MemoRecord.objects.get().number == "HFX-2026-014"

    memo.given_number = "HFX-2026-0015"
    with pytest.raises(NumberError, match="HFX-2026-0015"):
        memo.save()


@pytest.mark.django_db
def test_given_number_of_another_memo_is_refused() -> None:
    network = _network()
    first, second = _draft(network, "First"), _draft(network, "Second")
    for memo in (first, second):
        memo.given_number = "HFX-2026-041"
        memo.live = True
    first.save()

    with pytest.raises(NumberError, match="HFX-2026-041"):
        second.save()


@pytest.mark.django_db(transaction=True)
def test_concurrent_publications_never_collide_and_leave_no_gap() -> None:
    network = _network()
    memos = [_draft(network, f"Memo {number}") for number in range(16)]
    errors: list[Exception] = []

    def publish(memo: MemoPage) -> None:
        try:
            _publish(memo)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish, args=(memo,)) for memo in memos]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert sorted(MemoRecord.objects.values_list("sequence", flat=True)) == list(range(1, 17))


@pytest.mark.django_db
def test_published_memo_cannot_be_deleted_nor_the_page_above_it() -> None:
    memo = _draft(_network(), "Fire drill")
    _publish(memo)

    with pytest.raises(MemoError, match="withdrawn"), transaction.atomic():
        memo.delete()
    section = SectionPage.objects.get(pk=memo.get_parent().pk)
    with pytest.raises(MemoError, match="withdrawn"), transaction.atomic():
        section.delete()
    assert MemoPage.objects.filter(pk=memo.pk).exists()
