"""Who holds what, and what a reader of another organisation is shown: the capacity, when and how of an act; not who."""

from functools import cache

import attrs
import pytest
from cast import Cast
from world import AGENT, CUSTOMER

import kundorder as ko
from kundorder.model import AgentAssignment, Member, Organisation, Provider, Subject
from kundorder.policies import assignment_of, has_any, is_granted, parties, sees
from kundorder.sample import CATALOGUE
from kundorder.situation import ABSENT, Act, Case, Fact, Kind, Situation, assignment_key
from kundorder.testing.contracts.store.made_up import a_member, an_assignment, an_order, one_of
from kundorder.testing.surroundings import START, NumberedIds
from kundorder.vocabulary import ReasonCode, Role, Trigger


@cache
def informed() -> tuple[Cast, str]:
    """An order that everybody has attested; looking changes nothing."""
    cast = Cast.new()
    first = cast.attested()
    order = cast.world.draft(cast.berta, "npo-producent", ko.ConnectionMode.VIA_AGENT, AGENT).id
    cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    supplement = ko.StartOrder(
        offer="npo-producent", mode=ko.ConnectionMode.VIA_AGENT, agent=AGENT, supplementary_to=first
    )
    order = cast.portal.execute(supplement, cast.berta).order.id
    form = {"care_units": ("SE9997000006-P01",), "technical_contact": "Teknik Prov"}
    cast.portal.execute(ko.FillInOrder(order=order, fields=form), cast.berta)
    cast.portal.execute(ko.AcceptTerms(order=order, version="2026-1"), cast.berta)
    cast.portal.execute(ko.SendOrder(order=order), cast.berta)
    cast.approve(order)
    cast.world.attest(order, cast.aron)
    cast.world.attest(order, cast.atle)
    cast.portal.execute(ko.InformAgent(order=order), cast.karin)
    return cast, order


READERS = {"the customer": Cast.atle, "the agent": Cast.aron}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_of_another_organisation_an_act_is_shown_without_the_person(reader: ko.Actor) -> None:
    cast, order = informed()
    whole = {event.step: event for event in cast.portal.history(order, ko.SYSTEM).items}
    seen = cast.portal.history(order, reader).items
    assert {event.organisation for event in seen} >= {CUSTOMER, AGENT}
    for event in seen:
        before = whole[event.step]
        if event.organisation == reader.organisation:
            assert event == before
        else:
            proven = before.proven and attrs.evolve(before.proven, signer="")
            assert event == attrs.evolve(before, person=None, member=None, about=None, proven=proven)
    attests = [event for event in seen if event.trigger is Trigger.ATTEST]
    assert len(attests) == 2
    assert all(event.proven is not None and event.proven.digest and event.method for event in attests)


@pytest.mark.parametrize("reader", [ko.SYSTEM, ko.Actor("karin", "999100-0002"), ko.Actor("olle", "999100-0002")])
def test_the_provider_and_the_system_are_shown_all_of_it(reader: ko.Actor) -> None:
    cast, order = informed()
    assert cast.portal.history(order, reader).items == cast.portal.history(order, ko.SYSTEM).items
    found = cast.portal.order(order, reader)
    assert found == cast.portal.order(order, ko.SYSTEM)
    assert all(mark.person for mark in found.course)
    assert len(found.evidence) == 2


def test_the_agent_is_shown_an_order_without_the_people_and_other_orders_of_its_customer() -> None:
    cast, order = informed()
    whole, found = cast.portal.order(order, ko.SYSTEM), cast.portal.order(order, cast.aron)
    content = attrs.evolve(whole.content, orderer="", orderer_person="", supplementary_to=None, copied_from=None)
    assert whole.content.supplementary_to is not None
    assert found.content == content
    assert {(bool(mark.person), bool(mark.member)) for mark in found.course if mark.organisation != AGENT} == {
        (False, False)
    }
    assert {mark.person for mark in found.course if mark.organisation == AGENT} == {"hanna", "aron"}
    assert found.picked == cast.id(cast.aron)
    assert [each.signer for each in found.evidence] == ["aron"]


def test_the_customer_is_shown_an_order_without_the_people_of_its_agent() -> None:
    cast, order = informed()
    whole, found = cast.portal.order(order, ko.SYSTEM), cast.portal.order(order, cast.atle)
    assert found.content == whole.content
    assert {mark.person for mark in found.course if mark.organisation == AGENT} == {None}
    assert {mark.member for mark in found.course if mark.organisation == AGENT} == {None}
    assert found.picked is None
    assert [each.signer for each in found.evidence] == ["atle"]


