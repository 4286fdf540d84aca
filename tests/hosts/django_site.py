"""A process of Django's: configured once, with a database for each ground.

Django has no types of its own: what is asked of it is written down here.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Protocol, TypeVar, final

import attrs
from psycopg.conninfo import conninfo_to_dict

from hosts.ground import Database
from hosts.inside import ADD, ALL, Host, Inside
from kundorder.adapters.sql import BoundStore
from kundorder.adapters.sql.hosts import DjangoConnection

_T = TypeVar("_T")


class Cursor(Protocol):
    """What is asked of a cursor of Django's."""

    def execute(self, sql: str, params: Sequence[str] | None = None) -> object: ...
    def fetchall(self) -> list[tuple[object, ...]]: ...


class Site(DjangoConnection, Protocol):
    """What is asked of one of ``django.db.connections``."""

    def cursor(self) -> AbstractContextManager[Cursor]: ...
    def close(self) -> None: ...


class Connections(Protocol):
    """What is asked of ``django.db.connections``."""

    settings: dict[str, dict[str, object]]

    def configure_settings(self, databases: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]: ...
    def __getitem__(self, alias: str) -> Site: ...
    def __delitem__(self, alias: str) -> None: ...


def connections() -> Connections:
    """``django.db.connections``."""
    settings: _Settings = import_module("django.conf").settings
    if not settings.configured:
        settings.configure(DATABASES={}, USE_TZ=True)
        import_module("django").setup()
    found: Connections = import_module("django.db").connections
    return found


def site_on(database: Database) -> str:
    """The alias under which Django has a database; that is the driver's address of it."""
    handler, alias = connections(), database.plain
    if alias not in handler.settings:
        nothing: dict[str, object] = {}
        given = {"default": nothing, alias: settings_of(alias)}
        handler.settings[alias] = handler.configure_settings(given)[alias]
    return alias


def settings_of(plain: str) -> dict[str, object]:
    """One of ``DATABASES``.

    Args:
        plain: an address of PostgreSQL's, or the path of a SQLite file.
    """
    if not plain.startswith("postgresql:"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": plain}
    parts = conninfo_to_dict(plain)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname"),
        "USER": parts.get("user"),
        "PASSWORD": parts.get("password") or "",
        "HOST": parts.get("host"),
        "PORT": parts.get("port") or "",
        "OPTIONS": {"options": parts.get("options")},
    }


def atomic(alias: str, *, savepoint: bool = True) -> AbstractContextManager[object]:
    """``transaction.atomic()``."""
    made: AbstractContextManager[object] = import_module("django.db.transaction").atomic(alias, savepoint)
    return made


def roll_back_anyway(alias: str) -> None:
    """``transaction.set_rollback(True)``."""
    import_module("django.db.transaction").set_rollback(rollback=True, using=alias)


@final
@attrs.frozen
class Django:
    """By Django."""

    alias: str

    @property
    def site(self) -> Site:
        return connections()[self.alias]

    def store(self) -> BoundStore:
        return BoundStore.in_django(self.site)

    def note(self, text: str) -> None:
        with self.site.cursor() as cursor:
            _ = cursor.execute(ADD.format("%s"), (text,))

    def notes(self) -> list[str]:
        with self.site.cursor() as cursor:
            _ = cursor.execute(ALL)
            return [str(text) for (text,) in cursor.fetchall()]

    def do(self, sql: str) -> None:
        with self.site.cursor() as cursor:
            _ = cursor.execute(sql)

    def saved(self) -> AbstractContextManager[object]:
        return atomic(self.alias)


@final
@attrs.frozen
class DjangoAtomic(Host):
    """A block of Django's that is atomic."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        alias = site_on(self.database)
        try:
            with atomic(alias):
                return body(Django(alias))
        finally:
            connections()[alias].close()


class _Settings(Protocol):
    configured: bool

    def configure(self, **options: object) -> None: ...
