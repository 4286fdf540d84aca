"""What an act rests on goes at the very moment of the act: the act is done before, or not at all."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias, final

import attrs
import pytest
from cast import NPO, Cast
from proof import count
from world import AGENT, CUSTOMER

import kundorder as ko
from kundorder.vocabulary import CustomerCategory, Role
from races.around import Guards
from races.asking import BANKID, Asked
from races.stage import GROUNDS, IN_TURN, Ground, Pair, Stage, Way, Workers, share, staged

Asks: TypeAlias = Callable[[Cast], tuple[Asked, ...]]

WAYS: Final = (Way.SECOND, Way.FREE, Way.SECOND, Way.TOGETHER, Way.SECOND, Way.FIRST)
"""What the act rests on goes second to load and mostly first to write."""

REFUSALS: Final = (ko.Refused.__name__, ko.NotFound.__name__)


@final
@attrs.frozen
class Gone:
    """An act, what goes meanwhile, and how it comes back for the next race."""

    brink: Callable[[Cast], str]  # an order on which the act is all that is left to do; or what else is new every time
    act: Callable[[Cast, str], Asked]
    goes: Callable[[Cast], Asked]
    comes_back: Asks


def attest(cast: Cast, order: str) -> Asked:
    return Asked(ko.AttestOrder(order=order, method=BANKID), cast.atle)


def attest_for_agent(cast: Cast, order: str) -> Asked:
    return Asked(ko.AttestOrder(order=order, method=BANKID), cast.aron)


def approve(cast: Cast, order: str) -> Asked:
    return Asked(ko.ApproveOrder(order=order, attestant=cast.id(cast.aron), certified=True), cast.hanna)


def send(cast: Cast, order: str) -> Asked:
    return Asked(ko.SendOrder(order=order), cast.berta)


def start(cast: Cast, _order: str) -> Asked:
    return Asked(ko.StartOrder(offer="npo-producent", mode=ko.ConnectionMode.DIRECT), cast.berta)


def add(cast: Cast, name: str) -> Asked:
    return Asked(ko.AddUser(name="Ny Prov", email=f"{name}@prov.example"), cast.adam)


def nothing(cast: Cast) -> str:
    """Any name will do, and must not have been used."""
    return f"ny{cast.world.clock.now():%j%H%M%S}"


def loses(who: Callable[[Cast], ko.Actor], role: Role) -> tuple[Callable[[Cast], Asked], Asks]:
    """Somebody loses a role, and gets it again."""

    def by(cast: Cast) -> ko.Actor:
        return cast.agda if who(cast).organisation == AGENT else cast.adam

    return (
        lambda cast: Asked(ko.RemoveRole(member=cast.id(who(cast)), role=role), by(cast)),
        lambda cast: (Asked(ko.AssignRole(member=cast.id(who(cast)), role=role), by(cast)),),
    )


def administers(cast: Cast) -> Asked:
    """Adam does no more: Nora, who does too, sees to that."""
    return Asked(ko.RemoveRole(member=cast.id(cast.adam), role=Role.ADMINISTRATOR), cast.nora)


def administers_again(cast: Cast) -> tuple[Asked, ...]:
    return (Asked(ko.AssignRole(member=cast.id(cast.adam), role=Role.ADMINISTRATOR), cast.nora),)


def deletes(cast: Cast) -> Asked:
    """Atle is no user any more."""
    return Asked(ko.DeleteUser(member=cast.id(cast.atle)), cast.adam)


def restores(cast: Cast) -> tuple[Asked, ...]:
    member = cast.id(cast.atle)
    return (
        Asked(ko.RestoreUser(member=member), cast.olle),
        Asked(ko.AssignRole(member=member, role=Role.ATTESTANT), cast.adam),
    )


def revokes(cast: Cast) -> Asked:
    """Hanna may act in the assignment no more."""
    return Asked(ko.RevokeHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda)


def grants(cast: Cast) -> tuple[Asked, ...]:
    return (Asked(ko.GrantHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda),)


def ends(cast: Cast) -> Asked:
    """The assignment ends."""
    return Asked(ko.EndAssignment(assignment=NPO), cast.olle)


def is_active_again(cast: Cast) -> tuple[Asked, ...]:
    return (
        Asked(ko.ApplyForAssignment(service="npo"), cast.uno),
        Asked(ko.PassReview(assignment=NPO), cast.olle),
        Asked(ko.AttestAssignment(assignment=NPO, method=BANKID), cast.aron),
        Asked(ko.ActivateAssignment(assignment=NPO), cast.olle),
        *grants(cast),
    )


def terminates(cast: Cast) -> Asked:
    """The customer's agreement ends."""
    return Asked(ko.TerminateAgreement(agreement=f"customer/{CUSTOMER}"), cast.olle)


def is_signed_again(cast: Cast) -> tuple[Asked, ...]:
    application = cast.world.application(CUSTOMER, "adam")
    applies = ko.ApplyForCustomerAgreement(
        name="Provregionen", category=CustomerCategory.REGION, application=application
    )
    return _signed(cast, applies, CUSTOMER, f"customer/{CUSTOMER}")


def terminates_agent(cast: Cast) -> Asked:
    """The agent's agreement ends."""
    return Asked(ko.TerminateAgreement(agreement=f"agent/{AGENT}"), cast.olle)


def agent_is_signed_again(cast: Cast) -> tuple[Asked, ...]:
    application = cast.world.application(AGENT, "agda")
    applies = ko.ApplyForAgentAgreement(name="Provagenten", application=application)
    return _signed(cast, applies, AGENT, f"agent/{AGENT}")


