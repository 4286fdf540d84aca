"""The verdict on an order: the rights by Cedar, the steps by the table, the conditions by name."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, final

from kundorder.vocabulary import OrderState, ReasonCode, Trigger
from oracle.asked import Doer, Granted, Place, Question, Standing, Supplement, Way
from oracle.conditions import CONDITIONS, Codes, Condition
from oracle.order_table import ORDER, Line, lines
from oracle.replies import HIDDEN, Reply, leads_to
from oracle.rights import ME, NOBODY, Plain, Principal, Rights, text_of, user
from oracle.settled import ALL, Settled

_C: Final = ReasonCode
FINAL: Final = {OrderState.COMPLETED, OrderState.REJECTED, OrderState.REJECTED_BY_AGENT, OrderState.WITHDRAWN}
CONTENT: Final = frozenset(
    ("supplement", "fields", "version", "certified", "picked_one", "method", "evidence", "reason", "instructions")
)
"""The conditions that are about what a command says."""
WHOLE: Final = frozenset[str]()
"""Nothing is left out."""
NAMES: Final = {
    Place.CUSTOMER: "customer",
    Place.OTHER_CUSTOMER: "another customer",
    Place.AGENT: "agent",
    Place.OTHER_AGENT: "another agent",
    Place.PROVIDER: "provider",
    Place.NOWHERE: "nowhere",
    Place.SYSTEM: "",
}
PARTIES: Final = {
    "begin": "customer",
    "order": "customer",
    "take back": "customer",
    "attest for the customer": "customer",
    "review for the agent": "agent",
    "attest for the agent": "agent",
    "serve": "provider",
    "do by itself": "",
}
"""Whose each kind of step is."""


def principal_of(doer: Doer) -> Principal:
    """Who asks; only a verified user who has not been deleted holds roles."""
    active = doer.standing is Standing.ACTIVE and doer.place not in {Place.SYSTEM, Place.NOWHERE}
    return Principal(
        organisation=NAMES[doer.place],
        roles=doer.roles if active else frozenset(),
        active=active,
        system=doer.place is Place.SYSTEM,
    )


@final
class OrderJudge:
    """Says of every question about an order what the answer has to be."""

    def __init__(
        self,
        *,
        table: str = ORDER,
        policies: str | None = None,
        conditions: Mapping[str, Condition] = CONDITIONS,
        settled: frozenset[Settled] = ALL,
    ) -> None:
        self._rights = Rights(text_of("orders") if policies is None else policies)
        self._conditions = conditions
        self._settled = settled
        self._lines = lines(table)
        self._rows = lru_cache(maxsize=None)(self._found_rows)
        self._ahead = lru_cache(maxsize=None)(self._found_ahead)
        self._sees = lru_cache(maxsize=None)(self._found_sees)
        self._against = lru_cache(maxsize=None)(self._found_against)

    def answer(self, question: Question) -> Reply:
        """The answer."""
        return self._answered(question)

    def option(self, question: Question) -> Reply:
        """The answer apart from the content of the command."""
        return self._answered(question, apart=CONTENT)

    def _answered(self, question: Question, apart: frozenset[str] = WHOLE) -> Reply:
        doer, matter, trigger = question.doer, question.matter, question.ask.trigger
        if trigger is Trigger.START:
            return self._start(question)
        asked = matter.way.agent_takes_part and matter.was_sent and matter.state is not OrderState.DRAFT
        if not self._sees(doer, asked, "customer", question.facts.assignment is not None):
            return HIDDEN
        rows = self._rows(trigger, matter.way)
        mine = tuple(row for row in rows if PARTIES[row.by] == NAMES[doer.place])
        for row in mine or rows:
            if row.start is matter.state or row.start is None:
                against = self._judged(row, question, apart)
                return Reply(reasons=against | self._besides(question, row, mine)) if against else leads_to(row.to)
        return Reply(reasons=self._untimely(question, rows, mine))

    def _start(self, question: Question) -> Reply:
        """Whoever orders is the customer; nobody else's order is looked at."""
        doer = question.doer
        if doer.place is not Place.SYSTEM:
            if doer.standing is Standing.DELETED and Settled.DELETED_IS_ENOUGH in self._settled:
                return Reply(reasons=frozenset({_C.USER_DELETED}))
            if doer.standing is not Standing.ACTIVE and Settled.STRANGERS_START_NOTHING in self._settled:
                return HIDDEN
        row = self._rows(Trigger.START, question.matter.way)[0]
        against = self._judged(row, question)
        if question.ask.supplement is not Supplement.NONE and doer.place is not Place.SYSTEM:
            seen = self._sees(doer, False, NAMES[doer.place], question.facts.assignment is not None)  # noqa: FBT003
            against |= frozenset() if seen else {_C.ORIGINAL_UNKNOWN}
        return Reply(reasons=against) if against else leads_to(row.to)

    def _judged(self, row: Line, question: Question, apart: frozenset[str] = WHOLE) -> Codes:
        """What stands against a step that could be taken now."""
        against = self._objections(row, question, now=True)
        if _C.WRONG_PARTY in against and Settled.PARTY_BEFORE_CONDITIONS in self._settled:
            return against
        for name in row.conditions:
            against |= frozenset() if name in apart else self._conditions[name](question, self._settled)
        return against

    def _besides(self, question: Question, row: Line, mine: tuple[Line, ...]) -> Codes:
        """What is said besides, where the step could be taken now, though not like this."""
        found = frozenset[ReasonCode]()
        if not self._objections(row, question, now=True):
            return found
        if Settled.HANDLER_HAS_DECIDED in self._settled and row.by == "attest for the agent":
            before = [other for other in mine if other is not row and other.by != row.by]
            if any(not self._objections(other, question, now=False) for other in before):
                found |= {_C.ALREADY_DECIDED}
        return found

    def _untimely(self, question: Question, rows: tuple[Line, ...], mine: tuple[Line, ...]) -> Codes:
        """What stands against a step that cannot be taken now, or not by this side."""
        against = frozenset({self._time(question, mine or rows, ours=bool(mine))})
        if not rows and Settled.NOT_IN_THIS_FLOW not in self._settled:
            rows = tuple(line for line in self._lines if line.trigger is question.ask.trigger)
        told = [self._objections(row, question, now=False) for row in mine or rows]
        if all(told):
            against |= frozenset[ReasonCode]().union(*told)
        if Settled.TIME_BEFORE_CONDITIONS not in self._settled:
            for name in (name for row in mine for name in row.conditions):
                against |= self._conditions[name](question, self._settled)
        return against

    def _time(self, question: Question, rows: tuple[Line, ...], *, ours: bool) -> ReasonCode:
        """In which way it is the wrong time."""
        matter, trigger, place = question.matter, question.ask.trigger, question.doer.place
        if matter.state in FINAL:
            return _C.ALREADY_DECIDED
        if any(row.start in self._ahead(matter.state, matter.way) for row in rows):
            return _C.TOO_EARLY
        if not rows:
            return _C.WRONG_STATE
        if trigger is Trigger.WITHDRAW and Settled.NOBODY_DECIDES_NOT_TO_WITHDRAW in self._settled:
            return _C.WRONG_STATE
        by_us = ours and place is not Place.SYSTEM
        return _C.ALREADY_DECIDED if by_us or Settled.DECIDED_BY_US not in self._settled else _C.WRONG_STATE

    def _objections(self, row: Line, question: Question, *, now: bool) -> Codes:
        now = now or (Settled.THE_RULE_AT_ITS_TIME not in self._settled and row.by == "do by itself")
        facts = (question.policy.inform_automatically, question.facts.assignment is not None, now)
        return self._against(row.by, question.doer, facts)

    def _found_sees(self, doer: Doer, asked: bool, customer: str, assigned: bool) -> bool:  # noqa: FBT001 - facts
        resource = resource_of(doer, asked=asked, customer=customer, assigned=assigned)
        context = json.dumps({"staff": Settled.STAFF_IS_THE_PROVIDER in self._settled})
        return self._rights.allows(principal_of(doer), "view", resource, context)

    def _found_against(self, by: str, doer: Doer, facts: tuple[bool, bool, bool]) -> Codes:
        automatic, assigned, now = facts
        context = json.dumps({"automatic": automatic, "now": now})
        resource = resource_of(doer, asked=True, customer="customer", assigned=assigned)
        return self._rights.objections(principal_of(doer), by, resource, context)

    def _found_rows(self, trigger: Trigger, way: Way) -> tuple[Line, ...]:
        flow = "via_agent" if way.agent_takes_part else "direct"
        return tuple(row for row in self._lines if row.trigger is trigger and row.flow in {"both", flow})

    def _found_ahead(self, state: OrderState, way: Way) -> frozenset[OrderState]:
        flow = "via_agent" if way.agent_takes_part else "direct"
        found, wave = set[OrderState](), {state}
        while wave:
            wave = {row.to for row in self._lines if row.start in wave and row.flow in {"both", flow}} - found - {state}
            found |= wave
        return frozenset(found)


def resource_of(doer: Doer, *, asked: bool, customer: str, assigned: bool) -> str:
    """The order, for Cedar.

    Args:
        doer: who asks, and how the order is related to them.
        asked: whether the agent is a party to it by now.
        customer: whose it is.
        assigned: whether there is an assignment to be granted in.
    """
    attributes: dict[str, Plain] = {
        "customer": customer,
        "asked": "agent",
        "orderer": user(ME if doer.ordered else NOBODY),
        "handlers": [user(ME)] if doer.granted is Granted.HERE and assigned else [],
        "picked": user(ME if doer.picked else NOBODY),
    }
    if asked:
        attributes["agent"] = "agent"
    return json.dumps(attributes)
