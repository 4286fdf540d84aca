"""The system and the model side by side: every act is put to both, and then everything that can be told is compared."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias, final

import attrs

from kundorder.model import Actor
from kundorder.testing.conformance.differences import (
    Aspect,
    Codes,
    Compare,
    Crashed,
    Difference,
    Step,
    Tally,
    strangers_named,
)
from kundorder.testing.conformance.labels import renamed
from kundorder.testing.conformance.modelled import Judged, Model, Views
from kundorder.testing.conformance.scenarios import Scenario
from kundorder.testing.conformance.system import Accepted, Answer, Hidden, Refusal, Sent, Shown, SystemUnderTest
from kundorder.testing.moves import Move

SystemFactory: TypeAlias = Callable[[], SystemUnderTest]


@final
class Comparison:
    """One system beside the model, from the beginning of a scenario.

    Args:
        scenario: what there is at the beginning.
        factory: makes the system.
        compare: what is compared.
        tally: where to count.
    """

    def __init__(self, scenario: Scenario, factory: SystemFactory, compare: Compare, tally: Tally) -> None:
        self.scenario = scenario
        self.model = Model(scenario.setting)
        self.steps: list[Step] = []
        self.readers = readers_of(scenario)
        self._checked = Checked(scenario, compare, tally)
        self._watched = Watched(factory(), self.model.members, scenario)
        self._views: Views = {}

    def take(self, step: Step) -> Difference | None:
        """Put one more act to both; who sees what is left to ``look``.

        Args:
            step: names orders as the model does.

        Returns:
            Where they differ now, if they do; nothing can be put to them any more then.
        """
        self.steps.append(step)
        before = len(self.model.sent())
        judged = self.model.perform(step.move.command, step.move.actor, step.coming)
        steps = tuple(self.steps)
        found = self._checked.answer(steps, judged, self._watched.perform(step))
        return found or self._checked.mail(steps, self.model.sent()[before:], self._watched)

    def look(self) -> Difference | None:
        """Whether everybody sees what the model shows them now."""
        self._views = self.model.views(self.readers)
        return self._checked.looks(tuple(self.steps), self._views, self._watched)

    def knowing(self, order: str) -> tuple[Actor, ...]:
        """Who sees an order, in the model."""
        return tuple(reader for reader in self.readers if self._views.get((order, reader)) is not None)

    def refused(self, moves: Iterable[Move]) -> Difference | None:
        """Put to the system what the model refuses among these moves; they must change nothing.

        Returns:
            Where they differ now, if they do; nothing can be put to them any more then.
        """
        before = tuple(self.steps)
        for move in moves:
            judged = self.model.judge(move.command, move.actor)
            if judged is not None:
                self.steps.append(Step(move))
                answer = self._watched.perform(Step(move))
                found = self._checked.answer((*before, Step(move)), judged, answer)
                if found is not None:
                    return found
        steps = tuple(self.steps)
        return self._checked.looks(steps, self._views, self._watched) or self._checked.mail(steps, (), self._watched)


@final
class Watched:
    """The system under test, with the ids of the model translated into its own, and back."""

    def __init__(self, system: SystemUnderTest, members: Mapping[Actor, str], scenario: Scenario) -> None:
        self.system = system
        self.own: dict[str, str] = {}
        own_members = system.begin(scenario.setting)
        for actor, member in members.items():
            if actor not in own_members:
                message = f"begin() has to say the id of {actor.person} at {actor.organisation}"
                raise LookupError(message)
            self.own[member] = own_members[actor]
        self._seen = 0

    def perform(self, step: Step) -> Answer | Crashed:
        """What comes of an act."""
        try:
            answer = self.system.perform(renamed(step.move.command, self.own), step.move.actor)
        except Exception as error:  # noqa: BLE001 - whatever it is, the model does not answer so
            return Crashed(text=f"{type(error).__name__}: {error}")
        if step.coming and isinstance(answer, Accepted) and answer.id is not None:
            self.own[step.coming] = answer.id
        return answer

    def show(self, order: str, reader: Actor) -> Shown | None:
        """What somebody sees of an order."""
        return self.system.show(self.own.get(order, order), reader)

    def newly_sent(self) -> tuple[Sent, ...]:
        """The mail since somebody last asked."""
        sent: Sequence[Sent] = self.system.sent()
        new, self._seen = sent[self._seen :], len(sent)
        named = {own: order for order, own in self.own.items()}
        return tuple(attrs.evolve(each, order=named.get(each.order, each.order)) for each in new)


@final
@attrs.frozen
class Checked:
    """What is compared in a scenario, and how."""

    scenario: Scenario
    compare: Compare
    tally: Tally

    def answer(self, steps: tuple[Step, ...], judged: Judged, found: Answer | Crashed) -> Difference | None:
        """Whether the system has answered as the model."""
        self.tally.acts += 1
        expected = judged.answer
        aspect: Aspect | None = None
        if not isinstance(expected, Accepted):
            self.tally.refusals += 1
        if not self._is_same_kind(expected, found):
            aspect = Aspect.VERDICT
        elif isinstance(expected, Accepted) and isinstance(found, Accepted):
            if expected.id is not None and found.id is None:
                aspect = Aspect.VERDICT
            elif found.state is not None and found.state is not expected.state:
                aspect = Aspect.STATE
        elif isinstance(expected, Refusal) and isinstance(found, Refusal) and not self._fits(expected, found):
            aspect = Aspect.CODES
        if aspect is None:
            return None
        return Difference(
            scenario=self.scenario,
            steps=steps,
            aspect=aspect,
            expected=expected,
            found=found,
            reasons=judged.reasons,
        )

    def _is_same_kind(self, expected: Answer, found: Answer | Crashed) -> bool:
        if not self.compare.hiding and not isinstance(expected, Accepted):
            return isinstance(found, Refusal | Hidden)
        return type(expected) is type(found)

    def _fits(self, expected: Refusal, found: Refusal) -> bool:
        """Whether the reasons are right; those that are not given cannot be wrong."""
        given, right = found.codes, expected.codes or frozenset()
        if self.compare.codes is Codes.NONE:
            return True
        if given is None:
            self.tally.silent.add(Aspect.CODES)
            return True
        return given == right if self.compare.codes is Codes.ALL else bool(given) and given <= right

    def looks(self, steps: tuple[Step, ...], views: Views, watched: Watched) -> Difference | None:
        """Whether everybody sees of every order what the model shows them."""
        for (order, reader), expected in views.items():
            found = watched.show(order, reader)
            aspect = self._seen_otherwise(reader, expected, found)
            if aspect is not None:
                return Difference(
                    scenario=self.scenario,
                    steps=steps,
                    aspect=aspect,
                    expected=expected,
                    found=found,
                    order=order,
                    reader=reader,
                )
        return None

    def _seen_otherwise(self, reader: Actor, expected: Shown | None, found: Shown | None) -> Aspect | None:
        if expected is None or found is None:
            return None if expected is found else Aspect.VISIBILITY
        if found.state is not expected.state:
            return Aspect.STATE
        if self.compare.waits and found.waits is not expected.waits:
            if found.waits is not None:
                return Aspect.WAITS
            self.tally.silent.add(Aspect.WAITS)
        if self.compare.persons:
            if found.persons is None:
                self.tally.silent.add(Aspect.PERSONS)
            elif strangers_named(self.scenario, reader, expected, found):
                return Aspect.PERSONS
        if self.compare.answers:
            if found.answers is None:
                self.tally.silent.add(Aspect.ANSWERS)
            elif found.answers != expected.answers:
                return Aspect.ANSWERS
        return None

    def mail(self, steps: tuple[Step, ...], expected: Sequence[Sent], watched: Watched) -> Difference | None:
        """Whether the same have been told the same since the last act."""
        if not self.compare.mail:
            return None
        right = Counter(each for each in expected if each.kind in self.compare.mail)
        found = Counter(each for each in watched.newly_sent() if each.kind in self.compare.mail)
        for each in sorted((found - right).elements(), key=_in_order):
            return Difference(scenario=self.scenario, steps=steps, aspect=Aspect.MAIL, expected=None, found=each)
        for each in sorted((right - found).elements(), key=_in_order):
            return Difference(scenario=self.scenario, steps=steps, aspect=Aspect.MAIL, expected=each, found=None)
        return None


def _in_order(sent: Sent) -> tuple[str, str, str, str]:
    return sent.order, sent.kind, sent.to.organisation, sent.to.person


def readers_of(scenario: Scenario) -> tuple[Actor, ...]:
    """Everybody who may try to look at something."""
    return (*(each.actor for each in scenario.setting.people), *scenario.strangers)
