"""Those who race: each asks in a thread or a process of its own, and can be made to halt before its first write."""

import json
import os
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import Enum, auto, unique
from pathlib import Path
from queue import SimpleQueue
from typing import Final, TypeAlias, final

import attrs

import kundorder as ko
from kundorder.adapters.memory import MemorySigner
from kundorder.ports import Clock, Store
from kundorder.sample import CATALOGUE
from races.around import Guards, Halting, Noted, guarded
from races.asking import KILLED, Answered, Asked, Written, answered_from_json, asked_to_json, perform

TESTS: Final = Path(__file__).parents[1]
PATIENCE: Final = 60
"""Seconds after which a client that says nothing has failed."""


@final
@unique
class Sign(Enum):
    """What a client says besides its answer."""

    HALTED = auto()  # everything is loaded, nothing is written


Heard: TypeAlias = Answered | Sign


class Client(ABC):
    """Somebody who asks."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._early: Answered | None = None

    @abstractmethod
    def ask(self, asked: Asked, *, halts: bool) -> None:
        """Begin."""

    @abstractmethod
    def go(self) -> None:
        """Go on after a halt."""

    @abstractmethod
    def _hear(self) -> Heard: ...

    def halted(self) -> bool:
        """Wait until it has halted; False if it has been answered without a write."""
        heard = self._hear()
        if isinstance(heard, Answered):
            self._early = heard
            return False
        return True

    def answered(self) -> Answered:
        """Wait for the answer."""
        early, self._early = self._early, None
        heard = self._hear() if early is None else early
        assert isinstance(heard, Answered)
        return heard


def answer(
    store: Store, asked: Asked, *, clock: Clock, guards: Guards = Guards.ON, halt: Callable[[], object] | None = None
) -> Answered:
    """What comes of asking a portal of one's own; ``halt`` is called before the first write."""
    written: list[Written] = []
    noted = Noted(guarded(store, guards), written)
    portal = ko.Portal(
        store=noted if halt is None else Halting(noted, _Once(halt)),
        catalogue=CATALOGUE,
        signing=MemorySigner(),
        clock=clock,
        pause=_at_once,
    )
    answered = perform(portal, asked)
    return attrs.evolve(answered, written=tuple(written))


def _at_once(_seconds: float) -> None:
    """Who loses a race of two need not wait for others before trying again."""


@attrs.define
class _Once:
    act: Callable[[], object] | None

    def __call__(self) -> None:
        act, self.act = self.act, None
        if act is not None:
            _ = act()


@final
class InThread(Client):
    """Asks in a thread that stays until it is closed."""

    def __init__(self, name: str, store: Store, clock: Clock, guards: Guards = Guards.ON) -> None:
        super().__init__(name)
        self._store = store
        self._clock = clock
        self._guards = guards
        self._asked: SimpleQueue[tuple[Asked, bool] | None] = SimpleQueue()
        self._said: SimpleQueue[Heard | BaseException] = SimpleQueue()
        self._gone_on: SimpleQueue[None] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def ask(self, asked: Asked, *, halts: bool) -> None:
        self._asked.put((asked, halts))

    def go(self) -> None:
        self._gone_on.put(None)

    def close(self) -> None:
        """No more."""
        self._asked.put(None)
        self._thread.join(PATIENCE)

    def _hear(self) -> Heard:
        heard = self._said.get(timeout=PATIENCE)
        if isinstance(heard, BaseException):
            raise heard
        return heard

    def _halt(self) -> None:
        self._said.put(Sign.HALTED)
        self._gone_on.get(timeout=PATIENCE)

    def _serve(self) -> None:
        while (call := self._asked.get()) is not None:
            asked, halts = call
            try:
                halt = self._halt if halts else None
                self._said.put(answer(self._store, asked, clock=self._clock, guards=self._guards, halt=halt))
            except BaseException as error:  # noqa: BLE001 - the one who waits for the answer raises it
                self._said.put(error)


@final
class InProcess(Client):
    """Asks in a process that stays until it is closed or killed; it opens one store after another."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        start = f"import sys; sys.path.insert(0, {str(TESTS)!r}); from races.worker import main; main()"
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, "-c", start], stdin=pipe, stdout=pipe)

    def open(self, store: str, place: Path, guards: Guards = Guards.ON) -> None:
        """Ask this store from now on."""
        told = {name: value for name, value in os.environ.items() if name.startswith("KUNDORDER_")}
        self._say({"open": store, "place": str(place), "guards": guards, "environment": told})
        assert self._line() == b"opened\n"

    def leave(self) -> None:
        """Give up the store."""
        self._say({"close": True})
        assert self._line() == b"closed\n"

    def ask(self, asked: Asked, *, halts: bool) -> None:
        self._say({"asked": asked_to_json(asked), "halts": halts})

    def go(self) -> None:
        self._say({"go": True})

    def kill(self) -> None:
        """Now."""
        self._process.kill()

    def close(self) -> None:
        """No more."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._process:
            self._process.stdin.close()

    def _say(self, what: dict[str, object]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        self._process.stdin.flush()

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def _hear(self) -> Heard:
        line = self._line()
        if line == b"halted\n":
            return Sign.HALTED
        return answered_from_json(line) if line.endswith(b"\n") else Answered(error=KILLED)
