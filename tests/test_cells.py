"""Law 1: every state × act × role × party × flow moves as its row says, or is refused with reasons, or is not seen.

In one store stand orders, agreements, an assignment and users in each state they can be in, and somebody with each
single role in every kind of organisation. Everybody tries everything, with a command that lacks nothing, so that only
the cell decides.
``execute``, ``options`` and all that looks at an order must agree with ``check``; what is accepted is undone again.
"""

from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import TypeAlias, TypeGuard

import attrs
import pytest
from world import AGENT, CUSTOMER, OTHER, PROVIDER, START, World

import kundorder as ko
from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.codec import document_digest
from kundorder.evidence import Document, Evidence
from kundorder.lifecycles.documents import agreement_document, assignment_document, order_document
from kundorder.portal.settings import SystemIds
from kundorder.ports import Store, Transaction
from kundorder.sample import CATALOGUE
from kundorder.situation import Act
from kundorder.vocabulary import Flow, Lifecycle, Party, Role, Trigger, UserState
from kundorder.workflow import GRANTS, Cell

LOST = "ola"
"""Has sent orders and is an orderer no more."""

PEOPLE: dict[str, dict[str, tuple[Role, ...]]] = {
    CUSTOMER: {
        "adam": (Role.ADMINISTRATOR,),
        "kontakt": (Role.AGREEMENT_CONTACT,),
        "ove": (Role.ORDERER,),
        "oda": (Role.ORDERER,),
        "atle": (Role.ATTESTANT,),
        LOST: (),
        "hanna": (),  # at the agent a granted handler
    },
    AGENT: {
        "agda": (Role.ADMINISTRATOR,),
        "kontakt": (Role.AGREEMENT_CONTACT,),
        "uno": (Role.AGENT_ASSIGNMENT_ORDERER,),
        "aron": (Role.ATTESTANT,),
        "arne": (Role.ATTESTANT,),
        "hanna": (Role.AGENT_HANDLER,),
        "hugo": (Role.AGENT_HANDLER,),  # granted in another assignment only
        "hedda": (Role.AGENT_HANDLER, Role.ADMINISTRATOR),  # not granted, but sees the orders
        "ove": (),  # at the customer an orderer
    },
    PROVIDER: {
        "pia": (Role.ADMINISTRATOR,),
        "per": (Role.PROVIDER_OFFICER,),
        "karin": (Role.CUSTOMER_SERVICE,),
        "atle": (),  # at the customer an attestant
    },
    OTHER: {  # a customer and an agent at once, with nothing to do with the orders here
        "otto": (Role.ADMINISTRATOR,),
        "kontakt": (Role.AGREEMENT_CONTACT,),
        "ove": (Role.ORDERER,),
        "aron": (Role.ATTESTANT,),
        "hanna": (Role.AGENT_HANDLER,),
        "uno": (Role.AGENT_ASSIGNMENT_ORDERER,),
        "oda": (),
    },
}
"""Who holds what, but for one exactly one role each; some act in several organisations, never with all they hold."""

Answer: TypeAlias = str
"""What comes of trying: ``hidden``, ``refused``, or the state it leads to."""

SIDES: dict[str, tuple[Party, ...]] = {
    CUSTOMER: (Party.CUSTOMER,),
    AGENT: (Party.AGENT,),
    PROVIDER: (Party.PROVIDER,),
    OTHER: (Party.CUSTOMER, Party.AGENT),
    "": (Party.SYSTEM,),
}

ACTORS: tuple[ko.Actor, ...] = (
    *(ko.Actor(person, organisation) for organisation, people in PEOPLE.items() for person in people),
    *(ko.Actor("okand", organisation) for organisation in PEOPLE),  # no user there
    ko.SYSTEM,
)


def roles_of(actor: ko.Actor) -> tuple[Role, ...]:
    """What somebody holds in the organisation acted for."""
    return PEOPLE.get(actor.organisation, {}).get(actor.person, ())


def holds(actor: ko.Actor, *roles: Role) -> bool:
    """Whether somebody holds one of these in the organisation acted for."""
    return any(role in roles for role in roles_of(actor))


def fits(cell: Cell, actor: ko.Actor) -> bool:
    """Whether a cell is somebody's, as far as role and side go."""
    return cell.party in SIDES[actor.organisation] and (cell.role is None or holds(actor, cell.role))


