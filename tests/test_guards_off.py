"""Law 16: every guard of every row makes a difference to somebody; with it off, the story told of it ends otherwise.

The guards are read from the tables decisions are made on, so a new one is looked for the moment it stands in a row. The
stories are those of people who are stuck (``test_refusals``), and some more here for rows those do not come to.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final, Protocol, TypeAlias, TypeGuard, final

import attrs
import pytest
from cast import NPO, Cast
from proof import count
from test_refusals import STUCK
from world import AGENT, CUSTOMER, OTHER

import kundorder as ko
from kundorder.lifecycles.rows import AnyRow, Row
from kundorder.reasons import Reasons
from kundorder.situation import Case
from kundorder.vocabulary import Lifecycle, Role
from kundorder.workflow import STEPS, Place, Steps

OfFacts: TypeAlias = Callable[[Case], Reasons]
OfContent: TypeAlias = Callable[[Case, ko.Command], Reasons]
Story: TypeAlias = Callable[[], Reasons]
Tables: TypeAlias = Mapping[Place, Mapping[object, Steps]]

USED: Final = tuple(f"kundorder.decisions.{module}.STEPS" for module in ("judging", "showing", "explaining"))
NONE_IS_ASKED: Final = "_no_objection"
"""What stands in a row whose command has nothing to be judged."""


class Judge(Protocol):
    """What can stand in the place of either kind of guard."""

    def __call__(self, case: Case, command: ko.Command | None = None, /) -> Reasons: ...


@final
@attrs.frozen(eq=False)
class Guarded:
    """A guard, in one row: of facts, or of what a command holds."""

    name: str
    row: Row[ko.Command]
    guard: OfFacts | None
    content: OfContent | None = None

    def asked(self, case: Case, command: ko.Command | None) -> Reasons:
        """What the guard says."""
        if self.guard is not None:
            return self.guard(case)
        assert self.content is not None
        assert command is not None
        return self.content(case, command)

    def replaced(self, judge: Judge, row: Row[ko.Command]) -> Row[ko.Command]:
        """The row with another in its place."""
        was = self.guard
        return attrs.evolve(
            row,
            when=tuple(judge if each is was else each for each in row.when),
            given=row.given if self.content is None else judge,
            by=tuple(attrs.evolve(each, only=judge) if was and each.only is was else each for each in row.by),
        )


def _content(_case: Case, _command: ko.Command | None = None, /) -> Reasons:
    """What a guard says that is off."""
    return ()


def _is_row(row: AnyRow) -> TypeGuard[Row[ko.Command]]:
    return isinstance(row, Row)


def _rows() -> Iterator[tuple[Lifecycle, AnyRow]]:
    """Every row, once, and whose it is."""
    found: dict[int, tuple[Lifecycle, AnyRow]] = {}
    for (lifecycle, _flow), states in STEPS.items():
        for steps in states.values():
            found |= {id(row): (lifecycle, row) for row in steps.values()}
    yield from found.values()


def _guarded() -> Iterator[Guarded]:
    for lifecycle, row in _rows():
        assert _is_row(row)
        where = f"{lifecycle} {'NOWHERE' if row.at is None else row.at} {row.command.__name__} {row.to}"
        only = (by.only for by in row.by if by.only is not None)
        for guard in dict.fromkeys((*row.when, *only)):
            yield Guarded(f"{where}, {guard.__name__}", row, guard)
        if row.given.__name__ != NONE_IS_ASKED:
            yield Guarded(f"{where}, {row.given.__name__}", row, None, row.given)


ATTEST: Final = ko.AttestMethod.BANKID
STORIES: Final[dict[str, Story]] = {stuck.name: stuck.ask for stuck in STUCK}


def story(ask: Story) -> Story:
    """One more, for rows that nobody in ``test_refusals`` comes to."""
    STORIES[ask.__name__] = ask
    return ask


def _ended(cast: Cast) -> None:
    cast.portal.execute(ko.EndAssignment(assignment=NPO), cast.olle)


def _of_two_accounts(cast: Cast, person: str, role: Role) -> ko.Actor:
    """Somebody of the customer has a role at the agent, too."""
    email = f"{person}@o{CUSTOMER.replace('-', '')}.example"
    added = cast.portal.execute(ko.AddUser(name=person.capitalize(), email=email), cast.agda)
    cast.portal.execute(ko.AssignRole(member=added.id, role=role), cast.agda)
    return cast.world.verify(AGENT, person, email)


def _invited(cast: Cast) -> str:
    return cast.portal.execute(ko.AddUser(name="Ny Prov", email="ny@prov.example"), cast.adam).id


def _withdrawn_by_a_colleague(cast: Cast, order: str) -> Reasons:
    cast.assign(cast.nora, Role.ORDERER)
    return cast.reasons(ko.WithdrawOrder(order=order), cast.nora)


@story
def a_colleague_withdraws_a_draft() -> Reasons:
    cast = Cast.new(agent=False)
    return _withdrawn_by_a_colleague(cast, cast.draft())


@story
def a_colleague_withdraws_what_the_agent_reviews() -> Reasons:
    cast = Cast.new()
    return _withdrawn_by_a_colleague(cast, cast.sent(via=AGENT))


@story
def a_colleague_withdraws_what_the_agent_is_to_attest() -> Reasons:
    cast = Cast.new()
    return _withdrawn_by_a_colleague(cast, cast.approved())


@story
def the_agreement_has_been_terminated_before_the_last_attest() -> Reasons:
    cast = Cast.new(agent=False)
    order = cast.sent()
    cast.portal.execute(ko.TerminateAgreement(agreement=f"customer/{CUSTOMER}"), cast.olle)
    return cast.reasons(ko.AttestOrder(order=order, method=ATTEST), cast.atle)


@story
def the_assignment_has_ended_before_the_order_is_sent() -> Reasons:
    cast = Cast.new()
    order = cast.draft(via=AGENT)
    _ended(cast)
    return cast.reasons(ko.SendOrder(order=order), cast.berta)


@story
def an_order_via_the_agent_is_sent_with_nothing_in_it() -> Reasons:
    cast = Cast.new()
    start = ko.StartOrder(offer="npo-producent", mode=ko.ConnectionMode.VIA_AGENT, agent=AGENT)
    return cast.reasons(ko.SendOrder(order=cast.portal.execute(start, cast.berta).order.id), cast.berta)


@story
def the_assignment_has_ended_before_the_review() -> Reasons:
    cast = Cast.new()
    order = cast.sent(via=AGENT)
    _ended(cast)
    return cast.reasons(ko.ApproveOrder(order=order, attestant=cast.id(cast.aron), certified=True), cast.hanna)


@story
def the_assignment_has_ended_before_the_agent_attests() -> Reasons:
    cast = Cast.new()
    order = cast.approved()
    _ended(cast)
    return cast.reasons(ko.AttestOrder(order=order, method=ATTEST), cast.aron)


@story
def the_orderer_approves_with_another_account() -> Reasons:
    cast = Cast.new(rules=ko.Rules(four_eyes=True))
    berta = _of_two_accounts(cast, "berta", Role.AGENT_HANDLER)
    cast.world.grant(cast.agda, "berta", "npo")
    order = cast.sent(via=AGENT)
    return cast.reasons(ko.ApproveOrder(order=order, attestant=cast.id(cast.aron), certified=True), berta)


@story
def four_eyes_are_asked_for_since_a_handler_has_picked_themselves() -> Reasons:
    cast = Cast.new()
    cast.assign(cast.hanna, Role.ATTESTANT)
    order = cast.sent(via=AGENT)
    cast.portal.execute(ko.ApproveOrder(order=order, attestant=cast.id(cast.hanna), certified=True), cast.hanna)
    strict = ko.Portal(store=cast.world.store, catalogue=cast.world.catalogue, rules=ko.Rules(four_eyes=True))
    return strict.check(ko.AttestOrder(order=order, method=ATTEST), cast.hanna).reasons


def _not_granted(cast: Cast) -> ko.Actor:
    """A handler without a grant, who sees the agent's orders all the same, as an attestant."""
    cast.assign(cast.hugo, Role.ATTESTANT)
    return cast.hugo


