"""Mistakes put into the library on purpose, one at a time, and what the walk has to say about each."""

import logging
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, TypeGuard, final

import attrs
import pytest
from world import CUSTOMER, OTHER

import kundorder as ko
from closure.scenarios import DIRECT, VIA, Scenario
from kundorder import policies, workflow
from kundorder.decisions import showing
from kundorder.errors import NotFound
from kundorder.events import Proven, proven_by
from kundorder.evidence import Evidence, PendingSigning
from kundorder.lifecycles import audiences
from kundorder.lifecycles.rows import AnyRow, By, Owes, Row
from kundorder.messages import Post
from kundorder.model import Actor, Content, Mark
from kundorder.outcomes import LinkTarget, UnderWay
from kundorder.portal import letters, links, signings
from kundorder.portal.acting import Acting
from kundorder.ports import Letter, Page
from kundorder.situation import Act, Case, Facts, Key, Situation
from kundorder.vocabulary import Flow, OrderState, State, Template, Trigger

Change: TypeAlias = Callable[[AnyRow], AnyRow]
_LOOKING: Final = "kundorder.portal.looking"


@final
@attrs.frozen(kw_only=True)
class Planted:
    """A mistake."""

    name: str
    put: Callable[[pytest.MonkeyPatch], None]
    said: str  # what is said when it is found, as a pattern
    scenario: Scenario


_TWO: Final = Scenario(name="an order via the agent", customers=(CUSTOMER, OTHER), ways=((VIA,), ()))
_ONE: Final = Scenario(name="two orders of one customer", customers=(CUSTOMER, CUSTOMER), ways=((VIA,), (DIRECT,)))
_GOING: Final = Scenario(
    name="two orders of one customer, whose attestant comes and goes",
    customers=(CUSTOMER, CUSTOMER),
    ways=((DIRECT,), (DIRECT,)),
    changes=("attestant bo at first",),
)
_NEW: Final = Scenario(
    name="an order, and a new attestant",
    customers=(CUSTOMER, CUSTOMER),
    ways=((DIRECT,), ()),
    changes=("attestant anna at first",),
)


def _shown_whole(case: Case, found: ko.Order) -> ko.Order:
    del case
    return found


def _with_all_notices(case: Case, found: ko.Order) -> ko.Order:
    return attrs.evolve(policies.shown(case, found), notices=found.notices)


def _keeps_orderer(content: Content) -> Content:
    return attrs.evolve(content, supplementary_to=None, copied_from=None)


def _keeps_original(content: Content) -> Content:
    return attrs.evolve(content, orderer="", orderer_person="", copied_from=None)


