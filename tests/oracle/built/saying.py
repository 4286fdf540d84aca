"""What ``kundorder`` says to a question."""

from collections.abc import Mapping

from kundorder.commands import Command
from kundorder.decisions import check, decide, options
from kundorder.errors import NotFound, Refused
from kundorder.reasons import Reasons
from kundorder.situation import Act, Situation
from kundorder.vocabulary import ReasonCode, Trigger
from oracle.asked import (
    Question,
)
from oracle.built.house_asking import asked_house
from oracle.built.names import THE_ORDER
from oracle.built.order_asking import asked, looked_at
from oracle.built.putting import Put
from oracle.house_asked import HouseQuestion
from oracle.replies import HIDDEN, Reply, leads_to


def answered(question: Question) -> Reply:
    """What it says to a question about an order."""
    return said_to(asked(question))


def answered_house(question: HouseQuestion) -> Reply:
    """What it says to a question about an organisation's papers and people."""
    return said_to(asked_house(question))


def said_to(put: Put) -> Reply:
    """What it says; ``check`` and ``decide`` say the same."""
    situation, act = put.loaded()
    why: Reasons | None = ()
    try:
        reply = leads_to(decide(situation, put.command, act).subject.state)
    except NotFound:
        reply, why = HIDDEN, None
    except Refused as refusal:
        reply, why = refused(refusal.reasons), refusal.reasons
    assert reasons_of(situation, put.command, act) == why
    return reply


def reasons_of(situation: Situation, command: Command, act: Act) -> Reasons | None:
    """What ``check`` has against it; None: it is hidden."""
    try:
        return check(situation, command, act).reasons
    except NotFound:
        return None


def refused(reasons: Reasons) -> Reply:
    """The reasons by their codes."""
    return Reply(reasons=frozenset(reason.code for reason in reasons))


def offered(question: Question) -> Mapping[Trigger, frozenset[ReasonCode]]:
    """What stands against each thing that may be asked for the order, whatever it says; empty: it is hidden."""
    situation, act = looked_at(question)
    try:
        found = options(situation, THE_ORDER, act)
    except NotFound:
        return {}
    return {each.trigger: refused(each.verdict.reasons).reasons for each in found}
