"""A world from a seed: it runs ill for a while, is healed, and is judged."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from random import Random
from random import getstate as get_chance
from random import seed as seed_chance
from random import setstate as set_chance
from typing import Final, final

import attrs

import kundorder as ko
from kundorder.adapters.memory import MemorySigner
from kundorder.errors import Conflict, KeyReused, NotFound, Refused, Unavailable
from kundorder.ports import Letter
from kundorder.sample import CATALOGUE
from kundorder.testing.laws import Law, must
from kundorder.testing.surroundings import NumberedIds
from simulation.clockwork import Clockwork, Task
from simulation.disk import Disk, copied, template
from simulation.intents import Wishes
from simulation.lines import Chance, Line
from simulation.mail import Says, Server, message_id, refuse
from simulation.wrong import Bug, wrong

FAULTS: Final = ("fail", "lose", "moved", "stale")
_IDS: Final = 1_000
_PROCESSES: Final = 3
_ERRANDS: Final = 16
_STEPS: Final = 400


@final
@attrs.define(eq=False)
class Errand:
    """Something somebody wants, until they have an answer."""

    name: str
    command: ko.Command
    actor: ko.Actor
    key: str | None
    tries: int = 0
    under_way: int = 0
    told: list[ko.Outcome] = attrs.field(factory=list)
    refused: int = 0

    @property
    def is_open(self) -> bool:
        """Whether nobody has an answer, and it is safe to ask again."""
        return not self.told and not self.refused and not self.under_way and (self.key is not None or not self.tries)


@final
class Universe:
    """One world.

    Args:
        seed: what happens in it.
        bug: something that is wrong about it; None: nothing is.
    """

    def __init__(self, seed: int, bug: Bug | None = None) -> None:
        self.chance = Random(seed)  # noqa: S311 - to be replayed, no secret
        self.rules = ko.Rules(
            four_eyes=self.chance.randrange(4) == 0, inform_agent_automatically=self.chance.randrange(2) == 0
        )
        self.clockwork = Clockwork(self.chance)
        self.server = Server(self.chance)
        self.signer = MemorySigner()
        memory = copied(template().store)
        self.disk = Disk(self.rules, memory, memory)
        if bug is not None:
            store = wrong(bug, memory, self.server, self.clockwork)
            self.disk = Disk(self.rules, store, memory, store.finish)
        self.left_before = {owed.id for owed in self.disk.owed.values() if owed.state is ko.OwedState.SENT}
        kinds = frozenset(kind for kind in FAULTS if self.chance.randrange(2))  # each world has others
        self.faults = Chance(self.chance, kinds)
        self.kills = self.chance.randrange(2) == 1
        self.wishes = Wishes(self.chance, template().members)
        self.errands: list[Errand] = []
        self.processes = list(range(_PROCESSES))
        self.crashes = 0
        self.portals = 0

    @contextmanager
    def line(self, *, is_relay: bool) -> Generator[tuple[ko.Portal, Line]]:
        """A portal for one call, as a process that has just begun has it."""
        self.portals += 1
        line = Line(self.clockwork, self.disk, self.faults, self._ended, is_relay=is_relay)
        portal = ko.Portal(
            store=line,
            catalogue=CATALOGUE,
            rules=self.rules,
            mailer=Postman(self, line),
            signing=self.signer,
            clock=self.clockwork,
            ids=NumberedIds(self.portals * _IDS),
            pause=lambda seconds: self.clockwork.pause("waits", seconds=seconds),
        )
        yield portal, line

    def wish(self) -> Errand:
        """Somebody wants something."""
        command, actor = self.wishes.next(self.disk.kept)
        number = len(self.errands)
        errand = Errand(f"act {number}", command, actor, f"key {number}" if self.chance.randrange(4) else None)
        self.errands.append(errand)
        return errand

    def attempt(self, errand: Errand) -> Task:
        """Ask a portal in one of the processes."""
        errand.tries += 1
        errand.under_way += 1
        self.clockwork.note("asks", errand.name, type(errand.command).__name__, errand.actor.person)
        return self.clockwork.begin(errand.name, self.chance.choice(self.processes), partial(self._attempt, errand))

    def _attempt(self, errand: Errand) -> None:
        was_done, stale = f"receipt:{errand.key}" in self.disk.receipts, self.faults.happened["stale"]
        try:
            with self.line(is_relay=False) as (portal, _line):
                outcome = self._execute(portal, errand)
        except (Refused, NotFound, KeyReused) as error:
            errand.refused += 1
            self.clockwork.note(errand.name, type(error).__name__)
            was_told_right = not was_done or stale != self.faults.happened["stale"]
            self.clockwork.judge(partial(must, Law.SAME_AGAIN, errand.name, error, hold=was_told_right))
        except (Unavailable, Conflict):
            pass
        else:
            errand.told.append(outcome)
            self.clockwork.note(errand.name, outcome.state)
            same = all(each == outcome for each in errand.told)
            self.clockwork.judge(partial(must, Law.SAME_AGAIN, errand.name, errand.told, hold=same))
        finally:
            errand.under_way -= 1

    @staticmethod
    def _execute(portal: ko.Portal, errand: Errand) -> ko.Outcome:
        command = errand.command
        if not isinstance(command, ko.AttestOrder):
            return portal.execute(command, errand.actor, key=errand.key)
        method = ko.AttestMethod.BANKID
        outcome = portal.resume_signing(command, errand.actor, method=method, key=errand.key)
        if isinstance(outcome, ko.Outcome):
            return outcome
        raise Unavailable("not signed yet")

    def deliver(self) -> Task:
        """A relay makes a round."""
        number = self.chance.choice(self.processes)
        return self.clockwork.begin(f"relay {number}", number, self._deliver)

    def _deliver(self) -> None:
        mine = len(self.server.taken)
        task = self.clockwork.running
        why = "killed"
        with self.line(is_relay=True) as (portal, _line):
            try:
                report = portal.deliver(limit=self.chance.choice((3, 1000)))
                self.clockwork.note(task.name, report)
                why = ""
            except (Unavailable, Conflict):
                why = "the store could not be told"
            finally:
                for taken in self.server.taken[mine:]:
                    if taken.by is task and not taken.is_settled and taken.excuse is None:
                        taken.excuse = why or None

    def _ended(self, owed: ko.Owed, lease: datetime, was_kept: bool) -> None:  # noqa: FBT001 - as the store said
        """What became of a letter where it came from."""
        mine = [each for each in self.server.taken if each.by is self.clockwork.running]
        taken = next((each for each in reversed(mine) if each.message_id == message_id(owed.id)), None)
        if taken is None:
            return
        taken.is_settled = taken.is_settled or was_kept
        if not taken.is_settled and self.clockwork.time >= lease:
            taken.excuse = taken.excuse or "slept past its lease"

    def run(self) -> None:
        """Everything goes wrong that can; then nothing does any more, and what is owed is done."""
        while self.clockwork.steps < _STEPS and (len(self.errands) < _ERRANDS or self.clockwork.tasks):
            self._something()
        self._heal()

    def _something(self) -> None:
        """The next thing that happens."""
        dice = self.chance.randrange(100)
        if dice < 8 and len(self.errands) < _ERRANDS:
            errand = self.wish()
            self.attempt(errand)
            if errand.key is not None and self.chance.randrange(4) == 0:
                self.attempt(errand)  # a double click
        elif dice < 12:
            for errand in [each for each in self.errands if each.is_open][:1]:
                self.attempt(errand)
        elif dice < 17 and sum(task.name.startswith("relay") for task in self.clockwork.tasks) < _PROCESSES:
            self.deliver()
        elif dice < 20:
            self.pass_time(self.chance.choice((1, 5, 40, 70, 4000)))
        elif dice < 21 and self.kills:
            place = self.chance.randrange(_PROCESSES)
            self.crashes += 1
            self.clockwork.kill(self.processes[place])
            self.processes[place] = max(self.processes) + 1
        elif dice < 22 and self.chance.randrange(3) == 0:
            self.server.go_down(self.clockwork.time)
        elif not self.clockwork.go_on() and len(self.errands) < _ERRANDS:
            self.attempt(self.wish())

    def _heal(self) -> None:
        """All is well from now on; whoever has no answer asks once more, and all that is owed is done."""
        self.faults.is_ill = self.server.is_ill = False
        self.calm()
        for errand in self.errands:
            if errand.is_open:
                self.attempt(errand)
                self.calm()
        self.clockwork.begin("operator", 0, self._requeue)
        self.calm()

    def _requeue(self) -> None:
        with self.line(is_relay=True) as (portal, _line):
            portal.requeue()

    def pass_time(self, seconds: float) -> None:
        """Nobody does anything for a while."""
        self.clockwork.time += timedelta(seconds=seconds)

    def calm(self) -> None:
        """Until everybody is done."""
        while self.clockwork.go_on():
            pass

    def close(self) -> None:
        """Nobody goes on, whatever was left in the middle."""
        self.clockwork.broken = None
        for process in {task.process for task in self.clockwork.tasks}:
            self.clockwork.kill(process)

    def counts(self) -> Counter[str]:
        """What there was of everything."""
        found = Counter({f"store: {kind}": number for kind, number in self.faults.happened.items()})
        found.update({f"mail server: {said}": number for said, number in self.server.said.items()})
        found["crashes"] = self.crashes
        found["acts"] = len(self.errands)
        found["acts accepted"] = sum(bool(errand.told) for errand in self.errands)
        found["letters"] = len(self.server.taken)
        found["letters twice"] = len(self.server.taken) - len({taken.message_id for taken in self.server.taken})
        found["steps"] = self.clockwork.steps
        return found


@final
@attrs.frozen(eq=False)
class Postman:
    """A process's line to the mail server."""

    universe: Universe
    line: Line

    def send(self, letter: Letter) -> None:
        """See ``ports.Mailer``."""
        clockwork, server = self.universe.clockwork, self.universe.server
        clockwork.pause("sends")
        says = server.says(clockwork.time)
        clockwork.note("server", says.name)
        refuse(says)
        if says is Says.SLOW:
            clockwork.pause("waits for the server", seconds=90)
        server.take(letter, clockwork, self.universe.disk.owed)
        if says is Says.DIES:
            server.taken[-1].excuse = "the server died when it had taken it"
            raise Unavailable("the line is dead")
        clockwork.pause("sent")


@contextmanager
def chance_of(seed: int) -> Generator[None]:
    """What the library draws from the common source of chance is the same in every run."""
    state = get_chance()
    seed_chance(seed)
    try:
        yield
    finally:
        set_chance(state)
