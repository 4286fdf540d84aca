"""The story: from the first application to the last order handed over, as the scenario has it."""

from collections.abc import Iterator
from typing import Final, final

import attrs

from kundorder.command_line.people import People, holder, someone
from kundorder.command_line.scenario import AgentCompany, Company, CustomerCompany, PlannedOrder, Scenario
from kundorder.command_line.stage import Someone, Stage
from kundorder.commands import (
    AcceptTerms,
    ActivateAssignment,
    ApplyForAssignment,
    ApproveOrder,
    AttestAssignment,
    AttestOrder,
    CompleteOrder,
    FillInOrder,
    GrantHandler,
    HandOverOrder,
    InformAgent,
    PassReview,
    SendOrder,
    StartOrder,
)
from kundorder.identifiers import assignment_id_of
from kundorder.model import Order
from kundorder.vocabulary import AttestMethod, ConnectionMode, Role

_METHOD: Final = AttestMethod.BANKID
_PROVIDER: Final = """\
The provider is an organisation like the others. Its first person is administrator and officer.
"""
_AGENT: Final = """\
An agent signs an agreement once, and needs an assignment for each service. Its handlers act only in the assignments
they are granted in.
"""
_CUSTOMER: Final = """\
The approval sends three kinds of mail. Users and roles can be set up at once; ordering waits for the signatures, and
for an attestant.
"""
_DIRECT: Final = """\
Direct: the customer attests, and customer service hands over with instructions.
"""
_VIA_AGENT: Final = """\
Via agent: the agent approves and attests first, then the customer attests, and the agent is told to start the technical
connection.
"""
_OVERRIDDEN: Final = """\
This offer takes the direct flow although it is ordered via agent: the agent takes no part and gets no mail.
"""


