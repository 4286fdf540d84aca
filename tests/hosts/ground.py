"""The database of a host: our tables with a customer's people in them, and the host's own beside them.

One of each kind a run. A test takes a draft of its own, and writes rows that bear the draft's name.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal, TypeAlias, final

import attrs
import psycopg
from cast import Cast
from postgres import address

import kundorder as ko
from kundorder.adapters.sql import SqlStore, migrate
from kundorder.ports import Store
from kundorder.sample import CATALOGUE
from kundorder.situation import order_key

Kind: TypeAlias = Literal["postgresql", "sqlite", "sqlite-wal"]

_OWN = "CREATE TABLE notes (text VARCHAR(200) PRIMARY KEY)"
_IN_SQLITE = (
    """
    CREATE TRIGGER veto BEFORE INSERT ON kundorder_journal
    WHEN EXISTS (SELECT 1 FROM notes WHERE text = 'veto ' || NEW.chain) BEGIN SELECT RAISE(ABORT, 'no'); END
    """,
    "CREATE TABLE once (text VARCHAR(200) PRIMARY KEY ON CONFLICT ROLLBACK)",
    "INSERT INTO once (text) VALUES ('only')",
    """
    CREATE TRIGGER disaster BEFORE INSERT ON kundorder_journal
    WHEN EXISTS (SELECT 1 FROM notes WHERE text = 'disaster ' || NEW.chain) BEGIN INSERT INTO once VALUES ('only'); END
    """,
)
_IN_POSTGRES = (
    """
    CREATE FUNCTION veto() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF EXISTS (SELECT FROM notes WHERE text = 'veto ' || NEW.chain) THEN RAISE 'no'; END IF; RETURN NEW; END
    $$
    """,
    "CREATE TRIGGER veto BEFORE INSERT ON kundorder_journal FOR EACH ROW EXECUTE FUNCTION veto()",
)
"""The host's own table; and who writes there "veto" and the key of an order lets the next statement about it fail.

"disaster" takes the whole transaction along, which only SQLite knows.
"""


@attrs.frozen
class Database:
    """A host's database, with whatever in it."""

    kind: Kind
    url: str
    """As SQLAlchemy takes it."""
    plain: str
    """As the driver takes it."""

    @property
    def is_postgres(self) -> bool:
        return self.kind == "postgresql"

    def notes(self, about: str) -> list[str]:
        """The host's own rows about an order, without the order's name; seen from another connection."""
        like = f"{about}%"
        if self.is_postgres:
            with psycopg.connect(self.plain) as connection:
                found = connection.execute("SELECT text FROM notes WHERE text LIKE %s ORDER BY 1", (like,)).fetchall()
        else:
            with closing(sqlite3.connect(self.plain)) as connection:
                found = connection.execute("SELECT text FROM notes WHERE text LIKE ? ORDER BY 1", (like,)).fetchall()
        return [str(text).removeprefix(f"{about} ") for (text,) in found]


@final
@attrs.frozen
class Ground(Database):
    """A host's database with our tables in it, and people."""

    cast: Cast
    """With a store of its own, whose transactions are its own."""

    def portal(self, store: Store, *, attempts: int = 1) -> ko.Portal:
        """A portal of the host's, on this store."""
        world = self.cast.world
        return ko.Portal(
            store=store, catalogue=CATALOGUE, clock=world.clock, mailer=world.mailer, attempts=attempts, pause=_at_once
        )

    def state(self, order: str) -> ko.OrderState:
        """Where an order stands, seen from another connection."""
        return self.cast.state(order)

    def owed(self, order: str) -> list[ko.Template]:
        """The mails about an order that are to be sent."""
        return [mail.template for mail in self.cast.mails(ko.OwedState.DUE) if mail.subject == order_key(order)]

    def trace(self, order: str) -> tuple[object, ...]:
        """All there is of an order: its record, its history and its mails."""
        fact = self.cast.record(order_key(order))
        return fact, self.cast.portal.history(order, self.cast.berta).items, self.owed(order)


def _at_once(_seconds: float) -> None:
    """Nobody else is going to do anything meanwhile."""


def database_at(kind: Kind, place: Path) -> Database:
    """A new one, with nothing in it."""
    if kind == "postgresql":
        return Database(kind, address(place, driver="+psycopg"), address(place))
    return Database(kind, f"sqlite:///{place / 'host.db'}", str(place / "host.db"))


def ground_at(kind: Kind, place: Path) -> Ground:
    """A new one."""
    database = database_at(kind, place)
    migrate(database.url)
    if database.is_postgres:
        with psycopg.connect(database.plain) as connection:
            for statement in (_OWN, *_IN_POSTGRES):
                _ = connection.execute(statement.encode())
    else:
        with closing(sqlite3.connect(database.plain)) as connection:
            for statement in (_OWN, *_IN_SQLITE):
                _ = connection.execute(statement)
            connection.commit()
    store = SqlStore(database.url, journal_mode="wal" if kind == "sqlite-wal" else "delete")
    return Ground(database.kind, database.url, database.plain, Cast.new(store=store, agent=False))


@final
@attrs.frozen
class Grounds:
    """The databases of this run."""

    place: Path
    made: dict[Kind, Ground] = attrs.field(factory=dict)

    def of(self, kind: Kind) -> Ground:
        """The one of this kind."""
        if kind not in self.made:
            place = self.place / kind
            place.mkdir()
            self.made[kind] = ground_at(kind, place)
        return self.made[kind]

    def close(self) -> None:
        """Nothing is left open, and nothing torn."""
        for ground in self.made.values():
            assert ground.cast.portal.verify_journal().verified
            store = ground.cast.world.store
            assert isinstance(store, SqlStore)
            store.close()
