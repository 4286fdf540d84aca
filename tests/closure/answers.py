"""Everything somebody can ask a portal, and what canary values there are in the answer, whether it is given or not."""

from collections.abc import Callable, Iterator
from enum import Enum, auto
from functools import cache, partial
from typing import Final, TypeAlias, TypeVar, final

import attrs
from world import AGENT, CUSTOMER, OTHER, OTHER_AGENT, PROVIDER

import kundorder as ko
from closure.canaries import found_in, told_by
from closure.rights import Reader
from closure.scenarios import Slot
from closure.standing import Recalled
from kundorder.model import Notice
from kundorder.outcomes import NeedsAction
from kundorder.vocabulary import ReasonCode, Role, Template

Question: TypeAlias = Callable[[], object]
T = TypeVar("T")
_MOST: Final = 50
PARTIES: Final = {CUSTOMER: "customer", OTHER: "customer", AGENT: "agent", OTHER_AGENT: "agent", PROVIDER: "customer"}
TO_FILL_IN: Final = frozenset(
    (
        ReasonCode.NOT_CERTIFIED,
        ReasonCode.NO_ATTESTANT_PICKED,
        ReasonCode.METHOD_MISSING,
        ReasonCode.EVIDENCE_MISSING,
    )
)
"""What an attest lacks that has not been signed yet."""


class Kind(Enum):
    """How somebody was answered."""

    GIVEN = auto()
    REFUSED = auto()
    NOT_FOUND = auto()


@final
@attrs.frozen(kw_only=True)
class Told:
    """How somebody was answered, and which canary values the answer holds."""

    kind: Kind
    what: str  # was asked
    words: frozenset[str]  # anywhere in it
    in_repr: frozenset[str]  # of it, of errors all of their text
    in_error: frozenset[str] = frozenset()
    codes: frozenset[ReasonCode] = frozenset()  # of a verdict, besides what is to be filled in

    @property
    def is_accepted(self) -> bool:
        """Whether a verdict has nothing against it."""
        return self.kind is Kind.GIVEN and not self.codes


def answered(what: str, question: Question) -> Told:
    """What comes of a question."""
    try:
        found = question()
    except ko.Refused as error:
        words, said = told_by(error)
        return Told(kind=Kind.REFUSED, what=what, words=words, in_repr=said, in_error=found_in(str(error)))
    except ko.NotFound as error:
        return _not_found(what, f"{error}\n{error!r}\n{error.args}\n{vars(error)}\n{error.__context__!r}")
    return _verdict(what, found) if isinstance(found, ko.Verdict) else _given(what, found)


@cache
def _not_found(what: str, said: str) -> Told:
    found = found_in(said)
    return Told(kind=Kind.NOT_FOUND, what=what, words=found, in_repr=found, in_error=found)


@cache
def _verdict(what: str, verdict: ko.Verdict) -> Told:
    codes = frozenset(reason.code for reason in verdict.reasons) - TO_FILL_IN
    return attrs.evolve(_given(what, verdict), codes=codes)


def _given(what: str, found: object) -> Told:
    words, said = told_by(found)
    return Told(kind=Kind.GIVEN, what=what, words=words, in_repr=said)


@final
@attrs.frozen(kw_only=True)
class Lists:
    """What stands on somebody's lists, page by page; empty for somebody who has none."""

    told: Told
    orders: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    notices: tuple[tuple[str, Template], ...] = ()