@story
def a_handler_approves_where_not_granted() -> Reasons:
    cast = Cast.new()
    approve = ko.ApproveOrder(order=cast.sent(via=AGENT), attestant=cast.id(cast.aron), certified=True)
    return cast.reasons(approve, _not_granted(cast))


@story
def a_handler_picks_where_not_granted() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.PickAttestant(order=cast.approved(), attestant=cast.id(cast.astrid)), _not_granted(cast))


@story
def a_handler_completes_where_not_granted() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.CompleteOrder(order=cast.informed()), _not_granted(cast))


@story
def a_handler_picks_nobody_instead() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.PickAttestant(order=cast.approved()), cast.hanna)


@story
def a_handler_rejects_without_a_reason() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.RejectOrder(order=cast.sent(via=AGENT)), cast.hanna)


@story
def the_agents_attestant_rejects_without_a_reason() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.RejectOrder(order=cast.approved()), cast.aron)


@story
def another_attestant_of_the_agent_rejects() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.RejectOrder(order=cast.approved(), reason="Nej."), cast.astrid)


@story
def the_system_informs_the_agent_where_it_is_not_to() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.InformAgent(order=cast.attested(via=AGENT)), ko.SYSTEM)


@story
def an_agreement_there_is_is_registered() -> Reasons:
    cast = Cast.new(agent=False)
    application = cast.world.application(CUSTOMER, "adam")
    category = ko.CustomerCategory.REGION
    register = ko.RegisterCustomerAgreement(
        organisation=CUSTOMER, name="Provregionen", category=category, application=application
    )
    return cast.reasons(register, cast.olle)