def test_the_system_is_shown_an_assignment_with_all_its_people() -> None:
    cast, _order = informed()
    assignment = cast.portal.assignment(f"{AGENT}/npo", ko.SYSTEM)
    assert all(mark.person for mark in assignment.marks)
    mine = cast.portal.assignment(f"{AGENT}/npo", cast.aron)
    assert {mark.person is None for mark in mine.marks} == {True, False}


def test_under_four_eyes_who_has_started_an_order_does_not_attest_it_whoever_has_sent_it() -> None:
    cast = Cast.new(rules=ko.Rules(four_eyes=True))
    second = cast.world.user(cast.adam, "bodil", Role.ORDERER, Role.ATTESTANT)
    order = cast.world.draft(second).id
    cast.portal.execute(ko.SendOrder(order=order), cast.berta)
    assert ReasonCode.FOUR_EYES in cast.codes(ko.AttestOrder(order=order), second)
    assert ReasonCode.FOUR_EYES not in cast.codes(ko.AttestOrder(order=order), cast.atle)


def test_four_eyes_hold_from_the_moment_the_host_asks_for_them_also_for_who_was_picked_before() -> None:
    """The rules are those of the moment of the act (R32)."""
    cast = Cast.new()
    email = f"berta@o{AGENT.replace('-', '')}.example"
    added = cast.portal.execute(ko.AddUser(name="Berta Prov", email=email), cast.agda)
    cast.portal.execute(ko.AssignRole(member=added.id, role=Role.ATTESTANT), cast.agda)
    berta = cast.world.verify(AGENT, "berta", email)
    order = cast.sent(via=AGENT)
    cast.portal.execute(ko.ApproveOrder(order=order, attestant=added.id, certified=True), cast.hanna)
    attest = ko.AttestOrder(order=order)
    assert ReasonCode.FOUR_EYES not in cast.codes(attest, berta)
    stricter = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, rules=ko.Rules(four_eyes=True))
    assert ReasonCode.FOUR_EYES in {reason.code for reason in stricter.check(attest, berta).reasons}


def case(record: Subject, me: Member | None, assignment: AgentAssignment | None = None) -> Case:
    """A question by somebody of the agent's, about whom and what only this is known."""
    facts = {assignment_key(f"{AGENT}/npo"): ABSENT if assignment is None else Fact(1, assignment)}
    here = Organisation(number=AGENT, name="Provagenten", is_agent=True)
    act = Act(ko.Actor("hanna", AGENT), START, NumberedIds(), ko.Rules(), CATALOGUE)
    return Case(Situation(facts), act, record, me, here)


HANNA = attrs.evolve(a_member("m-hanna", AGENT), roles=(Role.AGENT_HANDLER,))
ORDER = an_order("o-1")


def test_nobody_is_granted_in_an_assignment_that_is_not_there_or_that_names_others() -> None:
    others = an_assignment("npo", granted=("m-hugo",))
    for me in (None, attrs.evolve(HANNA, roles=()), HANNA):
        assert not is_granted(case(ORDER, me), f"{AGENT}/npo")
        assert not is_granted(case(ORDER, me, others), f"{AGENT}/npo")


@pytest.mark.parametrize("member", [None, attrs.evolve(HANNA, state=ko.UserState.INVITED)])
def test_who_is_no_active_user_holds_no_role(member: Member | None) -> None:
    assert has_any(HANNA, (Role.AGENT_HANDLER,))
    assert not has_any(member, (Role.AGENT_HANDLER,))


def test_an_order_in_the_direct_flow_goes_through_no_assignment_whatever_agent_is_named() -> None:
    content = attrs.evolve(ORDER.content, flow=ko.Flow.VIA_AGENT, agent=AGENT)
    assert assignment_of(attrs.evolve(ORDER, content=content)) == f"{AGENT}/{content.service}"
    for other in (attrs.evolve(content, flow=ko.Flow.DIRECT), attrs.evolve(content, agent=None)):
        assert assignment_of(attrs.evolve(ORDER, content=other)) is None


def test_on_which_side_of_a_user_somebody_stands_is_asked_of_the_users_own_organisation() -> None:
    assert parties(case(HANNA, HANNA), HANNA) == (ko.Party.AGENT,)
    assert parties(case(HANNA, HANNA), a_member("m-berta", CUSTOMER)) == ()


def test_what_is_the_providers_own_is_seen_by_the_providers_own_people() -> None:
    provider = one_of(Kind.PROVIDER)
    assert isinstance(provider, Provider)
    own = attrs.evolve(HANNA, organisation=provider.organisation)
    assert sees(case(provider, own), provider)
    assert not sees(case(provider, HANNA), provider)
    assert not sees(case(provider, None), provider)
