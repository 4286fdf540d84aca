"""The disk is full, at every page of the story: refused as unavailable, read as before, and done when there is room.

Two ways a disk is full: the file may have no more pages, or the system lets no file grow beyond a size, which holds for
journals and logs too.
"""

import shutil
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

import pytest
from cast import Cast
from proof import count

import kundorder as ko
from crash.connections import opened
from crash.course import course_of
from crash.limits import ON_UNIX, no_file_beyond
from crash.places import FILE, FILES, damage_in, in_memory, opening
from crash.points import itself
from crash.story import STORY, Host, PutOffError, prepare
from crash.wrong import Careless
from kundorder.adapters.memory import MemoryMailer
from kundorder.ports import Store

PAGE: Final = 4096
SIZES: Final = 8  # in the fast lane, below what the file had and above it
WITHOUT_END: Final = 1_000_000

Fullness: TypeAlias = Callable[[sqlite3.Connection], AbstractContextManager[None]]
"""The disk is full while this lasts."""


@pytest.fixture(params=FILES)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with in_memory() as folder:
        yield Path(folder)


def prepared(name: str, folder: Path) -> Path:
    """A place with everybody in its store; made once, never changed."""
    place = folder / f"{name}, before"
    if not place.exists():
        place.mkdir()
        with opening(FILES[name])(place) as store:
            prepare(store)
    return place


@contextmanager
def no_more_pages(connection: sqlite3.Connection, *, room: int) -> Generator[None]:
    """The file may have so many pages more, and then no others."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + room}").fetchall()
    try:
        yield
    finally:
        connection.execute(f"PRAGMA max_page_count = {WITHOUT_END}").fetchall()


def told_on(host: Host, told: int) -> int:
    """Tell the story until the store does not take any more; how many steps have been told."""
    for number, step in enumerate(STORY[told:], told):
        try:
            host.tell(step)
        except (ko.Unavailable, PutOffError) as error:
            if isinstance(error, ko.Unavailable) and "the disk" not in str(error):
                raise
            return number
    return len(STORY)


def is_read_as_before(store: Store, host: Host, told: int) -> None:
    """What is there is read, and it is what was acknowledged."""
    course_of(STORY).stands(store, told)
    for order in host.orders.values():
        assert host.portal.order(order, Cast.berta).id == order
    assert len(host.portal.orders(Cast.berta).items) == len(host.orders)


def is_filled(
    name: str,
    folder: Path,
    fullness: Fullness,
    *,
    is_read: bool = True,
    seen_by_host: Callable[[Store], Store] = itself,
) -> bool:
    """The story meets a full disk, if it does; there is room again, and it is told to the end.

    Args:
        name: of the store.
        folder: where there is a place for it.
        fullness: of the disk.
        is_read: whether what is there can be read meanwhile; else it is read, or unavailable.
        seen_by_host: what stands between the host and the store.
    """
    place = folder / "place"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(prepared(name, folder), place)
    course = course_of(STORY)
    with opened() as connections, opening(FILES[name])(place) as store:
        host, told, is_filled = Host.new(seen_by_host(store), MemoryMailer()), 0, False
        with fullness(connections[-1]):
            for _ in range(2):  # the second time in vain, or a little further
                told = told_on(host, told)
                is_filled = told < len(STORY)
                with nullcontext() if is_read else suppress(ko.Unavailable):
                    is_read_as_before(store, host, told)
        course.stands(store, told)
        assert told_on(host, told) == len(STORY)
        assert course.stands(store, len(STORY)) == len(course.shapes) - 1
    assert damage_in(place) == []
    return is_filled


def test_a_file_that_gets_no_more_pages_refuses_and_goes_on_when_there_is_room(name: str, folder: Path) -> None:
    room = 0
    while is_filled(name, folder, partial(no_more_pages, room=room)):
        room += 1
    assert room > 10
    count(f"page counts at which the disk was full, {name}", room)


def sizes(name: str, folder: Path) -> tuple[int, int]:
    """The size of the file before the story, and that of its longest file during an undisturbed one."""
    before = (prepared(name, folder) / FILE).stat().st_size
    place = folder / "place"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(prepared(name, folder), place)
    with opening(FILES[name])(place) as store:
        told_on(Host.new(store, MemoryMailer()), 0)
        return before, max(path.stat().st_size for path in place.iterdir())


def cannot_grow(name: str, folder: Path, size: int, before: int) -> None:
    """No file may be larger than this; if that is less than it was, not even what is there can be overwritten."""
    assert is_filled(name, folder, lambda _connection: no_file_beyond(size), is_read=size >= before)
    count(f"file sizes at which the disk was full, {name}", 1)


@ON_UNIX
def test_files_that_may_not_grow_refuse_and_go_on_when_there_is_room(name: str, folder: Path, chance: Random) -> None:
    before, longest = sizes(name, folder)
    for _ in range(SIZES):
        cannot_grow(name, folder, chance.randrange(before), before)
        cannot_grow(name, folder, chance.randrange(before, longest), before)


@pytest.mark.long
@pytest.mark.timeout(7200)
@ON_UNIX
def test_and_so_at_every_size(name: str, folder: Path) -> None:
    before, longest = sizes(name, folder)
    for size in range(0, longest, PAGE // 4):
        cannot_grow(name, folder, size, before)


def test_a_store_that_hides_that_the_disk_is_full_is_found_out(name: str, folder: Path) -> None:
    """By whoever goes on with what is not there, or by who looks."""
    full = partial(no_more_pages, room=2)
    with pytest.raises((AssertionError, ko.NotFound, ko.Refused)):
        is_filled(name, folder, full, seen_by_host=Careless)
