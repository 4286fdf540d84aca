"""Every kind of host a store can be bound to, each with its own way of beginning, writing, saving and ending."""

from collections.abc import Sequence
from typing import Final

from hosts.alchemy import AsyncCore, AsyncOrm, CoreAsItComes, CoreConnection, OrmScoped, OrmSession
from hosts.django_site import DjangoAtomic
from hosts.drivers import PsycopgInBlock, PsycopgInPipeline, PsycopgPlain, Sqlite3, Sqlite3ByHand
from hosts.ground import Kind
from hosts.inside import Host

HOSTS: Final[tuple[tuple[Kind, type[Host]], ...]] = (
    ("sqlite", Sqlite3),
    ("sqlite", Sqlite3ByHand),
    ("sqlite", CoreConnection),
    ("sqlite", CoreAsItComes),
    ("sqlite", OrmSession),
    ("sqlite", OrmScoped),
    ("sqlite", AsyncOrm),
    ("sqlite", DjangoAtomic),
    ("postgresql", PsycopgPlain),
    ("postgresql", PsycopgInBlock),
    ("postgresql", PsycopgInPipeline),
    ("postgresql", CoreConnection),
    ("postgresql", OrmSession),
    ("postgresql", OrmScoped),
    ("postgresql", AsyncOrm),
    ("postgresql", AsyncCore),
    ("postgresql", DjangoAtomic),
)
"""Which there are, and on which database."""


def names(hosts: Sequence[tuple[Kind, type[Host]]]) -> list[str]:
    """For pytest to show."""
    return [f"{kind}-{host.__name__}" for kind, host in hosts]