def is_member(actor: ko.Actor) -> bool:
    """Whether somebody is a user of the organisation acted for."""
    return actor.person in PEOPLE.get(actor.organisation, {})


def is_stranger(actor: ko.Actor) -> bool:
    """Whether somebody acts for an organisation without being a user of it: it is as if there were none."""
    return actor is not ko.SYSTEM and not is_member(actor)


def is_staff(actor: ko.Actor) -> bool:
    """Whether somebody works for the provider with the customers."""
    return actor.organisation == PROVIDER and holds(actor, Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE)


@attrs.frozen
class Undoing:
    """A store that takes back whatever was written when a transaction ends, as if it had been kept until then."""

    kept: Store

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with suppress(TakenBack), self.kept.transaction() as transaction:
            yield transaction
            raise TakenBack


class TakenBack(Exception):
    """The end of every transaction of ``Undoing``."""


@attrs.frozen(kw_only=True)
class Stage:
    """A store with everybody in it."""

    world: World
    store: MemoryStore
    trial: ko.Portal  # the same store, but nothing it does lasts
    signer: MemorySigner
    rules: ko.Rules

    def member(self, organisation: str, person: str) -> str:
        """A user's id."""
        return self.world.members[organisation, person]

    def evidence(self, document: Document) -> Evidence:
        """Somebody has signed this."""
        done = self.signer.start(ko.SigningRequest(document=document, method=ko.AttestMethod.BANKID), now=START)
        assert isinstance(done, ko.Done)
        assert done.evidence.digest == document_digest(document)
        return done.evidence

    def act(self, actor: ko.Actor) -> Act:
        """What documents are made from."""
        return Act(actor, START, SystemIds(), self.rules, CATALOGUE)


def snapshot(store: MemoryStore) -> dict[str, dict[object, object]]:
    """All that a store holds; what it holds is frozen, so its tables are enough."""
    tables: object = vars(store)["_tables"]
    return {name: copied(table) for name, table in vars(tables).items()}


def copied(table: dict[object, object]) -> dict[object, object]:
    """A table as it is now; the lists in it may grow later."""
    return {key: tuple(held) if is_list(held) else held for key, held in table.items()}


def is_list(held: object) -> TypeGuard[list[object]]:
    """Whether a table has a list there."""
    return isinstance(held, list)


def set_stage(*, automatic: bool) -> Stage:
    """A provider, a customer, an agent, and an organisation that is both; everybody in PEOPLE works there."""
    store, signer = MemoryStore(), MemorySigner()
    rules = ko.Rules(inform_agent_automatically=automatic)
    world = World.new(store=store, rules=rules, signing=signer)
    for person, roles in PEOPLE[PROVIDER].items():
        if person != "karin":
            world.user(world.officer, person, *roles)
    administrators = {
        CUSTOMER: world.customer(CUSTOMER),
        OTHER: world.customer(OTHER, administrator="otto", category=ko.CustomerCategory.MUNICIPALITY),
        AGENT: world.agent(AGENT, services=("npo", "journalen"), people=False),
    }
    also_agent = world.application(OTHER, "otto")
    world.portal.execute(
        ko.RegisterAgentAgreement(organisation=OTHER, name="Både och", application=also_agent), world.officer
    )
    for organisation, administrator in administrators.items():
        domain = f"o{organisation.replace('-', '')}.example"
        world.verify(organisation, "kontakt", f"kontakt@{domain}")
        for person, roles in PEOPLE[organisation].items():
            if (organisation, person) not in world.members and person != administrator.person:
                world.user(administrator, person, *roles)
    world.remember(administrators[CUSTOMER])
    world.remember(administrators[OTHER])
    world.assignment(ko.Actor("uno", OTHER), ko.Actor("aron", OTHER), "npo")
    world.grant(administrators[OTHER], "hanna", "npo")
    world.grant(administrators[AGENT], "hanna", "npo")
    world.grant(administrators[AGENT], "hugo", "journalen")
    world.portal.deliver()
    trial = ko.Portal(store=Undoing(store), catalogue=CATALOGUE, rules=rules, signing=signer, clock=world.clock)
    return Stage(world=world, store=store, trial=trial, signer=signer, rules=rules)


stage = cache(set_stage)


