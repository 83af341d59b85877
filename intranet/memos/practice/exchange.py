"""What became of a training elsewhere, in the content exchange: numbers of people, and what societies said of steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from intranet.exchange.exceptions import LineRefused
from intranet.exchange.schema import moment_of
from intranet.memos.models import AttendanceCount, PracticeMark, PracticeStep, TrainingNotePage
from intranet.memos.practice import services
from intranet.memos.practice.access import MARKING_KIND
from intranet.memos.practice.models import SENTENCE_LENGTH
from intranet.networks.models import Item, Network

KEYS = ("people", "said")


def errors(facts: Mapping[str, Any]) -> list[str]:
    """What is wrong with ``people`` and ``said``, whatever the site holds."""
    people, said = facts.get("people") or {}, facts.get("said") or []
    found = []
    if not isinstance(people, dict) or not all(_is_number(each) for each in people.values()):
        found.append(_("“training_note.people” must give numbers of people by networks’ slugs."))
    if not isinstance(said, list) or not all(_is_mark(each) for each in said):
        found.append(
            _(
                "“training_note.said” must be a list of objects with “network”, “step” (from 1), “state”, “at” (a "
                "moment with its time zone) and, if something is said, “sentence” and “language”."
            )
        )
    elif any(moment_of(mark["at"]) > timezone.now() for mark in said):
        found.append(in_the_future("training_note.said.at"))
    return found


def in_the_future(name: str) -> str:
    """What is wrong with the field ``name``, which says when something happened."""
    return _("“%(name)s” is in the future.") % {"name": name}


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= services.MOST_PEOPLE


def _is_mark(value: Any) -> bool:
    try:
        moment = moment_of(value["at"])
        sentence = value.get("sentence") or ""
        return bool(
            isinstance(value["network"], str)
            and type(value["step"]) is int
            and value["step"] > 0
            and value["state"] in PracticeMark.State.values
            and moment.tzinfo is not None
            and isinstance(sentence, str)
            and len(sentence) <= SENTENCE_LENGTH
            and (value.get("language") or "fr") in dict(settings.LANGUAGES)
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return False


def read(facts: Mapping[str, Any], page: TrainingNotePage) -> None:
    """Keep on the page what it takes over when it is published.

    Raises:
        LineRefused: a network is unknown, or is none that speaks of steps; a step does not exist.
    """
    people, said = facts.get("people") or {}, facts.get("said") or []
    slugs = {*people, *(mark["network"] for mark in said)}
    networks = {network.slug: network for network in Network.objects.filter(slug__in=slugs)} if slugs else {}
    for slug in sorted(slugs):
        if slug not in networks:
            raise LineRefused(_("The training names the network “%(slug)s”, which is none.") % {"slug": slug})
    for mark in said:
        if networks[mark["network"]].kind != MARKING_KIND:
            raise LineRefused(
                _("“%(slug)s” is no member society, and says nothing of steps.") % {"slug": mark["network"]}
            )
        if mark["step"] > len(page.steps):
            raise LineRefused(_("There is no step %(number)d.") % {"number": mark["step"]})
    page.given_people = {networks[slug]: number for slug, number in people.items()}
    page.given_marks = [{**mark, "network": networks[mark["network"]]} for mark in said]


def take_over(page: TrainingNotePage) -> bool:
    """Write what the page was given, once: what is there already is not written again. Whether anything was new."""
    if not (page.given_people or page.given_marks):
        return False
    item = Item.objects.get(pk=page.translation_key)
    counts = AttendanceCount.objects.filter(item=item).latest_until().values_list("network", "people")
    held = dict(counts)
    people = {network: number for network, number in page.given_people.items() if held.get(network.pk) != number}
    for network, number in people.items():
        services.count_people(item, network=network, people=number, by=None)
    marks = _new_marks(page, item)
    PracticeMark.objects.bulk_create(marks)
    return bool(people or marks)


def _new_marks(page: TrainingNotePage, item: Item) -> list[PracticeMark]:
    """Of what societies said, what is not here; once for a step, a society and a moment."""
    steps = {str(step.key): step for step in PracticeStep.objects.filter(item=item)}
    said = PracticeMark.objects.filter(step__item=item).values_list("step", "network", "at")
    held, new = set(said), []
    for mark in page.given_marks:
        step, at = steps[str(page.steps[mark["step"] - 1].id)], moment_of(mark["at"])
        if (step.pk, mark["network"].pk, at) in held:
            continue
        held.add((step.pk, mark["network"].pk, at))
        sentence, language = mark.get("sentence") or "", mark.get("language") or page.locale.language_code
        facts = {"step": step, "network": mark["network"], "state": mark["state"], "at": at}
        new.append(PracticeMark(**facts, sentence=sentence, language=language))
    return new


def write(page: TrainingNotePage) -> dict[str, Any]:
    """What ``read`` takes: the last number of each network, all that was said of the page's steps."""
    counts = AttendanceCount.objects.filter(item=page.translation_key).latest_until().select_related("network")
    people = {count.network.slug: count.people for count in counts.order_by("network__slug")}
    places = {str(block.id): place for place, block in enumerate(page.steps, 1)}
    marks = PracticeMark.objects.filter(step__item=page.translation_key).select_related("step", "network")
    said = [_written(mark, places[str(mark.step.key)]) for mark in marks if str(mark.step.key) in places]
    return ({"people": people} if people else {}) | ({"said": said} if said else {})


def _written(mark: PracticeMark, place: int) -> dict[str, Any]:
    facts = {"network": mark.network.slug, "step": place, "state": mark.state, "at": mark.at.isoformat()}
    return facts | ({"sentence": mark.sentence, "language": mark.language} if mark.sentence else {})