@final
@attrs.frozen
class Story:
    """What is played, and where."""

    stage: Stage
    scenario: Scenario

    def play(self) -> Iterator[str]:
        """The ids of the orders, as each is completed."""
        organisations = self.scenario.organisations
        people = People(self.stage, organisations.provider)
        self.stage.chapter(
            f"{organisations.provider.name} sets up the portal",
            _PROVIDER,
        )
        people.establish()
        for agent in organisations.agents:
            self._agent(people, agent)
        for customer in organisations.customers:
            self._customer(people, customer)
        for planned in self.scenario.orders:
            yield self._order(planned)

    def _agent(self, people: People, agent: AgentCompany) -> None:
        self.stage.chapter(
            f"{agent.name} becomes an agent",
            _AGENT,
        )
        people.apply(agent)
        people.sign(agent)
        people.settle(agent)
        for service in agent.services:
            self._assignment(agent, service)
        administrator = holder(agent, Role.ADMINISTRATOR)
        for person in agent.holders(Role.AGENT_HANDLER):
            for service in person.grants:
                assignment = assignment_id_of(agent.number, service)
                member = self.stage.member(agent.number, person.email)
                command = GrantHandler(member=member, assignment=assignment)
                _ = self.stage.act(administrator, command, f"grants {person.name} in the assignment for {service}")

    def _assignment(self, agent: AgentCompany, service: str) -> None:
        officer = holder(self.scenario.organisations.provider, Role.PROVIDER_OFFICER)
        orderer, attestant = holder(agent, Role.AGENT_ASSIGNMENT_ORDERER), holder(agent, Role.ATTESTANT)
        assignment = assignment_id_of(agent.number, service)
        applies = f"applies for the assignment for {service}"
        _ = self.stage.act(orderer, ApplyForAssignment(service=service), applies)
        _ = self.stage.act(officer, PassReview(assignment=assignment), "reviews the assignment and passes it")
        command = AttestAssignment(assignment=assignment, method=_METHOD)
        self.stage.sign(attestant, command, _METHOD, f"attests the assignment for {service}")
        _ = self.stage.act(officer, ActivateAssignment(assignment=assignment), "activates the assignment")

    def _customer(self, people: People, customer: CustomerCompany) -> None:
        self.stage.chapter(
            f"{customer.name} becomes a customer",
            _CUSTOMER,
        )
        ordering = {order.customer for order in self.scenario.orders}
        numbers = [each.number for each in self.scenario.organisations.customers if each.number in ordering]
        is_first, is_last = customer.number == numbers[0], customer.number == numbers[-1]
        later = (Role.ATTESTANT,) if is_last else ()
        people.apply(customer)
        people.settle(customer, later=later)
        if is_first:
            self._too_soon(customer, "tries to order before the agreement is signed")
        people.sign(customer)
        if is_last:
            self._too_soon(customer, "tries to order while nobody can attest")
        for person in customer.people:
            people.roles(customer, person, later)

    def _too_soon(self, customer: CustomerCompany, says: str) -> None:
        planned = next(order for order in self.scenario.orders if order.customer == customer.number)
        self.stage.refused(self._who(customer, planned.orderer, Role.ORDERER), _start(planned), says)

    def _order(self, planned: PlannedOrder) -> str:
        offer, customer = self.scenario.offer(planned), self.scenario.customer(planned.customer)
        mode = "directly" if planned.mode is ConnectionMode.DIRECT else "via agent"
        self.stage.chapter(f"{customer.name} orders {offer.name_sv} {mode}", self._course(planned))
        orderer = self._who(customer, planned.orderer, Role.ORDERER)
        order = self.stage.order(orderer, _start(planned), f"starts an order of {offer.name_sv}, {mode}")
        fill_in = FillInOrder(order=order.id, fields=planned.fields)
        _ = self.stage.act(orderer, fill_in, "fills in the form")
        accept = AcceptTerms(order=order.id, version=offer.terms.version)
        _ = self.stage.act(orderer, accept, f"reads and accepts the terms of version {offer.terms.version}")
        order = self.stage.order(orderer, SendOrder(order=order.id), "sends the order")
        attest = AttestOrder(order=order.id, method=planned.attest_method)
        attestant = self._who(customer, planned.attestant, Role.ATTESTANT)
        if self.scenario.is_via_agent(planned):
            if planned is next(filter(self.scenario.is_via_agent, self.scenario.orders)):
                self.stage.refused(attestant, attest, f"tries to attest {order.case_number} before the agent is done")
            self._agents_part(planned, order)
        self.stage.sign(attestant, attest, planned.attest_method, f"attests {order.case_number} for the customer")
        self._last_part(planned, order)
        return order.id

    def _course(self, planned: PlannedOrder) -> str:
        if self.scenario.is_via_agent(planned):
            return _VIA_AGENT
        return _OVERRIDDEN if planned.mode is ConnectionMode.VIA_AGENT else _DIRECT

    def _agents_part(self, planned: PlannedOrder, order: Order) -> None:
        agent = self.scenario.agent(planned.agent)
        handler = self._who(agent, planned.agent_handler, Role.AGENT_HANDLER)
        attestant = self._who(agent, planned.agent_attestant, Role.ATTESTANT)
        picked = next(person for person in agent.people if person.id == planned.agent_attestant)
        approve = ApproveOrder(order=order.id, certified=True, attestant=self.stage.member(agent.number, picked.email))
        _ = self.stage.act(handler, approve, f"certifies and approves {order.case_number}, and picks {picked.name}")
        attest = AttestOrder(order=order.id, method=_METHOD)
        self.stage.sign(attestant, attest, _METHOD, f"attests {order.case_number} for the agent")

    def _last_part(self, planned: PlannedOrder, order: Order) -> None:
        service = holder(self.scenario.organisations.provider, Role.CUSTOMER_SERVICE)
        done = service
        if self.scenario.is_via_agent(planned):
            _ = self.stage.act(service, InformAgent(order=order.id), "informs the agent that the connection may start")
            done = self._who(self.scenario.agent(planned.agent), planned.agent_handler, Role.AGENT_HANDLER)
        else:
            hand_over = HandOverOrder(order=order.id, instructions=planned.instructions)
            _ = self.stage.act(service, hand_over, "hands over, with instructions for access")
        _ = self.stage.act(done, CompleteOrder(order=order.id), f"completes {order.case_number}")

    @staticmethod
    def _who(company: Company, person: str | None, role: Role) -> Someone:
        return someone(company, next(each for each in company.people if each.id == person), role)


def _start(planned: PlannedOrder) -> StartOrder:
    return StartOrder(offer=planned.offer, mode=planned.mode, agent=planned.agent)
