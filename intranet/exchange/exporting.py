"""Takes content out, in the format that the import reads; attachments are copied beside the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext as _

from intranet.accounts.models import User
from intranet.exchange.exceptions import FileRefused
from intranet.exchange.exporting_items import ItemLines
from intranet.exchange.exporting_people import network_line, person_line, topic_line
from intranet.exchange.line_kinds import line_kinds
from intranet.exchange.sections import section_part
from intranet.networks.models import Item, Membership, Network
from intranet.pages.models import Topic

CHUNK = 500
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Exported:
    """How many lines an export wrote, and a sentence for each stored file that it could not copy."""

    lines: int
    missing: tuple[str, ...]


def export_file(path: Path | str, *, network: str | None = None, progress: Progress | None = None) -> Exported:
    """Write the site, or one network with its people and items.

    The attachments go into a folder ``attachments`` beside the file. Items without an id get one, and keep it. A stored
    file that is gone is left out.

    Raises:
        FileRefused: there is no such network, or the file cannot be written.
    """
    path = Path(path)
    networks = Network.objects.order_by("pk")
    if network is not None:
        networks = networks.filter(slug=network)
        if not networks.exists():
            raise FileRefused(_("There is no network “%(slug)s”.") % {"slug": network})
    try:
        with path.open("w", encoding="utf-8") as stream:
            items = ItemLines(path.parent, networks)
            lines = _lines(items, networks, whole=network is None)
            return Exported(_write(stream, lines, _size(networks), progress), tuple(items.missing))
    except OSError as error:
        raise FileRefused(
            _("The file “%(path)s” cannot be written: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from error


def _write(stream: TextIO, lines: Iterable[dict[str, Any]], size: int, progress: Progress | None) -> int:
    number = 0
    for number, line in enumerate(lines, 1):
        stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        if progress is not None:
            progress(number, max(size, number))
    return number


def _size(networks: Any) -> int:
    return networks.count() + Item.objects.filter(network__in=networks).count()


def _lines(items: ItemLines, networks: Any, *, whole: bool) -> Iterator[dict[str, Any]]:
    topics = Topic.objects.order_by("pk")
    if not whole:
        topics = topics.filter(pk__in=items.topics_of(networks))
    yield from (topic_line(topic) for topic in topics)
    if whole:
        for kind in line_kinds().values():
            yield from kind.lines()
    for each in networks:
        section = section_part(each, items.name_link, items.copy)
        yield network_line(each) | ({"section": section} if section else {})
    memberships = Membership.objects.select_related("network").order_by("starts_on", "pk")
    people = User.objects.order_by("pk")
    if not whole:
        memberships = memberships.filter(network__in=networks)
        people = people.filter(pk__in=memberships.order_by().values("person_id"))
    for person in people.iterator(CHUNK):
        scope = {} if whole else {"memberships_in": [each.slug for each in networks]}
        yield person_line(person, memberships.filter(person=person)) | scope
    for each in networks:
        yield from items.of(each)
