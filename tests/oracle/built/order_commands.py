"""The command of a question about an order, who acts, and what the host has chosen."""

from functools import lru_cache
from typing import Final, final

from kundorder.commands import (
    AcceptTerms,
    ApproveOrder,
    AttestOrder,
    Command,
    CompleteOrder,
    CopyOrderAsDraft,
    FillInOrder,
    HandOverOrder,
    InformAgent,
    PickAttestant,
    RejectOrder,
    SendOrder,
    StartOrder,
    WithdrawOrder,
)
from kundorder.evidence import Evidence
from kundorder.model import SYSTEM, Actor, Answer, Rules
from kundorder.situation import Act
from kundorder.vocabulary import AssuranceLevel, AttestMethod, ConnectionMode, Trigger
from oracle.asked import (
    Ask,
    Choice,
    Doer,
    Matter,
    Method,
    Person,
    Place,
    Policy,
    Question,
    Said,
    Supplement,
)
from oracle.built.names import (
    ARON,
    ATLE,
    FOREIGN_ORDER,
    INES,
    ME,
    MINE,
    NILS,
    NO_MEMBER,
    NO_ORDER,
    NOW,
    NUMBERS,
    OTHER_ORDER,
    THE_ORDER,
)
from oracle.built.orders import ANSWERS, catalogue, the_offer

_T = Trigger


_PICKS: Final = {
    Person.NOBODY: None,
    Person.ATTESTANT: ARON.member,
    Person.ORDERER: ARON.member,
    Person.APPROVER: ARON.member,
    Person.ME: MINE,
    Person.COLLEAGUE: NILS.member,
    Person.INVITED: INES.member,
    Person.CUSTOMERS: ATLE.member,
    Person.UNKNOWN: NO_MEMBER,
}


@final
class Numbered:
    """Where new ids come from: the same every time."""

    def order(self) -> str:
        return "o-" + "7" * 26

    def member(self) -> str:
        return "m-" + "7" * 26

    def case_number(self) -> str:
        return "KO9770804244"

    def code(self, about: str) -> str:
        del about
        return "A" * 43


FRESH: Final = Numbered()

_FIELDS: Final = {
    Said.NOTHING: (),
    Said.RIGHT: ANSWERS,
    Said.PARTLY: ANSWERS[:1],
    Said.WRONG: (Answer(name="care_units", values=("no HSA-id",)),),
    Said.STRANGE: (Answer(name="shoe_size", values=("44",)),),
}
_SUPPLEMENTS: Final = {
    Supplement.NONE: None,
    Supplement.OWN: OTHER_ORDER,
    Supplement.FOREIGN: FOREIGN_ORDER,
    Supplement.UNKNOWN: NO_ORDER,
}
METHODS: Final = {
    Method.NONE: None,
    Method.SMS_CODE: AttestMethod.SMS_CODE,
    Method.BANKID: AttestMethod.BANKID,
    Method.FREJA: AttestMethod.FREJA,
    Method.SITHS: AttestMethod.SITHS,
}


def _start(doer: Doer, matter: Matter, ask: Ask) -> StartOrder:
    agents: dict[Choice, str | None] = {
        Choice.NO_AGENT: None,
        Choice.AN_AGENT: NUMBERS[Place.AGENT],
        Choice.SELF: NUMBERS.get(doer.place, NUMBERS[Place.CUSTOMER]),
        Choice.NOT_AN_AGENT: NUMBERS[Place.OTHER_CUSTOMER],
        Choice.UNKNOWN_AGENT: NUMBERS[Place.NOWHERE],
        Choice.OTHER_AGENT: NUMBERS[Place.OTHER_AGENT],
    }
    usual = NUMBERS[Place.AGENT] if matter.way.names_agent else None
    return StartOrder(
        offer="no-such-offer" if ask.choice is Choice.UNKNOWN_OFFER else the_offer(matter.way).id,
        mode=ConnectionMode.VIA_AGENT if matter.way.names_agent else ConnectionMode.DIRECT,
        agent=agents.get(ask.choice, usual),
        supplementary_to=_SUPPLEMENTS[ask.supplement],
    )


@lru_cache(maxsize=4096)
def command_of(  # noqa: PLR0912 - one branch a command
    doer: Doer, matter: Matter, ask: Ask, evidence: Evidence | None = None
) -> Command:
    """The command."""
    remark = "Provtext." if ask.said is Said.SOMETHING else ""
    match ask.trigger:
        case _T.START:
            return _start(doer, matter, ask)
        case _T.COPY_AS_DRAFT:
            return CopyOrderAsDraft(order=THE_ORDER)
        case _T.FILL_IN:
            return FillInOrder(order=THE_ORDER, fields=_FIELDS[ask.said])
        case _T.ACCEPT_TERMS:
            version = the_offer(matter.way).terms.version if ask.said is Said.RIGHT else "2025-1"
            return AcceptTerms(order=THE_ORDER, version=version)
        case _T.SEND:
            return SendOrder(order=THE_ORDER)
        case _T.APPROVE:
            return ApproveOrder(order=THE_ORDER, attestant=_PICKS[ask.person], certified=ask.certified)
        case _T.PICK_ATTESTANT:
            return PickAttestant(order=THE_ORDER, attestant=_PICKS[ask.person])
        case _T.ATTEST:
            return AttestOrder(order=THE_ORDER, method=METHODS[ask.method], evidence=evidence)
        case _T.REJECT:
            return RejectOrder(order=THE_ORDER, reason=remark)
        case _T.WITHDRAW:
            return WithdrawOrder(order=THE_ORDER, reason=remark)
        case _T.HAND_OVER:
            return HandOverOrder(order=THE_ORDER, instructions=remark)
        case _T.INFORM_AGENT:
            return InformAgent(order=THE_ORDER)
        case _T.COMPLETE:
            return CompleteOrder(order=THE_ORDER)
        case _:
            raise LookupError(ask.trigger)


@lru_cache
def rules_of(policy: Policy) -> Rules:
    """What the host has chosen."""
    usual = (AttestMethod.SMS_CODE, AttestMethod.BANKID)
    more = (AttestMethod.FREJA, AttestMethod.SITHS)
    return Rules(
        four_eyes=policy.four_eyes,
        attest_methods=(*usual, *more) if policy.all_methods else usual,
        minimum_assurance=AssuranceLevel.SUBSTANTIAL if policy.substantial else AssuranceLevel.LOW,
        minimum_assurance_of=(("npo-producent", AssuranceLevel.HIGH),) if policy.offer_asks_high else (),
        inform_agent_automatically=policy.inform_automatically,
    )


@lru_cache(maxsize=1024)
def actor_of(doer: Doer) -> Actor:
    """Who acts."""
    return SYSTEM if doer.place is Place.SYSTEM else Actor(ME, NUMBERS[doer.place])


def act_of(question: Question) -> Act:
    """Everything from outside but the evidence."""
    return Act(
        actor_of(question.doer),
        NOW,
        FRESH,
        rules_of(question.policy),
        catalogue(question.matter.way, question.matter.offer),
    )
