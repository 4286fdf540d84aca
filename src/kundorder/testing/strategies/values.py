"""Values of every class of ours: those that need care have a strategy of their own, the others are derived."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kundorder.catalogue import Catalogue, Field, Offer, Service, Terms
from kundorder.commands import (
    COMMANDS,
    Command,
    FillInOrder,
)
from kundorder.events import FollowUp, Mail, Owed
from kundorder.evidence import Document, Evidence
from kundorder.identifiers import Money
from kundorder.model import (
    Actor,
    AgentAssignment,
    Agreement,
    Answer,
    Contact,
    Content,
    CustomerApplication,
    Mark,
    Member,
    Order,
    Organisation,
    Rules,
    Signatory,
)
from kundorder.outcomes import LinkTarget, NeedsAction, OrderOutcome, Outcome
from kundorder.reasons import Advice, Clearer, Reason
from kundorder.reasons.sentences import ADVICE, REASONS
from kundorder.reasons.wording import Params, takes
from kundorder.reasons.words import Texts
from kundorder.testing.strategies.agreed import agreements, assignments
from kundorder.testing.strategies.answers import answers
from kundorder.testing.strategies.catalogues import catalogues, field_names, fields, offers, services, terms
from kundorder.testing.strategies.derived import Special, derived
from kundorder.testing.strategies.identifiers import (
    member_ids,
    money,
    order_ids,
)
from kundorder.testing.strategies.named import SIGNATORIES, keys, subject_ids
from kundorder.testing.strategies.people import actors, applications, contacts, members, organisations
from kundorder.testing.strategies.records import contents, documents, evidence, marks, order_records
from kundorder.testing.strategies.rules import rules
from kundorder.testing.strategies.texts import plain_texts
from kundorder.vocabulary import AdviceCode, ReasonCode, Template

_T = TypeVar("_T")


def values_of(kind: type[_T]) -> SearchStrategy[_T]:
    """Values of a class: of any command, record, catalogue or outcome.

    Raises:
        LookupError: a field of the class is of a type that is not known here.
    """
    made = SPECIAL.get(kind)
    return derived(kind, SPECIAL) if made is None else made().map(partial(_being, kind))


def _being(kind: type[_T], value: object) -> _T:
    if not isinstance(value, kind):
        raise TypeError(type(value).__name__)
    return value


def commands(kind: type[Command] | None = None) -> SearchStrategy[Command]:
    """A command that is well formed, whether or not there is anything it could be done to.

    Args:
        kind: only commands of this class.
    """
    return st.one_of(*map(_commands_of, COMMANDS)) if kind is None else _commands_of(kind)


def _commands_of(kind: type[Command]) -> SearchStrategy[Command]:
    return values_of(kind)


def fills_in() -> SearchStrategy[FillInOrder]:
    """The command whose answers are told apart by their names."""
    return st.builds(FillInOrder, order=order_ids(), fields=answers())


def _identified(kind: type[object], identifier: Callable[[], SearchStrategy[str]]) -> Special:
    def made() -> SearchStrategy[object]:
        return derived(kind, SPECIAL, id=identifier())

    return made


def _mail_ids() -> SearchStrategy[str]:
    return st.builds(
        "{}/1.{}/{}/{}".format, keys(), st.integers(1, 99), st.sampled_from(Template).map(str), member_ids()
    )


def _follow_up_ids() -> SearchStrategy[str]:
    return st.builds("{}/{}/tell_pending".format, member_ids(), st.integers(1, 99))


def _signatory_ids() -> SearchStrategy[str]:
    return st.sampled_from(SIGNATORIES)


def _answer() -> SearchStrategy[Answer]:
    said = st.lists(plain_texts(), max_size=3).map(tuple)
    return st.builds(Answer, name=field_names(), values=said)


@st.composite
def reasons(draw: DrawFn) -> Reason:
    """Every reason, with all that its sentence has a place for."""
    code = draw(st.sampled_from(ReasonCode))
    clearers = draw(st.lists(derived(Clearer, SPECIAL), min_size=1, max_size=2))
    return Reason(code, draw(_params(REASONS[code])), cleared_by=tuple(clearers))


@st.composite
def advice(draw: DrawFn) -> Advice:
    """Every advice, with all that its sentence has a place for."""
    code = draw(st.sampled_from(AdviceCode))
    return Advice(code, draw(_params(ADVICE[code])))


def _params(sentence: Texts) -> SearchStrategy[Params]:
    return st.tuples(*(st.tuples(st.just(name), plain_texts()) for name in sorted(takes(sentence))))


def _order_outcomes() -> SearchStrategy[OrderOutcome]:
    return derived(OrderOutcome, SPECIAL, id=order_ids())


SPECIAL: Final[Mapping[object, Special]] = {
    Actor: actors,
    Advice: advice,
    AgentAssignment: assignments,
    Agreement: agreements,
    Answer: _answer,
    Catalogue: catalogues,
    Contact: contacts,
    Content: contents,
    CustomerApplication: applications,
    Document: documents,
    Evidence: evidence,
    Field: fields,
    FillInOrder: fills_in,
    FollowUp: _identified(FollowUp, _follow_up_ids),
    LinkTarget: _identified(LinkTarget, subject_ids),
    Mail: _identified(Mail, _mail_ids),
    Mark: marks,
    Member: members,
    Money: money,
    NeedsAction: _identified(NeedsAction, subject_ids),
    Offer: offers,
    Order: order_records,
    OrderOutcome: _order_outcomes,
    Organisation: organisations,
    Outcome: _identified(Outcome, subject_ids),
    Owed: _identified(Owed, _mail_ids),
    Reason: reasons,
    Rules: rules,
    Service: services,
    Signatory: _identified(Signatory, _signatory_ids),
    Terms: terms,
}
"""What is not derived from its fields alone, because its fields belong together."""