@final
class Answers:
    """All questions of all readers to one portal, each asked but once of all stores that answer alike."""

    def __init__(
        self, portal: ko.Portal, readers: tuple[Reader, ...], slots: tuple[Slot, ...], members: tuple[str, ...]
    ) -> None:
        self._portal, self._members = portal, members
        self.lists = {reader: Recalled(partial(self._lists, reader)) for reader in readers}
        self.people = {reader: [self._recalled(*each) for each in self._of_people(reader)] for reader in readers}
        self.orders = {
            slot.number: {
                reader: [self._recalled(*each) for each in self._of_order(reader, slot)] for reader in readers
            }
            for slot in slots
        }

    def check(self, command: ko.Command, actor: ko.Actor) -> Recalled[Told]:
        """Whether something would be accepted."""
        return self._recalled(f"check {type(command).__name__}", partial(self._portal.check, command, actor))

    def _recalled(self, what: str, question: Question) -> Recalled[Told]:
        return Recalled(partial(answered, what, question))

    def _of_order(self, reader: Reader, slot: Slot) -> Iterator[tuple[str, Question]]:
        portal, order, actor = self._portal, slot.order, reader.actor
        yield "order", partial(portal.order, order, actor)
        yield "options", partial(portal.options, order, actor)
        yield "path", partial(portal.path, order, actor)
        yield "due", partial(portal.due, order, actor)
        yield "history", partial(self._history, order, actor)
        yield "signings", partial(portal.signings, order, actor)
        yield "evidence", partial(portal.evidence, order, actor)
        yield "document", partial(portal.document, ko.AttestOrder(order=order), actor)

    def _of_people(self, reader: Reader) -> Iterator[tuple[str, Question]]:
        portal, actor = self._portal, reader.actor
        for organisation, party in PARTIES.items():
            agreement, assignment = f"{party}/{organisation}", f"{organisation}/npo"
            yield f"members {organisation}", partial(portal.members, actor, organisation=organisation)
            yield f"agreement {agreement}", partial(portal.agreement, agreement, actor)
            yield f"assignment {assignment}", partial(portal.assignment, assignment, actor)
            yield from self._of_subject(agreement, actor)
            yield from self._of_subject(assignment, actor)
        for member in self._members:
            yield f"history {member}", partial(self._history, member, actor)
            for command in _about_user(member):
                yield type(command).__name__, partial(portal.check, command, actor)
        for command in _ABOUT_AGREEMENTS:
            yield type(command).__name__, partial(portal.check, command, actor)

    def _of_subject(self, subject: str, actor: ko.Actor) -> Iterator[tuple[str, Question]]:
        yield f"history {subject}", partial(self._history, subject, actor)
        yield f"signings {subject}", partial(self._portal.signings, subject, actor)
        yield f"evidence {subject}", partial(self._portal.evidence, subject, actor)

    def _history(self, subject: str, actor: ko.Actor) -> object:
        """All pages of a history; what says where to go on may tell something too."""

        def ask(after: str | None) -> tuple[tuple[ko.Event, ...], str | None]:
            page = self._portal.history(subject, actor, after=after, limit=3)
            return page.items, page.after

        return _pages(ask)

    def _lists(self, reader: Reader) -> Lists:
        portal, actor = self._portal, reader.actor

        def orders(after: str | None) -> tuple[tuple[ko.Order, ...], str | None]:
            page = portal.orders(actor, after=after, limit=1)
            return page.items, page.after

        def pending(after: str | None) -> tuple[tuple[NeedsAction, ...], str | None]:
            page = portal.pending(actor, after=after, limit=1)
            return page.items, page.after

        def notices(after: str | None) -> tuple[tuple[Notice, ...], str | None]:
            page = portal.notices(actor, after=after, limit=1)
            return page.items, page.after

        held: list[tuple[tuple[ko.Order, ...], tuple[NeedsAction, ...], tuple[Notice, ...]]] = []

        def ask() -> object:
            listed, waiting, noticed = _pages(orders), _pages(pending), _pages(notices)
            held.append((listed[0], waiting[0], noticed[0]))
            return listed, waiting, noticed

        told = answered("lists", ask)
        if told.kind is not Kind.GIVEN:
            others = [answered("lists", partial(_pages, each)) for each in (pending, notices)]
            assert others == [told] * 2
            return Lists(told=told)
        listed, waiting, noticed = held[0]
        return Lists(
            told=told,
            orders=tuple(order.id for order in listed),
            pending=tuple(line.id for line in waiting),
            notices=tuple((notice.order, notice.template) for notice in noticed),
        )


def _pages(
    ask: Callable[[str | None], tuple[tuple[T, ...], str | None]],
) -> tuple[tuple[T, ...], tuple[str | None, ...]]:
    """All items of a list, and what said where to go on."""
    found, after = ask(None)
    afters = [after]
    while after is not None:
        items, after = ask(after)
        found = (*found, *items)
        afters.append(after)
        assert len(afters) < _MOST, "a list without an end"
    return found, tuple(afters)


def _about_user(member: str) -> Iterator[ko.Command]:
    """All that can be asked about a user."""
    yield ko.VerifyUser(member=member, code="A" * 43)
    yield ko.DeleteUser(member=member)
    yield ko.RestoreUser(member=member)
    yield ko.AssignRole(member=member, role=Role.ADMINISTRATOR)
    yield ko.RemoveRole(member=member, role=Role.ATTESTANT)
    yield ko.GrantHandler(member=member, assignment=f"{OTHER_AGENT}/npo")
    yield ko.RevokeHandler(member=member, assignment=f"{AGENT}/npo")


_ABOUT_AGREEMENTS: Final[tuple[ko.Command, ...]] = (
    *(
        made
        for agreement in (f"customer/{CUSTOMER}", f"customer/{OTHER}", f"agent/{AGENT}")
        for made in (
            ko.ApproveAgreement(agreement=agreement),
            ko.RejectAgreement(agreement=agreement, reason="Nej."),
            ko.SignAgreement(agreement=agreement),
            ko.DeclineAgreement(agreement=agreement, reason="Nej."),
            ko.TerminateAgreement(agreement=agreement),
        )
    ),
    *(
        made
        for assignment in (f"{AGENT}/npo", f"{OTHER_AGENT}/npo")
        for made in (
            ko.PassReview(assignment=assignment),
            ko.RejectAssignment(assignment=assignment, reason="Nej."),
            ko.AttestAssignment(assignment=assignment, method=ko.AttestMethod.BANKID),
            ko.ActivateAssignment(assignment=assignment),
            ko.EndAssignment(assignment=assignment),
        )
    ),
    ko.ApplyForAssignment(service="npo"),
    ko.StartOrder(offer="npo-producent", mode=ko.ConnectionMode.VIA_AGENT, agent=AGENT),
    ko.StartOrder(offer="okand", mode=ko.ConnectionMode.DIRECT),
)