@story
def an_agents_agreement_there_is_is_registered() -> Reasons:
    cast = Cast.new()
    application = cast.world.application(AGENT, "agda")
    register = ko.RegisterAgentAgreement(organisation=AGENT, name="Provagenten", application=application)
    return cast.reasons(register, cast.olle)


def _applied_as_agent(cast: Cast) -> str:
    apply = ko.ApplyForAgentAgreement(name="Provagenten", application=cast.world.application(AGENT, "agda"))
    return cast.portal.execute(apply, ko.Actor("sokande", AGENT)).id


@story
def an_agents_application_is_rejected_without_a_reason() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.RejectAgreement(agreement=_applied_as_agent(cast), reason=""), cast.olle)


def _applied_anew(cast: Cast) -> str:
    cast.portal.execute(ko.TerminateAgreement(agreement=f"agent/{AGENT}"), cast.olle)
    return _applied_as_agent(cast)


@story
def an_agents_application_names_a_deleted_user() -> Reasons:
    cast = Cast.new()
    cast.assign(cast.nils, Role.ADMINISTRATOR)
    cast.portal.execute(ko.DeleteUser(member=cast.id(cast.agda)), cast.nils)
    return cast.reasons(ko.ApproveAgreement(agreement=_applied_anew(cast)), cast.olle)


def _approved_anew(cast: Cast) -> str:
    agreement = _applied_anew(cast)
    cast.portal.execute(ko.ApproveAgreement(agreement=agreement), cast.olle)
    return agreement


@story
def an_agents_administrator_signs() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.SignAgreement(agreement=_approved_anew(cast)), cast.agda)


@story
def an_agents_administrator_declines_without_a_reason() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.DeclineAgreement(agreement=_approved_anew(cast), reason=""), cast.agda)


@story
def an_administrator_declines() -> Reasons:
    cast = Cast.new(agent=False)
    cast.world.customer(OTHER, administrator="otto", signed=False)
    decline = ko.DeclineAgreement(agreement=f"customer/{OTHER}", reason="Nej.")
    return cast.reasons(decline, ko.Actor("otto", OTHER))


def _to_be_attested(cast: Cast) -> str:
    assignment = cast.portal.execute(ko.ApplyForAssignment(service="webcert"), cast.uno).id
    cast.portal.execute(ko.PassReview(assignment=assignment), cast.olle)
    return assignment


@story
def an_assignment_is_attested_without_evidence() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.AttestAssignment(assignment=_to_be_attested(cast), method=ATTEST), cast.aron)


@story
def the_agents_attestant_rejects_an_assignment_without_a_reason() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.RejectAssignment(assignment=_to_be_attested(cast), reason=""), cast.aron)


