"""Theory: two orders meet only in people, agreements and lists; so what is asked of one order is asked once.

A situation is three things: how people, agreements and the assignment stand, and where each of the two orders stands.
A command or question about one order reads that order and people, and nothing of the other: this is not assumed, it
is looked at on every call, and the walk fails where it is not so (a supplement is the exception, which names another
order, and is asked with both there). So all moves of an order, and what every reader is answered about it, are asked
once for each standing of that order with each standing of people; what reads both orders, the lists with their pages,
the starts and what the system does for somebody new, is asked in every situation. The portal is the real one.

Standings of an order are the same if they differ in nothing but times and, once nobody is asked any more, in who has
decided. What has happened (sent, the agent done) is told from the journal alongside, and is part of the situation; so
each edge is judged by what led to it, whichever way that was. Two orders of one customer may change places.

What this may miss: three orders; a fault that needs a number of steps or a lapse of time; that a grant ends with a role
that comes back (``promises`` looks at that); a history that differs only in what came before the order stood where it
stands, for each standing keeps the first way that led to it; a mail that leaves long after it was owed; a command that
is refused by ``check`` and not by ``execute``, for only what nothing was found against is carried out.
"""

from collections import Counter, deque
from collections.abc import Iterator
from functools import partial
from typing import TypeAlias, final

import kundorder as ko
from closure.answers import Kind, Told, answered
from closure.edges import Edges
from closure.laws import Laws
from closure.letters import delivered
from closure.moves import Accepted, Step, accepted_in
from closure.opening import Opening
from closure.rights import Trace
from closure.scenarios import Scenario, Slot, comings, opening_again
from closure.situations import People, Shape, Situation, Standpoint, shape_of, traced
from closure.stage import NOW, Stage
from closure.standing import Facts, Recalled
from kundorder.codec import evidence_digest
from kundorder.outcomes import Changes
from kundorder.situation import Key, evidence_key, order_key
from kundorder.vocabulary import Trigger

Call: TypeAlias = Recalled[Accepted | None]
Tries: TypeAlias = tuple[ko.Actor, Recalled[Told], Call]


