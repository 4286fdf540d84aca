"""The same acts on ``transitions``: an order is a model, its guards conditions, its machine built when it is loaded.

Guards and records are those of ``by_hand``, so what differs is the machine. A condition puts what it objects to on a
list of the model, for ``transitions`` itself knows only yes and no.
"""

from collections.abc import Callable
from typing import TypeAlias

import by_hand
from transitions import Machine, MachineError

from kundorder.catalogue import Offer
from kundorder.commands import AcceptTerms, ApproveOrder, AttestOrder, Command, FillInOrder, SendOrder, StartOrder
from kundorder.errors import Refused
from kundorder.model import Content, Member
from kundorder.outcomes import Decision
from kundorder.reasons import CUSTOMER_SERVICE, Reason
from kundorder.situation import Act, Facts, Key, Situation
from kundorder.vocabulary import Flow, OrderState, ReasonCode, Role, Trigger
from kundorder.vocabulary import OrderState as S

Row: TypeAlias = dict[str, str | list[str]]
Supported: TypeAlias = StartOrder | FillInOrder | AcceptTerms | SendOrder | ApproveOrder | AttestOrder

NOWHERE = "NOWHERE"
STATES = [NOWHERE, *(state.value for state in OrderState)]


def row(trigger: Trigger, at: OrderState | None, to: OrderState, conditions: list[str], after: str = "") -> Row:
    """One transition, as ``Machine`` takes it."""
    found: Row = {
        "trigger": trigger.value,
        "source": NOWHERE if at is None else at.value,
        "dest": to.value,
        "conditions": conditions,
    }
    return found | {"after": after} if after else found


def _rows() -> list[Row]:
    asked = (S.DRAFT, S.AWAITING_AGENT_APPROVAL, S.AWAITING_AGENT_ATTEST, S.AWAITING_CUSTOMER_ATTEST)
    return [
        row(Trigger.START, None, S.DRAFT, ["may_start"], "started"),
        row(Trigger.COPY_AS_DRAFT, None, S.DRAFT, ["is_orderer"]),
        row(Trigger.FILL_IN, S.DRAFT, S.DRAFT, ["may_fill_in"], "filled_in"),
        row(Trigger.ACCEPT_TERMS, S.DRAFT, S.DRAFT, ["may_accept"], "accepted"),
        row(Trigger.SEND, S.DRAFT, S.AWAITING_CUSTOMER_ATTEST, ["is_direct", "may_send"], "sent"),
        row(Trigger.SEND, S.DRAFT, S.AWAITING_AGENT_APPROVAL, ["is_via_agent", "may_send"], "sent"),
        row(Trigger.APPROVE, S.AWAITING_AGENT_APPROVAL, S.AWAITING_AGENT_ATTEST, ["may_approve"], "approved"),
        row(Trigger.REJECT, S.AWAITING_AGENT_APPROVAL, S.REJECTED_BY_AGENT, ["is_attestant"]),
        row(Trigger.PICK_ATTESTANT, S.AWAITING_AGENT_ATTEST, S.AWAITING_AGENT_ATTEST, ["is_attestant"]),
        row(
            Trigger.ATTEST, S.AWAITING_AGENT_ATTEST, S.AWAITING_CUSTOMER_ATTEST, ["may_attest_agent"], "attested_agent"
        ),
        row(Trigger.REJECT, S.AWAITING_AGENT_ATTEST, S.REJECTED_BY_AGENT, ["is_attestant"]),
        row(Trigger.ATTEST, S.AWAITING_CUSTOMER_ATTEST, S.ATTESTED, ["may_attest"], "attested"),
        row(Trigger.REJECT, S.AWAITING_CUSTOMER_ATTEST, S.REJECTED, ["is_attestant"]),
        *(row(Trigger.WITHDRAW, at, S.WITHDRAWN, ["is_orderer"]) for at in asked),
        row(Trigger.HAND_OVER, S.ATTESTED, S.HANDED_OVER, ["is_direct", "is_customer_service"]),
        row(Trigger.INFORM_AGENT, S.ATTESTED, S.CONNECTION_STARTABLE, ["is_via_agent", "is_customer_service"]),
        row(Trigger.COMPLETE, S.HANDED_OVER, S.COMPLETED, ["is_customer_service"]),
        row(Trigger.COMPLETE, S.CONNECTION_STARTABLE, S.COMPLETED, ["is_customer_service"]),
    ]


ROWS = _rows()


