"""Law 15: no reader sees what is another's, not even that it exists; and all see what the domain lets them see."""

from collections.abc import Callable
from functools import cache, partial
from typing import TypeAlias

import attrs
import pytest
from cast import DIRECT, NPO, Cast
from world import AGENT, CUSTOMER, OTHER, OTHER_AGENT, PROVIDER

import kundorder as ko
from kundorder.commands import COMMANDS, AgreementCommand, AssignmentCommand, MemberCommand, OrderCommand
from kundorder.vocabulary import AttestMethod, CustomerCategory, Flow, Role, Template, Trigger

BANKID = AttestMethod.BANKID
NOBODY = "999600-0007"
RANDOM_ORDER, RANDOM_MEMBER = ko.token("o", 1_767_600_000_000, 7), ko.token("m", 1_767_600_000_000, 7)
CANARY = "Kanariefågeln"
Answer: TypeAlias = tuple[str, str]
"""Which kind of answer, and every byte of it."""


@attrs.frozen
class Stage:
    """Two customers and two agents with everything there is, and what must stay unseen."""

    cast: Cast
    orders: dict[str, str]  # by what has become of them
    foreign: dict[str, ko.Actor]  # people of the other customer and the other agent
    strangers: dict[str, ko.Actor]  # people of the same organisations who may not see the orders all the same


@cache
def stage() -> Stage:
    """Nothing here is changed by looking, so one is enough."""
    cast = Cast.new()
    cast.world.user(cast.olle, "pia", Role.ADMINISTRATOR)
    cast.world.verify(AGENT, "kontakt", f"kontakt@o{AGENT.replace('-', '')}.example")
    # The other two have to do with the same services, and with each other.
    otto = cast.world.customer(OTHER, administrator="otto", category=CustomerCategory.REGION)
    cast.world.verify(OTHER, "kontakt", f"kontakt@o{OTHER.replace('-', '')}.example")
    cast.world.agent(OTHER_AGENT)
    olga = cast.world.user(otto, "olga", Role.ORDERER)
    oskar = cast.world.user(otto, "oskar", Role.ATTESTANT)
    ove = cast.world.user(otto, "ove")
    foreign = {
        "otto": otto,
        "olga": olga,
        "oskar": oskar,
        "ove": ove,
        "their contact": ko.Actor("kontakt", OTHER),
        **{f"other {name}": ko.Actor(name, OTHER_AGENT) for name in ("agda", "uno", "aron", "hanna")},
    }
    theirs = cast.world.draft(olga, "npo-producent", ko.ConnectionMode.VIA_AGENT, OTHER_AGENT).id
    cast.portal.execute(ko.SendOrder(order=theirs), olga)
    first = cast.attested()
    supplement = ko.StartOrder(
        offer="npo-producent", mode=ko.ConnectionMode.VIA_AGENT, agent=AGENT, supplementary_to=first
    )
    orders = {
        "draft": cast.draft(),
        "draft via agent": cast.draft(via=AGENT),
        "direct": cast.sent(),
        "TGP": cast.sent(offer="npo-konsument-tgp", via=AGENT),
        "attested": first,
        "handed over": cast.handed_over(),
        "withdrawn draft via agent": cast.draft(via=AGENT),
        "reviewed": cast.sent(via=AGENT),
        "approved": cast.approved(),
        "agent done": cast.agent_done(),
        "rejected": cast.agent_done(),
        "informed": cast.informed(),
        "supplement": cast.portal.execute(supplement, cast.berta).order.id,
    }
    cast.portal.execute(ko.WithdrawOrder(order=orders["withdrawn draft via agent"]), cast.berta)
    cast.portal.execute(ko.RejectOrder(order=orders["rejected"], reason="Inte nu."), cast.atle)
    copy = cast.portal.execute(ko.CopyOrderAsDraft(order=orders["withdrawn draft via agent"]), cast.berta).order.id
    fields = {"care_units": ["SE9997000006-P01"], "technical_contact": CANARY}
    for order in (copy, orders["supplement"]):
        cast.portal.execute(ko.FillInOrder(order=order, fields=fields), cast.berta)
        cast.portal.execute(ko.AcceptTerms(order=order, version="2026-1"), cast.berta)
        cast.portal.execute(ko.SendOrder(order=order), cast.berta)
    orders["copy"] = copy
    cast.told()
    strangers = {
        "nora": cast.nora,
        "nils": cast.nils,
        "hugo": cast.hugo,
        "uno": cast.uno,
        "agents contact": ko.Actor("kontakt", AGENT),
        "pia": ko.Actor("pia", PROVIDER),
        "frida": ko.Actor("frida", CUSTOMER),
        "frida elsewhere": ko.Actor("frida", NOBODY),
    }
    return Stage(cast=cast, orders=orders, foreign=foreign, strangers=strangers)


