"""What is asked of a portal in a race, and what is answered: plain enough to go to another process and back."""

import json
from typing import Final, final

import attrs
import msgspec

import kundorder as ko
from kundorder.boundary import command_from_json, command_to_json
from kundorder.codec import decode_outcome, encode
from kundorder.situation import Guard

BANKID: Final = ko.AttestMethod.BANKID
SIGNATORY: Final = "s1"
"""The only signatory of every agreement in these tests."""


@final
@attrs.frozen
class Asked:
    """One thing that somebody asks."""

    command: ko.Command
    actor: ko.Actor
    key: str | None = None


@final
@attrs.frozen
class Written:
    """One write that was kept."""

    began: int  # nanoseconds of a clock that all processes share; it was kept some time between these two
    ended: int
    guards: tuple[Guard, ...]  # as the portal wanted them, whatever became of them on the way
    records: tuple[Guard, ...]  # what was written, with the version it has got


@final
@attrs.frozen(kw_only=True)
class Answered:
    """What came of it: an outcome, or the name of an error."""

    outcome: str | None = None  # canonical JSON
    error: str | None = None
    reasons: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()  # code and particulars
    written: tuple[Written, ...] = ()

    @property
    def told(self) -> ko.Outcome | None:
        """The outcome, if it was done."""
        return None if self.outcome is None else decode_outcome(self.outcome)

    @property
    def codes(self) -> tuple[str, ...]:
        """Why it was refused."""
        return tuple(code for code, _particulars in self.reasons)

    @property
    def is_unknown(self) -> bool:
        """Whether it may have been done or not."""
        return self.error in (ko.Unavailable.__name__, KILLED)


KILLED: Final = "killed"
"""In the place of an error: whoever was to answer is no more."""


def perform(portal: ko.Portal, asked: Asked) -> Answered:
    """Ask it, and tell what came of it; an attest and a signature bring their evidence with them."""
    try:
        outcome = _asked_of(portal, asked)
    except ko.Refused as error:
        reasons = tuple((reason.code.value, tuple(reason.params)) for reason in error.reasons)
        return Answered(error=ko.Refused.__name__, reasons=reasons)
    except ko.KundorderError as error:
        return Answered(error=type(error).__name__)
    return Answered(outcome=encode(outcome))


def _asked_of(portal: ko.Portal, asked: Asked) -> ko.Outcome:
    match asked.command:
        case ko.AttestOrder() | ko.AttestAssignment() as command:
            outcome = portal.resume_signing(command, asked.actor, method=BANKID, key=asked.key)
        case ko.SignAgreement() | ko.DeclineAgreement() as command:
            outcome = portal.resume_signing(command, method=BANKID, signer=SIGNATORY, key=asked.key)
        case command:
            outcome = portal.execute(command, asked.actor, key=asked.key)
    assert isinstance(outcome, ko.Outcome)  # the signer of these tests never keeps anybody waiting
    return outcome


def asked_to_json(asked: Asked) -> dict[str, object]:
    """As it goes to another process."""
    actor = asked.actor
    return {
        "command": command_to_json(asked.command),
        "person": actor.person,
        "organisation": actor.organisation,
        "key": asked.key,
    }


def asked_from_json(command: object, person: str, organisation: str, key: str | None) -> Asked:
    """As it was sent by another process."""
    return Asked(command_from_json(json.dumps(command)), ko.Actor(person, organisation), key)


def answered_to_json(answered: Answered) -> bytes:
    """As it goes to another process."""
    return msgspec.json.encode(answered)


def answered_from_json(text: bytes) -> Answered:
    """As it was sent by another process."""
    return msgspec.json.decode(text, type=Answered)
