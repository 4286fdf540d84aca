"""Situations that can be reached: every state of every flow, by moves that were open, and none thrown away."""

import attrs
import pytest
from drawing import drawn, endings, simplest
from hypothesis import strategies as st
from proof import count

import kundorder as ko
import kundorder.testing.strategies as ours
from kundorder.sample import CATALOGUE
from kundorder.testing.moves import Move, legal_moves
from kundorder.testing.moves.paths import states_of
from kundorder.testing.strategies.detours import offered

PLACES = [(flow, state) for flow in ko.Flow for state in states_of(flow)]
EXAMPLES = 3


def hops(reached: ours.Reached) -> list[tuple[str | None, str]]:
    """Where the order has been, as its history tells."""
    page = reached.world.portal.history(reached.order_id, reached.world.officer, limit=100)
    return [(event.before, event.after) for event in page.items]


@pytest.mark.parametrize(("flow", "state"), PLACES)
def test_every_state_of_every_flow_is_reached_by_steps_that_were_open(flow: ko.Flow, state: ko.OrderState) -> None:
    for reached in drawn(ours.situations(state=state, flow=flow), EXAMPLES):
        order = reached.order
        assert (order.state, order.content.flow, reached.flow) == (state, flow, flow)
        assert hops(reached)[-1][1] == state
        assert reached.world.portal.verify_journal().verified
    count("situations reached, of every state of every flow", EXAMPLES)


def test_every_rule_a_host_may_choose_is_among_them_and_other_things_happen() -> None:
    found = drawn(ours.situations(), 60)
    for name in ("four_eyes", "inform_agent_automatically", "roles_require_signed_agreement"):
        assert {getattr(reached.rules, name) for reached in found} == {True, False}, name
    assert {method for reached in found for method in reached.rules.attest_methods} == set(ko.AttestMethod)
    triggers = {move.trigger for reached in found for move in reached.story}
    assert {ko.Trigger.COPY_AS_DRAFT, ko.Trigger.ADD, ko.Trigger.ASSIGN_ROLE} <= triggers
    assert any(len(reached.scene.orders) > 1 for reached in found)
    assert len({reached.state for reached in found}) > len(ko.OrderState) / 2


@pytest.mark.parametrize("detour", ours.Detour)
def test_every_detour_finds_something_to_do_and_leaves_the_order_where_it_is(detour: ours.Detour) -> None:
    (reached,) = drawn(ours.situations(state=ko.OrderState.AWAITING_CUSTOMER_ATTEST, detours=0), 1)
    for preparing in (ours.Detour.ANOTHER_ORDER, ours.Detour.PEOPLE_COME):
        reached.act(offered(preparing, reached)[0])
    order, found = reached.order, offered(detour, reached)
    for move in found[:1]:
        reached.act(move)
    assert reached.order == order
    assert bool(found) is (detour is not ours.Detour.MAIL_LEAVES)


def test_nobody_who_is_needed_is_taken_away() -> None:
    (reached,) = drawn(ours.situations(state=ko.OrderState.AWAITING_CUSTOMER_ATTEST, detours=0), 1)
    needed = set(reached.world.members.values())
    everybody = {move.subject for move in reached.open(ko.Trigger.DELETE, ko.Trigger.REMOVE_ROLE)}
    assert everybody & needed
    assert not {move.subject for move in offered(ours.Detour.PEOPLE_GO, reached)} & needed


def test_any_workable_catalogue_can_be_ordered_from() -> None:
    chosen = ours.catalogues().flatmap(lambda catalogue: ours.situations(catalogue=catalogue, detours=1))
    for reached in drawn(chosen, 20):
        assert reached.order.content.offer == reached.offer.id


def test_who_asks_for_what_there_is_not_is_told() -> None:
    nowhere = ours.situations(state=ko.OrderState.HANDED_OVER, flow=ko.Flow.VIA_AGENT)
    with pytest.raises(LookupError):
        drawn(nowhere, 1)
    direct = tuple(offer for offer in CATALOGUE.offers if offer.modes == (ko.ConnectionMode.DIRECT,))
    with pytest.raises(LookupError):
        drawn(ours.situations(flow=ko.Flow.VIA_AGENT, catalogue=attrs.evolve(CATALOGUE, offers=direct)), 1)


def test_nothing_is_thrown_away() -> None:
    found = endings(ours.situations(), 25)
    assert (found["passed"], found["gave_up"]) == (25, 0)


def test_the_same_seed_reaches_the_same() -> None:
    one, other = (drawn(ours.situations(), 5, chance=3) for _ in range(2))
    assert list(map(repr, one)) == list(map(repr, other))


def test_the_simplest_completed_order_is_seven_steps_long() -> None:
    reached = simplest(ours.situations(state=ko.OrderState.COMPLETED), lambda _: True)
    assert [move.trigger for move in reached.story] == [
        ko.Trigger.START,
        ko.Trigger.FILL_IN,
        ko.Trigger.ACCEPT_TERMS,
        ko.Trigger.SEND,
        ko.Trigger.ATTEST,
        ko.Trigger.HAND_OVER,
        ko.Trigger.COMPLETE,
    ]
    assert reached.rules == ko.Rules()
    assert repr(reached).startswith("Reached(COMPLETED, direct, ko.Rules():\n    Move(ko.StartOrder(offer=")
    assert len(repr(reached).splitlines()) == 8


def test_a_failure_shrinks_to_the_shortest_story_that_shows_it() -> None:
    reached = simplest(
        ours.situations(flow=ko.Flow.VIA_AGENT), lambda each: each.state is ko.OrderState.REJECTED_BY_AGENT
    )
    assert [move.trigger for move in reached.story][-2:] == [ko.Trigger.SEND, ko.Trigger.REJECT]
    assert len(reached.story) == 5


def test_orders_have_come_where_they_are() -> None:
    (order,) = drawn(ours.orders(state=ko.OrderState.ATTESTED, flow=ko.Flow.DIRECT), 1)
    assert (order.state, len(order.evidence)) == (ko.OrderState.ATTESTED, 1)


def test_legal_moves_are_accepted_and_hostile_ones_refused_hidden_or_accepted() -> None:
    ends = {"done": 0, "refused": 0, "hidden": 0}

    def played(reached: ours.Reached) -> st.SearchStrategy[tuple[ours.Reached, Move, Move, Move]]:
        scene = reached.scene
        moves = (ours.legal_moves(scene), ours.hostile_moves(scene), ours.anything())
        return st.tuples(st.just(reached), *moves)

    for reached, legal, hostile, made_up in drawn(ours.situations().flatmap(played), 40):
        portal = reached.world.portal
        portal.execute(legal.command, legal.actor)
        for move in (hostile, made_up):
            try:
                portal.execute(move.command, move.actor)
            except ko.Refused:
                ends["refused"] += 1
            except ko.NotFound:
                ends["hidden"] += 1
            else:
                ends["done"] += 1
    assert ends["refused"]
    assert ends["hidden"]
    count("moves drawn and made in situations that were reached, legal, hostile and made up", 120)


def test_where_nothing_is_open_there_is_no_move() -> None:
    reached = drawn(ours.situations(state=ko.OrderState.COMPLETED), 1)[0]
    assert legal_moves(reached.scene, subject=reached.order_id) == ()
    assert ours.legal_moves(reached.scene, subject=reached.order_id).is_empty
