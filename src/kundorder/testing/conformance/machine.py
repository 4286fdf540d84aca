"""The comparison as a Hypothesis machine: one rule makes moves that are open, another tries anything."""

from collections.abc import Collection, Iterable, Iterator
from random import Random
from typing import ClassVar, Final, final

import attrs
from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from kundorder.commands import (
    AssignRole,
    Command,
    CopyOrderAsDraft,
    GrantHandler,
    OrderCommand,
    RestoreUser,
    SendOrder,
    StartOrder,
)
from kundorder.model import Actor
from kundorder.testing.conformance.comparing import Comparison, SystemFactory
from kundorder.testing.conformance.differences import EVERYTHING, Compare, Difference, Step, Tally
from kundorder.testing.conformance.labels import NO_ORDER, label
from kundorder.testing.conformance.proposals import (
    CommandType,
    comings_and_goings,
    leads_on,
    may_matter,
    sound,
    unsound,
)
from kundorder.testing.conformance.reporting import Report
from kundorder.testing.conformance.scenarios import SCENARIOS, Scenario
from kundorder.testing.conformance.shortening import shortened
from kundorder.testing.moves import Move
from kundorder.vocabulary import Language

_MOST_ORDERS: Final = 4
_SO_FAR: Final = (0, 1, 3, 4, 5, 6, 7, 8)  # acts: none, a draft, one that lacks nothing, and so on to the end
_SALVO: Final = 5  # commands that many try at once
_OTHERS: Final = 4  # how many of those who know nothing of it try as well
_ONWARD: Final = 0.8  # how often a move leads on, where one can
_LOSSES: Final = 0.6  # how often something is lost, and not gained
_GAINS: Final = (AssignRole, GrantHandler, RestoreUser)

NUMBERS: Final = st.integers(0, 2**32 - 1)
_ABOUT_PEOPLE: Final = 0.4  # how often somebody comes or goes

START: Final = "a new order"
PEOPLE: Final = "people and agreements"

SETTINGS: Final = settings(
    max_examples=80,
    stateful_step_count=12,
    deadline=None,
    # The story is shortened on its own, by leaving acts out; what Hypothesis could still take away is not told.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow,),
    report_multiple_bugs=False,
    print_blob=False,
)
"""How long a machine works, if a host does not say otherwise: some thousand acts."""


@final
class Differs(AssertionError):
    """The system is not as the model. The text tells the shortest story of it; mend the system, or say what is meant.

    Args:
        report: with the difference.
        language: in which it is told.
    """

    def __init__(self, report: Report, language: Language = Language.EN) -> None:
        super().__init__(report, language)
        self.report = report
        self.language = language

    def __str__(self) -> str:
        return f"\n{self.report.told(self.language)}"


@final
@attrs.frozen(kw_only=True)
class Host:
    """What a machine is made for."""

    factory: SystemFactory
    compare: Compare
    scenarios: tuple[Scenario, ...]
    unsupported: frozenset[CommandType]
    language: Language
    tally: Tally = attrs.field(factory=Tally)

    def report(self) -> Report:
        """What has been done so far, and left out; it knows of no difference."""
        return Report(compare=self.compare, unsupported=self.unsupported, tally=self.tally, difference=None)


