"""Halifax and Québec, who know nothing of each other, and a table whose name only its own people know."""

from __future__ import annotations

from dataclasses import dataclass

from intranet.accounts.models import User
from intranet.networks.models import Network
from tests.beginnings import beginning
from tests.pages.factories import make_network, make_person


@dataclass
class World:
    """Three networks and one visitor of each sort."""

    halifax: Network
    quebec: Network
    table: Network
    reader: User
    director: User
    guest: User
    nobody: User


def make_world() -> World:
    halifax, quebec, table = make_network("halifax"), make_network("quebec"), make_network("directors", "table")
    return World(
        halifax=halifax,
        quebec=quebec,
        table=table,
        reader=make_person("reader", (halifax, "reader")),
        director=make_person("director", (quebec, "coordinator"), (table, "reader")),
        guest=make_person("guest", (table, "guest")),
        nobody=make_person("nobody"),
    )


world = beginning(make_world)
