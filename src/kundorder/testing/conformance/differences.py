"""In what a system may differ from the model, what of that is looked at, and one difference that was found."""

from enum import Enum, unique
from typing import Final, final

import attrs

from kundorder.model import Actor
from kundorder.reasons import Reasons
from kundorder.testing.conformance.scenarios import Scenario
from kundorder.testing.conformance.system import Answer, Sent, Shown
from kundorder.testing.moves import Move
from kundorder.vocabulary import Template

ORDER_MAIL: Final = frozenset(
    {
        Template.ATTEST_ORDER,
        Template.REVIEW_ORDER,
        Template.ATTEST_FOR_AGENT,
        Template.ORDER_REJECTED,
        Template.ORDER_REJECTED_BY_AGENT,
        Template.ORDER_WITHDRAWN,
        Template.HANDED_OVER,
        Template.CONNECTION_STARTABLE,
    }
)
"""All mail about orders."""


@final
@unique
class Codes(Enum):
    """How the reasons a system gives are compared with those of the model."""

    ALL = "all"  # the very same ones (R35)
    AMONG = "among"  # each that is given is one of the model's
    NONE = "none"


@final
@attrs.frozen(kw_only=True)
class Compare:
    """What is compared besides verdicts, states, and who sees an order; those always are."""

    codes: Codes = Codes.AMONG
    hiding: bool = True  # whether a refusal tells something else than "there is no such order"
    waits: bool = True  # for whom an order waits
    persons: bool = True  # whether persons of another organisation are named
    answers: bool = True  # how the form of an order is filled in
    mail: frozenset[Template] = ORDER_MAIL  # which kinds; none: no mail is compared


EVERYTHING: Final = Compare()
"""All that can be compared; of reasons that each one given is right."""


@final
@unique
class Aspect(Enum):
    """In what a system differs."""

    VERDICT = "verdict"
    CODES = "codes"
    STATE = "state"
    VISIBILITY = "visibility"
    WAITS = "waits"
    PERSONS = "persons"
    ANSWERS = "answers"
    MAIL = "mail"


@final
@attrs.frozen(kw_only=True)
class Crashed:
    """The system has raised something instead of answering."""

    text: str


@final
@attrs.frozen
class Step:
    """One act."""

    move: Move
    coming: str = ""  # the id the order it creates has in the model; empty: it creates none


@final
@attrs.frozen(kw_only=True)
class Difference:
    """Where the system first was not as the model; all orders are named as the model names them."""

    scenario: Scenario
    steps: tuple[Step, ...]  # up to the last one, after which it showed
    aspect: Aspect
    expected: Answer | Shown | Sent | None
    found: Answer | Crashed | Shown | Sent | None  # None: nothing where the model has something
    reasons: Reasons = ()  # of the model, where it refuses
    order: str | None = None  # which somebody sees otherwise
    reader: Actor | None = None


@final
@attrs.define
class Tally:
    """What has been done, and what could not be compared because the system did not say it."""

    acts: int = 0
    refusals: int = 0  # of these the model refused or hid
    silent: set[Aspect] = attrs.field(factory=set)
    scenarios: list[Scenario] = attrs.field(factory=list)  # those that were begun, each once


def strangers_named(scenario: Scenario, reader: Actor, expected: Shown, found: Shown) -> frozenset[str]:
    """The persons named to the reader who are nobody in the reader's organisation; the provider may see everybody."""
    here = reader.organisation
    if here == scenario.setting.provider.number:
        return frozenset()
    own = {each.actor.person for each in scenario.setting.of(here)}
    return (found.persons or frozenset()) - (expected.persons or frozenset()) - own