class ConformanceMachine(RuleBasedStateMachine):
    """People at work in a system and in the model at once; made by ``conformance_machine``.

    Hypothesis chooses the rules, and a number with each; what is done follows evenly from all the numbers so far, for
    what it draws itself is mostly the first there is.
    """

    host: ClassVar[Host]

    def __init__(self) -> None:
        super().__init__()
        self.chance = Random(0)  # noqa: S311 - no secret
        self.comparison = self._beginning(self.host.scenarios[0])

    def _beginning(self, scenario: Scenario) -> Comparison:
        return Comparison(scenario, self.host.factory, self.host.compare, self.host.tally)

    @initialize(number=NUMBERS)
    def open(self, number: int) -> None:
        """Some orders are under way."""
        self._stir(number)
        host, chance = self.host, self.chance
        scenario = chance.choice(host.scenarios)
        if scenario not in host.tally.scenarios:
            host.tally.scenarios.append(scenario)
        self.comparison = self._beginning(scenario)
        for start in scenario.starts:
            steps = chance.choice(_SO_FAR)
            if steps and self._is_supported(start):
                self._go_on(self._step(Move(start, self._orderer())), steps - 1)
        self._told(self.comparison.look())

    @rule(number=NUMBERS)
    def legal(self, number: int) -> None:
        """Somebody does what is open to them; mostly it leads on, and now and then it is about people."""
        self._stir(number)
        if self.chance.random() < _ABOUT_PEOPLE:
            self._come_or_go()
            return
        moves = tuple(self._open(self.chance.choice((*self.comparison.model.orders, START))))
        onward = tuple(each for each in moves if self._leads_on(each))
        if onward and self.chance.random() < _ONWARD:
            moves = onward
        if moves:
            self._take(self.chance.choice(moves))

    @rule(number=NUMBERS)
    def hostile(self, number: int) -> None:
        """Many try something that is not open to them."""
        self._stir(number)
        orders = self.comparison.model.orders
        about = self.chance.choice((*orders, *orders, NO_ORDER, START, PEOPLE))
        commands = tuple(self._anything(about))
        self._refused(self.chance.sample(commands, min(_SALVO, len(commands))), about)

    def _stir(self, number: int) -> None:
        self.chance = Random(f"{self.chance.getrandbits(64)} {number}")  # noqa: S311 - no secret

    def _leads_on(self, move: Move) -> bool:
        command = move.command
        return not isinstance(command, OrderCommand) or leads_on(command, self.comparison.model.order(command.order))

    def _refused(self, commands: Iterable[Command], about: str) -> None:
        """Everybody who knows of it tries, and some others."""
        comparison = self.comparison
        knowing = comparison.knowing(about)
        others = [reader for reader in comparison.readers if reader not in knowing]
        readers = (*knowing, *self.chance.sample(others, min(_OTHERS, len(others))))
        self._told(comparison.refused(Move(command, reader) for command in commands for reader in readers))

    def _come_or_go(self) -> None:
        """Somebody loses or gets something; and then many try what they could before."""
        model = self.comparison.model
        moves = [each for each in comings_and_goings(model) if self._is_supported(each.command)]
        if model.orders:
            order = model.order(self.chance.choice(model.orders))
            moves = [each for each in moves if may_matter(model, order, each.command)] or moves
        losses = [each for each in moves if not isinstance(each.command, _GAINS)]
        if losses and self.chance.random() < _LOSSES:
            moves = losses
        if moves:
            self._take(self.chance.choice(moves))
            for each in model.orders:
                onward = [command for command in self._anything(each) if leads_on(command, model.order(each))]
                self._refused(onward, each)

    def teardown(self) -> None:
        """What was left out is told to whoever asks Hypothesis for its statistics."""
        for what in self.host.report().left_out(self.host.language):
            event(f"not compared: {what}")

    def _orderer(self) -> Actor:
        model, start = self.comparison.model, self.comparison.scenario.starts[0]
        return next(each for each in self.comparison.readers if model.judge(start, each) is None)

    def _go_on(self, step: Step, steps: int) -> None:
        """The order is brought on by whoever can, as long as that is possible."""
        self._told(self.comparison.take(step))
        for _ in range(steps):
            order = self.comparison.model.order(step.coming)
            move = next((each for each in self._on(step.coming) if leads_on(each.command, order)), None)
            if move is None:
                return
            self._told(self.comparison.take(self._step(move)))

    def _is_supported(self, command: Command) -> bool:
        return type(command) not in self.host.unsupported

    def _open(self, about: str) -> Iterator[Move]:
        """What is open to anybody."""
        comparison = self.comparison
        if about != START:
            yield from self._on(about)
        elif len(comparison.model.orders) < _MOST_ORDERS:
            for start in comparison.scenario.starts:
                for reader in comparison.readers:
                    if self._is_supported(start) and comparison.model.judge(start, reader) is None:
                        yield Move(start, reader)

    def _on(self, order: str) -> Iterator[Move]:
        model = self.comparison.model
        commands = tuple(each for each in sound(model, model.order(order)) if self._is_supported(each))
        for reader in self.comparison.readers:
            triggers = model.open_to(order, reader)
            yield from (Move(each, reader) for each in commands if each.trigger in triggers)

    def _anything(self, about: str) -> Iterator[Command]:
        yield from (each for each in self._all(about) if self._is_supported(each))

    def _all(self, about: str) -> Iterator[Command]:
        model, scenario = self.comparison.model, self.comparison.scenario
        if about == PEOPLE:
            yield from (each.command for each in comings_and_goings(model))
        elif about == START:
            yield from (*scenario.starts, *scenario.oddities)
        elif about != NO_ORDER:
            yield from (*sound(model, model.order(about)), *unsound(model, model.order(about)))
        elif model.orders:
            alike = sound(model, model.order(model.orders[0]))
            yield from (attrs.evolve(each, order=NO_ORDER) for each in alike if isinstance(each, OrderCommand))
        else:
            yield SendOrder(order=NO_ORDER)

    def _step(self, move: Move) -> Step:
        creates = isinstance(move.command, StartOrder | CopyOrderAsDraft)
        return Step(move, label(len(self.comparison.model.orders) + 1) if creates else "")

    def _take(self, move: Move) -> None:
        self._told(self.comparison.take(self._step(move)) or self.comparison.look())

    def _told(self, difference: Difference | None) -> None:
        if difference is not None:
            host = self.host
            report = attrs.evolve(host.report(), difference=shortened(difference, host.factory, host.compare))
            raise Differs(report, host.language)


def conformance_machine(
    system_factory: SystemFactory,
    *,
    compare: Compare = EVERYTHING,
    scenarios: tuple[Scenario, ...] = SCENARIOS,
    unsupported: Collection[CommandType] = (),
    language: str = Language.EN,
) -> type[ConformanceMachine]:
    """A Hypothesis machine that puts the same acts to a system and to the model, and compares after each of them.

    Its ``TestCase`` is a test for pytest and unittest: ``TestMine = conformance_machine(Mine).TestCase``.

    Args:
        system_factory: makes a system; a new one is asked for hundreds of times.
        compare: what is compared.
        scenarios: who is there, and what is ordered.
        unsupported: commands the system does not have; they are never tried, and what is printed says so.
        language: in which differences are told: ``"sv"`` or ``"en"``.
    """

    class Conformance(ConformanceMachine):
        host = Host(
            factory=system_factory,
            compare=compare,
            scenarios=scenarios,
            unsupported=frozenset(unsupported),
            language=Language(language),
        )

    Conformance.TestCase.settings = SETTINGS
    return Conformance