@pytest.mark.parametrize("organisation", [CUSTOMER, AGENT, PROVIDER, OTHER])
@pytest.mark.parametrize("role", Role)
def test_a_role_that_nobody_holds_here_cannot_be_given(organisation: str, role: Role) -> None:
    """So the people above are all there are (R18)."""
    held = stage(automatic=False)
    target = next(person for person, has in PEOPLE[organisation].items() if not has)
    command = ko.AssignRole(member=held.member(organisation, target), role=role)
    verdict = held.world.portal.check(command, administrator_of(organisation))
    assert verdict.allowed is any(role in has for has in PEOPLE[organisation].values())


def administrator_of(organisation: str) -> ko.Actor:
    """Who administers it and does nothing else."""
    people = PEOPLE[organisation].items()
    return ko.Actor(next(person for person, has in people if has == (Role.ADMINISTRATOR,)), organisation)


DIRECT = (
    "",
    "withdraw",
    "send",
    "send withdraw",
    "send reject",
    "send attest",
    "send attest hand_over",
    "send attest hand_over complete",
)
VIA_AGENT = (
    "",
    "withdraw",
    "send",
    "send withdraw",
    "send reject",
    "send approve",
    "send approve withdraw",
    "send approve reject",
    "send approve pick_attestant",
    "send approve pick_attestant reject",
    "send approve attest",
    "send approve attest withdraw",
    "send approve attest reject",
    "send approve attest attest",
    "send approve attest attest inform_agent",
    "send approve attest attest inform_agent complete",
)
STORIES: dict[str, tuple[str, ko.ConnectionMode, Flow, tuple[str, ...]]] = {
    "direct": ("npo-producent", ko.ConnectionMode.DIRECT, Flow.DIRECT, DIRECT),
    "via agent": ("npo-producent", ko.ConnectionMode.VIA_AGENT, Flow.VIA_AGENT, VIA_AGENT),
    "TGP via agent": ("npo-konsument-tgp", ko.ConnectionMode.VIA_AGENT, Flow.DIRECT, DIRECT),
}
"""What an order has been through, after it was filled in; the acts of each story in a row."""

OWNERS = ("ove", LOST)
ORDER_ACTS = frozenset(cell.trigger for cell in GRANTS if cell.lifecycle is Lifecycle.ORDER)
CLOSED = (ko.OrderState.REJECTED, ko.OrderState.REJECTED_BY_AGENT, ko.OrderState.WITHDRAWN)


def commands_for_order(held: Stage, order: ko.Order, actor: ko.Actor) -> dict[Trigger, ko.Command]:
    """Everything somebody can ask for an order, by commands that lack nothing."""
    content, bankid = order.content, ko.AttestMethod.BANKID
    evidence = held.evidence(order_document(order, held.act(actor)))
    return {
        Trigger.START: ko.StartOrder(offer=content.offer, mode=content.mode, agent=content.agent),
        Trigger.COPY_AS_DRAFT: ko.CopyOrderAsDraft(order=order.id),
        Trigger.FILL_IN: ko.FillInOrder(order=order.id, fields=content.answers),
        Trigger.ACCEPT_TERMS: ko.AcceptTerms(order=order.id, version="2026-1"),
        Trigger.SEND: ko.SendOrder(order=order.id),
        Trigger.APPROVE: ko.ApproveOrder(order=order.id, attestant=held.member(AGENT, "aron"), certified=True),
        Trigger.PICK_ATTESTANT: ko.PickAttestant(order=order.id, attestant=held.member(AGENT, "arne")),
        Trigger.ATTEST: ko.AttestOrder(order=order.id, method=bankid, evidence=evidence),
        Trigger.REJECT: ko.RejectOrder(order=order.id, reason="Fel tjänst."),
        Trigger.WITHDRAW: ko.WithdrawOrder(order=order.id),
        Trigger.HAND_OVER: ko.HandOverOrder(order=order.id, instructions="Logga in så här."),
        Trigger.INFORM_AGENT: ko.InformAgent(order=order.id),
        Trigger.COMPLETE: ko.CompleteOrder(order=order.id),
    }


def whose_turn(held: Stage, order: ko.Order, trigger: Trigger) -> ko.Actor:
    """Who takes a step in a story."""
    match trigger:
        case Trigger.SEND | Trigger.WITHDRAW:
            return ko.Actor(order.content.orderer_person, CUSTOMER)
        case Trigger.APPROVE | Trigger.PICK_ATTESTANT:
            return ko.Actor("hanna", AGENT)
        case Trigger.ATTEST | Trigger.REJECT if order.state is ko.OrderState.AWAITING_AGENT_ATTEST:
            return ko.Actor("aron" if order.picked == held.member(AGENT, "aron") else "arne", AGENT)
        case Trigger.REJECT if order.state is ko.OrderState.AWAITING_AGENT_APPROVAL:
            return ko.Actor("hanna", AGENT)
        case Trigger.ATTEST | Trigger.REJECT:
            return ko.Actor("atle", CUSTOMER)
        case _:
            return ko.Actor("karin", PROVIDER)


