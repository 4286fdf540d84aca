"""What is looked at in every answer: it has its form, no part of it tells who the person is, and times are in UTC."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from kundorder.errors import Unavailable
from kundorder.events import SigningRequest
from kundorder.ports import Action, Done, EnterCode, Failed, OpenUrl, Pending, Progress, ShowQr
from kundorder.testing.contracts.signing.bench import Bench
from kundorder.vocabulary import FailureCode

LARGEST_STATE: Final = 64 * 1024
"""Characters; it is kept in a record."""

A_WORD: Final = 6
"""Letters; a shorter one may stand anywhere by chance."""

AS_GOOD_AS_WHOLE: Final = 8
"""Digits of a telephone number in a row that tell whose it is."""

TELLING: Final = 5
"""Digits of a telephone number in a row that are too many for a hint."""


def looked_at(bench: Bench, request: SigningRequest, ask: Callable[[], Progress]) -> Progress:
    """What comes of a call, if it has the form that the port promises; an error must be ``Unavailable`` and as mute."""
    try:
        progress = ask()
    except Unavailable as error:
        _is_mute(request, *told_with(error))
        raise
    match progress:
        case Done(evidence=evidence):
            _is_mute(request, repr(progress), evidence.identity, evidence.signed_by)
        case Pending():
            _is_well_formed(bench, progress)
            _is_mute(request, repr(progress), progress.state, progress.hint)
            _hides_the_number(request, progress.hint)
            if isinstance(progress.action, EnterCode):
                _hides_the_number(request, progress.action.hint)
        case Failed(code=code, why=why):
            assert code in FailureCode
            assert "\n" not in why
            swedish, english = progress.text("sv"), progress.text("en")
            assert swedish.strip()
            assert english.strip()
            assert swedish != english
            _is_mute(request, repr(progress), swedish, english, why)
    return progress


def told_with(error: BaseException | None) -> Iterator[str]:
    """What stands in a log when nobody has caught it: the error, and all that it came from."""
    while error is not None:
        yield from (str(error), repr(error))
        error = error.__cause__ if error.__suppress_context__ else error.__context__


def _is_well_formed(bench: Bench, pending: Pending) -> None:
    json.loads(pending.state)
    assert len(pending.state) <= LARGEST_STATE
    for moment in (pending.ask_again_at, pending.ends_at):
        assert moment.utcoffset() == timedelta(0), "a time that is not in UTC"
    assert bench.now <= pending.ask_again_at <= pending.ends_at
    assert bench.now < pending.ends_at
    assert all(_shown(pending.action))


def _shown(action: Action | None) -> tuple[str, ...]:
    match action:
        case ShowQr(content=content):
            return (content,)
        case OpenUrl(url=url):
            return (url,)
        case EnterCode(hint=hint):
            return (hint,)
        case None:
            return ()


def _is_mute(request: SigningRequest, *said: str) -> None:
    """None of it tells who the person is."""
    assert request.to is not None, "the bench has to say whom to reach"
    mailbox = request.to.email.partition("@")[0]
    secrets = [request.to.name, request.to.email, request.ip or "", mailbox if len(mailbox) >= A_WORD else ""]
    secrets += _runs(request.to.phone or "", AS_GOOD_AS_WHOLE)
    for text in said:
        found = [secret for secret in secrets if secret and secret.casefold() in text.casefold()]
        assert not found, "an answer tells who the person is"


def _hides_the_number(request: SigningRequest, *hints: str) -> None:
    """What people are told may hold the end of a telephone number, so that they know which one it is."""
    assert request.to is not None
    for hint in hints:
        assert not any(run in hint for run in _runs(request.to.phone or "", TELLING)), "a hint tells the number"


def _runs(phone: str, length: int) -> list[str]:
    return [phone[at : at + length] for at in range(1, len(phone) - length + 1)]