WITH_AGENT = ("reviewed", "approved", "agent done", "rejected", "informed", "supplement", "copy")
"""The orders the agent is a party to."""


def answer(ask: Callable[[], object], *names: str) -> Answer:
    """What comes back, with the ids that were asked about left out."""
    try:
        kind, text = "given", repr(ask())
    except ko.Refused as error:
        kind, text = "refused", repr(error.reasons)
    except ko.KundorderError as error:
        kind, text = type(error).__name__, f"{error} {error.args} {vars(error)}"
    for name in names:
        text = text.replace(name, "…")
    return kind, text


def orders_commands(order: str) -> list[ko.Command]:
    """Everything that names an order."""
    return [
        ko.CopyOrderAsDraft(order=order),
        ko.FillInOrder(order=order, fields={"hiss": "ja"}),
        ko.AcceptTerms(order=order, version="2026-1"),
        ko.SendOrder(order=order),
        ko.ApproveOrder(order=order, certified=True),
        ko.PickAttestant(order=order),
        ko.AttestOrder(order=order, method=BANKID),
        ko.RejectOrder(order=order, reason="Nej."),
        ko.WithdrawOrder(order=order),
        ko.HandOverOrder(order=order, instructions="Så här."),
        ko.InformAgent(order=order),
        ko.CompleteOrder(order=order),
        ko.StartOrder(offer="npo-producent", mode=DIRECT, supplementary_to=order),
    ]


def agreements_commands(agreement: str) -> list[ko.Command]:
    """Everything that names an agreement."""
    return [
        ko.ApproveAgreement(agreement=agreement),
        ko.RejectAgreement(agreement=agreement, reason="Nej."),
        ko.SignAgreement(agreement=agreement),
        ko.DeclineAgreement(agreement=agreement, reason="Nej."),
        ko.TerminateAgreement(agreement=agreement),
    ]


def assignments_commands(assignment: str, member: str) -> list[ko.Command]:
    """Everything that names an assignment; the user is one's own."""
    return [
        ko.PassReview(assignment=assignment),
        ko.RejectAssignment(assignment=assignment, reason="Nej."),
        ko.AttestAssignment(assignment=assignment, method=BANKID),
        ko.ActivateAssignment(assignment=assignment),
        ko.EndAssignment(assignment=assignment),
        ko.GrantHandler(member=member, assignment=assignment),
        ko.RevokeHandler(member=member, assignment=assignment),
    ]


def members_commands(member: str) -> list[ko.Command]:
    """Everything that names a user."""
    return [
        ko.VerifyUser(member=member, code="A" * 43),
        ko.DeleteUser(member=member),
        ko.RestoreUser(member=member),
        ko.AssignRole(member=member, role=Role.ADMINISTRATOR),
        ko.RemoveRole(member=member, role=Role.ADMINISTRATOR),
        ko.GrantHandler(member=member, assignment=f"{OTHER_AGENT}/npo"),
        ko.RevokeHandler(member=member, assignment=f"{OTHER_AGENT}/npo"),
    ]


def test_every_command_that_names_something_is_tried_here() -> None:
    named = (OrderCommand, AgreementCommand, AssignmentCommand, MemberCommand)
    tried = [
        *orders_commands(RANDOM_ORDER),
        *agreements_commands(f"customer/{CUSTOMER}"),
        *assignments_commands(NPO, RANDOM_MEMBER),
        *members_commands(RANDOM_MEMBER),
    ]
    assert {type(each) for each in tried} >= {each for each in COMMANDS if issubclass(each, named)}