@cache
def orders(name: str, *, automatic: bool) -> tuple[ko.Order, ...]:
    """An order for each story, of each owner; when all are there, one of the owners loses the role."""
    held = stage(automatic=automatic)
    portal, lost = held.world.portal, held.member(CUSTOMER, LOST)
    offer, mode, _flow, stories = STORIES[name]
    agent = AGENT if mode is ko.ConnectionMode.VIA_AGENT else None
    administrator = ko.Actor("adam", CUSTOMER)
    portal.execute(ko.AssignRole(member=lost, role=Role.ORDERER), administrator)
    found: list[ko.Order] = []
    for owner in OWNERS:
        for story in stories:
            order = held.world.draft(ko.Actor(owner, CUSTOMER), offer, mode, agent)
            for word in story.split():
                actor = whose_turn(held, order, Trigger(word))
                portal.execute(commands_for_order(held, order, actor)[Trigger(word)], actor)
                order = portal.order(order.id, ko.SYSTEM)
            found.append(portal.order(order.id, ko.SYSTEM))
    portal.execute(ko.RemoveRole(member=lost, role=Role.ORDERER), administrator)
    return tuple(found)


def sees_order(order: ko.Order, flow: Flow, actor: ko.Actor) -> bool:
    """Who may look at an order, as the domain has it (DOMAIN §3)."""
    if actor is ko.SYSTEM or is_staff(actor):
        return True
    if actor.organisation == CUSTOMER:
        return bool(roles_of(actor)) or (is_member(actor) and actor.person == order.content.orderer_person)
    asked = actor.organisation == AGENT and flow is Flow.VIA_AGENT and order.case_number is not None
    return asked and (holds(actor, Role.ADMINISTRATOR, Role.ATTESTANT) or actor.person == "hanna")


def order_cell(held: Stage, order: ko.Order, flow: Flow, trigger: Trigger, actor: ko.Actor) -> Answer:
    """What a cell permits: the row, the role, the side, and what the row asks of the actor besides."""
    if trigger is Trigger.START:  # an order of one's own organisation, whatever becomes of this one
        return "hidden" if is_stranger(actor) else "DRAFT" if holds(actor, Role.ORDERER) else "refused"
    if not sees_order(order, flow, actor):
        return "hidden"
    if trigger is Trigger.COPY_AS_DRAFT and order.state not in CLOSED:
        return "refused"
    for cell in cells(Lifecycle.ORDER, trigger, order.state):
        if cell.flow in (None, flow) and fits(cell, actor) and fits_order(held, order, cell, actor):
            return cell.to
    return "refused"


def cells(lifecycle: Lifecycle, trigger: Trigger, state: str | None) -> Iterator[Cell]:
    """What is permitted from a state, or creates."""
    for cell in GRANTS:
        if cell.lifecycle is lifecycle and cell.trigger is trigger and cell.before in (None, state):
            yield cell


def fits_order(held: Stage, order: ko.Order, cell: Cell, actor: ko.Actor) -> bool:
    """Own order, granted, picked, automatic (DOMAIN §4)."""
    match cell.role, cell.party, cell.trigger:
        case Role.ORDERER, _, Trigger.WITHDRAW:
            return actor.person == order.content.orderer_person
        case Role.AGENT_HANDLER, _, _:
            return actor.person == "hanna"
        case Role.ATTESTANT, Party.AGENT, _:
            return order.picked == held.member(AGENT, actor.person)
        case None, Party.SYSTEM, _:
            return held.rules.inform_agent_automatically
        case _:
            return True


def tried(held: Stage, command: ko.Command, actor: ko.Actor) -> Answer:
    """What ``check`` says, when ``execute`` has said the same; what it refuses has changed nothing (R35)."""
    before = snapshot(held.store)
    try:
        verdict = held.world.portal.check(command, actor)
    except ko.NotFound:
        with pytest.raises(ko.NotFound):
            held.world.portal.execute(command, actor)
        assert snapshot(held.store) == before
        return "hidden"
    if verdict.allowed:
        return held.trial.execute(command, actor).state
    with pytest.raises(ko.Refused) as caught:
        held.world.portal.execute(command, actor)
    assert caught.value.reasons == verdict.reasons
    assert all(explained(reason) for reason in verdict.reasons)
    assert snapshot(held.store) == before
    return "refused"


