"""What is open to anybody, and what anybody could try: for any portal, told by the portal itself."""

from functools import cache
from random import Random

import attrs
import pytest
from proof import count
from world import AGENT, CUSTOMER, PROVIDER, World

import kundorder as ko
from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.commands import COMMANDS
from kundorder.sample import CATALOGUE
from kundorder.testing.moves import (
    CommandPool,
    Move,
    Scene,
    hostile_actors,
    hostile_commands,
    leads_on,
    legal_moves,
    pasted,
)
from kundorder.testing.moves.paths import states_of, ways
from kundorder.testing.surroundings import NumberedIds
from kundorder.workflow import GRANTS

VIA_AGENT = ko.ConnectionMode.VIA_AGENT


def scene_with_an_order() -> Scene:
    """A customer and an agent with their people, and an order that waits for the agent."""
    signer = MemorySigner()
    world = World.new(signing=signer, ids=NumberedIds())
    adam = world.customer()
    anna = world.user(adam, "anna", ko.Role.ORDERER)
    world.user(adam, "bo", ko.Role.ATTESTANT)
    world.agent()
    order = world.draft(anna, mode=VIA_AGENT, agent=AGENT)
    world.portal.execute(ko.SendOrder(order=order.id), anna)
    world.portal.deliver()
    return Scene.of_world(world, signing=signer)


@cache
def the_scene() -> Scene:
    """The same for all who only look."""
    return scene_with_an_order()


def outcome_of(scene: Scene, move: Move) -> str:
    """How it goes: done, refused or hidden; nothing else may come of it."""
    try:
        scene.portal.execute(move.command, move.actor)
    except ko.Refused:
        return "refused"
    except ko.NotFound:
        return "hidden"
    return "done"


def test_a_scene_knows_who_and_what_is_there() -> None:
    scene = the_scene()
    assert [order.state for order in scene.orders] == [ko.OrderState.AWAITING_AGENT_APPROVAL]
    assert {agreement.id for agreement in scene.agreements} == {f"customer/{CUSTOMER}", f"agent/{AGENT}"}
    assert [assignment.id for assignment in scene.assignments] == [f"{AGENT}/npo"]
    assert {each.number for each in scene.organisations} == {CUSTOMER, AGENT, PROVIDER}
    assert ko.Actor("anna", CUSTOMER) in scene.actors
    assert set(scene.codes) == {each.id for each in scene.members if each.state is ko.UserState.INVITED}
    assert scene.again() == scene


def test_whoever_asks_is_told_the_same_in_the_same_order() -> None:
    assert legal_moves(scene_with_an_order()) == legal_moves(scene_with_an_order())


@pytest.mark.parametrize("number", range(0, 112, 8))
def test_what_is_said_to_be_open_is_accepted(number: int) -> None:
    scene = scene_with_an_order()
    open_moves = legal_moves(scene)
    move = open_moves[number % len(open_moves)]
    assert outcome_of(scene, move) == "done", move


def test_nothing_is_open_but_what_is_said_to_be() -> None:
    """Everybody is asked about everything, without a look at who could; nothing else about the order is open."""
    scene = the_scene()
    (order,) = scene.orders
    told = {(move.trigger, move.actor) for move in legal_moves(scene, subject=order.id)}
    found = set[tuple[ko.Trigger, ko.Actor]]()
    asked = 0
    for actor in hostile_actors(scene):
        for pool in hostile_commands(scene, actor):
            if pool.values.get("order", ())[:1] != (order.id,) or pool.kind is ko.StartOrder:
                continue
            for number in range(len(pool)):
                command = pool.nth(number)
                asked += 1
                if Move(command, actor).subject == order.id and is_open(scene, command, actor):
                    found.add((command.trigger, actor))
    assert found == told
    count("commands about an order that were judged one by one against the moves said to be open", asked)


def is_open(scene: Scene, command: ko.Command, actor: ko.Actor) -> bool:
    """Whether the portal would accept it."""
    try:
        return scene.portal.check(command, actor).allowed
    except ko.NotFound:
        return False


def test_only_moves_that_lead_on_bring_an_order_to_its_end() -> None:
    scene = scene_with_an_order()
    order = scene.orders[0].id
    steps = 0
    while onward := legal_moves(scene, subject=order, onward=True):
        assert outcome_of(scene, onward[0]) == "done"
        scene = scene.again()
        steps += 1
    assert (scene.order(order).state, steps) == (ko.OrderState.COMPLETED, 5)


