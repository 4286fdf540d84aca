"""May it be done? One function answers, for ``check``, ``options``, ``path`` and ``execute`` alike.

Visibility first; then everything that stands in the way, at once.
"""

from typing import final

import attrs

from kundorder.codec import digest
from kundorder.commands import (
    AddUser,
    AgreementCommand,
    ApplyForAgentAgreement,
    ApplyForAssignment,
    ApplyForCustomerAgreement,
    AssignmentCommand,
    Command,
    EstablishProvider,
    MemberCommand,
    OrderCommand,
    RegisterAgentAgreement,
    RegisterCustomerAgreement,
    StartOrder,
    VerifyUser,
)
from kundorder.decisions.explaining import (
    advice_on,
    advice_to_start,
    decided_before,
    in_full,
    known_administrators,
    out_of_turn,
    role_missing,
    takes,
    wrong_party,
)
from kundorder.errors import NotFound
from kundorder.identifiers import party_of
from kundorder.lifecycles.rows import AnyRow, By
from kundorder.model import AgentAssignment, Agreement, Member, Order, Subject
from kundorder.policies import parties, sees, sides
from kundorder.reasons import OFFICER, Advice, Reason, Reasons
from kundorder.situation import Act, Case, Kind, Situation, case_of
from kundorder.vocabulary import Flow, Lifecycle, Party, ReasonCode, Role, Trigger
from kundorder.workflow import STEPS, Place


@final
@attrs.frozen(kw_only=True)
class Ruling:
    """What was found."""

    case: Case
    row: AnyRow | None  # None: no row permits this from here
    by: By | None  # the capacity acted in; None: in none
    reasons: Reasons
    advice: tuple[Advice, ...]


def judge(situation: Situation, command: Command, act: Act) -> Ruling:
    """What becomes of a command.

    Raises:
        NotFound: the subject does not exist, or the actor may not see it.
    """
    subject = _subject(situation, command)
    case = case_of(situation, act, subject)
    _be_visible(case, command)
    if strange := _stranger(case, command):
        return Ruling(case=case, row=None, by=None, reasons=strange, advice=())
    place = _place(command, subject)
    row = _row(place, subject, command.trigger)
    mine = _creating(case, command) if subject is None else parties(case, subject)
    by, reasons, in_turn = judge_row(case, place, row, command.trigger, mine)
    if row is not None and in_turn:
        objections = row.objections(case, command)
        reasons = (*reasons, *objections) if reasons else objections
    reasons = known_administrators(case, tuple(dict.fromkeys(reasons))) if reasons else ()
    return Ruling(case=case, row=row, by=by, reasons=reasons, advice=_advice(case, command))


def judge_row(
    case: Case, place: Place, row: AnyRow | None, trigger: Trigger, mine: tuple[Party, ...]
) -> tuple[By | None, Reasons, bool]:
    """In which capacity the act may be done, what stands in its way, and whether it is this side's turn at all.

    What the content of a command leaves to be desired is not judged here.
    """
    if row is None:
        return None, out_of_turn(case, place, trigger, mine), False
    ours = [by for by in row.by if _fits(by, mine, case)]
    if not ours:
        another = _has_another_turn(case, place, trigger, mine)
        found = out_of_turn(case, place, trigger, mine) if another else (wrong_party(row.by, case.subject),)
        return None, found, False
    by, reasons = _capacity(case, ours)
    if by is None:
        reasons = (*decided_before(case, place, row, mine), *reasons)
    for guard in row.when:
        objections = guard(case)
        reasons = (*reasons, *(in_full(place, case.subject, each) for each in objections)) if objections else reasons
    return by, reasons, True


def _has_another_turn(case: Case, place: Place, trigger: Trigger, mine: tuple[Party, ...]) -> bool:
    steps = STEPS[place].values()
    return any(takes(by, mine, case) for step in steps if trigger in step for by in step[trigger].by)


def _fits(by: By, mine: tuple[Party, ...], case: Case) -> bool:
    # A signatory has no login: the system carries out what the evidence says (R17).
    return takes(by, mine, case) or (by.role is Role.SIGNATORY and case.act.is_system)


def _capacity(case: Case, ours: list[By]) -> tuple[By | None, Reasons]:
    held = () if case.me is None else case.me.roles
    objections: Reasons = ()
    for by in ours:
        missing = by.role is not None and by.role is not Role.SIGNATORY and by.role not in held
        found: Reasons = (role_missing(case, by.role, by.party),) if missing and by.role is not None else ()
        if by.only is not None:
            found = (*found, *by.only(case))
        if not found:
            return by, ()
        objections = (*objections, *found)
    return None, objections


