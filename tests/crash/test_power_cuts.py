"""The power goes: what was acknowledged is still there, in each journal mode we choose, and nothing is half done.

What the store says to SQLite is heard word for word, and said again to a SQLite that writes to a disk of ours
(``disks``), since the one in the standard library takes no other disk. The power goes at any place between two notes of
that disk; what is left is opened by the store itself. What is shown is that our statements, in our journal modes, ask
the disk for enough; that a disk does what it is asked is for the disk to show.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

import attrs
import pytest
from proof import count

import kundorder as ko
from crash.connections import Said, listening, say_again
from crash.course import course_of
from crash.disks import Acknowledged, Notebook, Notes, Removed, after_a_cut, noting
from crash.places import FILE, FILES, damage_in, in_memory, opening
from crash.story import STORY, Host, prepare
from kundorder.adapters.memory import MemoryMailer
from kundorder.sample import CATALOGUE

FAST, LONG = 100, 10_000  # in each of two journal modes
SESSIONS: Final = (12, 20, len(STORY))  # the program is ended and started anew after so many steps
LESS: Final[Mapping[str, tuple[str, str]]] = {
    "SQLite, delete": ("synchronous = EXTRA", "synchronous = FULL"),
    "SQLite, wal": ("synchronous = FULL", "synchronous = NORMAL"),
}
"""What is said, and what would ask the disk for less."""


@attrs.frozen
class Recording:
    """What a disk has noted of a story, and of what was before it."""

    store: str
    notes: Notes
    begins: int  # that many notes are of what was before it
    opening: Said  # what is said whenever the file is opened


@cache
def recorded(name: str, *, less: bool = False) -> Recording:
    """A store is made, prepared and told the story, in several sessions; asking for less than we do, or not."""
    store, course = FILES[name], course_of(STORY)
    with TemporaryDirectory() as folder:
        place, other = Path(folder) / "place", Path(folder) / "other"
        place.mkdir()
        other.mkdir()
        with listening() as listener:
            with opening(store)(place) as held:
                prepare(held)
                listener.tell(0)
            told = 0
            for run, until in enumerate(SESSIONS):
                with opening(store)(place) as held:
                    host = Host.new(held, MemoryMailer(), run=run)
                    for step in STORY[told:until]:
                        host.tell(step)
                        told += 1
                        listener.tell(told)
        book = Notebook()
        says = [with_less(said, LESS[name]) if less else said for said in listener.writers()]
        assert len(says) == 1 + len(SESSIONS)
        with noting(book) as disk:
            for said in says:
                say_again(said, other / FILE, disk, book)
        with opening(store)(other) as held:
            assert course.stands(held, len(STORY)) == len(course.shapes) - 1
    return Recording(store, tuple(book.notes), book.notes.index(Acknowledged(0)), says[-1][:8])


def with_less(said: Said, less: tuple[str, str]) -> Said:
    """The same statements, but for the one that says how safely to write."""
    found = [each.replace(*less) if isinstance(each, str) else each for each in said]
    assert found != said
    return found


def lay(files: Mapping[str, bytes], place: Path) -> None:
    """These files and no others."""
    for path in place.iterdir():
        path.unlink()
    for name, content in files.items():
        _ = (place / name).write_bytes(content)


def cut_while_opening(recording: Recording, place: Path, chance: Random) -> None:
    """The power goes again, while what is left is put right."""
    book = Notebook()
    book.found(place)
    begins = len(book.notes)
    with noting(book) as disk:
        say_again(recording.opening, place / FILE, disk, book)
    files, _told = after_a_cut(book.notes[: chance.randrange(begins, len(book.notes) + 1)], chance)
    lay(files, place)


def survives(recording: Recording, place: Path, chance: Random, at: int) -> None:
    """The power goes after so many notes; what is left is whole, and is told on with the same keys."""
    files, told = after_a_cut(recording.notes[:at], chance)
    lay(files, place)
    if chance.random() < 0.2:
        cut_while_opening(recording, place, chance)
    course = course_of(STORY)
    with opening(recording.store)(place) as store:
        if at <= recording.begins:
            assert ko.Portal(store=store, catalogue=CATALOGUE).verify_journal().verified
        else:
            _ = course.stands(store, told)
            if chance.random() < 0.1:
                host = Host.new(store, MemoryMailer(), run=len(SESSIONS))
                for step in STORY[told:]:
                    host.tell(step)
                assert course.stands(store, len(STORY)) == len(course.shapes) - 1
    assert damage_in(place) == []


def cut(name: str, chance: Random, cuts: int) -> None:
    """So many power cuts, most of them in the story, the others while the store is made."""
    recording = recorded(name)
    with in_memory() as folder:
        for _ in range(cuts):
            begins = 0 if chance.random() < 0.1 else recording.begins
            survives(recording, Path(folder), chance, chance.randrange(begins, len(recording.notes)) + 1)
    count(f"power cuts, {name}", cuts)


@pytest.mark.parametrize("name", FILES)
def test_a_power_cut_takes_nothing_that_was_acknowledged_and_leaves_nothing_half_done(
    name: str, chance: Random
) -> None:
    cut(name, chance, FAST)


@pytest.mark.parametrize("name", FILES)
def test_a_store_whose_making_was_cut_off_is_made_anew(name: str, chance: Random) -> None:
    """What lies in a new file then may be anything, and is nobody's."""
    recording = recorded(name)
    made = next(place for place, note in enumerate(recording.notes, 1) if isinstance(note, Removed))
    with in_memory() as folder:
        for at in range(1, made + 1):
            for _ in range(5):
                survives(recording, Path(folder), chance, at)
    count(f"power cuts while a file was made, {name}", made * 5)


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", FILES)
def test_and_no_more_when_it_goes_ten_thousand_times(name: str, chance: Random) -> None:
    cut(name, chance, LONG)


@pytest.mark.parametrize("name", FILES)
def test_a_store_that_asks_less_of_the_disk_is_found_out(name: str) -> None:
    """Such cuts would be worth nothing if they did not find what WAL loses with NORMAL, and DELETE with FULL."""
    recording, chance, lost = recorded(name, less=True), Random(1), 0  # noqa: S311 - no secret
    begins = recording.notes.index(Acknowledged(3))  # what is before the story has no shapes
    with in_memory() as folder:
        for _ in range(FAST):
            at = chance.randrange(begins, len(recording.notes)) + 1
            try:
                survives(recording, Path(folder), chance, at)
            except AssertionError as error:
                if "LOST" not in str(error):  # but damaged, or half done
                    raise
                lost += 1
    assert lost > FAST // 20