def asked(commands: list[ko.Command], actor: ko.Actor, *names: str) -> list[Answer]:
    """What ``check``, ``execute`` and ``resume_signing`` answer."""
    portal = stage().cast.portal
    found: list[Answer] = []
    for command in commands:
        found.append(answer(partial(portal.check, command, actor), *names))
        if found[-1] == ("given", repr(ko.Verdict(reasons=()))):
            pytest.fail(f"{type(command).__name__} is accepted of {actor}")
        found.append(answer(partial(portal.execute, command, actor), *names))
        if isinstance(command, ko.AttestOrder | ko.AttestAssignment | ko.SignAgreement | ko.DeclineAgreement):
            found.append(answer(partial(portal.resume_signing, command, actor, method=BANKID, signer="s1"), *names))
    return found


def looked(identifier: str, actor: ko.Actor, *names: str) -> list[Answer]:
    """What everything answers that looks at one thing."""
    portal = stage().cast.portal
    looks: tuple[Callable[[str, ko.Actor], object], ...] = (
        portal.order,
        portal.options,
        portal.path,
        portal.due,
        portal.history,
        portal.agreement,
        portal.assignment,
    )
    return [answer(partial(look, identifier, actor), *names) for look in looks]


READERS = sorted([*stage().foreign, *stage().strangers])


def reader(name: str) -> ko.Actor:
    """Somebody who may not see what is another's."""
    held = stage()
    return held.foreign.get(name) or held.strangers[name]


@pytest.mark.parametrize("name", READERS)
def test_another_organisations_order_is_no_more_there_than_a_random_one(name: str) -> None:
    held, actor = stage(), reader(name)
    of_random = asked(orders_commands(RANDOM_ORDER), actor, RANDOM_ORDER), looked(RANDOM_ORDER, actor, RANDOM_ORDER)
    for order in held.orders.values():
        assert (asked(orders_commands(order), actor, order), looked(order, actor, order)) == of_random
    assert {kind for kind, _text in of_random[1]} == {"NotFound"}


@pytest.mark.parametrize("kind", ["draft", "draft via agent", "direct", "TGP", "attested", "handed over"])
@pytest.mark.parametrize("person", ["agda", "aron", "hanna"])
def test_an_order_the_agent_is_no_party_to_is_not_there_for_the_agent(person: str, kind: str) -> None:
    held, actor = stage(), ko.Actor(person, AGENT)
    order = held.orders[kind]
    assert looked(order, actor, order) == looked(RANDOM_ORDER, actor, RANDOM_ORDER)
    assert asked(orders_commands(order), actor, order) == asked(orders_commands(RANDOM_ORDER), actor, RANDOM_ORDER)


@pytest.mark.parametrize("name", sorted(stage().foreign))
@pytest.mark.parametrize("party", ["customer", "agent"])
def test_another_organisations_agreement_is_no_more_there_than_none(name: str, party: str) -> None:
    actor, owner = stage().foreign[name], CUSTOMER if party == "customer" else AGENT
    theirs, none = f"{party}/{owner}", f"{party}/{NOBODY}"
    assert looked(theirs, actor, owner) == looked(none, actor, NOBODY)
    assert asked(agreements_commands(theirs), actor, owner) == asked(agreements_commands(none), actor, NOBODY)


@pytest.mark.parametrize("person", ["berta", "atle", "nora", "frida"])
def test_an_agreement_is_not_there_for_those_of_the_organisation_who_may_not_see_it(person: str) -> None:
    actor = ko.Actor(person, CUSTOMER)
    theirs, none = f"customer/{CUSTOMER}", f"customer/{NOBODY}"
    assert looked(theirs, actor, CUSTOMER) == looked(none, actor, NOBODY)
    assert asked(agreements_commands(theirs), actor, CUSTOMER) == asked(agreements_commands(none), actor, NOBODY)


@pytest.mark.parametrize("name", sorted(stage().foreign))
def test_another_agents_assignment_is_no_more_there_than_none(name: str) -> None:
    held, actor = stage(), stage().foreign[name]
    member = held.cast.world.members.get((actor.organisation, actor.person), RANDOM_MEMBER)
    theirs, none = NPO, f"{NOBODY}/npo"
    assert looked(theirs, actor, AGENT) == looked(none, actor, NOBODY)
    of_theirs = asked(assignments_commands(theirs, member), actor, AGENT)
    assert of_theirs == asked(assignments_commands(none, member), actor, NOBODY)


