"""A process is forked: the child may not use what its parent has used, and neither loses what it was told is kept.

The forks are made in a process of their own, for the one that runs the tests has threads that nobody could answer for.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from proof import count

from kundorder.layout import JournalMode
from races.clients import TESTS

FORKS: Final = 10

PRELUDE: Final = f"""
import os, sys, threading, time
from contextlib import closing
from pathlib import Path
sys.path.insert(0, {str(TESTS)!r})
from cast import Cast
import kundorder as ko
from kundorder.adapters.memory import MemorySigner
from kundorder.adapters.sqlite import SqliteStore
from kundorder.sample import CATALOGUE

path, mode = Path(sys.argv[1]), sys.argv[2]
store = SqliteStore(path, journal_mode=mode)
cast = Cast.new(store=store, agent=False)
drafts = [cast.draft() for _ in range(3)]


def sends(portal, order):
    return portal.execute(ko.SendOrder(order=order), cast.berta, key=order)


def refused(act):
    try:
        act()
    except ko.Unavailable as error:
        return "fork" in str(error)
    return False


def in_child(act):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if act() else 2
        finally:
            os._exit(code)
    return pid


def waited(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
"""

REFUSED: Final = """
def child():
    acts = (
        lambda: sends(cast.portal, drafts[0]),
        lambda: cast.portal.order(drafts[0], cast.berta),
        lambda: cast.portal.orders(cast.berta),
        lambda: cast.portal.check(ko.SendOrder(order=drafts[0]), cast.berta),
        lambda: cast.portal.deliver(),
        lambda: cast.portal.verify_journal(),
    )
    return all(refused(act) for act in acts)


print(waited(in_child(child)))
sends(cast.portal, drafts[0])
"""

BUSY: Final = """
done, kept, failed = threading.Event(), [], []


def works():
    try:
        while not done.is_set():
            kept.append(cast.draft())
    except BaseException as error:
        failed.append(error)


threads = [threading.Thread(target=works) for _ in range(4)]
for thread in threads:
    thread.start()
for _ in range(int(sys.argv[3])):
    time.sleep(0.01)
    print(waited(in_child(lambda: refused(lambda: sends(cast.portal, drafts[0])))))
done.set()
for thread in threads:
    thread.join()
assert failed == []
assert all(cast.portal.order(order, ko.SYSTEM).content.terms is not None for order in kept)
assert cast.portal.verify_journal().verified
"""

OF_ITS_OWN: Final = """
to_parent, to_child = os.pipe(), os.pipe()


def child():
    # To be refused is right as well; to be told that it is kept, and to lose it, is not.
    portal = ko.Portal(store=SqliteStore(path, journal_mode=mode), catalogue=CATALOGUE, clock=cast.world.clock)
    for number, order in enumerate(drafts[:2]):
        try:
            sends(portal, order)
            print("kept", order, flush=True)
        except ko.Unavailable:
            print("refused", flush=True)
        if number == 0:
            os.write(to_parent[1], b"!")
            os.read(to_child[0], 1)
    return True


pid = in_child(child)
os.read(to_parent[0], 1)
if sys.argv[3] == "closed":
    store.close()
else:
    sends(cast.portal, drafts[2])
    print("kept", drafts[2], flush=True)
os.write(to_child[1], b"!")
assert waited(pid) == 0
store.close()
with closing(SqliteStore(path, journal_mode=mode)) as again, again.transaction() as transaction:
    keys = tuple(f"order:{order}" for order in drafts)
    facts = transaction.read(keys)
    for order, key in zip(drafts, keys):
        if facts[key].record.state is not ko.OrderState.DRAFT:
            print("there", order)
"""


def run(script: str, path: Path, mode: JournalMode, *arguments: str) -> list[str]:
    """What a process that forks has said."""
    call = [sys.executable, "-c", PRELUDE + script, str(path / "orders.db"), mode, *arguments]
    done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(params=["delete", "wal"])
def mode(request: pytest.FixtureRequest) -> JournalMode:
    return "delete" if request.param == "delete" else "wal"


pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


def test_a_child_is_refused_whatever_it_asks_of_its_parents_portal(tmp_path: Path, mode: JournalMode) -> None:
    assert run(REFUSED, tmp_path, mode) == ["0"]


def test_children_are_refused_while_other_threads_of_the_parent_write(tmp_path: Path, mode: JournalMode) -> None:
    assert run(BUSY, tmp_path, mode, str(FORKS)) == ["0"] * FORKS
    count(f"forks while four threads were writing, SQLite, {mode}", FORKS)


@pytest.mark.parametrize(
    ("mode", "parent"),
    [
        ("delete", "at work"),
        ("delete", "closed"),
        ("wal", "at work"),
        ("wal", "closed"),
    ],
)
def test_what_a_child_with_a_store_of_its_own_was_told_is_kept_is_kept(
    tmp_path: Path, mode: JournalMode, parent: str
) -> None:
    lines = run(OF_ITS_OWN, tmp_path, mode, parent)
    kept, there = ({line.partition(" ")[2] for line in lines if line.startswith(word)} for word in ("kept", "there"))
    assert kept <= there
