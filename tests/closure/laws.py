"""What must hold: of every answer (law 15), of every list (law 14) and of every step (R10), whoever looks."""

from typing import Final, final

import kundorder as ko
from closure.answers import Kind, Told
from closure.canaries import found_in
from closure.rights import Held, Reader, may_see, permitted
from closure.scenarios import Slot
from closure.situations import ASKING, People, Situation, Standpoint
from closure.stage import Stage
from kundorder.vocabulary import OrderState, ReasonCode, Template, Trigger

ASKS: Final = {
    OrderState.AWAITING_AGENT_APPROVAL: (Trigger.APPROVE, Template.REVIEW_ORDER),
    OrderState.AWAITING_AGENT_ATTEST: (Trigger.ATTEST, Template.ATTEST_FOR_AGENT),
    OrderState.AWAITING_CUSTOMER_ATTEST: (Trigger.ATTEST, Template.ATTEST_ORDER),
}
"""Where somebody is asked: to do what, and how."""

_BY_TELEPHONE: Final = ko.AttestMethod.SMS_CODE

TEMPLATES: Final = frozenset(template for _act, template in ASKS.values())

FOR_EVERYBODY: Final = frozenset((ReasonCode.ASSIGNMENT_NOT_ACTIVE, ReasonCode.NO_AGREEMENT))
"""What holds a step up whoever takes it: the order waits and says so."""