def _nobody_hidden(case: Case, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    del case
    return marks


def _names_what_is_not_there(situation: Situation, wanted: str, act: Act) -> Case:
    try:
        return showing.visible_order(situation, wanted, act)
    except NotFound as error:
        raise NotFound(f"{error.what} {wanted}") from None


_letter_for: Final = letters.letter_for
_target_of: Final = links.target_of
_shown_signing: Final = signings.shown_signing


def _letter_with(where: str) -> object:
    """A letter that names the orderer in its text; or its own reader where everybody can see it, in subject or link."""

    def made(
        mail: ko.Mail, facts: Facts, catalogue: ko.Catalogue, post: Post, reference: str | None
    ) -> Letter | ko.Settlement:
        letter = _letter_for(mail, facts, catalogue, post, reference)
        subject = facts[Key(mail.subject)].record
        if not isinstance(letter, Letter) or not isinstance(subject, ko.Order):
            return letter
        match where:
            case "subject":
                return attrs.evolve(letter, subject=f"{letter.subject} {letter.to}")
            case "link":
                return attrs.evolve(letter, html=f"{letter.html} https://portal.example/?to={letter.to}")
            case _:
                return attrs.evolve(letter, text=f"{letter.text} {subject.content.orderer_person}")

    return made


@final
@attrs.frozen
class _Always:
    """Says the same, whatever it is asked."""

    answer: object

    def __call__(self, *_given: object, **_also: object) -> object:
        return self.answer


def _all_evidence(found: ko.Order, _organisation: str) -> tuple[Evidence, ...]:
    return found.evidence


def _event_as_it_is(_case: Case, event: ko.Event) -> ko.Event:
    return event


def _signer_named(signing: PendingSigning, organisation: str, *, is_staff: bool) -> UnderWay:
    del is_staff
    return _shown_signing(signing, organisation, is_staff=True)


def _whole_page(page: Page, _follows: set[str], _acts: set[str]) -> int:
    return len(page.items)


def _proven_by(evidence: Evidence) -> Proven:
    return attrs.evolve(proven_by(evidence), digest=evidence.proof)


def _logged(case: Case, found: ko.Order) -> ko.Order:
    made = policies.shown(case, found)
    logging.getLogger("planted").info("%s looks at %s", case.act.actor.person, made.id)
    return made


def _anybodys(acting: Acting, reference: str, actor: Actor | None) -> LinkTarget:
    del actor
    return _target_of(acting, reference, None)


def _patched(*places: tuple[str, object]) -> Callable[[pytest.MonkeyPatch], None]:
    def put(patch: pytest.MonkeyPatch) -> None:
        for place, wrong in places:
            patch.setattr(place, wrong)

    return put


def _is_row(row: AnyRow) -> TypeGuard[Row[ko.Command]]:
    return isinstance(row, Row)


def steps_with(change: Change) -> Mapping[workflow.Place, Mapping[State | None, workflow.Steps]]:
    """The tables that decisions are made on, with rows changed."""
    return {
        place: {at: {trigger: change(row) for trigger, row in steps.items()} for at, steps in states.items()}
        for place, states in workflow.STEPS.items()
    }


def _row(at: OrderState, trigger: Trigger, flow: Flow | None, change: Change) -> Callable[[pytest.MonkeyPatch], None]:
    def changed(row: AnyRow) -> AnyRow:
        return change(row) if (row.at, row.trigger) == (at, trigger) and row.flow in (None, flow) else row

    return _patched(("kundorder.decisions.judging.STEPS", steps_with(changed)))


def _owing(*more: Owes, instead: bool = False) -> Change:
    """A row that owes more, or something else."""

    def change(row: AnyRow) -> AnyRow:
        assert _is_row(row)
        return attrs.evolve(row, owes=more if instead else (*row.owes, *more))

    return change


def _by_anybody(row: AnyRow) -> AnyRow:
    """A row that asks for the role alone."""
    assert _is_row(row)
    return attrs.evolve(row, by=tuple(By(by.role, by.party) for by in row.by))


_TOO_EARLY: Final = Owes(Template.ORDER_WITHDRAWN, audiences.customers_attestants)
_A_NOTICE_TOO_EARLY: Final = Owes(Template.ATTEST_ORDER, audiences.customers_attestants, mail=False, notice=True)
_SENT: Final = (OrderState.DRAFT, Trigger.SEND, Flow.VIA_AGENT)
_BY_AGENT: Final = (OrderState.AWAITING_AGENT_ATTEST, Trigger.ATTEST, Flow.VIA_AGENT)


def _leak(name: str, said: str, *places: tuple[str, object], scenario: Scenario = _TWO) -> Planted:
    return Planted(name=name, put=_patched(*places), said=said, scenario=scenario)


LEAKS: Final = (
    _leak(
        "an order is shown as it is stored",
        "What.PERSON",
        (f"{_LOOKING}.shown", _shown_whole),
        ("kundorder.portal.writing.shown", _shown_whole),
    ),
    _leak("only the outcome is shown as it is stored", "is told", ("kundorder.portal.writing.shown", _shown_whole)),
    _leak(
        "the agent is told who has ordered",
        "agent.*anna|556677-8899 asks",
        ("kundorder.policies._foreign", _keeps_orderer),
    ),
    _leak(
        "the agent is told what an order supplements",
        "What.ORDER",
        ("kundorder.policies._foreign", _keeps_original),
        scenario=_ONE,
    ),
    _leak("the course names the other side's people", "What.PERSON", ("kundorder.policies.named", _nobody_hidden)),
    _leak("notices of the other side are shown", "What.PERSON", (f"{_LOOKING}.shown", _with_all_notices)),
    _leak(
        "evidence of the other side is shown",
        "What.PROOF",
        ("kundorder.policies._evidence_of", _all_evidence),
    ),
    _leak("events name the other side's people", "history", (f"{_LOOKING}.shown_event", _event_as_it_is)),
    _leak(
        "who is signing is shown to the other side",
        "signings|path",
        (f"{_LOOKING}.shown_signing", _signer_named),
    ),
    _leak(
        "who may not see an order is refused instead, with all reasons",
        "is Kind|is told",
        ("kundorder.decisions.judging._be_visible", _Always(None)),
    ),
    _leak(
        "who may not see an order is told its id",
        "an error tells|is told",
        (f"{_LOOKING}.visible_order", _names_what_is_not_there),
    ),
    _leak("everybody has all orders on the list", "lists", (f"{_LOOKING}.orders_for", _Always(("staff",)))),
    _leak("everybody may list any organisation's users", "members", (f"{_LOOKING}.is_staff", _Always(answer=True))),
    _leak(
        "where a list goes on names an order that is not shown",
        "lists",
        (f"{_LOOKING}._up_to_last", _whole_page),
        scenario=_GOING,
    ),
    _leak(
        "a mail names the other side's orderer",
        "tells",
        ("kundorder.portal.delivering.letter_for", _letter_with("text")),
    ),
    _leak(
        "a subject names its reader",
        "the subject of",
        ("kundorder.portal.delivering.letter_for", _letter_with("subject")),
    ),
    _leak(
        "an address names its reader", "an address", ("kundorder.portal.delivering.letter_for", _letter_with("link"))
    ),
    _leak("the journal holds a proof", "the journal holds", ("kundorder.decisions.deciding.proven_by", _proven_by)),
    _leak("who looks is logged", "logged", (f"{_LOOKING}.shown", _logged), scenario=_NEW),
    _leak("a link is anybody's", "another's link", ("kundorder.portal.reading.target_of", _anybodys)),
)
"""Law 15: what each of them tells, somebody is told who must not be."""

UNASKED: Final = (
    Planted(
        name="the customer's attestants get a mail when the order goes to the agent",
        put=_row(*_SENT, _owing(_TOO_EARLY)),
        said="before the agent is done",
        scenario=_TWO,
    ),
    Planted(
        name="the customer's attestants get a notice when the order goes to the agent",
        put=_row(*_SENT, _owing(_A_NOTICE_TOO_EARLY)),
        said="before the agent is done",
        scenario=_TWO,
    ),
    Planted(
        name="nobody is asked when the agent is done",
        put=_row(*_BY_AGENT, _owing(instead=True)),
        said="is asked",
        scenario=_TWO,
    ),
    Planted(
        name="a notice without a mail",
        put=_row(*_BY_AGENT, _owing(_A_NOTICE_TOO_EARLY, instead=True)),
        said="by mail",
        scenario=_TWO,
    ),
    Planted(
        name="any attestant of the agent may attest",
        put=_row(*_BY_AGENT, _by_anybody),
        said="is asked",
        scenario=_TWO,
    ),
    Planted(
        name="who has lost the role is asked all the same",
        put=_patched((f"{_LOOKING}._concerns", _Always(answer=True))),
        said="lists|is asked",
        scenario=_GOING,
    ),
    Planted(
        name="who has just got the role is not told what waits",
        put=_patched(("kundorder.portal.delivering.tell_pending", _Always(None))),
        said="is asked",
        scenario=_NEW,
    ),
    Planted(
        name="nothing waits for anybody",
        put=_patched((f"{_LOOKING}.pending_for", _Always(()))),
        said="waits for|is asked",
        scenario=_TWO,
    ),
)
"""Law 14 and R10: who is told too early, is asked for nothing, or is not asked."""