def _subject(situation: Situation, command: Command) -> Subject | None:
    found: Subject | None
    match command:
        case OrderCommand():
            found, kind = situation.order(command.order), Kind.ORDER
        case AgreementCommand():
            found, kind = situation.agreement(command.agreement), Kind.AGREEMENT
        case AssignmentCommand():
            found, kind = situation.assignment(command.assignment), Kind.ASSIGNMENT
        case MemberCommand():
            found, kind = situation.member(command.member), Kind.MEMBER
        case _:
            return None
    if found is None:
        raise NotFound(kind)
    return found


def _be_visible(case: Case, command: Command) -> None:
    """Who may not see something gets the answer for something that does not exist."""
    subject = case.subject
    if subject is not None and not sees(case, subject) and not _is_invited(case, subject, command):
        raise NotFound(kind_of_subject(subject))


def _stranger(case: Case, command: Command) -> Reasons:
    """Who was a user and is deleted is told so; to anybody else an organisation is as one that does not exist.

    Raises:
        NotFound: the actor is no user of the organisation acted for, or there is no such organisation.
    """
    if case.subject is not None or case.me is not None or case.act.is_system:
        return ()
    if isinstance(command, ApplyForCustomerAgreement | ApplyForAgentAgreement | EstablishProvider):
        return ()  # anybody may apply
    if case.situation.login(case.act.actor) is not None:  # who was verified once and is not active is deleted
        return (Reason(ReasonCode.USER_DELETED, cleared_by=(OFFICER,)),)
    raise NotFound(Kind.ORGANISATION)


def _is_invited(case: Case, subject: Subject, command: Command) -> bool:
    return (
        isinstance(command, VerifyUser)
        and isinstance(subject, Member)
        and case.act.actor.organisation == subject.organisation
        and subject.invitation == digest(command.code)
    )


def kind_of_subject(subject: Subject) -> Kind:
    """What to call a subject that is not there."""
    match subject:
        case Order():
            return Kind.ORDER
        case Agreement():
            return Kind.AGREEMENT
        case AgentAssignment():
            return Kind.ASSIGNMENT
        case Member():
            return Kind.MEMBER
        case _:
            return Kind.PROVIDER


def _place(command: Command, subject: Subject | None) -> Place:
    match command:
        case StartOrder():
            return Lifecycle.ORDER, Flow.DIRECT  # the same row in both flows
        case OrderCommand():
            return Lifecycle.ORDER, subject.content.flow if isinstance(subject, Order) else Flow.DIRECT
        case ApplyForCustomerAgreement() | RegisterCustomerAgreement():
            return Lifecycle.CUSTOMER_AGREEMENT, None
        case ApplyForAgentAgreement() | RegisterAgentAgreement():
            return Lifecycle.AGENT_AGREEMENT, None
        case AgreementCommand():
            customer = party_of(command.agreement) is Party.CUSTOMER
            return Lifecycle.CUSTOMER_AGREEMENT if customer else Lifecycle.AGENT_AGREEMENT, None
        case ApplyForAssignment() | AssignmentCommand():
            return Lifecycle.ASSIGNMENT, None
        case AddUser() | MemberCommand():
            return Lifecycle.USER, None
        case EstablishProvider():
            return Lifecycle.PROVIDER, None


def _row(place: Place, subject: Subject | None, trigger: Trigger) -> AnyRow | None:
    """The row that creates by this trigger, or else the one that leaves where the subject is."""
    creating = STEPS[place][None].get(trigger)
    if creating is not None or subject is None:
        return creating
    return STEPS[place][subject.state].get(trigger)


def _creating(case: Case, command: Command) -> tuple[Party, ...]:
    """On whose side somebody acts who creates something."""
    if case.act.is_system:
        return (Party.SYSTEM,)
    match command:
        case ApplyForAgentAgreement() | ApplyForAssignment():
            return (Party.AGENT,)
        case RegisterCustomerAgreement() | RegisterAgentAgreement():
            return (Party.PROVIDER,) if case.mine is not None and case.mine.is_provider else ()
        case AddUser():
            return () if case.mine is None else sides(case.mine)
        case EstablishProvider():
            return (Party.PROVIDER,)
        case _:
            return (Party.CUSTOMER,)


def _advice(case: Case, command: Command) -> tuple[Advice, ...]:
    if isinstance(command, StartOrder):
        offer = case.act.catalogue.offer(command.offer)
        return () if offer is None else advice_to_start(offer, command.mode, offer.flow_of(command.mode))
    return advice_on(case.subject, case.act) if isinstance(case.subject, Order) else ()
