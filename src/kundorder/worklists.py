"""The lists: what a record stands on, and what a reader asks for; both halves are here, so that they can agree."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeAlias

from kundorder.directory import Receipt, Reference
from kundorder.evidence import PendingSigning
from kundorder.model import AgentAssignment, Agreement, Member, Order, Record
from kundorder.policies import (
    FOLLOWS_AGENT_ORDERS,
    FOLLOWS_OWN_ORDERS,
    assignment_of,
    has_any,
    is_addressed_to_agent,
    is_staff,
)
from kundorder.situation import Case
from kundorder.vocabulary import (
    AgreementState,
    AssignmentState,
    Index,
    OrderState,
    Role,
    SigningStage,
)

Line: TypeAlias = tuple[Index, str, str]
"""Which list, under which value, and where on it."""


def _sort(at: datetime, identifier: str) -> str:
    return f"{at.isoformat(timespec='microseconds')} {identifier}"


def listings(record: Record) -> tuple[Line, ...]:
    """Every line a record has to have on the lists as it stands; a store keeps exactly these."""
    match record:
        case Order():
            return tuple(_of_order(record))
        case Agreement():
            return tuple(_of_agreement(record))
        case AgentAssignment():
            return tuple(_of_assignment(record))
        case Member():
            return ((Index.MEMBERS, record.organisation, record.id),)
        case Receipt():
            return ((Index.RECEIPTS, "", _sort(record.at.astimezone(UTC), record.key)),)
        case PendingSigning():
            return tuple(_of_signing(record))
        case Reference():
            return ((Index.LINKS, "", _sort(record.ends_at.astimezone(UTC), record.digest)),)
        case _:
            return ()


def _of_order(order: Order) -> Iterable[Line]:
    content = order.content
    created = _sort(order.created, order.id)
    since = _sort(order.since, order.id)
    assignment = assignment_of(order)
    yield (Index.ORDERS, "staff", created)
    yield (Index.ORDERS, f"customer:{content.organisation}", created)
    yield (Index.ORDERS, f"orderer:{content.orderer}", created)
    if is_addressed_to_agent(order):
        yield (Index.ORDERS, f"agent:{content.agent}", created)
        yield (Index.ORDERS, f"assignment:{assignment}", created)
    match order.state:
        case OrderState.DRAFT:
            yield (Index.PENDING, f"orderers:{content.organisation}", since)
        case OrderState.AWAITING_AGENT_APPROVAL:
            yield (Index.PENDING, f"handlers:{assignment}", since)
        case OrderState.AWAITING_AGENT_ATTEST:
            yield (Index.PENDING, f"picked:{order.picked}", since)
        case OrderState.AWAITING_CUSTOMER_ATTEST:
            yield (Index.PENDING, f"attestants:{content.organisation}", since)
        case OrderState.ATTESTED | OrderState.HANDED_OVER:
            yield (Index.PENDING, "customer_service", since)
        case OrderState.CONNECTION_STARTABLE:
            yield (Index.PENDING, "customer_service", since)
            yield (Index.PENDING, f"handlers:{assignment}", since)
        case OrderState.COMPLETED | OrderState.REJECTED | OrderState.REJECTED_BY_AGENT | OrderState.WITHDRAWN:
            pass
    for member in dict.fromkeys(notice.member for notice in order.notices):
        yield (Index.NOTICES, member, since)


def _of_agreement(agreement: Agreement) -> Iterable[Line]:
    if agreement.state is AgreementState.APPLIED:
        yield (Index.PENDING, "officers", _sort(agreement.since, agreement.id))


def _of_assignment(assignment: AgentAssignment) -> Iterable[Line]:
    since = _sort(assignment.since, assignment.id)
    if assignment.state in (AssignmentState.UNDER_REVIEW, AssignmentState.ATTESTED):
        yield (Index.PENDING, "officers", since)
    if assignment.state is AssignmentState.AWAITING_AGENT_ATTEST:
        yield (Index.PENDING, f"agent_attestants:{assignment.agent}", since)
    for grant in assignment.grants:
        yield (Index.GRANTS, grant.member, assignment.id)


def _of_signing(signing: PendingSigning) -> Iterable[Line]:
    if signing.stage in (SigningStage.BEGINNING, SigningStage.UNDER_WAY):
        ends = _sort(signing.ends_at.astimezone(UTC), f"{signing.subject}/{signing.signer}")
        yield (Index.SIGNINGS, signing.subject, ends)
        yield (Index.SIGNINGS, "", ends)


def lines_of(record: Record, wanted: Index) -> frozenset[str]:
    """The values a record stands under on one list."""
    return frozenset(value for index, value, _place in listings(record) if index is wanted)


def orders_for(case: Case, assignments: tuple[str, ...]) -> tuple[str, ...]:
    """What a reader asks the list of orders for; ``assignments`` are those the reader is a granted handler in."""
    if case.act.is_system or is_staff(case):
        return ("staff",)
    if case.me is None:
        return ()
    here = case.me.organisation
    own = f"customer:{here}" if has_any(case.me, FOLLOWS_OWN_ORDERS) else f"orderer:{case.me.id}"
    if has_any(case.me, FOLLOWS_AGENT_ORDERS):
        return (own, f"agent:{here}")
    return (own, *(f"assignment:{assignment}" for assignment in assignments))


def pending_for(case: Case, assignments: tuple[str, ...]) -> tuple[str, ...]:
    """What a reader asks the list of waiting steps for."""
    if case.me is None:
        return ()
    here, roles = case.me.organisation, case.me.roles
    wanted: list[str] = []
    if Role.ORDERER in roles:
        wanted.append(f"orderers:{here}")
    if Role.ATTESTANT in roles:
        wanted += [f"attestants:{here}", f"picked:{case.me.id}", f"agent_attestants:{here}"]
    wanted += [f"handlers:{assignment}" for assignment in assignments]
    if case.mine is not None and case.mine.is_provider:
        wanted += ["customer_service"] if Role.CUSTOMER_SERVICE in roles else []
        wanted += ["officers"] if Role.PROVIDER_OFFICER in roles else []
    return tuple(wanted)


def told_to(member: Member, assignments: tuple[str, ...]) -> tuple[str, ...]:
    """The waiting steps a member with these rights would have been mailed about (R39)."""
    wanted: list[str] = []
    if Role.ATTESTANT in member.roles:
        wanted += [f"attestants:{member.organisation}", f"picked:{member.id}"]
    if Role.AGENT_HANDLER in member.roles:
        wanted += [f"handlers:{assignment}" for assignment in assignments]
    return tuple(wanted)
