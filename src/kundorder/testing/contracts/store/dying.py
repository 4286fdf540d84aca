"""What a store promises when its process dies, which is put by letting one die.

It is another process of Python that opens the store at the same place, keeps something, begins a block and never gets
to its end. It finds the contract by its name, so that has to stand in a module by itself, and to be made without
arguments.
"""

import os
import subprocess
import sys
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import ClassVar, Final
from unittest import SkipTest

import attrs

from kundorder.outcomes import Changes
from kundorder.ports import Store
from kundorder.testing.contracts.promising import promise_for
from kundorder.testing.contracts.store.asking import StoreExam, all_owed, claim, select, version_of, write
from kundorder.testing.contracts.store.made_up import a_mail, a_receipt, chain_of, changes, later, put
from kundorder.vocabulary import Index

WAYS = ("killed", "ended")
"""How it dies: at once, or after the interpreter has cleared up as it does at its end."""

_WITHIN: Final = "in the block"
_SECONDS: Final = 60
_CODE: Final = """
import sys
sys.path[:] = sys.argv[5:]
from kundorder.testing.contracts.store.dying import die
die(*sys.argv[1:5])
"""


class DyingContract(StoreExam):
    """The part about processes that die."""

    lasts: ClassVar[bool] = True
    """False: what it holds ends with its process, as in memory."""

    @promise_for(Store.transaction, WAYS)
    def test_a_process_that_dies_in_a_block_leaves_what_was_kept_and_nothing_of_the_block(self, way: str) -> None:
        if not self.lasts:
            raise SkipTest("what it holds ends with its process")
        if _OPEN:
            raise SkipTest("this process is about to die itself: something is put to the exam where it is imported")
        owner = type(self)
        if "<" in owner.__qualname__ or owner.__module__ == "__main__":
            raise SkipTest("another process does not find this contract: put its class into a module")
        write(self.store, changes(put("receipt:a", a_receipt("a")), owed=(a_mail("a"),)))
        arguments = [owner.__module__, owner.__qualname__, str(self.place), way, *sys.path]
        done = subprocess.run(  # noqa: S603 - our own interpreter, without a shell
            [sys.executable, "-c", _CODE, *arguments], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        assert _WITHIN in done.stdout, f"the other process has not come so far: {done.stderr[-2000:]}"
        again = self.open_store(self.place)
        for store in (self.store, again):
            assert [version_of(store, f"receipt:{name}") for name in "abc"] == [2, 1, 0]
            assert [line.entry for line in select(store, Index.JOURNAL, "").items] == list(chain_of("order:o-1", 1))
            assert {owed.id: owed.fence for owed in all_owed(store)} == {"a": 0, "b": 0}
        write(again, _beyond())
        assert [owed.id for owed in claim(self.store)] == ["a", "b", "c"]


def die(module: str, name: str, place: str, way: str) -> None:
    """Keep something in the store of this contract, begin to keep something else, and die.

    Args:
        module: where the contract is.
        name: of its class.
        place: of the store.
        way: how to die.
    """
    blocks = ExitStack()
    _OPEN.append(blocks)
    found: object = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    assert isinstance(found, type)
    assert issubclass(found, StoreExam)
    contract = found()
    contract.place = Path(place)
    contract.closing = blocks
    contract.begin()
    kept = changes(put("receipt:a", a_receipt("a", "kept"), 2), put("receipt:b", a_receipt("b")), owed=(a_mail("b"),))
    write(contract.store, attrs.evolve(kept, entries=chain_of("order:o-1", 1)))
    transaction = blocks.enter_context(contract.store.transaction())
    transaction.write(_beyond())
    _ = transaction.claim(now=later(hours=1), lease_until=later(hours=2), limit=9)
    print(_WITHIN, flush=True)  # noqa: T201 - tells the process that waits
    if way == "killed":
        os._exit(1)


_OPEN: Final[list[ExitStack]] = []
"""Blocks that nobody ends before the interpreter does."""


def _beyond() -> Changes:
    entries = chain_of("order:o-1", 2)[1:]
    return changes(
        put("receipt:a", a_receipt("a", "x"), 3), put("receipt:c", a_receipt("c")), entries=entries, owed=(a_mail("c"),)
    )