@pytest.mark.parametrize("name", sorted(stage().foreign))
@pytest.mark.parametrize("person", ["adam", "nora", "hanna", "olle"])
def test_another_organisations_user_is_no_more_there_than_a_random_one(name: str, person: str) -> None:
    held, actor = stage(), stage().foreign[name]
    theirs = next(member for (_there, who), member in held.cast.world.members.items() if who == person)
    if person == "hanna":
        theirs = held.cast.id(held.cast.hanna)
    assert looked(theirs, actor, theirs) == looked(RANDOM_MEMBER, actor, RANDOM_MEMBER)
    of_random = asked(members_commands(RANDOM_MEMBER), actor, RANDOM_MEMBER)
    assert asked(members_commands(theirs), actor, theirs) == of_random
    assert {kind for kind, _text in of_random} == {"NotFound"}


@pytest.mark.parametrize("attestant", ["atle", "olle"])
def test_a_user_of_another_organisation_is_picked_no_more_than_a_random_one(attestant: str) -> None:
    held = stage()
    theirs = next(member for (_there, who), member in held.cast.world.members.items() if who == attestant)
    order = held.orders["reviewed"]
    picks = [ko.ApproveOrder(order=order, attestant=each, certified=True) for each in (theirs, RANDOM_MEMBER)]
    one, other = (held.cast.portal.check(pick, held.cast.hanna) for pick in picks)
    assert one == other
    assert not one.allowed


@pytest.mark.parametrize("name", READERS)
def test_the_users_of_another_organisation_are_nobodys_to_list(name: str) -> None:
    portal, actor = stage().cast.portal, reader(name)
    theirs = [answer(partial(portal.members, actor, organisation=each)) for each in (CUSTOMER, AGENT, NOBODY)]
    none = answer(partial(portal.members, actor, organisation="999700-0006"))
    assert none[0] == "NotFound"
    own = {CUSTOMER: 0, AGENT: 1, NOBODY: 2}.get(actor.organisation)
    assert [each for number, each in enumerate(theirs) if number != own] == [none] * (3 if own is None else 2)


def test_an_organisation_is_the_same_however_its_number_is_written() -> None:
    held = stage()
    plain = CUSTOMER.replace("-", "")
    for actor in (held.cast.olle, held.cast.adam):
        assert held.cast.portal.members(actor, organisation=plain) == held.cast.portal.members(
            actor, organisation=CUSTOMER
        )
    with pytest.raises(ko.Malformed):
        held.cast.portal.members(held.cast.olle, organisation="hos oss")


def shown_to(actor: ko.Actor) -> str:
    """Every byte somebody can get to see, by whatever they ask."""
    held = stage()
    portal, world = held.cast.portal, held.cast.world
    lists = (portal.orders, portal.pending, portal.notices, portal.members)
    found = [answer(partial(each, actor, limit=500)) for each in lists]
    things = (*held.orders.values(), *world.members.values(), f"customer/{CUSTOMER}", f"agent/{AGENT}", NPO)
    for thing in things:
        found += looked(thing, actor, thing)
    for order in held.orders.values():
        found += asked_safely(orders_commands(order), actor, order)
    letters = [letter for letter in world.mailer.letters if letter.to == world.emails.get(identity(actor))]
    return repr((found, letters))


def identity(actor: ko.Actor) -> tuple[str, str]:
    """How the world knows somebody."""
    return actor.organisation, actor.person


def asked_safely(commands: list[ko.Command], actor: ko.Actor, *names: str) -> list[Answer]:
    """What ``check`` answers; nothing is carried out."""
    portal = stage().cast.portal
    return [answer(partial(portal.check, command, actor), *names) for command in commands]


def canaries(organisation: str, *people: str) -> list[str]:
    """What tells of people of an organisation: ids, names and addresses."""
    members = stage().cast.world.members
    return [
        *people,
        *(name.capitalize() + " Prov" for name in people),
        *(members[organisation, each] for each in people),
    ]


CUSTOMERS_PEOPLE = ("adam", "berta", "atle", "nora")
AGENTS_PEOPLE = ("astrid", "hugo", "nils", "hanna", "aron")


@pytest.mark.parametrize("name", sorted(stage().foreign))
def test_no_byte_of_one_customer_reaches_another(name: str) -> None:
    held = stage()
    text = shown_to(held.foreign[name])
    numbers = [held.cast.portal.order(order, ko.SYSTEM).case_number for order in held.orders.values()]
    hidden = [
        *canaries(CUSTOMER, *CUSTOMERS_PEOPLE),
        *held.orders.values(),
        *(number for number in numbers if number is not None),
        CANARY,
        "Inte nu.",
    ]
    assert [canary for canary in hidden if canary in text] == []


