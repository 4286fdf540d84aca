"""Where races are held: a store with everybody in it, two clients, and a history of what they and we have asked."""

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from enum import Enum, unique
from pathlib import Path
from typing import Final, TypeAlias, final

import attrs
from cast import Cast

import kundorder as ko
from kundorder.adapters.memory import MemoryMailer
from kundorder.events import Owed
from kundorder.ports import Store
from kundorder.templates import TEXTS
from kundorder.vocabulary import Language, Template
from races.around import Guards, Noted
from races.asking import Answered, Asked, Written, perform
from races.checking import wrongs
from races.clients import Client, InProcess, InThread
from races.history import History, Kept
from races.moving import Moving
from races.stores import SHARED, SHARES, STORES, opened

Pair: TypeAlias = tuple[Asked, Asked]
Workers: TypeAlias = tuple[InProcess, InProcess]


@final
@unique
class Way(Enum):
    """How two who race are let go."""

    FREE = "at once, as it comes"
    TOGETHER = "at once, when both have loaded"
    FIRST = "when both have loaded, the first and then the second"
    SECOND = "when both have loaded, the second and then the first"


WAYS: Final = tuple(Way)
IN_TURN: Final = (Way.FIRST, Way.SECOND)
"""The ways of which it is known beforehand who wins, and that guards are all that stops the other."""


@final
@attrs.frozen
class Ground:
    """On which store, and whether in threads or in processes."""

    store: str
    in_processes: bool

    def __str__(self) -> str:
        return f"{self.store}, {'processes' if self.in_processes else 'threads'}"


GROUNDS: Final = (
    *(Ground(store, in_processes=False) for store in STORES),
    *(Ground(store, in_processes=True) for store in SHARED),
)


def share(ground: Ground, races: int) -> int:
    """How many of so many races are held on a ground; those in mere memory come on top."""
    return -(-races * SHARES[ground.store] // sum(SHARES[each.store] for each in GROUNDS if each.store in SHARED))


@final
@attrs.frozen
class Outbox:
    """A mailer that keeps every letter, one that comes twice too."""

    mailer: MemoryMailer
    letters: list[ko.Letter] = attrs.field(factory=list)

    def send(self, letter: ko.Letter) -> None:
        self.letters.append(letter)
        self.mailer.send(letter)


@final
class Stage:
    """A store with everybody in it; what is prepared before the beginning is prepared in memory."""

    def __init__(self, store: Store) -> None:
        self._moving = Moving()
        self._goes_to = store
        self.written: list[Written] = []
        self.store = Noted(self._moving, self.written)
        mailer = MemoryMailer()
        self.outbox = Outbox(mailer)
        self.cast = Cast.new(store=self.store, mailer=mailer, outbox=self.outbox)
        self.history = History.begin(self.store, self.written)
        self.clients: tuple[Client, ...] = ()

    def begin(self) -> None:
        """All is prepared, and goes where it belongs: from now on everything is asked through here."""
        if self._moving.done is not None:
            self._moving.move(self._goes_to)
        self.history = History.begin(self.store, self.written)

    def do(self, *asked: Asked) -> None:
        """What must be possible."""
        for each in asked:
            answered = self.ask(each)
            assert answered.outcome is not None, (each, answered)

    def ask(self, asked: Asked) -> Answered:
        """What nobody competes with."""
        call = self.history.made("nobody else", asked)
        return self.history.ended(call, perform(self.cast.portal, asked))

    def race(self, pair: Pair, way: Way, between: Callable[[], object] | None = None) -> tuple[Answered, Answered]:
        """What comes of both; ``between`` happens when one has been answered and the other has yet to write."""
        one, other = self.clients
        calls = [self.history.made(client.name, asked) for client, asked in zip(self.clients, pair, strict=True)]
        halts = way is not Way.FREE
        one.ask(pair[0], halts=halts)
        other.ask(pair[1], halts=halts)
        waiting = [client for client in self.clients if halts and client.halted()]
        if way is Way.SECOND:
            waiting.reverse()
        found: dict[Client, Answered] = {}
        for client in waiting:
            client.go()
            if way is not Way.TOGETHER:
                found[client] = self.history.ended(calls[self.clients.index(client)], client.answered())
                if between is not None and len(found) == 1:
                    _ = between()
        for client, call in zip(self.clients, calls, strict=True):
            if client not in found:
                found[client] = self.history.ended(call, client.answered())
        return found[one], found[other]

    def wrongs(self) -> list[str]:
        """What does not agree, of all that was asked since the beginning."""
        return wrongs(self.history, Kept.of(self.store, self.cast.portal, self.history))

    def deliver(self) -> None:
        """All that is owed, by clients with clocks of their own too."""
        self.cast.world.clock.time += timedelta(days=2)
        while self.cast.portal.deliver() != ko.DeliveryReport():
            pass

    def letters(self) -> dict[str, list[tuple[str, Template]]]:
        """What has left so far, by the case number it is about: to whom, and which; every copy of it."""
        found: dict[str, list[tuple[str, Template]]] = {}
        for letter in self.outbox.letters:
            subject, blank, number = letter.subject.rpartition(" (")
            if blank:
                told = (letter.to.partition("@")[0], _TEMPLATES[subject])
                found.setdefault(number.removesuffix(")"), []).append(told)
        return found

    def owed(self) -> tuple[Owed, ...]:
        """All debts."""
        return Kept.of(self.store, self.cast.portal, self.history).owed

    def case_number(self, order: str) -> str:
        """What an order is called in letters."""
        return self.cast.portal.order(order, ko.SYSTEM).case_number or ""


_TEMPLATES: Final = {text.subject: template for template, text in TEXTS[Language.SV].items()}


@contextmanager
def staged(ground: Ground, place: Path, workers: Workers | None = None, guards: Guards = Guards.ON) -> Generator[Stage]:
    """A stage of its own in a folder, with two clients who keep these guards."""
    with ExitStack() as stack:
        store = stack.enter_context(opened(ground.store, place))
        stage = Stage(store)
        if ground.in_processes:
            assert workers is not None
            for worker in workers:
                worker.open(ground.store, place, guards)
                _ = stack.callback(worker.leave)
            stage.clients = workers
        else:
            threads = tuple(InThread(name, store, stage.cast.world.clock, guards) for name in ("one", "other"))
            for thread in threads:
                _ = stack.callback(thread.close)
            stage.clients = threads
        yield stage
