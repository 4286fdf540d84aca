"""Why something cannot be done here and now when no row permits it, and what is worth knowing all the same."""

import attrs

from kundorder.catalogue import Offer
from kundorder.lifecycles.rows import AnyRow, By
from kundorder.model import AgentAssignment, Agreement, Mark, Member, Order, Subject
from kundorder.reasons import CUSTOMER_SERVICE, OFFICER, SYSTEM, Advice, Clearer, Reason, Reasons
from kundorder.situation import Act, Case, holders_key
from kundorder.vocabulary import (
    AdviceCode,
    ConnectionMode,
    Flow,
    OrderState,
    Party,
    ReasonCode,
    Role,
    State,
    Trigger,
    UserState,
)
from kundorder.workflow import AHEAD, FINAL, STEPS, Place, capacities

_BACK = (Trigger.WITHDRAW, Trigger.REJECT, Trigger.DECLINE)


def clearer_of(by: By, subject: Subject | None) -> Clearer:
    """The people a capacity stands for, in the organisation it means here."""
    if by.party is Party.SYSTEM:
        return SYSTEM
    return Clearer(role=by.role, party=by.party, organisation=_organisation_of(by.party, subject))


def _organisation_of(party: Party, subject: Subject | None) -> str | None:
    match subject:
        case Order(content=content):
            return {Party.CUSTOMER: content.organisation, Party.AGENT: content.agent}.get(party)
        case Agreement() | Member() if party is not Party.PROVIDER:
            return subject.organisation
        case AgentAssignment() if party is Party.AGENT:
            return subject.agent
        case _:
            return None


def who(permitted: tuple[By, ...], subject: Subject | None) -> tuple[Clearer, ...]:
    """Everybody some capacities stand for."""
    return tuple(dict.fromkeys(clearer_of(by, subject) for by in permitted))


def _sides(permitted: tuple[By, ...]) -> str:
    return "|".join(dict.fromkeys(by.party.value for by in permitted))


def takes(by: By, mine: tuple[Party, ...], case: Case) -> bool:
    """Whether a capacity is one of this side's, and of this organisation where it takes that."""
    if by.at_home and isinstance(case.subject, Member) and case.act.actor.organisation != case.subject.organisation:
        return False
    return by.party in mine


def wrong_party(permitted: tuple[By, ...], subject: Subject | None) -> Reason:
    """The act is done by somebody else's side."""
    if isinstance(subject, Member):  # whoever sees another organisation's users is the provider
        permitted = tuple(by for by in permitted if not by.at_home or by.party is not Party.PROVIDER)
    return Reason(ReasonCode.WRONG_PARTY, (("party", _sides(permitted)),), cleared_by=who(permitted, subject))


def out_of_turn(case: Case, place: Place, trigger: Trigger, mine: tuple[Party, ...]) -> Reasons:
    """The act is not possible from here: too early, decided already, or not at all."""
    subject = case.subject
    if subject is None:
        raise TypeError(trigger)
    state: State = subject.state
    could = capacities(place, trigger)
    ours = tuple((at, by) for at, by in could if takes(by, mine, case))
    lacking = _roles_lacking(case, tuple(by for _at, by in ours))
    if could and not ours:
        lacking = (wrong_party(tuple(by for _at, by in could), subject),)
    if isinstance(subject, Member) and (special := _of_member(subject, mine)):
        return (*special, *lacking)
    if any(at in AHEAD[place][state] for at, _by in (ours or could)):
        return (_too_early(place, subject, state), *lacking)
    decided = _decided(case, place, trigger, tuple(by for _at, by in ours))
    if decided is not None:
        return (_already(subject, decided), *lacking)
    params = (("state", state.value), ("possible", _possible(place, state)))
    return (Reason(ReasonCode.WRONG_STATE, params, cleared_by=_next(place, subject, state)), *lacking)


def _possible(place: Place, state: State) -> str:
    return "|".join(STEPS[place][state]) or "nothing"


def in_full(place: Place, subject: Subject | None, reason: Reason) -> Reason:
    """The reason; of a wrong state, with all that can be done from there, which no single row knows."""
    if reason.code is not ReasonCode.WRONG_STATE or subject is None:
        return reason
    params = (("state", subject.state.value), ("possible", _possible(place, subject.state)))
    return attrs.evolve(reason, params=params)


def _of_member(member: Member, mine: tuple[Party, ...]) -> Reasons:
    if member.state is UserState.DELETED:
        return (Reason(ReasonCode.USER_DELETED, cleared_by=(OFFICER,)),)
    if member.state is UserState.INVITED:
        themselves = Clearer(party=mine[0] if mine else Party.CUSTOMER, organisation=member.organisation)
        return (Reason(ReasonCode.USER_NOT_VERIFIED, cleared_by=(themselves,)),)
    return ()


def _roles_lacking(case: Case, ours: tuple[By, ...]) -> Reasons:
    """The role the actor would need; none is named if one of them is held."""
    if case.act.is_system or not ours:
        return ()
    held = () if case.me is None else case.me.roles
    needed = {by.role: by.party for by in reversed(ours) if by.role is not None and by.role is not Role.SIGNATORY}
    if any(role in held for role in needed):
        return ()
    return tuple(role_missing(case, role, party) for role, party in reversed(needed.items()))


