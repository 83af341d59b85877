"""Whether editions are what was published: digests, the chain from one to the next, files, and who points at what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.db.models import OuterRef, Subquery

from intranet.memos import freezing
from intranet.memos.models import Edition, EditionFile, MemoRecord

CHUNK = 100


def verify(numbers: Iterable[str] = ()) -> Iterator[tuple[str, list[str]]]:
    """Each edition of the memos called ``numbers``, or of all, with what differs; memos without one at the end.

    In bounded memory: files are read as streams.
    """
    editions = (
        Edition.objects.select_related("record").prefetch_related("files").order_by("record", "number", "revision")
    )
    records = MemoRecord.objects.order_by("pk")
    numbers = list(numbers)
    if numbers:
        editions, records = editions.filter(record__number__in=numbers), records.filter(number__in=numbers)
        known = set(records.values_list("number", flat=True))
        yield from ((number, ["there is no memo of this number"]) for number in numbers if number not in known)
    previous: Edition | None = None
    for edition in editions.iterator(CHUNK):
        if previous is not None and previous.record_id != edition.record_id:
            previous = None
        yield str(edition), [*_of_content(edition), *_of_chain(edition, previous), *_of_files(edition)]
        previous = edition
    last = Edition.objects.filter(record=OuterRef("pk")).order_by("-number", "-revision").values("number")[:1]
    for record in records.annotate(last=Subquery(last)):
        if record.last is None:
            yield record.number, ["it has no edition"]
        elif record.last != record.edition:
            yield record.number, [f"edition {record.edition} is asked for, but {record.last} is the last one"]


def _of_content(edition: Edition) -> Iterator[str]:
    if freezing.digest_of(edition.content) != edition.digest:
        yield "the digest is not that of the content"
    said = {
        "memo": edition.record.number,
        "edition": edition.number,
        "revision": edition.revision,
        "kind": edition.kind,
        "published": freezing.moment(edition.published_at),
    }
    for name, value in said.items():
        if edition.content.get(name) != value:
            yield f"“{name}” is {value!r} beside the content, {edition.content.get(name)!r} in it"


def _of_chain(edition: Edition, previous: Edition | None) -> Iterator[str]:
    expected = previous.digest if previous else None
    if edition.content.get("previous") != expected:
        yield "the edition before it is not the one that it was published after"
    elif previous is not None and (edition.number, edition.revision) not in {
        (previous.number, previous.revision + 1),
        (previous.number + 1, 1),
    }:
        yield f"it follows {previous.label}"


def _of_files(edition: Edition) -> Iterator[str]:
    files = sorted(edition.files.all(), key=lambda file: (file.kind, file.original))
    described = [freezing.described(file) for file in files]
    if sorted(edition.content.get("files", ()), key=lambda file: (file["kind"], file["original"])) != described:
        yield "its files are not those of the content"
    for file in files:
        yield from (f"{file.name}: {reason}" for reason in _of_file(file))


def _of_file(file: EditionFile) -> Iterator[str]:
    if not file.file:
        if file.sha256:
            yield "its copy is no longer named"
        return
    try:
        with file.file.storage.open(file.file.name, "rb") as stream:
            if freezing.digest_of_file(stream) != file.sha256:
                yield "its bytes are not those that were published"
    except FileNotFoundError:
        yield "it is gone from the disk"


def with_metadata(has_metadata: Callable[[bytes], bool]) -> list[str]:
    """The editions that hold a copied image of which ``has_metadata`` is true; each file is read once."""
    found: dict[str, bool] = {}
    editions = {}
    files = EditionFile.objects.filter(kind=EditionFile.Kind.IMAGE).exclude(file="")
    for file in files.select_related("edition__record").order_by("edition").iterator(CHUNK):
        name = file.file.name or ""
        if name not in found:
            try:
                with file.file.storage.open(name, "rb") as stream:
                    found[name] = has_metadata(stream.read())
            except OSError:
                found[name] = False
        if found[name]:
            editions[file.edition_id] = str(file.edition)
    return list(editions.values())
