"""Whether the demo can be played with what it is given: all that is wrong is found before anything is written."""

from collections.abc import Iterable, Iterator
from typing import Final

from kundorder.catalogue import Catalogue, Offer
from kundorder.command_line.scenario import AgentCompany, Company, CustomerCompany, Organisations, PlannedOrder
from kundorder.errors import Problem
from kundorder.lifecycles.forms import missing, unfit
from kundorder.model import Rules
from kundorder.vocabulary import ConnectionMode, Flow, Role

_EVERYBODYS: Final[tuple[Role, ...]] = (Role.ADMINISTRATOR, Role.AGREEMENT_CONTACT, Role.SIGNATORY)
_AT_PROVIDER: Final[tuple[Role, ...]] = (Role.ADMINISTRATOR, Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE)
_AT_CUSTOMER: Final[tuple[Role, ...]] = (*_EVERYBODYS, Role.ORDERER, Role.ATTESTANT)
_AT_AGENT: Final[tuple[Role, ...]] = (*_EVERYBODYS, Role.ATTESTANT, Role.AGENT_ASSIGNMENT_ORDERER, Role.AGENT_HANDLER)


def problems_of_organisations(organisations: Organisations, catalogue: Catalogue) -> Iterator[Problem]:
    """What is wrong in ``organisations.json``."""
    if not organisations.customers:
        yield Problem("$.customers", "must name at least one customer")
    placed = tuple(_placed(organisations))
    for path, number in _repeated((path, company.number) for path, company in placed):
        yield Problem(f"{path}.number", f"must be the number of one organisation only; {number} stands before")
    for path, company in placed:
        yield from _of_people(path, company)
    yield from _of_identities(placed)
    if organisations.provider.people and not {Role.ADMINISTRATOR, Role.PROVIDER_OFFICER} <= set(
        organisations.provider.people[0].roles
    ):
        yield Problem(
            "$.provider.people[0].roles", "must hold ADMINISTRATOR and PROVIDER_OFFICER: it is the first person"
        )
    yield from _needs("$.provider", organisations.provider, (Role.CUSTOMER_SERVICE,))
    for position, customer in enumerate(organisations.customers):
        yield from _needs(f"$.customers[{position}]", customer, _EVERYBODYS)
    for position, agent in enumerate(organisations.agents):
        yield from _of_agent(f"$.agents[{position}]", agent, catalogue)


def _placed(organisations: Organisations) -> Iterator[tuple[str, Company]]:
    yield "$.provider", organisations.provider
    yield from ((f"$.customers[{number}]", each) for number, each in enumerate(organisations.customers))
    yield from ((f"$.agents[{number}]", each) for number, each in enumerate(organisations.agents))


