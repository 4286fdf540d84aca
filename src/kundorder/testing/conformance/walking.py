"""The model's own walk: every situation one order comes to, and in each of them what everybody could try.

It is laid out once and put to any system: the shortest stories first, so that the first difference is a shortest one.
Two situations are the same if they differ in nothing but ids, times, and which of two people in the same position is
which. People come and go once at most.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias, final

import attrs

from kundorder.commands import Command, CopyOrderAsDraft, MemberCommand, StartOrder
from kundorder.model import Order
from kundorder.testing.conformance.comparing import readers_of
from kundorder.testing.conformance.differences import Step
from kundorder.testing.conformance.labels import label
from kundorder.testing.conformance.modelled import Judged, Model, Views
from kundorder.testing.conformance.proposals import CommandType, comings_and_goings, may_matter, sound, unsound
from kundorder.testing.conformance.scenarios import Scenario
from kundorder.testing.conformance.system import Sent
from kundorder.testing.moves import Move

_Key: TypeAlias = tuple[object, ...]
_Tries: TypeAlias = tuple[tuple[Move, Judged], ...]


@final
@attrs.frozen(kw_only=True)
class Stage:
    """A situation, and what the model answers in it."""

    path: tuple[Step, ...]
    last: Judged | None  # of the last step of the path; None: it has been judged on an earlier stage
    sent: tuple[Sent, ...] = ()  # because of the last step
    views: Views
    tries: _Tries = ()  # all of which change nothing


@final
class Walk:
    """All stages of a scenario, laid out as far as somebody has asked for them."""

    def __init__(self, scenario: Scenario, unsupported: frozenset[CommandType], depth: int) -> None:
        self._laid: list[Stage] = []
        self._coming = iter(_Laying(scenario, unsupported, depth).stages())

    def __iter__(self) -> Iterator[Stage]:
        """The stages, those with short paths first."""
        place = 0
        while True:
            if place == len(self._laid):
                stage = next(self._coming, None)
                if stage is None:
                    return
                self._laid.append(stage)
            yield self._laid[place]
            place += 1


@lru_cache(maxsize=16)
def walk(scenario: Scenario, unsupported: frozenset[CommandType], depth: int) -> Walk:
    """The walk through a scenario; it is the same for every system."""
    return Walk(scenario, unsupported, depth)


@final
@attrs.frozen
class _Edge:
    """A step that the model takes."""

    path: tuple[Step, ...]
    model: Model  # before the last step
    leaf: tuple[Move, ...] | None = None  # what is tried there; None: everything, and the walk goes on


@final
@attrs.frozen
class _Here:
    """A situation that is looked at for the first time."""

    path: tuple[Step, ...]


@final
class _Laying:
    def __init__(self, scenario: Scenario, unsupported: frozenset[CommandType], depth: int) -> None:
        self.scenario = scenario
        self.unsupported = unsupported
        self.depth = depth
        self.readers = readers_of(scenario)
        self.known: set[_Key] = set()
        self.queue: deque[_Edge | _Here] = deque([_Here(())])

    def stages(self) -> Iterator[Stage]:
        while self.queue:
            item = self.queue.popleft()
            yield self._taken(item) if isinstance(item, _Edge) else self._tried(item.path)

    def _taken(self, edge: _Edge) -> Stage:
        model, last = edge.model, edge.path[-1]
        with model.tentatively():
            told = len(model.sent())
            judged = model.perform(last.move.command, last.move.actor, last.coming)
            sent, views = model.sent()[told:], model.views(self.readers)
            tries: _Tries = ()
            if edge.leaf is not None:
                tries, _more = _judged(model, edge.leaf)
            elif (key := _key(model)) not in self.known and len(edge.path) < self.depth:
                self.known.add(key)
                self.queue.append(_Here(edge.path))
        return Stage(path=edge.path, last=judged, sent=sent, views=views, tries=tries)

    def _tried(self, path: tuple[Step, ...]) -> Stage:
        model = Model(self.scenario.setting)
        for step in path:
            _ = model.perform(step.move.command, step.move.actor, step.coming)
        order = _latest(model)
        tries, taken = _judged(model, self._sound(model, order))
        careless, done = _judged(model, self._careless(model, order, taken))
        unwelcome, goings = _judged(model, self._goings(model, order))
        if not path or not isinstance(path[-1].move.command, CopyOrderAsDraft):  # a copy takes the way of any draft
            self.queue.extend(_Edge((*path, _step(model, move)), model) for move in taken)
            for going in goings:
                leaf = (*taken, *self._concerned(model, order, going.command))
                self.queue.append(_Edge((*path, Step(going)), model, leaf))
            self.queue.extend(_Edge((*path, _step(model, move)), model, ()) for move in done)  # careless, but permitted
        tries = (*tries, *careless, *unwelcome)
        return Stage(path=path, last=None, views=model.views(self.readers), tries=tries)

    def _supported(self, commands: Iterable[Command]) -> tuple[Command, ...]:
        return tuple(each for each in commands if type(each) not in self.unsupported)

    def _commands(self, model: Model, order: Order | None) -> tuple[Command, ...]:
        return self._supported(self.scenario.starts if order is None else sound(model, order))

    def _sound(self, model: Model, order: Order | None) -> Iterator[Move]:
        """What makes sense here, by everybody."""
        for command in self._commands(model, order):
            yield from (Move(command, reader) for reader in self.readers)

    def _careless(self, model: Model, order: Order | None, taken: tuple[Move, ...]) -> Iterator[Move]:
        """What lacks something, by those who may do it properly."""
        able = {(type(move.command), move.actor) for move in taken}
        commands = self.scenario.oddities if order is None else unsound(model, order)
        for command in self._supported(commands):
            yield from (Move(command, reader) for reader in self.readers if (type(command), reader) in able)

    def _goings(self, model: Model, order: Order | None) -> Iterator[Move]:
        """Who and what comes and goes: at first by anybody; later only what may make a difference to the order."""
        for going in comings_and_goings(model):
            if type(going.command) in self.unsupported:
                continue
            if order is None:
                yield going
                yield from (Move(going.command, reader) for reader in self.readers if reader != going.actor)
            elif _is_ready(order) and may_matter(model, order, going.command):
                yield going

    def _concerned(self, model: Model, order: Order | None, going: Command) -> Iterator[Move]:
        """What the one who comes or goes could try."""
        if isinstance(going, MemberCommand):
            who = next(actor for actor, member in model.members.items() if member == going.member)
            yield from (Move(command, who) for command in self._commands(model, order))


def _judged(model: Model, moves: Iterable[Move]) -> tuple[_Tries, tuple[Move, ...]]:
    """What is refused, and what would be accepted."""
    tries: list[tuple[Move, Judged]] = []
    taken: list[Move] = []
    for move in dict.fromkeys(moves):
        judged = model.judge(move.command, move.actor)
        if judged is None:
            taken.append(move)
        else:
            tries.append((move, judged))
    return tuple(tries), tuple(taken)


def _latest(model: Model) -> Order | None:
    return model.order(model.orders[-1]) if model.orders else None


def _step(model: Model, move: Move) -> Step:
    creates = isinstance(move.command, StartOrder | CopyOrderAsDraft)
    return Step(move, label(len(model.orders) + 1) if creates else "")


def _is_ready(order: Order) -> bool:
    """Whether nothing but who and what is there stands in the way of the order."""
    return bool(order.content.answers) and order.content.terms is not None


def _key(model: Model) -> _Key:
    """What tells situations apart."""
    order = model.order(model.orders[-1])
    content = order.content
    orderer = next(each for each in model.setting.people if model.members[each.actor] == content.orderer)
    acted = {mark.person for mark in order.course} if model.setting.rules.four_eyes else frozenset[str]()
    return (
        (
            content.offer,
            content.mode,
            order.state,
            order.case_number is None,
            order.picked,
            _copied_from(model, order),
        ),
        (bool(content.answers), content.terms is not None),
        orderer.roles,
        frozenset(acted),
    )


def _copied_from(model: Model, order: Order) -> _Key:
    """What there was in the order this is a copy of."""
    if order.content.copied_from is None:
        return ()
    original = model.order(order.content.copied_from)
    return original.state, original.case_number is None, original.content.terms is None