def test_who_is_asked_for_something_narrow_gets_no_more() -> None:
    scene = the_scene()
    anna = ko.Actor("anna", CUSTOMER)
    everything = legal_moves(scene)
    assert legal_moves(scene, actor=anna) == tuple(move for move in everything if move.actor == anna)
    adding = (ko.Trigger.ADD,)
    assert legal_moves(scene, triggers=adding) == tuple(move for move in everything if move.trigger in adding)
    aside = legal_moves(scene, onward=False)
    assert {*aside, *legal_moves(scene, onward=True)} == set(everything)
    assert not any(leads_on(scene, move) for move in aside)


def test_without_a_signing_port_nobody_attests() -> None:
    signer = MemorySigner()
    world = World.new(signing=signer)
    adam = world.customer()
    anna = world.user(adam, "anna", ko.Role.ORDERER)
    bo = world.user(adam, "bo", ko.Role.ATTESTANT)
    world.portal.execute(ko.SendOrder(order=world.draft(anna).id), anna)
    scene = Scene.of_world(world, signing=signer)
    attests = (ko.Trigger.ATTEST,)
    methods = [
        move.command.method for move in legal_moves(scene, triggers=attests) if isinstance(move.command, ko.AttestOrder)
    ]
    assert methods == [ko.AttestMethod.SMS_CODE, ko.AttestMethod.BANKID]
    assert {move.actor for move in legal_moves(scene, triggers=attests)} == {bo}
    assert legal_moves(attrs.evolve(scene, signing=None), triggers=attests) == ()


def test_in_an_empty_store_somebody_can_only_become_the_provider_or_apply() -> None:
    store = MemoryStore()
    scene = Scene.of(ko.Portal(store=store, catalogue=CATALOGUE), store, catalogue=CATALOGUE)
    assert {move.trigger for move in legal_moves(scene)} == {ko.Trigger.ESTABLISH, ko.Trigger.APPLY}


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: str(kind.__name__))
def test_hostile_commands_of_every_class_are_refused_hidden_or_done(kind: type[ko.Command]) -> None:
    scene, chance = scene_with_an_order(), Random(kind.__name__)  # noqa: S311 - no secret
    actors = hostile_actors(scene)
    for _ in range(40):
        actor = chance.choice(actors)
        (pool,) = (pool for pool in hostile_commands(scene, actor) if pool.kind is kind)
        assert outcome_of(scene, Move(pool.nth(chance.randrange(len(pool))), actor)) in {"done", "refused", "hidden"}
        scene = scene.again()
    count("hostile moves, each refused, hidden or done", 40)


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: str(kind.__name__))
def test_a_pool_has_every_field_and_ends_somewhere(kind: type[ko.Command]) -> None:
    (pool,) = (pool for pool in hostile_commands(the_scene()) if pool.kind is kind)
    assert set(pool.values) == {field.name for field in attrs.fields(kind)}
    assert isinstance(pool.nth(0), kind)
    assert isinstance(pool.nth(len(pool) - 1), kind)
    with pytest.raises(IndexError):
        pool.nth(len(pool))


def test_a_pool_counts_through_all_its_commands() -> None:
    pool = CommandPool(
        kind=ko.GrantHandler,
        values={"member": tuple(each.id for each in the_scene().members), "assignment": (f"{AGENT}/npo", f"{AGENT}/x")},
    )
    assert len({pool.nth(number) for number in range(len(pool))}) == 2 * len(the_scene().members)


def test_a_move_can_be_pasted() -> None:
    scene = the_scene()
    for move in legal_moves(scene):
        made: object = eval(repr(move), {"Move": Move, "ko": ko} | names())  # noqa: S307 - our own text
        assert made == move


def names() -> dict[str, object]:
    """What else a pasted move may name."""
    from datetime import datetime  # noqa: PLC0415 - what a reader of the move would import

    return {"datetime": datetime}


def test_the_system_and_what_stands_by_default_are_pasted_shortly() -> None:
    assert pasted(ko.SYSTEM) == "ko.SYSTEM"
    assert pasted(ko.Rules(four_eyes=True)) == "ko.Rules(four_eyes=True)"
    assert pasted((ko.Role.ORDERER,)) == "(ko.Role.ORDERER,)"


@pytest.mark.parametrize("flow", ko.Flow)
def test_every_way_to_a_state_is_one_of_published_steps(flow: ko.Flow) -> None:
    published = {each.to for each in GRANTS if each.lifecycle is ko.Lifecycle.ORDER and each.flow in (None, flow)}
    assert set(states_of(flow)) == published
    for state in states_of(flow):
        for way in ways(flow, state):
            assert [cell.before for cell in way] == [None, *(cell.to for cell in way[:-1])]
            assert way[-1].to == state
            assert set(way) <= set(GRANTS)


def test_there_is_no_way_to_where_no_order_of_a_flow_comes() -> None:
    with pytest.raises(LookupError):
        ways(ko.Flow.DIRECT, ko.OrderState.AWAITING_AGENT_ATTEST)