def explained(reason: ko.Reason) -> bool:
    """A reason is a sentence in each language, and somebody can clear it."""
    sayings = (reason.text, *(clearer.text for clearer in reason.cleared_by))
    return bool(reason.cleared_by) and all(saying(language) for saying in sayings for language in ko.Language)


def report(name: str, found: Counter[Answer], cases: int) -> None:
    """All cells have been tried, and some of each kind were among them."""
    assert found.total() == cases
    assert {"hidden", "refused"} < set(found)
    print(f"{name}: {cases} cells", *(f"{answer} {count}" for answer, count in found.most_common()), sep=", ")  # noqa: T201 - seen with pytest -rP


@pytest.mark.parametrize("name", STORIES)
def test_an_order_moves_as_its_cells_say_or_is_refused_with_reasons_or_is_not_seen(name: str) -> None:
    held, flow, found = stage(automatic=False), STORIES[name][2], Counter[Answer]()
    for order in orders(name, automatic=False):
        for actor in ACTORS:
            for trigger, command in commands_for_order(held, order, actor).items():
                answer = tried(held, command, actor)
                assert answer == order_cell(held, order, flow, trigger, actor), (order.state, trigger, actor)
                found[answer] += 1
    report(name, found, len(OWNERS) * len(STORIES[name][3]) * len(ACTORS) * len(ORDER_ACTS))


def test_the_stories_lead_to_every_state_of_an_order() -> None:
    assert {order.state for name in STORIES for order in orders(name, automatic=False)} == set(ko.OrderState)


@pytest.mark.parametrize("name", STORIES)
def test_the_system_informs_the_agent_where_the_rules_say_so_and_does_nothing_else(name: str) -> None:
    held, flow, found = stage(automatic=True), STORIES[name][2], Counter[Answer]()
    for order in orders(name, automatic=True):
        for trigger, command in commands_for_order(held, order, ko.SYSTEM).items():
            answer = tried(held, command, ko.SYSTEM)
            assert answer == order_cell(held, order, flow, trigger, ko.SYSTEM), (order.state, trigger)
            found[answer] += 1
    assert found.total() - found["refused"] == (len(OWNERS) if flow is Flow.VIA_AGENT else 0)


@pytest.mark.parametrize("name", STORIES)
def test_everything_that_looks_at_an_order_agrees_with_check(name: str) -> None:
    held, flow = stage(automatic=False), STORIES[name][2]
    portal = held.world.portal
    for order in orders(name, automatic=False):
        for actor in ACTORS:
            looks = (portal.order, portal.options, portal.path, portal.due, portal.history)
            if not sees_order(order, flow, actor):
                for look in looks:
                    with pytest.raises(ko.NotFound):
                        look(order.id, actor)
                continue
            for look in looks:
                look(order.id, actor)
            options = portal.options(order.id, actor)
            assert sorted(each.trigger for each in options) == sorted(ORDER_ACTS - {Trigger.START})
            commands = commands_for_order(held, order, actor)
            for option in options:
                verdict = portal.check(commands[option.trigger], actor)
                assert option.verdict == verdict, (order.state, option.trigger, actor)


@pytest.mark.parametrize("name", STORIES)
def test_a_command_that_lacks_something_is_refused_with_what_options_says_and_more(name: str) -> None:
    held = stage(automatic=False)
    for order in orders(name, automatic=False):
        wanting = (
            ko.ApproveOrder(order=order.id),
            ko.PickAttestant(order=order.id),
            ko.AttestOrder(order=order.id),
            ko.RejectOrder(order=order.id),
            ko.HandOverOrder(order=order.id),
            ko.AcceptTerms(order=order.id, version="2025-1"),
            ko.FillInOrder(order=order.id, fields={"no_such_field": "ett"}),
        )
        for actor in ACTORS:
            if not sees_order(order, STORIES[name][2], actor):
                continue
            options = {option.trigger: option.verdict for option in held.world.portal.options(order.id, actor)}
            for command in wanting:
                reasons = held.world.portal.check(command, actor).reasons
                assert reasons[: len(options[command.trigger].reasons)] == options[command.trigger].reasons
                assert reasons
                assert tried(held, command, actor) == "refused"


