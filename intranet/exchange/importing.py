"""Brings in a file: read once to plan, then again in the order of what depends on what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from treebeard.exceptions import InvalidMoveToDescendant, PathOverflow

from intranet.exchange.attachments import AttachmentFolder, FileStore
from intranet.exchange.checking import check_line
from intranet.exchange.exceptions import ExchangeError, FileRefused
from intranet.exchange.grouping import Grouping, named_first
from intranet.exchange.items import ItemWriter
from intranet.exchange.line_kinds import line_kinds
from intranet.exchange.networks import write_network, write_topic
from intranet.exchange.people import write_person
from intranet.exchange.planning import FirstReading, Group, Node, Place, Plan, in_order
from intranet.exchange.reading import read_at
from intranet.exchange.references import FindReference
from intranet.exchange.reports import Report
from intranet.exchange.sections import left_out_of_section, write_section
from intranet.networks.exceptions import NetworkError
from intranet.networks.models import Network
from intranet.pages.receivers import entries_together, refresh_together

BATCH = 50
"""Lines in one transaction; each has a savepoint of its own. It ends sooner where an audience changed."""

Progress = Callable[[int, int], None]
"""Told how many lines are done, and of how many."""


class _Undone(Exception):
    """Rolls back what a rehearsal or a failed whole did."""


def import_file(
    path: Path | str, *, atomic: bool = False, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Bring in the networks, topics, people, items and plugins' objects of a JSON Lines file; what every line led to.

    ``atomic`` takes all or nothing; ``dry_run`` does it all and undoes it.

    Raises:
        FileRefused: the file cannot be opened.
    """
    path = Path(path)
    try:
        stream = path.open("rb")
    except OSError as error:
        raise FileRefused(
            _("The file “%(path)s” cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from error
    with stream:
        return _Import(path, stream, progress).run(whole=atomic or dry_run, undo=dry_run)


class _Import:
    def __init__(self, path: Path, stream: BinaryIO, progress: Progress | None) -> None:
        folder = AttachmentFolder(path.parent)
        self._stream = stream
        self._folder = folder
        self._files = FileStore(folder)
        self._failed: set[int] = set()
        self._outcomes: dict[int, str] = {}
        self._progress = progress
        self._done = 0
        self._plan: Plan = FirstReading(folder).read(stream)
        Grouping(self._plan).run()
        self._report = self._plan.report

    def run(self, *, whole: bool, undo: bool) -> Report:
        try:
            with transaction.atomic() if whole else nullcontext():
                self._write_all()
                if undo or (whole and self._report.errors):
                    raise _Undone
        except _Undone:
            self._files.undo()
            if not undo:
                self._report.created = self._report.updated = self._report.unchanged = 0
        except BaseException:
            if whole:
                self._files.undo()
            raise
        self._report.errors.sort()
        self._report.warnings.sort()
        return self._report

    def _write_all(self) -> None:
        plan = self._plan
        self._batches(in_order(plan.topics), lambda pair: self._line(pair[1], lambda line, value: write_topic(line)))
        for name, places in sorted(plan.others.items()):
            kind = line_kinds()[name]
            self._batches(
                in_order(places), lambda pair, kind=kind: self._line(pair[1], lambda line, value: kind.write(line))
            )
        self._batches(
            in_order(plan.networks), lambda pair: self._line(pair[1], lambda line, value: write_network(line))
        )
        networks = {network.slug: network for network in Network.objects.all()}
        self._batches(
            in_order(plan.people), lambda pair: self._line(pair[1], lambda line, value: write_person(line, networks))
        )
        writer = ItemWriter(networks, self._files)
        prepared = [node for group in plan.groups for node in group.nodes if node.is_prepared]
        self._batches(prepared, lambda node: writer.prepare(node.kind, read_at(self._stream, node.offset)))
        late = named_first([group for group in plan.groups if group.is_late])
        self._batches(plan.groups, lambda group: self._group(group, writer), writer.is_in_the_way)
        find = FindReference()
        self._batches(late, lambda group: self._resolve_group(group, writer, find), writer.is_in_the_way)
        sections = [place for place in plan.networks.values() if place.has_section]
        self._warn_of(writer.left_out)
        self._batches(
            sections,
            lambda place: self._resolve(place, lambda line, value: write_section(line, networks, self._folder)),
        )
        self._batches(sections, self._warn_of_section)

    def _warn_of(self, left_out: dict[str, list[str]]) -> None:
        for node in (node for group in self._plan.groups for node in group.nodes if node.line in self._outcomes):
            for reason in left_out.get(node.id, ()):
                self._report.warn(node.line, reason)

    def _warn_of_section(self, place: Place) -> None:
        if place.line in self._outcomes:
            for reason in left_out_of_section(check_line(read_at(self._stream, place.offset))):
                self._report.warn(place.line, reason)

    def _batches(
        self, things: Iterable[Any], write: Callable[[Any], object], is_enough: Callable[[], bool] = lambda: False
    ) -> None:
        """``is_enough`` is asked after each thing: whether the transaction should end with it."""
        left = iter(things)
        is_over = False
        while not is_over:
            with transaction.atomic():
                is_over = _write_batch(left, write, is_enough)

    def _line(self, place: Place | Node, write: Callable[[Any, dict[str, Any]], str]) -> bool:
        """One line in a savepoint; a line that cannot go in is named, and leaves nothing behind."""
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._plan.size)
        value = read_at(self._stream, place.offset)
        try:
            with transaction.atomic(), refresh_together():
                outcome = write(check_line(value), value)
        except _EXPECTED as error:
            self._report.refuse(place.line, _reason(error))
            self._failed.add(place.line)
            if isinstance(place, Node):
                self._files.let_go(place.id)
            return False
        self._count(place.line, outcome)
        return True

    def _group(self, group: Group, writer: ItemWriter) -> None:
        if group.parent is not None and not group.parent.nodes:
            for node in group.nodes:
                reason = _("It is below “%(id)s”, which is refused.") % {"id": node.parent or ""}
                self._report.refuse(node.line, reason)
            group.nodes = []
            return
        group.nodes = [
            node for node in group.nodes if self._line(node, lambda line, value: writer.write(line, value, group))
        ]

    def _resolve_group(self, group: Group, writer: ItemWriter, find: FindReference) -> None:
        if not group.nodes:
            return
        created = [node for node in group.nodes if self._outcomes[node.line] == "created"]
        try:
            with transaction.atomic(), entries_together(), writer.together(group):
                for node in group.nodes:
                    self._resolve(node, lambda line, value: writer.resolve(line, value, group, find))
        except _EXPECTED as error:
            self._refuse_rest(group, error)
        for node in group.nodes:
            if node.line not in self._outcomes and (node not in created or writer.take_back(node.id)):
                self._files.let_go(node.id)
        if all(node.line not in self._outcomes for node in group.nodes):
            writer.put_back(group)

    def _refuse_rest(self, group: Group, error: Exception) -> None:
        """The versions went in one by one, but not as one item: what was just done with them is undone."""
        for node in group.nodes:
            if node.line in self._outcomes:
                self._report.refuse(node.line, _reason(error))
                self._count(node.line, None)

    def _resolve(self, place: Place | Node, write: Callable[[Any, dict[str, Any]], bool]) -> None:
        """What a line says of others, now that all are in."""
        if place.line in self._failed:
            return
        value = read_at(self._stream, place.offset)
        try:
            with transaction.atomic(), refresh_together():
                changed = write(check_line(value), value)
        except _EXPECTED as error:
            self._report.refuse(place.line, _reason(error))
            self._count(place.line, None)
            return
        if changed and self._outcomes[place.line] == "unchanged":
            self._count(place.line, "updated")

    def _count(self, line: int, outcome: str | None) -> None:
        """What the line led to, in place of what it seemed to lead to before; None when it is refused after all."""
        before = self._outcomes.pop(line, None)
        if before is not None:
            self._report.count(before, -1)
        if outcome is not None:
            self._outcomes[line] = outcome
            self._report.count(outcome)


def _write_batch(left: Iterator[Any], write: Callable[[Any], object], is_enough: Callable[[], bool]) -> bool:
    """Whether nothing is left."""
    for _number in range(BATCH):
        thing = next(left, None)
        if thing is None:
            return True
        write(thing)
        if is_enough():
            break
    return False


_EXPECTED = (
    ExchangeError, NetworkError, ValidationError, DatabaseError, InvalidMoveToDescendant, PathOverflow, ValueError,
    OSError,
)  # fmt: skip


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        if hasattr(error, "error_dict"):
            return " ".join(
                _("“%(field)s”: %(reason)s") % {"field": name, "reason": " ".join(reasons)}
                for name, reasons in error.message_dict.items()
            )
        return " ".join(error.messages)
    if isinstance(error, DatabaseError):
        return _("The database refused it: %(reason)s") % {"reason": " ".join(str(error).split())}
    if isinstance(error, OSError):
        return _("A file of this line cannot be read or stored: %(reason)s.") % {"reason": error.strerror or error}
    return str(error)
