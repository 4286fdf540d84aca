"""A way of signing as somebody uses it who keeps to the port; every answer is looked at."""

from typing import Final

from kundorder.events import SigningRequest
from kundorder.ports import Pending, Progress
from kundorder.testing.contracts.signing.bench import Bench
from kundorder.testing.contracts.signing.looking import looked_at

LONGEST: Final = 30
"""Answers; no signing takes more of them once the person has done what was asked."""


def start(bench: Bench, request: SigningRequest) -> Progress:
    """Begin, as far as it goes without the person: what has to be kept first is kept, and gone on with."""
    return _kept(bench, request, looked_at(bench, request, lambda: bench.signing.start(request, now=bench.now)))


def resume(bench: Bench, request: SigningRequest, state: str, callback: str | None = None) -> Progress:
    """Go on, as far as it goes without the person."""
    return _kept(bench, request, step(bench, request, state, callback))


def drive(bench: Bench, request: SigningRequest) -> Progress:
    """Begin, and let the person do whatever is asked, until it is done or has failed."""
    return finish(bench, request, start(bench, request))


def finish(bench: Bench, request: SigningRequest, progress: Progress) -> Progress:
    """Let the person do whatever is asked, until it is done or has failed."""
    for _ in range(LONGEST):
        if not isinstance(progress, Pending):
            return progress
        callback = bench.person_signs(progress)
        bench.now = max(bench.now, progress.ask_again_at)
        progress = resume(bench, request, progress.state, callback)
    raise AssertionError("the person has done all that was asked, and it is pending still")


def _kept(bench: Bench, request: SigningRequest, progress: Progress) -> Progress:
    for _ in range(LONGEST):
        if not (isinstance(progress, Pending) and progress.keep_first):
            return progress
        progress = step(bench, request, progress.state, None)
    raise AssertionError("it has to be kept first, again and again")


def step(bench: Bench, request: SigningRequest, state: str, callback: str | None) -> Progress:
    """Go on by one call; what has to be kept first is not gone on with."""
    return looked_at(bench, request, lambda: bench.signing.resume(request, state, now=bench.now, callback=callback))
