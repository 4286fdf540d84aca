"""The story before each of its steps, in a file: from there a step is told again and again, each time with a fault."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeAlias

import attrs

import kundorder as ko
from crash.connections import opened
from crash.course import Course, course_of, whole
from crash.places import FILE, FILES, in_memory, opening
from crash.points import Telling
from crash.story import VIA_THE_AGENT, PutOffError, prepare
from kundorder.ports import Store

Dump: TypeAlias = tuple[list[tuple[object, ...]], ...]

COURSE: Final[Course] = course_of(VIA_THE_AGENT)


@attrs.frozen
class Moment:
    """The story before a step."""

    telling: Telling
    content: bytes  # of the file
    work: Path  # the file to go on in
    before: Dump
    after: Dump  # the step told undisturbed
    said: tuple[str, ...]  # with that, on its connection

    @property
    def is_keyed(self) -> bool:
        """Whether the step is a command with a key, and not what the system owes."""
        return COURSE.story[self.telling.told].is_keyed

    def laid(self) -> Path:
        """The file as it was before the step."""
        for path in self.work.parent.iterdir():
            path.unlink()
        _ = self.work.write_bytes(self.content)
        return self.work

    def told_to(self, store: Store) -> Telling:
        """The story as far as it has been told, to go on with in another store that holds the same."""
        return attrs.evolve(self.telling, store=store, handed=list(self.telling.handed))


def told(telling: Telling) -> Exception | None:
    """Tell one step; what is declared to go wrong is handed back, and nothing else."""
    try:
        telling.step()
    except (ko.KundorderError, PutOffError) as error:
        return error
    return None


def told_at_last(telling: Telling, error: Exception | None) -> None:
    """Something has gone wrong with the next step; nothing is half done, and the step is told as often as it takes."""
    if isinstance(error, PutOffError):  # the rest was done without it, in another order
        whole(telling.store, COURSE.story)
    else:
        COURSE.stands(telling.store, telling.told)
    while error is not None:
        telling.time += timedelta(days=1)  # when no lease lasts, and what was put off is due
        error = told(telling)
    assert COURSE.stands(telling.store, telling.told) == COURSE.after[telling.told]


def dump(file: Path) -> Dump:
    """All rows, as another program sees them."""
    tables = ("records", "listings", "journal", "owed")
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        return tuple(connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables)  # noqa: S608 - ours


def moments(name: str) -> Iterator[Moment]:
    """Each step of the story, in a file of this kind."""
    with in_memory() as folder:
        place, work = Path(folder) / "place", Path(folder) / "work"
        place.mkdir()
        work.mkdir()
        with opening(FILES[name])(place) as store:
            prepare(store)
            telling = Telling.of(COURSE, store)
        while not telling.is_over:
            here, said = attrs.evolve(telling), list[str]()
            content, before = (place / FILE).read_bytes(), dump(place / FILE)
            with opened() as connections, opening(FILES[name])(place) as store:
                with store.transaction() as transaction:
                    transaction.read(())
                connections[-1].set_trace_callback(said.append)
                telling.store = store
                telling.step()
            yield Moment(here, content, work / FILE, before, dump(place / FILE), tuple(said))
