"""What a plugin can contribute: the base classes that plugins fill in."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from uuid import UUID

from django.urls import reverse

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest
    from django.utils.functional import _StrOrPromise as Text


class Panel:
    """A part of the dashboard, of a section's page or of the bar at the head of every page.

    One instance serves all requests: keep nothing on ``self``. Panels appear by ``order``, then in the order
    of the plugins.
    """

    template_name: ClassVar[str]
    order: ClassVar[int] = 100
    is_aside: ClassVar[bool] = False
    """On the dashboard: beside the other panels, or below them where the screen is narrow."""
    is_on_home: ClassVar[bool] = True
    """False on the dashboard: on the page of all that is to do, as it takes more than a few queries."""

    def get_context(self, request: HttpRequest, **scope: Any) -> dict[str, Any] | None:
        """Return the template's context, or ``None`` when there is nothing to show to this reader.

        ``scope`` is empty on the dashboard and holds ``section`` (the section's page) on a section. The panel
        itself asks ``visible_to(request.user)`` of whatever it lists. An exception is logged, and the page is there.
        """
        return {}


@dataclass(frozen=True, kw_only=True)
class MenuEntry:
    """A link of the main menu.

    ``url_name`` is the name of a URL pattern with its namespace (``memos:list``), or an address that begins
    with ``/``. ``visible`` decides per request; by default every signed-in person sees the entry.
    """

    label: Text
    url_name: str
    order: int = 100
    icon: str = ""
    visible: Callable[[HttpRequest], bool] | None = None

    def is_visible(self, request: HttpRequest) -> bool:
        """Say whether this reader gets the entry."""
        if self.visible is not None:
            return self.visible(request)
        return bool(getattr(getattr(request, "user", None), "is_authenticated", False))

    def url(self) -> str:
        """Return the address in the active language."""
        return self.url_name if self.url_name.startswith("/") else reverse(self.url_name)


class Job(ABC):
    """Periodic work, run by ``manage.py worker``.

    Several workers may run at the same time and a worker starts every job when it starts: ``run`` finds out from
    the database what is due, and doing it twice does no harm.
    """

    name: ClassVar[str]
    every_seconds: ClassVar[float]

    @abstractmethod
    def run(self) -> bool | None:
        """Do what is due now; True says that there is more, which is done after the other jobs had their turn.

        An exception is logged and does not stop the worker.
        """


@dataclass(frozen=True, kw_only=True)
class Action:
    """What one button does at once, beside a link that leads to the thing: it posts ``fields`` to ``url``."""

    label: str
    url: str
    fields: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one event says to one person, in the language in force.

    ``url`` begins with ``/``. ``title`` is what a network may keep out of e-mails, so that ``label`` and ``note`` must
    say nothing of it: ``label`` is what it is (“Service memo”), ``note`` what is asked and by when.
    """

    title: str
    url: str
    label: str = ""
    note: str = ""
    details: str = ""
    """A sentence that belongs to the title, and stays out of e-mails with it."""
    language: str = ""
    """Code of the title's language where it is not the reader's."""
    due_on: datetime.date | None = None
    is_to_do: bool = False
    network_id: int | None = None
    """Of what is owed; an event has its own."""
    network: Any = None
    """The same network, where it has been read already."""
    action: Action | None = None
    """What the home page offers to do at once; not in e-mails."""


@dataclass(frozen=True, kw_only=True)
class NotificationKind:
    """A kind of message that people can receive, and switch off unless it is ``required``.

    ``default_mode`` is when its e-mails go to whoever chose nothing: ``now``, ``daily``, ``weekly`` or ``none``.
    A reminder is an e-mail alone, at most one a day, of a ``ReminderSource``. A plugin derives from the class (for
    what is said of an item: ``intranet.notifications.kinds.ItemKind``) and contributes an object of its own.
    """

    name: str
    label: Text
    required: bool = False
    default_mode: str = "daily"
    is_reminder: bool = False
    reaches_closed: bool = False
    """Whether closed accounts get it too: it waits in their list, and no e-mail goes."""
    reaches_late: bool = False
    """Whether people whom a ``standing`` event comes to concern later get it too: they are looked for once a day."""
    by_network: bool = True
    """Whether something else can be chosen for one network: its events have one, and the person is in it by then."""

    def people(self, event: Any) -> QuerySet[Any] | None:
        """Return whom the event concerns, of those who may see its item; ``None``: all of them.

        For an event without an item there is no ``None``: the kind alone knows whom it concerns.
        """
        return None

    def networks_telling(self, person: Any) -> Collection[int] | None:
        """Return the keys of the networks by which the person can come to be told of the kind; ``None``: any.

        For these the time of its e-mails can be chosen; without one the kind is not offered, and what was chosen is
        kept. Asked in a fixed number of queries. Whom an event reaches is not decided here.
        """
        return None

    def tell(self, events: Sequence[Any], person: Any) -> Mapping[int, Told]:
        """Return what is said of each event, by its key, in a fixed number of queries.

        Asked whenever something is shown or sent. What the person may not see, and what is over, is left out.
        """
        return {}

    def standing(self, events: QuerySet[Any]) -> QuerySet[Any]:
        """Return those of ``events`` that still hold, of a kind that ``reaches_late``: whom such an event told stays
        known as long as it does.
        """
        return events.none()

    def over(self, events: QuerySet[Any]) -> QuerySet[Any] | None:
        """Return those of ``events`` that nobody is told any more, whoever it is; ``None``: there are none.

        They do not count as unread. Asked within the query of every page, so that it makes none of its own.
        """
        return None


@dataclass(frozen=True, kw_only=True)
class Obligation:
    """Something that people owe by a day, asked ``since`` another.

    ``ref`` tells it from others of the same item (the edition's number).
    """

    item: UUID
    network: int | None
    due_on: datetime.date
    since: datetime.date
    ref: str = ""


class ReminderSource(ABC):
    """Who owes what, by when. The engine asks; it alone decides when people are reminded and in which e-mail.

    ``kind`` names the notification kind of the reminders, ``overdue_kind`` that of what coordinators are told: kinds
    whose events have ``ref`` in their ``subject``. ``stages``: the days from the due day on which people
    are reminded; empty: those that the site is set to.
    """

    name: ClassVar[str]
    kind: ClassVar[str]
    overdue_kind: ClassVar[str] = ""
    stages: ClassVar[tuple[int, ...]] = ()

    @abstractmethod
    def due_on(self, days: Collection[datetime.date]) -> Iterable[Obligation]:
        """Return what somebody may owe by one of ``days``."""

    @abstractmethod
    def owed_by(self, person: Any) -> Sequence[Told]:
        """Return what the person owes now, the nearest day first, in the language in force."""


class ExchangeKind(ABC):
    """How one kind of item is read from and written to the content exchange format.

    ``kind`` is the value of ``kind`` in an item's line, ``page_type`` the label of the page model that holds it,
    ``keys`` the keys of the line that belong to this kind alone (``memo`` for service memos), ``reference_kinds`` the
    kinds of what ``references`` names (none: any kind).
    """

    kind: ClassVar[str]
    page_type: ClassVar[str]
    keys: ClassVar[tuple[str, ...]] = ()
    reference_kinds: ClassVar[tuple[str, ...]] = ()

    def errors(self, line: Mapping[str, Any]) -> list[str]:
        """Return the reasons why ``line`` cannot be imported; empty when it can."""
        return []

    def read(self, line: Mapping[str, Any], page: Any) -> None:
        """Set this kind's own fields on the unsaved ``page``."""
        return

    def read_texts(self, line: Mapping[str, Any], page: Any, rich: Callable[[str], str]) -> None:
        """Set this kind's own rich texts on the unsaved ``page``, before ``read``; ``rich`` makes them of HTML.

        Called again once all lines are in, if the line waits for other items.
        """
        return

    def prepare(self, line: Mapping[str, Any]) -> None:
        """Do what must be done before any item goes in, such as setting aside what ``line`` takes for itself."""
        return

    def together(self, item: UUID) -> AbstractContextManager[None]:
        """Return what is entered around the publication of an item's versions, in one transaction.

        A kind that has it is published once all items are in.
        """
        return nullcontext()

    def references(self, line: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the ids of other items that ``line`` names; a line that names an unknown one is refused."""
        return ()

    def take_over(self, page: Any) -> bool:
        """Write what ``read`` left on the live ``page`` alone, which is else as the line says; whether that was new.

        Called instead of a publication: nothing saves, indexes or logs the page afterwards.
        """
        return False

    def resolve(self, line: Mapping[str, Any], page: Any, find: Callable[[str], Model | None]) -> None:
        """Set references to other items on the unsaved ``page``, once all lines are in; ``find`` takes their ids."""
        return

    def write(self, page: Any) -> dict[str, Any]:
        """Return this kind's own keys of the line that describes ``page``."""
        return {}

    def write_references(self, page: Any, name: Callable[[Model], str]) -> dict[str, Any]:
        """Return what ``write`` left out because it names other items, of which ``name`` gives the id.

        An object joins the one that ``write`` returned under the same key.
        """
        return {}

    def write_texts(self, page: Any, html: Callable[[str], str]) -> dict[str, Any]:
        """Return what ``write`` left out because it is rich text, which ``html`` makes HTML for other sites.

        An object joins the one that ``write`` returned under the same key.
        """
        return {}


class ApiRouter(NamedTuple):
    """A router of the API and the path under ``/api/v1/`` where it answers."""

    prefix: str
    router: Any


class UrlMount(NamedTuple):
    """A URL configuration and the (translated) prefix under ``/<language>/`` where it answers."""

    prefix: Text
    urlconf: str