@final
class Walk:
    """All situations a scenario leads to, the nearest first, and in each of them all that can be asked."""

    def __init__(self, scenario: Scenario, opening: Opening) -> None:
        self.stage = stage = Stage(scenario, opening)
        self.answers, self.kept, self.store, self.slots = stage.answers, stage.kept, stage.store, stage.slots
        self.counts = stage.counts
        self.laws = Laws(stage)
        self.edges = Edges(stage, self.laws)
        movers = (*(each.actor for each in stage.readers), ko.SYSTEM)
        self.tries = {
            each.number: [
                (actor, self.answers.check(command, actor), Recalled(partial(self.tried, command, actor)))
                for command in each.commands(opening)
                for actor in movers
            ]
            for each in self.slots
        }
        self.starts = {
            (each.number, original): [
                (actor, self.answers.check(command, actor), Recalled(partial(self.tried, command, actor)))
                for command in each.starts(original)
                for actor in movers
                if actor.organisation == each.customer  # others start orders of their own
            ]
            for each in self.slots
            for original in (None, stage.other(each).order)
        }
        self.changes = [
            Recalled(partial(self.tried, *each)) for change in scenario.changes for each in comings(opening, change)
        ]
        again = opening_again(opening) if "assignment" in scenario.changes else ()
        self.again = [Recalled(partial(self.tried, *each)) for each in again]
        self.follow_ups: dict[ko.FollowUp, Recalled[tuple[Changes, ...]]] = {}
        self.crowds: dict[frozenset[tuple[Key, int]], People] = {}
        self.standpoints: dict[tuple[int, Shape], Standpoint] = {}
        self.numbers: dict[Shape, int] = {}
        self.points: dict[tuple[int, int], tuple[Step, ...]] = {}
        self.start = Situation(self.crowd(stage.start), (None, None))

    def crowd(self, facts: Facts) -> People:
        """The one object for people who stand like this."""
        return self.crowds.setdefault(frozenset((key, id(fact)) for key, fact in facts.items()), People.standing(facts))

    def tried(self, command: ko.Command, actor: ko.Actor) -> Accepted | None:
        """What comes of a command nothing was found against."""
        self.store.written.clear()
        outcome: list[object] = []

        def act() -> object:
            if isinstance(command, ko.AttestOrder | ko.AttestAssignment):
                outcome.append(self.stage.portal.resume_signing(command, actor, method=ko.AttestMethod.BANKID))
            else:
                outcome.append(self.stage.portal.execute(command, actor))
            return outcome[0]

        told = answered(type(command).__name__, act)
        if told.kind is not Kind.GIVEN or not self.store.written:
            return None
        (changes,) = self.store.written
        return accepted_in(self.stage.start, self.kept, command.trigger, told, changes)

    def point(self, here: Standpoint, people: People) -> tuple[Step, ...]:
        """What becomes of an order with people as they are; every question about it has been asked then."""
        key = (id(here), id(people))
        if key not in self.points:
            one = self.slots[here.number]
            self.stage.stand(people, here)
            self.store.apart = (self.stage.other(one).order,)
            self.laws.of_order(one, here, people)
            steps = [
                self.step(one, here, people, actor, accepted)
                for actor, accepted in self.accepted_of(self.tries[one.number], one, here, people)
            ]
            self.points[key] = tuple(steps)
            self.counts["standings"] += 1
        return self.points[key]

    def accepted_of(
        self, tries: list[Tries], one: Slot, here: Standpoint | None, people: People, other: Standpoint | None = None
    ) -> Iterator[tuple[ko.Actor, Accepted]]:
        """What of all that is tried for an order is accepted; only a supplement may ask about the other order."""
        self.stage.ids.about_to_order = (one.order, one.case_number)
        for actor, check, act in tries:
            told = check.on(self.store)
            self.laws.told_of_order(told, actor, one, here, people)
            accepted = act.on(self.store) if told.is_accepted else None
            if accepted is not None:
                yield actor, accepted
                self.stage.stand(people, here, other)

    def step(self, one: Slot, before: Standpoint | None, people: People, actor: ko.Actor, accepted: Accepted) -> Step:
        """The order as it is after that, when the system has done what it owes."""
        reached, all_of_it = self.reached(one, before, actor, accepted), [accepted]
        for follow_up in accepted.follow_ups:
            self.stage.stand(people, reached)
            for changes in self.followed(follow_up):
                more = accepted_in(self.stage.start, self.kept, Trigger.INFORM_AGENT, None, changes)
                reached = self.reached(one, reached, ko.SYSTEM, more)
                all_of_it.append(more)
        return self.judged(one, before, people, actor, tuple(all_of_it), reached)

    def judged(
        self,
        one: Slot,
        before: Standpoint | None,
        people: People,
        actor: ko.Actor,
        accepted: tuple[Accepted, ...],
        reached: Standpoint,
    ) -> Step:
        """The step, once its mails have left and everything about it has been looked at."""
        self.stage.stand(people, reached)
        mails = tuple(mail for each in accepted for mail in each.mails)
        step = Step(
            actor=actor,
            accepted=accepted,
            before=before,
            reached=reached,
            after=self.standpoints.setdefault((one.number, reached.shape), reached),
            people=people,
            letters=delivered(self.stage.portal, self.store, self.stage.box, mails, NOW),
        )
        self.edges.check(one, step)
        self.counts["steps"] += 1
        return step

    def reached(self, one: Slot, before: Standpoint | None, actor: ko.Actor, accepted: Accepted) -> Standpoint:
        """Where the order stands then, and what has happened by then."""
        (key,) = accepted.puts
        assert key == order_key(one.order), key
        fact = accepted.puts[key]
        order = fact.record
        assert isinstance(order, ko.Order)
        if before is None or accepted.trigger in (Trigger.START, Trigger.COPY_AS_DRAFT):
            way = next(
                each for each in one.ways if (each.offer, each.mode) == (order.content.offer, order.content.mode)
            )
            trace, journal = Trace(customer=one.customer, flow=way.flow, orderer=actor), accepted.entries
        else:
            trace, journal = traced(before.trace, accepted.entries), (*before.journal, *accepted.entries)
        wanted = {evidence_key(evidence_digest(each)) for each in order.evidence}
        documents = {**({} if before is None else before.facts), **accepted.evidence}
        return Standpoint(
            number=one.number,
            order=order,
            facts={key: fact, **{each: documents[each] for each in wanted}},
            journal=journal,
            trace=trace,
            shape=shape_of(order, trace, whole=self.stage.scenario.whole),
        )

    def followed(self, follow_up: ko.FollowUp) -> tuple[Changes, ...]:
        """What the system does after the commit."""

        def follow() -> tuple[Changes, ...]:
            self.store.written.clear()
            self.store.owed = (ko.Owed(id=follow_up.id, follow_up=follow_up, owed_at=NOW, due_at=NOW),)
            assert self.stage.portal.deliver() == ko.DeliveryReport(followed_up=1)
            return tuple(self.store.written)

        if follow_up not in self.follow_ups:
            self.follow_ups[follow_up] = Recalled(follow)
        return self.follow_ups[follow_up].on(self.store)

    def following(self, here: Situation) -> Iterator[Situation]:
        """The situations one step away."""
        for one in self.slots:
            standpoint = here.orders[one.number]
            steps = self.started(one, here) if standpoint is None else self.point(standpoint, here.people)
            for step in steps:
                yield here.but(one.number, step.after)
        yield from self.changed(here)

    def started(self, one: Slot, here: Situation) -> tuple[Step, ...]:
        """How the order begins, be it as a supplement to the other."""
        other = here.orders[1 - one.number]
        self.stage.stand(here.people, other)
        self.store.apart = ()
        tries = self.starts[one.number, None if other is None else other.order.id]
        found = list(self.accepted_of(tries, one, None, here.people, other))
        return tuple(self.step(one, None, here.people, actor, accepted) for actor, accepted in found)

    def changed(self, here: Situation) -> Iterator[Situation]:
        """Somebody comes or goes, an agreement or the assignment ends; and the assignment is opened again in one go."""
        for calls in (*((call,) for call in self.changes), *((self.again,) if self.again else ())):
            there: Situation | None = here
            for call in calls:
                self.stage.stand(here.people)
                there = None if there is None else self.after_change(there, call)
            if there is not None:
                yield there

    def after_change(self, here: Situation, call: Call) -> Situation | None:
        """The situation after one change, when those who have got a right have been told what waits."""
        self.stage.stand(here.people)
        self.store.apart = tuple(each.order for each in self.slots)
        accepted = call.on(self.store)
        self.store.apart = ()
        if accepted is None:
            return None
        there = Situation(self.crowd({**here.people.facts, **accepted.puts}), here.orders)
        for follow_up in accepted.follow_ups:
            self.stage.stand(there.people, *there.orders)
            for changes in self.followed(follow_up):
                there = self.told_later(there, accepted_in(self.stage.start, self.kept, Trigger.SEND, None, changes))
        return there

    def told_later(self, here: Situation, accepted: Accepted) -> Situation:
        """Somebody new has been told of an order that waits."""
        about = {*accepted.puts, *(mail.subject for mail in accepted.mails)}
        (before,) = (each for each in here.orders if each is not None and order_key(each.order.id) in about)
        one = self.slots[before.number]
        # Whoever stands there with a notice is only owed the same mail again, and nothing of the order is written.
        reached = self.reached(one, before, ko.SYSTEM, accepted) if accepted.puts else before
        step = self.judged(one, before, here.people, ko.SYSTEM, (accepted,), reached)
        return here.but(one.number, step.after)

    def key(self, here: Situation) -> tuple[int, ...]:
        """What tells one situation from another."""
        numbers = [
            -1 if each is None else self.numbers.setdefault(each.shape, len(self.numbers)) for each in here.orders
        ]
        return (id(here.people), *(sorted(numbers) if self.stage.scenario.is_symmetric else numbers))

    def walked(self) -> Counter[str]:
        """Every situation there is."""
        seen = {self.key(self.start)}
        frontier = deque((self.start,))
        while frontier:
            here = frontier.popleft()
            self.laws.of_people(here.people)
            following = list(self.following(here))
            self.stage.stand(here.people, *here.orders)
            self.laws.of_lists(here)
            self.counts["edges"] += len(following)
            for there in following:
                key = self.key(there)
                if key not in seen:
                    seen.add(key)
                    frontier.append(there)
        self.counts["situations"] = len(seen)
        return self.counts