@pytest.mark.parametrize("person", ["agda", "aron", "hanna", "hugo", "uno", "nils", "kontakt"])
def test_no_person_of_the_customer_is_shown_to_the_agent(person: str) -> None:
    held = stage()
    text = shown_to(ko.Actor(person, AGENT))
    others = [held.orders[kind] for kind in held.orders if kind not in WITH_AGENT]
    assert [canary for canary in (*canaries(CUSTOMER, *CUSTOMERS_PEOPLE), *others) if canary in text] == []


@pytest.mark.parametrize("person", ["adam", "berta", "atle", "kontakt", "nora"])
def test_no_person_of_the_agent_is_shown_to_the_customer(person: str) -> None:
    text = shown_to(ko.Actor(person, CUSTOMER))
    assert [canary for canary in canaries(AGENT, *AGENTS_PEOPLE) if canary in text] == []


@pytest.mark.parametrize(
    "actor", [Cast.adam, Cast.berta, Cast.agda, Cast.aron, Cast.uno], ids=lambda actor: actor.person
)
def test_no_person_of_the_provider_is_shown_to_anybody(actor: ko.Actor) -> None:
    text = shown_to(actor)
    assert [canary for canary in canaries(PROVIDER, "olle", "karin") if canary in text] == []


def test_the_provider_is_shown_all_of_it() -> None:
    """So what was searched for above is there to be found."""
    held = stage()
    for actor in (held.cast.olle, held.cast.karin):
        text = repr([held.cast.portal.order(order, actor) for order in held.orders.values()])
        assert all(each in text for each in ("berta", "atle", "hanna", "aron", CANARY, *held.orders.values()))
    assert CANARY in shown_to(held.cast.hanna)
    assert CANARY in shown_to(held.cast.kontakt)


@pytest.mark.parametrize(("reader_", "theirs"), [(Cast.adam, AGENT), (Cast.agda, CUSTOMER)], ids=["customer", "agent"])
def test_the_steps_of_the_other_side_show_organisation_capacity_and_date(reader_: ko.Actor, theirs: str) -> None:
    held = stage()
    order = held.orders["informed"]
    foreign = [mark for mark in held.cast.portal.order(order, reader_).course if mark.organisation == theirs]
    kept = [mark for mark in held.cast.portal.order(order, ko.SYSTEM).course if mark.organisation == theirs]
    assert foreign == [attrs.evolve(mark, person=None, member=None) for mark in kept]
    assert {mark.role for mark in foreign} == (
        {Role.AGENT_HANDLER, Role.ATTESTANT} if theirs == AGENT else {Role.ORDERER, Role.ATTESTANT}
    )
    events = [event for event in held.cast.portal.history(order, reader_).items if event.organisation == theirs]
    assert {(event.person, event.member, event.about) for event in events} == {(None, None, None)}
    assert (
        [event.role for event in events] == [mark.role for mark in kept]
        if theirs == AGENT
        else [Role.ORDERER, Role.ATTESTANT]
    )


def test_each_side_sees_its_own_persons_evidence_and_picks() -> None:
    held = stage()
    order = held.orders["informed"]
    customers, agents = (held.cast.portal.order(order, actor) for actor in (held.cast.adam, held.cast.hanna))
    assert [each.signer for each in customers.evidence] == ["atle"]
    assert [each.signer for each in agents.evidence] == ["aron"]
    assert (customers.picked, agents.picked) == (None, held.cast.id(held.cast.aron))
    assert (customers.content.orderer_person, agents.content.orderer_person) == ("berta", "")


def test_one_person_who_attests_on_both_sides_shows_to_neither_what_the_other_has() -> None:
    cast = Cast.new()
    email = f"atle@o{CUSTOMER.replace('-', '')}.example"
    added = cast.portal.execute(ko.AddUser(name="Atle Prov", email=email), cast.agda)
    cast.portal.execute(ko.AssignRole(member=added.id, role=Role.ATTESTANT), cast.agda)
    at_agent = cast.world.verify(AGENT, "atle", email)
    order = cast.sent(via=AGENT)
    cast.portal.execute(ko.ApproveOrder(order=order, attestant=added.id, certified=True), cast.hanna)
    cast.world.attest(order, at_agent)
    assert cast.portal.order(order, cast.adam).evidence == ()
    cast.world.attest(order, cast.atle)
    of_agent, of_customer = cast.portal.order(order, ko.SYSTEM).evidence
    assert cast.portal.order(order, cast.adam).evidence == (of_customer,)
    assert cast.portal.order(order, cast.agda).evidence == (of_agent,)