AGREEMENT_WALK = "terminate apply reject apply approve decline apply approve sign"
AGREEMENT_ACTS = frozenset(cell.trigger for cell in GRANTS if cell.lifecycle is Lifecycle.AGENT_AGREEMENT)
OFFICER = ko.Actor("per", PROVIDER)
OF_PARTY = {Party.CUSTOMER: CUSTOMER, Party.AGENT: AGENT}
HAS_AGREEMENT = {Party.CUSTOMER: (CUSTOMER, OTHER), Party.AGENT: (AGENT, OTHER)}
ENDED = (ko.AgreementState.REJECTED, ko.AgreementState.DECLINED, ko.AgreementState.TERMINATED)


def commands_for_agreement(held: Stage, agreement: ko.Agreement) -> dict[Trigger, ko.Command]:
    """Everything that can be asked for an agreement, by commands that lack nothing; one applies for one's own."""
    organisation, name, region = agreement.organisation, agreement.name, ko.CustomerCategory.REGION
    customers = agreement.party is Party.CUSTOMER
    people = held.world.application(organisation, "adam" if customers else "agda")
    signed = held.evidence(agreement_document(agreement, "s1", Trigger.SIGN, CATALOGUE))
    declined = held.evidence(agreement_document(agreement, "s1", Trigger.DECLINE, CATALOGUE))
    return {
        Trigger.APPLY: ko.ApplyForCustomerAgreement(name=name, category=region, application=people)
        if customers
        else ko.ApplyForAgentAgreement(name=name, application=people),
        Trigger.REGISTER: ko.RegisterCustomerAgreement(
            organisation=organisation, name=name, category=region, application=people
        )
        if customers
        else ko.RegisterAgentAgreement(organisation=organisation, name=name, application=people),
        Trigger.APPROVE: ko.ApproveAgreement(agreement=agreement.id),
        Trigger.REJECT: ko.RejectAgreement(agreement=agreement.id, reason="Inte behörig."),
        Trigger.SIGN: ko.SignAgreement(agreement=agreement.id, evidence=signed),
        Trigger.DECLINE: ko.DeclineAgreement(agreement=agreement.id, reason="Nej tack.", evidence=declined),
        Trigger.TERMINATE: ko.TerminateAgreement(agreement=agreement.id),
    }


def agreement_cell(agreement: ko.Agreement, trigger: Trigger, actor: ko.Actor) -> Answer:
    """What a cell permits; an agreement is signed and declined by the system, on a signatory's evidence (R7, R17)."""
    is_free = agreement.state in ENDED
    if trigger is Trigger.APPLY:
        taken = actor.organisation in (*HAS_AGREEMENT[agreement.party], PROVIDER)  # the provider has none with itself
        free = is_free if actor.organisation == agreement.organisation else not taken
        return "APPLIED" if free and actor is not ko.SYSTEM else "refused"
    if trigger is Trigger.REGISTER:
        return "hidden" if is_stranger(actor) else "SIGNED" if is_free and actor == OFFICER else "refused"
    here = actor.organisation == agreement.organisation and holds(actor, Role.ADMINISTRATOR, Role.AGREEMENT_CONTACT)
    if not (is_staff(actor) or actor is ko.SYSTEM or here):
        return "hidden"
    lifecycle = Lifecycle.CUSTOMER_AGREEMENT if agreement.party is Party.CUSTOMER else Lifecycle.AGENT_AGREEMENT
    for cell in cells(lifecycle, trigger, agreement.state):
        if actor is ko.SYSTEM if cell.role is Role.SIGNATORY else actor == OFFICER:
            return cell.to
    return "refused"


