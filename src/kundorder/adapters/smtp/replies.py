"""What a relay's reply means, by its number and by when it comes; never by its words, which may name the addressee."""

import re
from enum import Enum, unique
from typing import Final, final

import attrs

from kundorder.errors import KundorderError, Postponed, RelayStopped, Unavailable, Undeliverable

_STATUS: Final = re.compile(rb"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])", re.ASCII)  # RFC 3463
_NO_RIGHT: Final = frozenset({530, 534, 535, 538})  # RFC 4954: log in, or log in otherwise
_TOO_LARGE: Final = 552
_OUT_OF_STEP: Final = 503  # what the relay has heard is not what was said to it
_FOR_NOW: Final = 4
_FOR_GOOD: Final = 5
_CLOSING: Final = 421  # the relay hangs up, whatever was asked


@unique
@final
class Step(Enum):
    """What was asked when the reply came; its value says what the relay refuses."""

    GREETING = "connections"
    HELLO = "the greeting"
    ENCRYPT = "to encrypt"
    LOG_IN = "the login"
    SENDER = "the sender"
    ADDRESS = "the address"
    LETTER = "a letter"  # before it is sent
    SENT = "the letter"  # after its last line


_WANTED: Final[dict[Step, frozenset[int]]] = {
    Step.GREETING: frozenset({220}),
    Step.HELLO: frozenset({250}),
    Step.ENCRYPT: frozenset({220}),
    Step.LOG_IN: frozenset({235}),
    Step.SENDER: frozenset({250}),
    Step.ADDRESS: frozenset({250, 251}),
    Step.LETTER: frozenset({354}),
    Step.SENT: frozenset({250}),
}
_OF_THIS_LETTER: Final = frozenset({Step.ADDRESS, Step.LETTER, Step.SENT})


@final
@attrs.frozen
class Reply:
    """A reply, without its words."""

    code: int  # 200 to 599
    status: str | None = None  # as RFC 3463 has it: class, subject and detail

    @property
    def refuses(self) -> bool:
        """Whether it is a clear no, for now or for good."""
        return self.code // 100 in (_FOR_NOW, _FOR_GOOD)

    def __str__(self) -> str:
        return str(self.code) if self.status is None else f"{self.code} {self.status}"


def reply(code: int, words: bytes) -> Reply:
    """A reply of this number; of its words nothing is kept but the status they may begin with."""
    found = _STATUS.match(words)
    return Reply(code, found.group().decode() if found is not None and words[:1] == str(code)[:1].encode() else None)


def objection(step: Step, given: Reply) -> KundorderError | None:
    """What a reply means; None: go on, or after the last line, the letter has left.

    The sender is the same for all letters: a relay that does not take it takes none, unless this one is too large.
    """
    code = given.code
    if code in _WANTED[step]:
        return None
    if not given.refuses or code in (_CLOSING, _OUT_OF_STEP):
        return Unavailable(f"the relay does not go on ({given})")
    if code in _NO_RIGHT and step is not Step.LOG_IN:
        return RelayStopped(f"the relay asks for another login ({given})")
    if step is Step.SENDER and code == _TOO_LARGE:
        return Undeliverable(f"the relay refuses a letter of this size ({given})")
    lasts, refused = code // 100 == _FOR_GOOD, f"the relay refuses {step.value}"
    if step in _OF_THIS_LETTER:
        return Undeliverable(f"{refused} ({given})") if lasts else Postponed(f"{refused} for now ({given})")
    return RelayStopped(f"{refused} ({given})") if lasts else Unavailable(f"{refused} for now ({given})")