def _signed(cast: Cast, applies: ko.Command, organisation: str, agreement: str) -> tuple[Asked, ...]:
    return (
        Asked(applies, ko.Actor("sokande", organisation)),
        Asked(ko.ApproveAgreement(agreement=agreement), cast.olle),
        Asked(ko.SignAgreement(agreement=agreement), ko.SYSTEM),
    )


def sent(cast: Cast) -> str:
    """Waits for the customer's attestant."""
    return cast.sent()


def sent_to_agent(cast: Cast) -> str:
    """Waits for the agent's handler."""
    return cast.sent(via=AGENT)


def draft_via_agent(cast: Cast) -> str:
    """Ready to be sent."""
    return cast.draft(via=AGENT)


KINDS: Final[Mapping[str, Gone]] = {
    "attest, role": Gone(sent, attest, *loses(lambda cast: cast.atle, Role.ATTESTANT)),
    "attest, user": Gone(sent, attest, deletes, restores),
    "attest, agreement": Gone(sent, attest, terminates, is_signed_again),
    "attest, assignment": Gone(Cast.agent_done, attest, ends, is_active_again),
    "agent's attest, role": Gone(Cast.approved, attest_for_agent, *loses(lambda cast: cast.aron, Role.ATTESTANT)),
    "agent's attest, assignment": Gone(Cast.approved, attest_for_agent, ends, is_active_again),
    "approve, grant": Gone(sent_to_agent, approve, revokes, grants),
    "approve, role": Gone(sent_to_agent, approve, *loses(lambda cast: cast.aron, Role.ATTESTANT)),
    "approve, assignment": Gone(sent_to_agent, approve, ends, is_active_again),
    "send, role": Gone(draft_via_agent, send, *loses(lambda cast: cast.berta, Role.ORDERER)),
    "send, last attestant": Gone(draft_via_agent, send, *loses(lambda cast: cast.atle, Role.ATTESTANT)),
    "send, agreement": Gone(draft_via_agent, send, terminates, is_signed_again),
    "send, agent's agreement": Gone(draft_via_agent, send, terminates_agent, agent_is_signed_again),
    "send, last grant": Gone(draft_via_agent, send, revokes, grants),
    "start, last attestant": Gone(nothing, start, *loses(lambda cast: cast.atle, Role.ATTESTANT)),
    "add, administrator": Gone(nothing, add, administers, administers_again),
}


@final
@attrs.frozen
class Plan:
    """Which races are held, and the orders for them; where the act was refused, its order serves again."""

    races: tuple[tuple[str, Way], ...]
    brinks: Mapping[str, list[str]]

    @classmethod
    def of(cls, stage: Stage, races: int, ways: tuple[Way, ...]) -> "Plan":
        """All kinds in turn, each in all ways; with everything they need."""
        cast, kinds = stage.cast, tuple(KINDS)
        cast.assign(cast.nora, Role.ADMINISTRATOR)
        planned = tuple((kinds[each % len(kinds)], ways[each // len(kinds) % len(ways)]) for each in range(races))
        used = Counter(kind for kind, way in planned if way is not Way.SECOND)
        brinks = {kind: [gone.brink(cast) for _ in range(used[kind] + 1)] for kind, gone in KINDS.items()}
        stage.begin()
        return cls(planned, brinks)


@pytest.mark.parametrize("races", [1_000, pytest.param(10_000, marks=[pytest.mark.long, pytest.mark.timeout(7200)])])
@pytest.mark.parametrize("ground", GROUNDS, ids=str)
def test_an_act_is_done_before_what_it_rests_on_goes_or_not_at_all(
    ground: Ground, races: int, tmp_path: Path, workers: Workers
) -> None:
    with staged(ground, tmp_path, workers) as stage:
        plan = Plan.of(stage, share(ground, races), WAYS)
        for number, (kind, way) in enumerate(plan.races):
            gone, orders = KINDS[kind], plan.brinks[kind]
            order = orders.pop()
            pair = keyed(number, gone.act(stage.cast, order), gone.goes(stage.cast))
            acted, went = stage.race(pair, way)
            assert went.told is not None, (kind, way, went)
            if acted.told is None:
                assert acted.error in REFUSALS, (kind, way, acted)
                orders.append(order)
            if way in IN_TURN:
                assert (acted.told is not None) is (way is Way.FIRST), (kind, way, acted)
            stage.do(*gone.comes_back(stage.cast))
        assert stage.wrongs() == []
    count(f"races: what an act rests on goes at the same moment, {ground}", len(plan.races))


@pytest.mark.parametrize("ground", GROUNDS, ids=str)
def test_without_guards_on_what_is_only_read_the_act_is_done_after(
    ground: Ground, tmp_path: Path, workers: Workers
) -> None:
    violated = 0
    with staged(ground, tmp_path, workers, Guards.WRITTEN) as stage:
        plan = Plan.of(stage, len(KINDS), (Way.SECOND,))
        for number, (kind, way) in enumerate(plan.races):
            gone = KINDS[kind]
            act = gone.act(stage.cast, plan.brinks[kind].pop())
            acted, went = stage.race(keyed(number, act, gone.goes(stage.cast)), way)
            assert went.told is not None, (kind, went)
            violated += acted.told is not None
            stage.do(*gone.comes_back(stage.cast))
        found = [wrong for wrong in stage.wrongs() if "decided on version" in wrong]
    assert len(found) >= violated
    assert violated > 0.9 * len(plan.races)
    count(f"races with the guards off: what an act rests on goes, {ground}", len(plan.races))
    count(f"races with the guards off: what an act rests on goes, done all the same, {ground}", violated)


def keyed(number: int, act: Asked, goes: Asked) -> Pair:
    """Each with a key of its own."""
    return attrs.evolve(act, key=f"acts-{number}"), attrs.evolve(goes, key=f"goes-{number}")