def _repeated(values: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for path, value in values:
        if value in seen:
            yield path, value
        seen.add(value)


def _of_people(path: str, company: Company) -> Iterator[Problem]:
    allowed = _AT_PROVIDER
    if isinstance(company, CustomerCompany):
        allowed = _AT_CUSTOMER
    elif isinstance(company, AgentCompany):
        allowed = _AT_AGENT
    people = tuple((f"{path}.people[{number}]", person) for number, person in enumerate(company.people))
    for where, _ in _repeated((where, person.id) for where, person in people):
        yield Problem(f"{where}.id", "must be another than those before it in this organisation")
    for where, _ in _repeated((where, person.email) for where, person in people):
        yield Problem(f"{where}.email", "must be another than those before it in this organisation")
    for where, person in people:
        if not person.roles or len(set(person.roles)) != len(person.roles):
            yield Problem(f"{where}.roles", "must name at least one role, each once")
        for position, role in enumerate(person.roles):
            if role not in allowed:
                yield Problem(f"{where}.roles[{position}]", f"must be one of {', '.join(allowed)} here")
        if person.grants and (Role.AGENT_HANDLER not in person.roles or Role.AGENT_HANDLER not in allowed):
            yield Problem(f"{where}.grants", "belongs to an agent handler (AGENT_HANDLER)")


def _of_identities(placed: tuple[tuple[str, Company], ...]) -> Iterator[Problem]:
    """One person has one address, whatever the organisation, and one address has one person."""
    addresses: dict[str, str] = {}
    persons: dict[str, str] = {}
    for path, company in placed:
        for number, person in enumerate(company.people):
            if addresses.setdefault(person.id, person.email) != person.email:
                yield Problem(f"{path}.people[{number}].email", "must be the address this person has elsewhere too")
            if persons.setdefault(person.email, person.id) != person.id:
                yield Problem(f"{path}.people[{number}].id", "must be the id this address has elsewhere too")


def _needs(path: str, company: Company, roles: tuple[Role, ...]) -> Iterator[Problem]:
    for role in roles:
        if not company.holders(role):
            yield Problem(f"{path}.people", f"must hold somebody with the role {role}")


def _of_agent(path: str, agent: AgentCompany, catalogue: Catalogue) -> Iterator[Problem]:
    yield from _needs(path, agent, _EVERYBODYS)
    if agent.services:
        yield from _needs(path, agent, (Role.AGENT_ASSIGNMENT_ORDERER, Role.ATTESTANT))
    services = tuple(service.id for service in catalogue.services)
    for number, service in enumerate(agent.services):
        if service not in services:
            yield Problem(
                f"{path}.services[{number}]", f"must be one of {', '.join(services)}: catalogue.json has no other"
            )
        elif service in agent.services[:number]:
            yield Problem(f"{path}.services[{number}]", "must stand once")
    for number, person in enumerate(agent.people):
        for position, service in enumerate(person.grants):
            if service not in agent.services or service in person.grants[:position]:
                allowed = ", ".join(agent.services) or "none"
                yield Problem(
                    f"{path}.people[{number}].grants[{position}]", f"must be a service of this agent ({allowed}), once"
                )


def problems_of_orders(
    orders: tuple[PlannedOrder, ...], organisations: Organisations, catalogue: Catalogue
) -> Iterator[Problem]:
    """What is wrong in ``orders.json``."""
    if not orders:
        yield Problem("$.orders", "must hold at least one order")
    for number, order in enumerate(orders):
        path = f"$.orders[{number}]"
        offer = catalogue.offer(order.offer)
        if offer is None:
            offers = ", ".join(each.id for each in catalogue.offers) or "none"
            yield Problem(f"{path}.offer", f"must be an offer of catalogue.json: {offers}")
        customer = next((each for each in organisations.customers if each.number == order.customer), None)
        if customer is None:
            numbers = ", ".join(each.number for each in organisations.customers)
            yield Problem(f"{path}.customer", f"must be a customer of organisations.json: {numbers}")
        if order.attest_method not in Rules().attest_methods:
            allowed = ", ".join(Rules().attest_methods)
            yield Problem(f"{path}.attest_method", f"must be one of {allowed}: the rules allow no other")
        if customer is not None:
            yield from _of_person(path, "orderer", order.orderer, customer, Role.ORDERER)
            yield from _of_person(path, "attestant", order.attestant, customer, Role.ATTESTANT)
        if offer is not None:
            yield from _of_offer(path, order, offer, customer)
            yield from _of_flow(path, order, offer, organisations)


def _of_offer(path: str, order: PlannedOrder, offer: Offer, customer: CustomerCompany | None) -> Iterator[Problem]:
    if order.mode not in offer.modes:
        yield Problem(f"{path}.mode", f"must be a mode of the offer {offer.id}: {', '.join(offer.modes)}")
    if customer is not None and customer.category not in offer.categories:
        allowed = ", ".join(offer.categories)
        yield Problem(f"{path}.offer", f"must be open to the customer; {offer.id} is for the categories {allowed}")
    for reason in (*unfit(offer, order.fields), *missing(offer, order.fields)):
        params = dict(reason.params)
        where = path + params.get("field", "$").removeprefix("$")
        values = params.get("allowed")
        yield Problem(where, f"must be {values.replace('|', ' or ')}" if values else _form(reason.text("en"), offer))


def _form(text: str, offer: Offer) -> str:
    return (
        f"{text[:1].lower()}{text[1:].rstrip('.')}; the form of {offer.id} has {', '.join(f.name for f in offer.form)}"
    )


def _of_flow(path: str, order: PlannedOrder, offer: Offer, organisations: Organisations) -> Iterator[Problem]:
    agents = {agent.number: agent for agent in organisations.agents}
    agent = None if order.agent is None else agents.get(order.agent)
    if order.mode is ConnectionMode.DIRECT and order.agent is not None:
        yield Problem(f"{path}.agent", "must be left out: a direct connection has no agent")
    elif order.agent is not None and agent is None:
        yield Problem(
            f"{path}.agent", f"must be an agent of organisations.json: {', '.join(agents) or 'there is none'}"
        )
    if offer.flow_of(order.mode) is Flow.DIRECT:
        for name, given in (("agent_handler", order.agent_handler), ("agent_attestant", order.agent_attestant)):
            if given is not None:
                yield Problem(f"{path}.{name}", "must be left out: the agent takes no part in the direct flow")
        if not order.instructions:
            yield Problem(f"{path}.instructions", "is required in the direct flow: how the customer gets access")
        return
    if order.instructions:
        yield Problem(f"{path}.instructions", "must be left out: in the flow via agent nothing is handed over")
    if order.agent is None:
        yield Problem(f"{path}.agent", "is required in the flow via agent")
    if agent is not None:
        yield from _of_agents_part(path, order, offer, agent)


def _of_agents_part(path: str, order: PlannedOrder, offer: Offer, agent: AgentCompany) -> Iterator[Problem]:
    if offer.service not in agent.services:
        yield Problem(f"{path}.agent", f"must be an agent with an assignment for the service {offer.service}")
    yield from _of_person(path, "agent_handler", order.agent_handler, agent, Role.AGENT_HANDLER)
    yield from _of_person(path, "agent_attestant", order.agent_attestant, agent, Role.ATTESTANT)
    handler = None if order.agent_handler is None else agent.person(order.agent_handler)
    if handler is not None and offer.service not in handler.grants:
        yield Problem(f"{path}.agent_handler", f"must be granted in the assignment for the service {offer.service}")


def _of_person(path: str, name: str, given: str | None, company: Company, role: Role) -> Iterator[Problem]:
    person = None if given is None else company.person(given)
    if person is None or role not in person.roles:
        allowed = ", ".join(each.id for each in company.holders(role)) or "nobody"
        yield Problem(f"{path}.{name}", f"must be a person with the role {role} at {company.number}: {allowed}")
