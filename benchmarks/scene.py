"""A small world without a portal: a customer, an agent, their people, and an order via agent, act by act."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import final

import attrs

from kundorder.catalogue import Catalogue
from kundorder.codec import document_digest
from kundorder.commands import (
    AcceptTerms,
    AnyOrderCommand,
    ApproveOrder,
    AttestOrder,
    Command,
    FillInOrder,
    SendOrder,
    StartOrder,
)
from kundorder.decisions import decide, document_for, needs, needs_further
from kundorder.directory import Holder, Holders, Login
from kundorder.evidence import Document, Evidence
from kundorder.identifiers import agreement_id_of, assignment_id_of
from kundorder.model import (
    Actor,
    AgentAssignment,
    Agreement,
    Contact,
    HandlerGrant,
    Member,
    Order,
    Organisation,
    Record,
    Rules,
    Signatory,
)
from kundorder.outcomes import Decision
from kundorder.sample import CATALOGUE
from kundorder.situation import (
    ABSENT,
    Act,
    Fact,
    Facts,
    Key,
    Situation,
    agreement_key,
    assignment_key,
    holders_key,
    login_key,
    member_key,
    order_key,
    organisation_key,
)
from kundorder.vocabulary import (
    AgreementModel,
    AgreementState,
    AssignmentState,
    AssuranceLevel,
    AttestMethod,
    ConnectionMode,
    CustomerCategory,
    Language,
    Party,
    Role,
    UserState,
)

CUSTOMER = "999700-0006"
AGENT = "556677-8899"
SERVICE = "npo"
OFFER = "npo-producent"
START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)

ANNA = Actor("anna", CUSTOMER)  # orders
EVA = Actor("eva", CUSTOMER)  # attests for the customer
HANNA = Actor("hanna", AGENT)  # approves for the agent
ARON = Actor("aron", AGENT)  # attests for the agent

PEOPLE: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    (CUSTOMER, "adam", (Role.ADMINISTRATOR,)),
    (CUSTOMER, "anna", (Role.ORDERER,)),
    (CUSTOMER, "eva", (Role.ATTESTANT,)),
    (CUSTOMER, "elin", (Role.ATTESTANT,)),
    (AGENT, "agda", (Role.ADMINISTRATOR,)),
    (AGENT, "hanna", (Role.AGENT_HANDLER,)),
    (AGENT, "hugo", (Role.AGENT_HANDLER,)),
    (AGENT, "aron", (Role.ATTESTANT,)),
)


def member_of(person: str) -> str:
    """The member id of one of these people."""
    number = next(number for number, each in enumerate(PEOPLE) if each[1] == person)
    return f"m-{number:026d}"


@final
class Counting:
    """New ids, in order; two of these that start alike go on alike."""

    def __init__(self) -> None:
        self._last = 0

    def order(self) -> str:
        self._last += 1
        return f"o-{self._last:026d}"

    def member(self) -> str:
        self._last += 1
        return f"m-1{self._last:025d}"

    def case_number(self) -> str:
        self._last += 1
        return f"KO2{self._last:09d}"  # nothing looks at its check digit

    def code(self, about: str) -> str:
        return f"{sha256(about.encode()).hexdigest()[:42]}A"


@final
@attrs.frozen
class Step:
    """One act, with everything it is decided on."""

    situation: Situation
    command: AnyOrderCommand
    act: Act

    def fresh(self) -> "Step":
        """The same with a situation and an act of its own: whatever either keeps for later, it has to work out anew."""
        act = self.act
        return Step(
            Situation(self.situation.facts),
            self.command,
            Act(act.actor, act.now, act.fresh, act.rules, act.catalogue, act.verified),
        )

    def with_ids(self, fresh: Counting) -> "Step":
        """The same, with new ids from elsewhere."""
        return attrs.evolve(self, act=attrs.evolve(self.act, fresh=fresh))

    def asking(self, command: AnyOrderCommand) -> "Step":
        """The same, with another command."""
        return attrs.evolve(self, command=command)

    def without(self, *keys: Key) -> "Step":
        """The same, where there are no such records."""
        facts = {**self.situation.facts, **dict.fromkeys(keys, ABSENT)}
        return attrs.evolve(self, situation=Situation(facts))


def contact(person: str) -> Contact:
    return Contact(name=f"{person.capitalize()} Prov", email=f"{person}@prov.example")


def agreement(party: Party, organisation: str, administrator: str) -> Agreement:
    """A signed agreement of the current model."""
    return Agreement(
        id=agreement_id_of(party, organisation),
        party=party,
        organisation=organisation,
        number=1,
        state=AgreementState.SIGNED,
        step=3,
        since=START,
        model=AgreementModel.CURRENT,
        name="Provregionen",
        category=CustomerCategory.REGION if party is Party.CUSTOMER else None,
        administrator=contact(administrator),
        agreement_contact=contact("kontakt"),
        signatories=(Signatory(id="s1", contact=contact("firma")),),
        terms_version="2026-1",
        terms_digest="0" * 64,
    )


def members() -> Iterator[tuple[Key, Record]]:
    """The users and how they are found."""
    for organisation, person, roles in PEOPLE:
        identifier = member_of(person)
        member = Member(
            id=identifier,
            organisation=organisation,
            state=UserState.ACTIVE,
            step=3,
            since=START,
            name=f"{person.capitalize()} Prov",
            email=f"{person}@prov.example",
            phone=None,
            language=Language.SV,
            roles=roles,
            person=person,
        )
        yield member_key(identifier), member
        yield login_key(organisation, person), Login(organisation=organisation, person=person, member=identifier)


def holders() -> Iterator[tuple[Key, Record]]:
    """Who holds what."""
    for organisation, role in dict.fromkeys(
        (organisation, role) for organisation, _, roles in PEOPLE for role in roles
    ):
        found = tuple(
            Holder(member=member_of(person), person=person, since=START)
            for there, person, roles in PEOPLE
            if there == organisation and role in roles
        )
        yield holders_key(organisation, role), Holders(organisation=organisation, role=role, holders=found)


def records() -> dict[Key, Record]:
    """Everything there is before an order."""
    assignment = assignment_id_of(AGENT, SERVICE)
    grants = tuple(
        HandlerGrant(member=member_of(person), granted_at=START, held_since=START) for person in ("hanna", "hugo")
    )
    return {
        organisation_key(CUSTOMER): Organisation(
            number=CUSTOMER, name="Provregionen", category=CustomerCategory.REGION
        ),
        organisation_key(AGENT): Organisation(number=AGENT, name="Provagenten", is_agent=True),
        agreement_key(agreement_id_of(Party.CUSTOMER, CUSTOMER)): agreement(Party.CUSTOMER, CUSTOMER, "adam"),
        agreement_key(agreement_id_of(Party.AGENT, AGENT)): agreement(Party.AGENT, AGENT, "agda"),
        assignment_key(assignment): AgentAssignment(
            id=assignment,
            agent=AGENT,
            service=SERVICE,
            number=1,
            state=AssignmentState.ACTIVE,
            step=4,
            since=START,
            grants=grants,
        ),
        **dict(members()),
        **dict(holders()),
    }


def world() -> dict[Key, Fact]:
    """The same as a store would give it."""
    return {key: Fact(3, record, 3, "0" * 64) for key, record in records().items()}


def loaded(facts: Facts, command: Command, act: Act) -> dict[Key, Fact]:
    """Exactly what a portal would read for a command."""
    found: dict[Key, Fact] = {}
    wanted = needs(command, act)
    while wanted:
        found |= {key: facts.get(key, ABSENT) for key in wanted}
        wanted = needs_further(command, act, found)
    return found


def written(facts: dict[Key, Fact], decision: Decision) -> None:
    """The records as they become."""
    for put in decision.puts:
        before = facts.get(put.key, ABSENT)
        facts[put.key] = Fact(before.version + 1, put.record, before.number + 1, "1" * 64)


def attested(facts: Facts, order: str, act: Act) -> Document:
    """What an attestant of an order attests."""
    document = document_for(Situation(facts), AttestOrder(order=order), act, act.actor.person)
    assert document is not None
    return document


def signed(document: Document, at: datetime) -> Evidence:
    """Evidence for it."""
    return Evidence(
        method=AttestMethod.BANKID,
        signer=document.signer,
        digest=document_digest(document),
        signed_at=at,
        proof="bench",
        level=AssuranceLevel.SUBSTANTIAL,
    )


def seven_acts(
    facts: dict[Key, Fact] | None = None, rules: Rules | None = None, catalogue: Catalogue = CATALOGUE
) -> tuple[Step, ...]:
    """A whole order via agent, from start to the last attest; ``facts`` becomes what it leads to."""
    facts = world() if facts is None else facts
    rules = Rules() if rules is None else rules
    fresh = Counting()
    steps: list[Step] = []

    def take(
        command: AnyOrderCommand, actor: Actor, evidence: Evidence | None = None, document: Document | None = None
    ) -> str:
        act = Act(actor, START + timedelta(minutes=len(steps) + 1), fresh, rules, catalogue, evidence, document)
        steps.append(Step(Situation(loaded(facts, command, act)), command, act))
        decision = decide(steps[-1].situation, command, act)
        written(facts, decision)
        assert isinstance(decision.subject, Order)
        return decision.subject.id

    order = take(StartOrder(offer=OFFER, mode=ConnectionMode.VIA_AGENT, agent=AGENT), ANNA)
    fields = {"care_units": ["SE9997000006-P01", "SE9997000006-P02"], "technical_contact": "Teknik Prov"}
    _ = take(FillInOrder(order=order, fields=fields), ANNA)
    _ = take(AcceptTerms(order=order, version="2026-1"), ANNA)
    _ = take(SendOrder(order=order), ANNA)
    _ = take(ApproveOrder(order=order, attestant=member_of("aron"), certified=True), HANNA)
    for actor in (ARON, EVA):
        moment = START + timedelta(minutes=len(steps) + 1)
        document = attested(facts, order, Act(actor, moment, fresh, rules, catalogue))
        evidence = signed(document, moment)
        _ = take(AttestOrder(order=order, method=AttestMethod.BANKID, evidence=evidence), actor, evidence, document)
    return tuple(steps)


def order_id(step: Step) -> str:
    """The order of a step."""
    assert not isinstance(step.command, StartOrder)
    return step.command.order


def order_in(step: Step) -> Key:
    """Where the order of a step is."""
    return order_key(order_id(step))