@pytest.mark.parametrize("party", OF_PARTY)
def test_an_agreement_moves_as_its_cells_say_or_is_refused_with_reasons_or_is_not_seen(party: Party) -> None:
    held, found, states = set_stage(automatic=False), Counter[Answer](), set[str]()
    portal, identifier = held.world.portal, f"{party.value}/{OF_PARTY[party]}"
    walk = AGREEMENT_WALK.split()
    for step in (None, *walk):
        agreement = portal.agreement(identifier, ko.SYSTEM)
        if step is not None:
            by_applicant = ko.Actor("okand", agreement.organisation)
            actor = {Trigger.APPLY: by_applicant, Trigger.SIGN: ko.SYSTEM, Trigger.DECLINE: ko.SYSTEM}
            command = commands_for_agreement(held, agreement)[Trigger(step)]
            portal.execute(command, actor.get(Trigger(step), OFFICER))
            agreement = portal.agreement(identifier, ko.SYSTEM)
        states.add(agreement.state)
        for trigger, command in commands_for_agreement(held, agreement).items():
            for actor_of_cell in ACTORS:
                answer = tried(held, command, actor_of_cell)
                expected = agreement_cell(agreement, trigger, actor_of_cell)
                assert answer == expected, (agreement.state, trigger, actor_of_cell)
                found[answer] += 1
    assert states == set(ko.AgreementState)
    report(identifier, found, (1 + len(walk)) * len(AGREEMENT_ACTS) * len(ACTORS))


ASSIGNMENT_WALK = "apply reject apply pass_review reject apply pass_review attest activate end"
ASSIGNMENT_ACTS = frozenset(cell.trigger for cell in GRANTS if cell.lifecycle is Lifecycle.ASSIGNMENT)
WEBCERT = f"{AGENT}/webcert"
VIEWS_ASSIGNMENT = (Role.ADMINISTRATOR, Role.ATTESTANT, Role.AGENT_HANDLER, Role.AGENT_ASSIGNMENT_ORDERER)


def commands_for_assignment(
    held: Stage, assignment: ko.AgentAssignment | None, actor: ko.Actor
) -> dict[Trigger, ko.Command]:
    """Everything that can be asked for an assignment, by commands that lack nothing; one applies for one's own."""
    document = None if assignment is None else assignment_document(assignment, held.act(actor))
    evidence = None if document is None else held.evidence(document)
    return {
        Trigger.APPLY: ko.ApplyForAssignment(service="webcert"),
        Trigger.PASS_REVIEW: ko.PassReview(assignment=WEBCERT),
        Trigger.REJECT: ko.RejectAssignment(assignment=WEBCERT, reason="Inte nu."),
        Trigger.ATTEST: ko.AttestAssignment(assignment=WEBCERT, method=ko.AttestMethod.BANKID, evidence=evidence),
        Trigger.ACTIVATE: ko.ActivateAssignment(assignment=WEBCERT),
        Trigger.END: ko.EndAssignment(assignment=WEBCERT),
    }


def assignment_cell(state: ko.AssignmentState | None, trigger: Trigger, actor: ko.Actor) -> Answer:
    """What a cell permits."""
    if trigger is Trigger.APPLY:
        free = actor.organisation == OTHER or state in (None, ko.AssignmentState.ENDED, ko.AssignmentState.REJECTED)
        may = holds(actor, Role.AGENT_ASSIGNMENT_ORDERER) and free
        return "hidden" if is_stranger(actor) else "UNDER_REVIEW" if may else "refused"
    here = actor.organisation == AGENT and holds(actor, *VIEWS_ASSIGNMENT)
    if state is None or not (is_staff(actor) or actor is ko.SYSTEM or here):
        return "hidden"
    for cell in cells(Lifecycle.ASSIGNMENT, trigger, state):
        if fits(cell, actor):
            return cell.to
    return "refused"


def test_an_assignment_moves_as_its_cells_say_or_is_refused_with_reasons_or_is_not_seen() -> None:
    held, found, states = set_stage(automatic=False), Counter[Answer](), set[str]()
    portal, walk = held.world.portal, ASSIGNMENT_WALK.split()
    assignment: ko.AgentAssignment | None = None
    for step in (None, *walk):
        if step is not None:
            turn = "aron" if assignment is not None and assignment.state == "AWAITING_AGENT_ATTEST" else "uno"
            officers = step not in ("apply", "attest") and turn != "aron"
            actor = OFFICER if officers else ko.Actor(turn, AGENT)
            portal.execute(commands_for_assignment(held, assignment, actor)[Trigger(step)], actor)
            assignment = portal.assignment(WEBCERT, ko.SYSTEM)
            states.add(assignment.state)
        state = None if assignment is None else assignment.state
        for each in ACTORS:
            for trigger, command in commands_for_assignment(held, assignment, each).items():
                answer = tried(held, command, each)
                assert answer == assignment_cell(state, trigger, each), (state, trigger, each)
                found[answer] += 1
    assert states == set(ko.AssignmentState)
    report("assignment", found, (1 + len(walk)) * len(ASSIGNMENT_ACTS) * len(ACTORS))


