"""The connections of a store, without its doing: Python tells of each while it is being opened.

What a store says on them is heard word for word, and can be said again to another SQLite.
"""

import sqlite3
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

import apsw
import attrs

from crash.disks import Acknowledged, Notebook

Said: TypeAlias = list[str | Acknowledged]
"""Statements as they were run, with their values in them, and what somebody was told in between."""

_LISTENERS: Final[list[list[sqlite3.Connection]]] = []
"""Who wants to know which connections are opened."""


@attrs.define
class Listener:
    """Hears what is said on each connection that is opened in the meantime."""

    new: list[sqlite3.Connection]  # not yet listened to
    heard: list[Said] = attrs.field(factory=list)  # by connection, in the order they were opened

    def listen(self, _frame: object, _event: str, _argument: object) -> None:
        """Hear what is said on the new ones; called when a call has returned, that of ``connect`` first of all."""
        for connection in self.new:
            said: Said = []
            self.heard.append(said)
            connection.set_trace_callback(said.append)
        self.new.clear()

    def tell(self, told: int) -> None:
        """Note that somebody has been told so, after all that has been said on the connection opened last."""
        self.heard[-1].append(Acknowledged(told))

    def writers(self) -> list[Said]:
        """The connections that write: a look at a file has one of its own, and changes nothing."""
        return [said for said in self.heard if "BEGIN IMMEDIATE" in said]


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event == "sqlite3.connect/handle":
        found = [argument for argument in arguments if isinstance(argument, sqlite3.Connection)]
        for listener in _LISTENERS:
            listener.extend(found)


sys.addaudithook(_hear)


@contextmanager
def opened() -> Generator[list[sqlite3.Connection]]:
    """All connections that are opened meanwhile."""
    connections: list[sqlite3.Connection] = []
    _LISTENERS.append(connections)
    try:
        yield connections
    finally:
        _LISTENERS.remove(connections)


@contextmanager
def listening() -> Generator[Listener]:
    """Hear all that is said meanwhile, from the first word; in this thread."""
    before = sys.getprofile()
    with opened() as new:
        listener = Listener(new)
        sys.setprofile(listener.listen)
        try:
            yield listener
        finally:
            sys.setprofile(before)


def say_again(said: Said, file: Path, disk: str, book: Notebook) -> None:
    """Say the same to the SQLite of ``apsw``, on another disk."""
    connection = apsw.Connection(str(file), vfs=disk)
    for each in said:
        if isinstance(each, Acknowledged):
            book.notes.append(each)
        else:
            for _row in connection.execute(each):  # pyright: ignore[reportUnknownMemberType] - as apsw types its rows
                pass
    connection.close()
