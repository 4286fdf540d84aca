"""Wrong in how it ends, and in what becomes of it while the provider is down."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import attrs

from kundorder.errors import Unavailable
from kundorder.events import SigningRequest
from kundorder.ports import Done, Failed, Progress
from kundorder.vocabulary import FailureCode
from wrong_signers.examining import Wrong
from wrong_signers.provider import Order, Provider, Stage
from wrong_signers.truth import LASTS, AtOnce, Signer, State

T = TypeVar("T")

GIVES_UP = "test_who_gives_up_has_not_signed"
CANCELLED = "test_what_is_cancelled_is_never_done"
ENDED = "test_cancelling_what_has_ended_is_harmless"
EXPIRED = "test_what_is_not_signed_in_time_has_expired"
LAST_MOMENT = "test_until_the_last_moment_it_can_be_signed"
TOO_LATE = "test_who_comes_too_late_has_signed_or_not_but_nothing_between"
NOT_BEGUN = "test_while_the_provider_is_down_nothing_begins_and_then_it_does"
GOES_ON = "test_what_is_under_way_goes_on_when_the_provider_is_back"
SIGNED_DOWN = "test_what_is_signed_while_the_provider_goes_down_is_signed_when_it_is_back"
CANCELLED_DOWN = "test_what_the_provider_cannot_be_told_of_now_does_no_harm"


def taking(stage: Stage, other: Stage) -> Callable[[Provider], Signer]:
    """One way in which it ends is taken for another."""

    class Taking(Signer):
        def collected(self, request: SigningRequest, state: State, order: Order, now: datetime) -> Progress:
            mistaken = attrs.evolve(order, stage=other) if order.stage is stage else order
            return super().collected(request, state, mistaken, now)

    return Taking


class NoReason(Signer):
    """Says that it has failed and not that the person did not want to."""

    def collected(self, request: SigningRequest, state: State, order: Order, now: datetime) -> Progress:
        progress = super().collected(request, state, order, now)
        return Failed() if isinstance(progress, Failed) else progress


class NotCancelling(Signer):
    def cancel(self, state: str) -> None:
        del state


class CancellingOnce(Signer):
    def cancel(self, state: str) -> None:
        kept = self.read(state)
        if kept is not None and self.provider.known(kept.order).stage is not Stage.OPEN:
            raise LookupError("it has ended")
        super().cancel(state)


class NeverOver(Signer):
    def is_over(self, state: State, now: datetime) -> bool:
        del state, now
        return False


class OverAMomentLate(Signer):
    def is_over(self, state: State, now: datetime) -> bool:
        return now > state.ends_at


class OverEarly(Signer):
    def is_over(self, state: State, now: datetime) -> bool:
        return now > state.ends_at - timedelta(minutes=1)


class OverForNoReason(Signer):
    """What has run out has failed like anything else."""

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        progress = super().resume(request, state, now=now, callback=callback)
        return Failed() if progress == Failed(code=FailureCode.EXPIRED) else progress


class DatingBack(Signer):
    """What comes late is dated back, when it has been sealed already."""

    def is_over(self, state: State, now: datetime) -> bool:
        return super().is_over(state, now) and self.provider.known(state.order).stage is not Stage.SIGNED

    def collected(self, request: SigningRequest, state: State, order: Order, now: datetime) -> Progress:
        progress = super().collected(request, state, order, now)
        if isinstance(progress, Done) and now > state.ends_at:
            return Done(evidence=attrs.evolve(progress.evidence, signed_at=state.ends_at))
        return progress


class StillWaiting(Signer):
    """Waits for who has signed too late."""

    def is_over(self, state: State, now: datetime) -> bool:
        return super().is_over(state, now) and self.provider.known(state.order).stage is not Stage.SIGNED

    def collected(self, request: SigningRequest, state: State, order: Order, now: datetime) -> Progress:
        if now > state.ends_at:
            return self.pending(request, attrs.evolve(state, ends_at=now + LASTS), now)
        return super().collected(request, state, order, now)


class NotAsking(AtOnce):
    """Is done although nobody can have been asked."""


class LettingThrough(Signer):
    """Has the errors of the provider's own library go through."""

    def asked(self, ask: Callable[[], T]) -> T:
        return ask()


class LettingThroughWhatWaits(Signer):
    """Has them go through when it asks again."""

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        if self.provider.is_down:
            raise ConnectionError("nobody home")
        return super().resume(request, state, now=now, callback=callback)


class LettingThroughWhatIsGivenUp(Signer):
    """Has them go through when it is cancelled."""

    def cancel(self, state: str) -> None:
        if self.provider.is_down:
            raise ConnectionError("nobody home")
        super().cancel(state)


class GivingUp(Signer):
    """Takes silence for an answer."""

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        try:
            return super().start(request, now=now)
        except Unavailable:
            return Failed(why="the provider does not answer")

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        try:
            return super().resume(request, state, now=now, callback=callback)
        except Unavailable:
            return Failed(why="the provider does not answer")


WRONG = (
    Wrong("takes who gives up for one who signs", taking(Stage.GIVEN_UP, Stage.SIGNED), (GIVES_UP,)),
    Wrong("waits for who has given up", taking(Stage.GIVEN_UP, Stage.OPEN), (GIVES_UP,)),
    Wrong("does not say that it was given up", NoReason, (GIVES_UP,)),
    Wrong("does not cancel", NotCancelling, (CANCELLED,)),
    Wrong("goes on with what is cancelled", taking(Stage.CANCELLED, Stage.SIGNED), (CANCELLED,)),
    Wrong("cannot cancel twice", CancellingOnce, (CANCELLED, ENDED)),
    Wrong("never runs out", NeverOver, (EXPIRED,)),
    Wrong("runs out a moment late", OverAMomentLate, (EXPIRED,)),
    Wrong("runs out early", OverEarly, (LAST_MOMENT,)),
    Wrong("does not say that it has run out", OverForNoReason, (EXPIRED,)),
    Wrong("dates back what comes late", DatingBack, (TOO_LATE,)),
    Wrong("waits for what has come late", StillWaiting, (TOO_LATE,)),
    Wrong("asks nobody", NotAsking, (NOT_BEGUN,)),
    Wrong("raises what the library of the provider raises", LettingThrough, (NOT_BEGUN, GOES_ON, SIGNED_DOWN)),
    Wrong("raises it when asked again", LettingThroughWhatWaits, (GOES_ON, SIGNED_DOWN)),
    Wrong("raises it when cancelled", LettingThroughWhatIsGivenUp, (CANCELLED_DOWN,)),
    Wrong("has failed when the provider is down", GivingUp, (NOT_BEGUN, GOES_ON, SIGNED_DOWN)),
)