class OrderModel:
    """An order as ``transitions`` wants it."""

    trigger: Callable[[str], bool]  # set by the machine, as are the state and a method for each trigger
    may_trigger: Callable[[str], bool]
    state: str

    def __init__(self, facts: Facts, command: Supported, act: Act) -> None:
        self.facts = facts
        self.command = command
        self.act = act
        self.found: list[Reason] = []
        self.decision: Decision | None = None
        self.look: by_hand.Look | None = None
        self.key = Key("")
        self.me: Member
        self.content: Content
        self.offer: Offer | None
        if isinstance(command, StartOrder):
            self.me = by_hand.user(facts, act)
            self.offer = act.catalogue.offer(command.offer)
            self.content = by_hand.content_of(command, act, self.me, self.offer)
        else:
            self.look, self.key = by_hand.look_at(facts, command.order, act)
            self.me = self.look.me
            self.content = self.look.order.content
            self.offer = act.catalogue.offer(self.content.offer)

    @property
    def seen(self) -> by_hand.Look:
        """The order and who looks at it."""
        assert self.look is not None
        return self.look

    def _is_fine(self, found: list[Reason]) -> bool:
        self.found += found
        return not found

    def _holds(self, role: Role) -> bool:
        return self._is_fine(by_hand.role_lacking(self.facts, self.act, self.me, role))

    def is_direct(self) -> bool:
        return self.content.flow is Flow.DIRECT

    def is_via_agent(self) -> bool:
        return self.content.flow is Flow.VIA_AGENT

    def is_orderer(self) -> bool:
        return self._holds(Role.ORDERER)

    def is_attestant(self) -> bool:
        return self._holds(Role.ATTESTANT)

    def is_customer_service(self) -> bool:
        return self._holds(Role.CUSTOMER_SERVICE)

    def may_start(self) -> bool:
        assert isinstance(self.command, StartOrder)
        found = by_hand.objections_to_start(self.facts, self.command, self.act, self.me, self.content, self.offer)
        return self._is_fine(found)

    def may_fill_in(self) -> bool:
        assert isinstance(self.command, FillInOrder)
        return self._is_fine(by_hand.objections_to_filling_in(self.seen, self.command, self.offer))

    def may_accept(self) -> bool:
        assert isinstance(self.command, AcceptTerms)
        return self._is_fine(by_hand.objections_to_accepting(self.seen, self.command, self.offer))

    def may_send(self) -> bool:
        return self._is_fine(by_hand.objections_to_sending(self.seen, self.offer))

    def may_approve(self) -> bool:
        assert isinstance(self.command, ApproveOrder)
        return self._is_fine(by_hand.objections_to_approving(self.seen, self.command))

    def may_attest_agent(self) -> bool:
        assert isinstance(self.command, AttestOrder)
        return self._is_fine(by_hand.objections_to_agents_attest(self.seen, self.command))

    def may_attest(self) -> bool:
        assert isinstance(self.command, AttestOrder)
        return self._is_fine(by_hand.objections_to_customers_attest(self.seen, self.command))

    def started(self) -> None:
        self.decision = by_hand.started(self.facts, self.act, self.me, self.content, self.offer)

    def filled_in(self) -> None:
        assert isinstance(self.command, FillInOrder)
        self.decision = by_hand.filled_in(self.seen, self.key, self.command.fields, self.offer)

    def accepted(self) -> None:
        assert isinstance(self.command, AcceptTerms)
        self.decision = by_hand.accepted(self.seen, self.key, self.command, self.offer)

    def sent(self) -> None:
        self.decision = by_hand.sent(self.seen, self.key, self.offer)

    def approved(self) -> None:
        assert isinstance(self.command, ApproveOrder)
        self.decision = by_hand.approved(self.seen, self.key, self.command)

    def attested_agent(self) -> None:
        assert isinstance(self.command, AttestOrder)
        self.decision = by_hand.attested_by_agent(self.seen, self.key, self.command)

    def attested(self) -> None:
        assert isinstance(self.command, AttestOrder)
        self.decision = by_hand.attested(self.seen, self.key, self.command)


def model_of(situation: Situation, command: Command, act: Act) -> OrderModel:
    """The order, loaded."""
    if not isinstance(command, Supported):
        raise TypeError(command.trigger)
    return OrderModel(situation.facts, command, act)


def state_of(model: OrderModel) -> str:
    """Where the machine starts."""
    return NOWHERE if model.look is None else model.look.order.state.value


def with_machine(model: OrderModel) -> OrderModel:
    """The same, with a machine of its own."""
    _ = Machine(model=model, states=STATES, transitions=ROWS, initial=state_of(model), auto_transitions=False)
    return model


SHARED = Machine(model=None, states=STATES, transitions=ROWS, initial=NOWHERE, auto_transitions=False)


def on_shared_machine(model: OrderModel) -> OrderModel:
    """The same, added to one machine for all orders."""
    SHARED.add_model(model, initial=state_of(model))
    return model


def acted(model: OrderModel) -> Decision:
    """What follows, once the machine has moved."""
    try:
        moved = model.trigger(model.command.trigger.value)
    except MachineError as error:
        state = (("state", state_of(model)), ("possible", ""))
        raise Refused((Reason(ReasonCode.WRONG_STATE, state, cleared_by=(CUSTOMER_SERVICE,)),)) from error
    if not moved or model.decision is None:
        by_hand.refuse(model.facts, model.found)
        raise TypeError(model.command.trigger)
    return model.decision


def decide(situation: Situation, command: Command, act: Act) -> Decision:
    """The same as ``kundorder.decisions.decide``, on a machine built for this command."""
    return acted(with_machine(model_of(situation, command, act)))


def decide_shared(situation: Situation, command: Command, act: Act) -> Decision:
    """The same, on the one machine that knows all orders for as long as they are looked at."""
    model = on_shared_machine(model_of(situation, command, act))
    try:
        return acted(model)
    finally:
        SHARED.remove_model(model)


def judge(situation: Situation, command: Command, act: Act) -> bool:
    """Whether it may be done, by a machine built for this question."""
    model = with_machine(model_of(situation, command, act))
    return model.may_trigger(command.trigger.value)