def test_the_agent_sees_what_is_ordered_and_not_what_else_the_customer_has() -> None:
    held = stage()
    for kind in ("supplement", "copy"):
        own = held.cast.portal.order(held.orders[kind], held.cast.berta).content
        theirs = held.cast.portal.order(held.orders[kind], held.cast.hanna).content
        assert own.supplementary_to or own.copied_from
        assert (theirs.supplementary_to, theirs.copied_from) == (None, None)
        assert (theirs.answers, theirs.offer, theirs.organisation) == (own.answers, own.offer, own.organisation)


def test_the_agent_sees_the_history_from_the_sending_on() -> None:
    held = stage()
    order = held.orders["approved"]
    assert [event.trigger for event in held.cast.portal.history(order, held.cast.hanna).items] == ["send", "approve"]
    whole = [event.trigger for event in held.cast.portal.history(order, held.cast.berta).items]
    assert whole == ["start", "fill_in", "accept_terms", "send", "approve"]


ROLES: dict[str, tuple[ko.Actor, Role | None]] = {
    "customer's administrator": (Cast.adam, Role.ADMINISTRATOR),
    "orderer": (Cast.berta, Role.ORDERER),
    "customer's attestant": (Cast.atle, Role.ATTESTANT),
    "customer's agreement contact": (Cast.kontakt, Role.AGREEMENT_CONTACT),
    "customer's user without a role": (Cast.nora, None),
    "agent's administrator": (Cast.agda, Role.ADMINISTRATOR),
    "agent's attestant": (Cast.aron, Role.ATTESTANT),
    "agent's agreement contact": (ko.Actor("kontakt", AGENT), Role.AGREEMENT_CONTACT),
    "assignment orderer": (Cast.uno, Role.AGENT_ASSIGNMENT_ORDERER),
    "granted handler": (Cast.hanna, Role.AGENT_HANDLER),
    "handler without a grant": (Cast.hugo, Role.AGENT_HANDLER),
    "agent's user without a role": (Cast.nils, None),
    "officer": (ko.Actor("olle", PROVIDER), Role.PROVIDER_OFFICER),
    "customer service": (ko.Actor("karin", PROVIDER), Role.CUSTOMER_SERVICE),
    "provider's administrator": (ko.Actor("pia", PROVIDER), Role.ADMINISTRATOR),
}
VIEWS_USERS = set(ROLES) - {"customer's user without a role", "agent's user without a role"}
VIEWS_AGREEMENT = {
    name for name, (_actor, role) in ROLES.items() if role in (Role.ADMINISTRATOR, Role.AGREEMENT_CONTACT)
} - {"provider's administrator"} | {"officer", "customer service"}
VIEWS_OWN_ORDERS = {
    "customer's administrator",
    "orderer",
    "customer's attestant",
    "customer's agreement contact",
    "officer",
    "customer service",
}
VIEWS_AGENTS_ORDERS = {"agent's administrator", "agent's attestant", "granted handler"}
"""Who may view what, as in the table of DOMAIN §3; the agent's see only what is addressed to it."""


@pytest.mark.parametrize("name", ROLES)
def test_who_may_view_the_organisation_and_its_users(name: str) -> None:
    actor, _role = ROLES[name]
    kind, text = answer(partial(stage().cast.portal.members, actor, limit=500))
    assert kind == ("given" if name in VIEWS_USERS else "NotFound")
    assert (repr(actor.person) in text) is (name in VIEWS_USERS)
    assert "invitation=None" in text or kind == "NotFound"