@final
class Laws:
    """The laws, on one stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._canaries = stage.opening.canaries
        self.reader = {reader.actor: reader for reader in stage.readers}
        self._customer = {each.order: each.customer for each in stage.slots}
        self._permitted: dict[tuple[Reader, Held, frozenset[str]], frozenset[str]] = {}
        self._can: dict[tuple[int, int], frozenset[ko.Actor]] = {}
        self._asking = {
            (each.number, command.trigger): {
                reader: stage.answers.check(command, reader.actor) for reader in stage.readers
            }
            for each in stage.slots
            for command in (ko.ApproveOrder(order=each.order), ko.AttestOrder(order=each.order))
        }
        self._others = 0
        self._looked_at = set[object]()
        self.shown = set[str]()  # all that anybody has been shown

    def sees(self, reader: Reader, people: People, *orders: Standpoint | None) -> frozenset[str]:
        """Which of these orders somebody may look at."""
        held = people.of(reader)
        return frozenset(each.order.id for each in orders if each is not None and may_see(reader, held, each.trace))

    def may_be_shown(self, reader: Reader, people: People, seen: frozenset[str]) -> frozenset[str]:
        """All canary values somebody may be shown."""
        if self._canaries.others != self._others:  # canary values are made as they are needed
            self._others = self._canaries.others
            self._permitted.clear()
        key = (reader, people.of(reader), seen)
        if key not in self._permitted:
            self._permitted[key] = permitted(self._canaries, reader, key[1], self._customer, seen)
        return self._permitted[key]

    def show(self, told: Told, reader: Reader, people: People, seen: frozenset[str]) -> None:
        """Nothing in an answer is another's; no error says anything, and no text form a secret."""
        foreign = told.words - self.may_be_shown(reader, people, seen)
        assert not foreign, self.leak(f"{reader} asks for {told.what} and is told", foreign)
        assert not told.in_error, self.leak(f"an error tells {reader}, who asks for {told.what}", told.in_error)
        secret = told.in_repr & self._canaries.secrets
        assert not secret, self.leak(f"the text form of {told.what} tells {reader}", secret)
        self.shown |= told.words

    @property
    def secret(self) -> frozenset[str]:
        """What must stand in no text form, no journal, no subject of a mail and no address."""
        return frozenset(self._canaries.secrets)

    def leak(self, what: str, words: frozenset[str]) -> str:
        """A leak in words."""
        known = self._canaries.known
        return f"{what}: {[(word, sorted(map(str, known.get(word, ())))) for word in sorted(words)]}"

    def of_people(self, people: People) -> None:
        """What everybody can ask about people and agreements."""
        if ("people", id(people)) in self._looked_at:
            return
        self._looked_at.add(("people", id(people)))
        stage = self._stage
        stage.stand(people)
        stage.store.apart = tuple(each.order for each in stage.slots)
        for reader, questions in stage.answers.people.items():
            for question in questions:
                self.show(question.on(stage.store), reader, people, frozenset())
            stage.counts["answers"] += len(questions)
        stage.store.apart = ()

    def of_order(self, one: Slot, here: Standpoint, people: People) -> None:
        """What everybody can ask about one order: given to those who may see it, and to nobody else."""
        stage = self._stage
        for reader, questions in stage.answers.orders[one.number].items():
            seen = self.sees(reader, people, here)
            wanted = Kind.GIVEN if seen else Kind.NOT_FOUND
            for question in questions:
                told = question.on(stage.store)
                assert told.kind is wanted, f"{reader} asks for {told.what} of {here.order.state} and is {told.kind}"
                self.show(told, reader, people, self.with_supplement(reader, people, here))
            stage.counts["answers"] += len(questions)
        act, _template = ASKS.get(here.order.state, (None, None))
        found = set[ko.Actor]()
        for reader in stage.readers if act is not None else ():
            told = self._asking[one.number, act or Trigger.ATTEST][reader].on(stage.store)
            if told.kind is Kind.GIVEN and told.codes <= FOR_EVERYBODY:
                found.add(reader.actor)
        self._can[id(here), id(people)] = frozenset(found)
        if here.order.state in ASKING and act is Trigger.ATTEST and here not in self._looked_at:
            self._looked_at.add(here)
            self.begun(one, here, people, frozenset(found))

    def with_supplement(self, reader: Reader, people: People, here: Standpoint) -> frozenset[str]:
        """Whoever of the customer sees a supplement is told what it supplements."""
        original = here.order.content.supplementary_to
        own = reader.actor.organisation == here.trace.customer or people.of(reader).is_staff
        seen = self.sees(reader, people, here)
        return seen | {original} if seen and original is not None and own else seen

    def told_of_order(self, told: Told, actor: ko.Actor, one: Slot, here: Standpoint | None, people: People) -> None:
        """What somebody is answered who tries something."""
        if actor is ko.SYSTEM:
            return
        reader = self.reader[actor]
        seen = self.sees(reader, people, here)
        if here is not None:
            assert (told.kind is Kind.NOT_FOUND) is not bool(seen), f"{reader} tries {told.what} and is {told.kind}"
        self.show(told, reader, people, seen)
        self._stage.counts["answers"] += 1
        del one

    def begun(self, one: Slot, here: Standpoint, people: People, can: frozenset[ko.Actor]) -> None:
        """Somebody has begun to attest, and not finished: the others see that it is so, and of their own also who."""
        stage = self._stage
        for actor in sorted(can, key=str):
            stage.store.written.clear()
            attest = ko.AttestOrder(order=one.order, method=_BY_TELEPHONE)
            if not self.can_be_attested(attest, actor):
                continue
            pending = stage.portal.resume_signing(attest, actor, method=_BY_TELEPHONE)
            assert isinstance(pending, ko.Pending)
            assert not found_in(repr(pending)) & self.secret
            written = {
                stored.key: stage.kept.fact(stored.record) for each in stage.store.written for stored in each.records
            }
            stage.stand(people, here)
            stage.store.facts = {**stage.store.facts, **written}
            for reader, questions in stage.answers.orders[one.number].items():
                seen = self.with_supplement(reader, people, here)
                for question in questions:
                    self.show(question.on(stage.store), reader, people, seen)
            stage.stand(people, here)

    def can_be_attested(self, attest: ko.AttestOrder, actor: ko.Actor) -> bool:
        """Whether nothing holds the attest up for everybody."""
        reasons = self._stage.portal.check(attest, actor).reasons
        return {reason.code for reason in reasons}.isdisjoint(FOR_EVERYBODY)

    def of_lists(self, here: Situation) -> None:
        """Lists hold what their reader may see and ask for what the reader may do; nothing else, and nothing less."""
        stage = self._stage
        for reader, recalled in stage.answers.lists.items():
            lists = recalled.on(stage.store)
            seen = self.sees(reader, here.people, *here.orders)
            self.show(lists.told, reader, here.people, seen)
            assert len(set(lists.orders)) == len(lists.orders)
            assert set(lists.orders) == seen, f"{reader} has {lists.orders} on the list"
            for standpoint in here.orders:
                if standpoint is not None:
                    self.asked(reader, lists.pending, lists.notices, standpoint, here.people)
        stage.counts["lists"] += len(stage.answers.lists)

    def asked(
        self,
        reader: Reader,
        pending: tuple[str, ...],
        notices: tuple[tuple[str, Template], ...],
        here: Standpoint,
        people: People,
    ) -> None:
        """Whoever can take the step is asked to, once, and nobody else is (law 14)."""
        order = here.order
        _act, template = ASKS.get(order.state, (None, None))
        asked = [each for about, each in notices if about == order.id and each in TEMPLATES]
        can = reader.actor in self._can[id(here), id(people)]
        assert asked == ([template] if can else []), f"{reader} is asked {asked} of {order.state} and can: {can}"
        assert template is None or (order.id in pending) is can, f"{reader} waits for {order.state} and can: {can}"