def role_missing(case: Case, role: Role, party: Party) -> Reason:
    """The actor does not hold a role in the organisation acted for."""
    here = case.act.actor.organisation
    administrator = Clearer(role=Role.ADMINISTRATOR, party=party, organisation=here)
    return Reason(ReasonCode.ROLE_MISSING, (("role", role.value), ("organisation", here)), cleared_by=(administrator,))


def _marks(subject: Subject) -> tuple[Mark, ...]:
    match subject:
        case Order():
            return subject.course
        case Agreement() | AgentAssignment():
            return subject.marks
        case _:
            return ()


def decided_before(case: Case, place: Place, row: AnyRow, mine: tuple[Party, ...]) -> Reasons:
    """That the act has been decided in a capacity the actor holds, where it has become another's since."""
    if row.at is None:
        return ()  # what is ended is not decided against: from it something else is made
    held = () if case.me is None else case.me.roles
    now = {(by.role, by.party) for by in row.by}
    ours = (by for _at, by in capacities(place, row.trigger) if by.party in mine and by.role in held)
    mark = _decided(case, place, row.trigger, tuple(by for by in ours if (by.role, by.party) not in now))
    return () if mark is None or case.subject is None else (_already(case.subject, mark),)


def _decided(case: Case, place: Place, trigger: Trigger, ours: tuple[By, ...]) -> Mark | None:
    if case.subject is None:
        return None
    marks = _marks(case.subject)
    sides = {(by.role, by.party) for by in ours}
    # To have sent an order, or handed it over, is no answer to why it cannot be taken back.
    undone = trigger is Trigger.WITHDRAW
    decided = [mark for mark in marks if (mark.role, mark.party) in sides and not undone]
    if not decided and case.subject.state in FINAL[place[0]]:
        decided = list(marks)
    return decided[-1] if decided else None


def _already(subject: Subject, mark: Mark) -> Reason:
    params = (
        ("trigger", mark.trigger.value),
        ("role", "" if mark.role is None else mark.role.value),
        ("party", mark.party.value),
        ("at", mark.at.isoformat(timespec="seconds")),
    )
    if isinstance(subject, Order):
        orderer = clearer_of(By(Role.ORDERER, Party.CUSTOMER), subject)
        return Reason(ReasonCode.ALREADY_DECIDED, params, cleared_by=(orderer,))
    return Reason(ReasonCode.ALREADY_DECIDED, params, cleared_by=(OFFICER,))


def forward(place: Place, state: State) -> AnyRow | None:
    """The row that leads on from a state: not back, not out, not in a circle."""
    rows = STEPS[place][state].values()
    return next((row for row in rows if row.trigger not in _BACK and row.to is not state), None)


def _next(place: Place, subject: Subject, state: State) -> tuple[Clearer, ...]:
    row = forward(place, state)
    if row is not None:
        return who(row.by, subject)
    return (clearer_of(By(Role.ORDERER, Party.CUSTOMER), subject),) if isinstance(subject, Order) else (OFFICER,)


def _too_early(place: Place, subject: Subject, state: State) -> Reason:
    row = forward(place, state)
    params = (("party", "" if row is None else _sides(row.by)), ("state", state.value))
    return Reason(ReasonCode.TOO_EARLY, params, cleared_by=_next(place, subject, state))


def known_administrators(case: Case, reasons: Reasons) -> Reasons:
    """The reasons; with one more for each organisation that has no administrator to clear them."""
    wanted = dict.fromkeys(
        clearer.organisation
        for reason in reasons
        for clearer in reason.cleared_by
        if clearer.role is Role.ADMINISTRATOR and clearer.organisation is not None
    )
    absent = tuple(
        organisation
        for organisation in wanted
        if case.situation.knows(holders_key(organisation, Role.ADMINISTRATOR))
        and not case.situation.holders(organisation, Role.ADMINISTRATOR)
    )
    return (
        *reasons,
        *(
            Reason(ReasonCode.NO_ADMINISTRATOR, (("organisation", each),), cleared_by=(CUSTOMER_SERVICE,))
            for each in absent
        ),
    )


def advice_on(order: Order, act: Act) -> tuple[Advice, ...]:
    """What the orderer does well to know while the order is a draft (R13, R38)."""
    if order.state is not OrderState.DRAFT:
        return ()
    content = order.content
    offer = act.catalogue.offer(content.offer)
    return () if offer is None else advice_to_start(offer, content.mode, content.flow)


def advice_to_start(offer: Offer, mode: ConnectionMode, flow: Flow) -> tuple[Advice, ...]:
    """What one who orders this does well to know (R13, R38)."""
    params = (("offer", offer.id),)
    found: list[Advice] = []
    if mode is ConnectionMode.VIA_AGENT:
        overridden = flow is Flow.DIRECT
        found.append(Advice(AdviceCode.FLOW_OVERRIDDEN if overridden else AdviceCode.ASK_THE_AGENT, params))
    if offer.takes_care_units:
        found.append(Advice(AdviceCode.LIST_ALL_CARE_UNITS, params))
    if offer.start_up_fee is not None:
        found.append(Advice(AdviceCode.START_UP_FEE, (*params, ("fee", str(offer.start_up_fee)))))
    return tuple(found)