USER_ACTS = frozenset(cell.trigger for cell in GRANTS if cell.lifecycle is Lifecycle.USER)
SPARE = {
    CUSTOMER: Role.AGREEMENT_CONTACT,
    AGENT: Role.AGENT_HANDLER,
    PROVIDER: Role.CUSTOMER_SERVICE,
    OTHER: Role.AGENT_HANDLER,
}
"""The role that is held by those whom everything is tried on."""


@attrs.frozen
class Target:
    """A user whom everything is tried on, and the code of the invitation."""

    id: str
    organisation: str
    state: UserState
    code: str


def targets(held: Stage) -> Iterator[Target]:
    """In every organisation a user in each state."""
    for organisation in PEOPLE:
        administrator = administrator_of(organisation)
        for state in UserState:
            email = f"{state.value.lower()}@o{organisation.replace('-', '')}.example"
            added = held.world.portal.execute(ko.AddUser(name="Någon Prov", email=email), administrator)
            held.world.portal.execute(ko.AssignRole(member=added.id, role=SPARE[organisation]), administrator)
            _member, code = held.world.code(email)
            if state is not UserState.INVITED:
                held.world.verify(organisation, state.value.lower(), email)
            if state is UserState.DELETED:
                held.world.portal.execute(ko.DeleteUser(member=added.id), administrator)
            yield Target(added.id, organisation, state, code)


def commands_for_user(target: Target) -> dict[Trigger, ko.Command]:
    """Everything that can be asked for a user, by commands that lack nothing; one adds users to one's own."""
    agent = target.organisation if target.organisation in (AGENT, OTHER) else AGENT
    return {
        Trigger.ADD: ko.AddUser(name="Ny Prov", email="ny@prov.example"),
        Trigger.VERIFY: ko.VerifyUser(member=target.id, code=target.code),
        Trigger.DELETE: ko.DeleteUser(member=target.id),
        Trigger.RESTORE: ko.RestoreUser(member=target.id),
        Trigger.ASSIGN_ROLE: ko.AssignRole(member=target.id, role=Role.ADMINISTRATOR),
        Trigger.REMOVE_ROLE: ko.RemoveRole(member=target.id, role=SPARE[target.organisation]),
        Trigger.GRANT: ko.GrantHandler(member=target.id, assignment=f"{agent}/npo"),
        Trigger.REVOKE: ko.RevokeHandler(member=target.id, assignment=f"{agent}/npo"),
    }


def user_cell(target: Target, trigger: Trigger, actor: ko.Actor) -> Answer:
    """What a cell permits: all but restoring is done in one's own organisation (R5, R27)."""
    own = actor.organisation == target.organisation
    if trigger is Trigger.ADD:
        return "hidden" if is_stranger(actor) else "INVITED" if holds(actor, Role.ADMINISTRATOR) else "refused"
    invited = trigger is Trigger.VERIFY and target.state is UserState.INVITED and own
    if not (is_staff(actor) or actor is ko.SYSTEM or invited or (own and roles_of(actor))):
        return "hidden"
    for cell in cells(Lifecycle.USER, trigger, target.state):
        taken = trigger is Trigger.VERIFY and is_member(actor)  # who is a user already is nobody else
        if fits(cell, actor) and (own or trigger is Trigger.RESTORE) and not taken:
            return cell.to
    return "refused"


def test_a_user_moves_as_the_cells_say_or_is_refused_with_reasons_or_is_not_seen() -> None:
    held, found = set_stage(automatic=False), Counter[Answer]()
    everybody = tuple(targets(held))
    for target in everybody:
        for trigger, command in commands_for_user(target).items():
            for actor in ACTORS:
                answer = tried(held, command, actor)
                assert answer == user_cell(target, trigger, actor), (target, trigger, actor)
                found[answer] += 1
    report("user", found, len(PEOPLE) * len(UserState) * len(USER_ACTS) * len(ACTORS))


def test_the_provider_is_established_once_and_by_a_person() -> None:
    held, command = (
        stage(automatic=False),
        ko.EstablishProvider(name="En till", person_name="Eva Prov", email="eva@prov.example"),
    )
    assert {tried(held, command, actor) for actor in ACTORS} == {"refused"}
    empty = ko.Portal(store=MemoryStore(), catalogue=CATALOGUE)
    assert empty.check(command, ko.Actor("eva", PROVIDER)).allowed
    assert not empty.check(command, ko.SYSTEM).allowed
