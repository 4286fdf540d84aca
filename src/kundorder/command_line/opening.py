"""The store somebody names on the command line, which has to be there already: opened, and closed again."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kundorder.adapters.sqlite import SqliteStore
from kundorder.command_line.databases import is_address, store_in
from kundorder.command_line.stopping import StoppedError
from kundorder.errors import Corrupt
from kundorder.ports import Store

FORMS: Final = "the path of an SQLite file, or the address of a database"
"""How a store is named."""


@contextmanager
def open_store(text: str, *, only_look: bool = False) -> Generator[Store]:
    """The store of this name, for as long as the block lasts.

    Args:
        text: the path of an SQLite file, or the address of a database.
        only_look: leave a file as it is, in the journal mode it has.

    Raises:
        StoppedError: there is none, it is another program's or a newer release's, or nothing we know is named so.
        Unavailable: it cannot be opened now.
    """
    store = store_in(text, only_look=only_look) if is_address(text) else _in_file(Path(text), only_look=only_look)
    try:
        yield store
    finally:
        store.close()


def _in_file(path: Path, *, only_look: bool) -> SqliteStore:
    if not path.is_file() or path.stat().st_size == 0:
        raise StoppedError(f"{path}: there is no store in a file of this name; give the path of one")
    store = SqliteStore(path)
    try:
        report = store.inspect()
    except Corrupt as error:
        raise StoppedError(f"{path}: {error.what}; nothing was changed") from error
    match report.journal_mode:
        case "delete" | "wal" as mode if only_look:
            return SqliteStore(path, journal_mode=mode)
        case _:
            return store