@pytest.mark.parametrize("name", ROLES)
def test_who_may_view_the_agreement(name: str) -> None:
    actor, _role = ROLES[name]
    wanted = f"agent/{AGENT}" if actor.organisation == AGENT else f"customer/{CUSTOMER}"
    for look in (stage().cast.portal.agreement, stage().cast.portal.history):
        kind, _text = answer(partial(look, wanted, actor))
        assert kind == ("given" if name in VIEWS_AGREEMENT else "NotFound")


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize("kind", stage().orders)
def test_who_may_view_an_order(name: str, kind: str) -> None:
    held, (actor, _role) = stage(), ROLES[name]
    may = name in VIEWS_OWN_ORDERS or (name in VIEWS_AGENTS_ORDERS and kind in WITH_AGENT)
    order = held.orders[kind]
    listed = {each.id for each in held.cast.portal.orders(actor, limit=500).items}
    assert (order in listed) is may
    assert {answer_kind for answer_kind, _text in looked(order, actor)[:5]} == {"given" if may else "NotFound"}


def test_who_has_lost_the_role_follows_cases_of_their_own() -> None:
    cast = Cast.new()
    bo = cast.world.user(cast.adam, "bo", Role.ORDERER)
    mine = cast.world.draft(bo).id
    cast.portal.execute(ko.SendOrder(order=mine), bo)
    other = cast.sent()
    cast.remove(bo, Role.ORDERER)
    assert [order.id for order in cast.portal.orders(bo).items] == [mine]
    assert cast.portal.order(mine, bo).id == mine
    with pytest.raises(ko.NotFound):
        cast.portal.order(other, bo)
    cast.told()
    cast.portal.execute(ko.RejectOrder(order=mine, reason="Nej."), cast.atle)
    assert cast.told() == [("bo", Template.ORDER_REJECTED)]
    cast.portal.execute(ko.DeleteUser(member=cast.id(bo)), cast.adam)
    with pytest.raises(ko.NotFound):
        cast.portal.order(mine, bo)


def test_rights_of_two_organisations_are_never_added_up() -> None:
    """Berta orders at the customer, and holds no role at the agent."""
    cast = Cast.new()
    email = f"berta@o{CUSTOMER.replace('-', '')}.example"
    cast.portal.execute(ko.AddUser(name="Berta Prov", email=email), cast.agda)
    at_agent = cast.world.verify(AGENT, "berta", email)
    order = cast.sent(via=AGENT)
    assert cast.portal.order(order, cast.berta).id == order
    with pytest.raises(ko.NotFound):
        cast.portal.order(order, at_agent)
    assert cast.portal.orders(at_agent).items == ()


def test_without_a_role_one_does_not_find_out_who_is_a_user() -> None:
    cast = Cast.new(agent=False)
    addresses = (f"adam@o{CUSTOMER.replace('-', '')}.example", "ingen@prov.example")
    known, unknown = (cast.portal.check(ko.AddUser(name="Ny", email=each), cast.nora) for each in addresses)
    assert known == unknown
    with pytest.raises(ko.NotFound):
        cast.portal.members(cast.nora)


def test_an_outcome_shows_no_more_than_the_order_does() -> None:
    cast = Cast.new()
    order = cast.sent(via=AGENT)
    approve = ko.ApproveOrder(order=order, attestant=cast.id(cast.aron), certified=True)
    outcome = cast.portal.execute(approve, cast.hanna, key="k")
    again = cast.portal.execute(approve, cast.hanna, key="k")
    assert outcome.order == again.order == cast.portal.order(order, cast.hanna)
    assert "berta" not in repr(outcome)


def test_the_flow_of_a_direct_order_leaves_the_agent_out_of_every_list() -> None:
    held = stage()
    for actor in (held.cast.agda, held.cast.aron, held.cast.hanna):
        flows = {order.content.flow for order in held.cast.portal.orders(actor, limit=500).items}
        assert flows == {Flow.VIA_AGENT}


def test_paging_shows_everything_once() -> None:
    held = stage()
    for actor in (held.cast.adam, held.cast.hanna, held.cast.olle):
        whole = [order.id for order in held.cast.portal.orders(actor, limit=500).items]
        found: list[str] = []
        after: str | None = None
        while True:
            page = held.cast.portal.orders(actor, after=after, limit=2)
            found += [order.id for order in page.items]
            after = page.after
            if after is None:
                break
        assert found == whole
        assert len(set(found)) == len(found) > 2
    events = held.cast.portal.history(held.orders["informed"], held.cast.adam, limit=3)
    rest = held.cast.portal.history(held.orders["informed"], held.cast.adam, after=events.after)
    assert [event.trigger for event in (*events.items, *rest.items)][:4] == [
        Trigger.START,
        Trigger.FILL_IN,
        Trigger.ACCEPT_TERMS,
        Trigger.SEND,
    ]