@story
def an_officer_takes_up_somebody_elses_invitation() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.VerifyUser(member=_invited(cast), code="A" * 43), cast.olle)


@story
def a_customers_invited_user_is_made_a_handler() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.AssignRole(member=_invited(cast), role=Role.AGENT_HANDLER), cast.adam)


@story
def the_providers_administrator_gives_an_invited_user_a_role() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.AssignRole(member=_invited(cast), role=Role.ORDERER), cast.olle)


@story
def the_providers_administrator_takes_an_invited_users_role() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.RemoveRole(member=_invited(cast), role=Role.ORDERER), cast.olle)


@story
def the_providers_administrator_gives_a_user_a_role() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.AssignRole(member=cast.id(cast.nora), role=Role.ORDERER), cast.olle)


@story
def the_providers_administrator_takes_a_users_role() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.RemoveRole(member=cast.id(cast.berta), role=Role.ORDERER), cast.olle)


@story
def the_providers_administrator_deletes_a_user() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.DeleteUser(member=cast.id(cast.nora)), cast.olle)


@story
def the_last_administrator_gives_the_role_away() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.RemoveRole(member=cast.id(cast.adam), role=Role.ADMINISTRATOR), cast.adam)


GUARDED: Final = tuple(_guarded())


NEVER: Final = {
    "user INVITED RemoveRole INVITED, may_lose_role": "only those count as administrators who have been verified",
}
"""Guards that cannot object where they stand, and why; the row is there for two states, and needs it in the other."""


def tables_with(changed: Mapping[int, AnyRow]) -> Tables:
    """The tables, with some rows, by which they are, replaced."""
    return {
        place: {
            at: {trigger: changed.get(id(row), row) for trigger, row in steps.items()} for at, steps in states.items()
        }
        for place, states in STEPS.items()
    }


def told(ask: Story) -> Reasons | str:
    """What a story comes to; that it cannot be told any more is an end, too."""
    try:
        return ask()
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - whatever it is, it is another end
        return type(error).__name__


@cache
def heard() -> Mapping[str, Mapping[str, Reasons | str]]:
    """In which stories each guard of each row objects, with what each of them comes to."""
    found: dict[str, dict[str, Reasons | str]] = {each.name: {} for each in GUARDED}
    now: set[str] = set()

    def listening(each: Guarded) -> Judge:
        def guard(case: Case, command: ko.Command | None = None, /) -> Reasons:
            objections = each.asked(case, command)
            if objections:
                now.add(each.name)
            return objections

        return guard

    changed: dict[int, Row[ko.Command]] = {}
    for each in GUARDED:
        changed[id(each.row)] = each.replaced(listening(each), changed.get(id(each.row), each.row))
    with pytest.MonkeyPatch.context() as patch:
        for place in USED:
            patch.setattr(place, tables_with(changed))
        for name, ask in STORIES.items():
            now.clear()
            end = told(ask)
            assert not isinstance(end, str), f"{name}: {end}"
            for guard in now:
                found[guard][name] = end
    return found


@pytest.mark.parametrize("each", [each for each in GUARDED if each.name not in NEVER], ids=lambda each: each.name)
def test_without_the_guard_a_story_ends_otherwise(each: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    stories = heard()[each.name]
    for place in USED:
        monkeypatch.setattr(place, tables_with({id(each.row): each.replaced(_content, each.row)}))
    otherwise = next((name for name, end in stories.items() if told(STORIES[name]) != end), None)
    assert otherwise is not None, f"nothing tells of {each.name}; it objects in {list(stories)}"
    print(otherwise)  # noqa: T201 - seen with -rP
    count("guards taken out of a row, each missed by a story", 1)


def test_with_all_guards_on_all_stories_end_as_they_are_told() -> None:
    stories = {name: end for ends in heard().values() for name, end in ends.items()}
    for name in sorted(stories):
        assert told(STORIES[name]) == stories[name], name


def test_a_guard_that_is_never_missed_objects_to_nobody() -> None:
    assert {name: heard()[name] for name in NEVER} == {name: {} for name in NEVER}


def test_every_guard_has_a_name_of_its_own() -> None:
    assert len({each.name for each in GUARDED}) == len(GUARDED)
