"""Which two orders are walked, by which rules, and what comes and goes meanwhile."""

from collections.abc import Iterator
from typing import Final, TypeAlias, final

import attrs
from world import AGENT, CUSTOMER, OTHER, PROVIDER

import kundorder as ko
from closure.canaries import Canaries, What
from closure.opening import SERVICE, Opening
from kundorder.sample import CATALOGUE
from kundorder.vocabulary import ConnectionMode, Flow, Role

Try: TypeAlias = tuple[ko.Command, ko.Actor]
ASSIGNMENT: Final = f"{AGENT}/{SERVICE}"


@final
@attrs.frozen
class Way:
    """How a service is ordered."""

    offer: str
    mode: ConnectionMode
    flow: Flow  # in effect

    @property
    def agent(self) -> str | None:
        """The agent that is named; in the direct flow it takes no part."""
        return AGENT if self.mode is ConnectionMode.VIA_AGENT else None


VIA: Final = Way("npo-producent", ConnectionMode.VIA_AGENT, Flow.VIA_AGENT)
DIRECT: Final = Way("npo-producent", ConnectionMode.DIRECT, Flow.DIRECT)
TGP: Final = Way("npo-konsument-tgp", ConnectionMode.VIA_AGENT, Flow.DIRECT)
WAYS: Final = (VIA, DIRECT, TGP)


@final
@attrs.frozen
class Slot:
    """One of the two orders, and the values in it that are its own."""

    number: int
    order: str  # its id
    case_number: str
    customer: str
    ways: tuple[Way, ...]
    care_unit: str
    contact: str
    reason: str
    instructions: str

    def commands(self, opening: Opening) -> tuple[ko.Command, ...]:
        """All that can be asked for the order; one that approves names an attestant of another organisation."""
        order, terms = self.order, CATALOGUE.offers[0].terms.version
        picks = [opening.member(name, AGENT) for name in ("aron", "cai")]
        foreign = opening.member("cai", OTHER)
        return (
            ko.CopyOrderAsDraft(order=order),
            ko.FillInOrder(order=order, fields={"care_units": [self.care_unit], "technical_contact": self.contact}),
            ko.AcceptTerms(order=order, version=terms),
            ko.SendOrder(order=order),
            *(ko.ApproveOrder(order=order, attestant=each, certified=True) for each in (*picks, foreign)),
            *(ko.PickAttestant(order=order, attestant=each) for each in picks),
            ko.AttestOrder(order=order, method=ko.AttestMethod.BANKID),
            ko.RejectOrder(order=order, reason=self.reason),
            ko.WithdrawOrder(order=order, reason=self.reason),
            ko.HandOverOrder(order=order, instructions=self.instructions),
            ko.InformAgent(order=order),
            ko.CompleteOrder(order=order),
        )

    def starts(self, original: str | None) -> tuple[ko.Command, ...]:
        """How it begins; as a supplement to another order, where there is one."""
        originals = (None,) if original is None else (None, original)
        return tuple(
            ko.StartOrder(offer=way.offer, mode=way.mode, agent=way.agent, supplementary_to=each)
            for way in self.ways
            for each in originals
        )


def slot(canaries: Canaries, number: int, customer: str, ways: tuple[Way, ...]) -> Slot:
    """An order, every value of which is a canary."""
    order = canaries.token(What.ORDER, "o")
    return Slot(
        number=number,
        order=order,
        case_number=canaries.case_number(order, number),
        customer=customer,
        ways=ways,
        care_unit=f"SE9997000006-{canaries.word(order, What.CONTENT, of='care unit').upper()}",
        contact=f"Teknik {canaries.word(order, What.CONTENT, of='technical contact')}",
        reason=f"Inte nu, {canaries.word(order, What.REASON)}.",
        instructions=f"Logga in så här: {canaries.word(order, What.INSTRUCTIONS)}.",
    )


@final
@attrs.frozen(kw_only=True)
class Scenario:
    """What is the same all the way."""

    name: str
    customers: tuple[str, str]
    ways: tuple[tuple[Way, ...], tuple[Way, ...]]
    rules: ko.Rules = attrs.field(factory=ko.Rules)
    changes: tuple[str, ...] = ()  # what comes and goes, by the names in ``COMINGS``
    whole: bool = False  # whether situations are told apart by everything

    @property
    def is_symmetric(self) -> bool:
        """Whether it makes no difference which of the orders is which."""
        return self.customers[0] == self.customers[1] and self.ways[0] == self.ways[1]


def comings(opening: Opening, change: str) -> Iterator[Try]:
    """What may happen to people and agreements, one way and back."""
    olle = opening.actor("olle", PROVIDER)
    administrators = {CUSTOMER: "adam", OTHER: "ada", AGENT: "agda"}
    if change == "assignment":
        yield ko.EndAssignment(assignment=ASSIGNMENT, reason=reason_of(opening, AGENT)), olle
        return
    what, _, who = change.partition(" ")
    if what == "agreement":
        organisation = {"first": CUSTOMER, "second": OTHER}[who]
        agreement = f"customer/{organisation}"
        yield ko.TerminateAgreement(agreement=agreement, reason=reason_of(opening, organisation)), olle
        return
    name, _, place = who.partition(" at ")
    organisation = {"first": CUSTOMER, "second": OTHER, "agent": AGENT}[place]
    member, by = opening.member(name, organisation), opening.actor(administrators[organisation], organisation)
    match what:
        case "grant":
            yield ko.RevokeHandler(member=member, assignment=ASSIGNMENT), by
            yield ko.GrantHandler(member=member, assignment=ASSIGNMENT), by
        case "user":
            yield ko.DeleteUser(member=member), by
            yield ko.RestoreUser(member=member), olle
        case _:
            role = Role[what.upper()]
            yield ko.RemoveRole(member=member, role=role), by
            yield ko.AssignRole(member=member, role=role), by


def reason_of(opening: Opening, organisation: str) -> str:
    """Why an agreement or an assignment has ended."""
    what = What.ASSIGNMENT if organisation == AGENT else What.CONTRACT
    return f"Upphört, {opening.canaries.word(organisation, what, of='why it ended')}."


def opening_again(opening: Opening) -> tuple[Try, ...]:
    """An ended assignment becomes active again in one go, without its grants."""
    olle = opening.actor("olle", PROVIDER)
    attest = ko.AttestAssignment(assignment=ASSIGNMENT, method=ko.AttestMethod.BANKID)
    return (
        (ko.ApplyForAssignment(service=SERVICE), opening.actor("uno", AGENT)),
        (ko.PassReview(assignment=ASSIGNMENT), olle),
        (attest, opening.actor("aron", AGENT)),
        (ko.ActivateAssignment(assignment=ASSIGNMENT), olle),
    )
