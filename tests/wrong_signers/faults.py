"""Wrong when answers and callbacks are lost, come twice or in another order, and when the clock jumps."""

from datetime import datetime, timedelta

import attrs

from kundorder.events import SigningRequest
from kundorder.ports import Done, Failed, Progress
from kundorder.vocabulary import FailureCode
from wrong_signers.examining import Wrong
from wrong_signers.provider import Order, Stage
from wrong_signers.truth import LASTS, ByCode, Signer, State, code_of

HAD_AGAIN = "test_what_is_done_is_had_again_where_the_answer_is_lost"
LOST_CALLBACK = "test_a_callback_that_is_lost_loses_no_signature"
OTHER_ORDER = "test_callbacks_that_come_twice_and_in_another_order_end_each_its_own_signing"
BACK = "test_a_clock_that_goes_back_signs_nothing_and_gains_no_time"
AHEAD = "test_a_clock_that_jumps_ahead_and_is_set_right_does_no_harm"


class HandedOutOnce(Signer):
    """What has been collected is over, for whoever asks again."""

    def collected(self, request: SigningRequest, state: State, order: Order, now: datetime) -> Progress:
        progress = super().collected(request, state, order, now)
        if isinstance(progress, Done):
            order.stage = Stage.CANCELLED
        return progress


class ForgettingCodes(ByCode):
    """A code is good for one answer."""

    def is_code(self, callback: str, state: State) -> bool:
        order = self.provider.known(state.order)
        is_new, order.stage = order.stage is not Stage.CANCELLED, Stage.CANCELLED
        return is_new and super().is_code(callback, state)


class WaitingToBeCalled(Signer):
    """Takes what is signed, and not called back about, for a failure."""

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        progress = super().resume(request, state, now=now, callback=callback)
        return Failed(why="nobody has called") if isinstance(progress, Done) and callback is None else progress


class FirstCodeOnly(ByCode):
    """Takes being asked without a code for a wrong one, and gives up."""

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        kept = self.read(state)
        if kept is not None and callback is None and self.provider.known(kept.order).stage is Stage.SIGNED:
            return Failed(why="no code was given")
        return super().resume(request, state, now=now, callback=callback)


class LatestOnly(Signer):
    """Who begins another signing has given up the one before."""

    def order(self, request: SigningRequest, state: State, now: datetime) -> Progress:
        progress = super().order(request, state, now)
        for name in list(self.provider.orders)[:-1]:
            self.provider.orders[name].stage = Stage.CANCELLED
        return progress


class CodeOfTheLatest(ByCode):
    """Knows the code that was sent last, whatever it was sent for."""

    def is_code(self, callback: str, state: State) -> bool:
        del state
        return callback == code_of(list(self.provider.orders)[-1])


class InOneFile(Signer):
    """Keeps signings in a queue: what comes before its turn is not known."""

    def collected(self, request: SigningRequest, state: State, order: Order, now: datetime) -> Progress:
        first = next((each for each in self.provider.orders.values() if each.stage is Stage.SIGNED), order)
        if first is not order:
            return Failed(code=FailureCode.NOTHING_UNDER_WAY)
        progress = super().collected(request, state, order, now)
        if isinstance(progress, Done):
            order.stage = Stage.CANCELLED
        return progress


class CountingSeconds(Signer):
    """Takes the logarithm of a time, as it were: nothing has begun in the future."""

    def is_over(self, state: State, now: datetime) -> bool:
        if now < state.ends_at - LASTS:
            raise ValueError("a length of time is negative")
        return super().is_over(state, now)


class OverBeforeItBegan(Signer):
    """Takes a signing from the future for one that has run out."""

    def is_over(self, state: State, now: datetime) -> bool:
        return now < state.ends_at - LASTS or super().is_over(state, now)


class LongerAndLonger(Signer):
    """Gives back what the clock has gone back."""

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        kept = self.read(state)
        if kept is not None and kept.order and now < kept.ends_at - LASTS:
            later = attrs.evolve(kept, ends_at=kept.ends_at + (kept.ends_at - LASTS - now))
            return self.pending(request, later, now)
        return super().resume(request, state, now=now, callback=callback)


class OnlyAhead(Signer):
    """Believes no clock that shows less than it has seen."""

    def is_over(self, state: State, now: datetime) -> bool:
        seen = self.provider.notes.get("latest", now.isoformat())
        latest = max(now, datetime.fromisoformat(seen))
        self.provider.notes["latest"] = latest.isoformat()
        return super().is_over(state, latest)


class EndedForAll(Signer):
    """Tells the provider to end whatever was open when something has run out, and to take no more."""

    def is_over(self, state: State, now: datetime) -> bool:
        if now > state.ends_at + timedelta(days=1000):
            self.provider.notes["closed"] = "since long"
        return super().is_over(state, now)

    def order(self, request: SigningRequest, state: State, now: datetime) -> Progress:
        if "closed" in self.provider.notes:
            return Failed(why="closed")
        return super().order(request, state, now)


class SignedByTime(Signer):
    """Takes what is asked about after so long a time for signed."""

    def is_over(self, state: State, now: datetime) -> bool:
        if now > state.ends_at + timedelta(days=1000):
            self.provider.end(state.order, Stage.SIGNED)
        return super().is_over(state, now)


WRONG = (
    Wrong("hands out once what was signed", HandedOutOnce, (HAD_AGAIN,)),
    Wrong("takes a code once", ForgettingCodes, (HAD_AGAIN,)),
    Wrong("gives up what nobody has called about", WaitingToBeCalled, (LOST_CALLBACK,)),
    Wrong("takes no code for a wrong one", FirstCodeOnly, (LOST_CALLBACK,)),
    Wrong("knows the latest signing only", LatestOnly, (OTHER_ORDER,)),
    Wrong("knows the latest code only", CodeOfTheLatest, (OTHER_ORDER,)),
    Wrong("takes signings in their order only", InOneFile, (OTHER_ORDER, HAD_AGAIN)),
    Wrong("raises when the clock has gone back", CountingSeconds, (BACK,)),
    Wrong("takes a signing from the future for an old one", OverBeforeItBegan, (BACK,)),
    Wrong("gives as much more time as the clock has gone back", LongerAndLonger, (BACK,)),
    Wrong("holds on to the latest time it was shown", OnlyAhead, (AHEAD,)),
    Wrong("is closed for good once the clock has jumped", EndedForAll, (AHEAD,)),
    Wrong("takes for signed what has waited for years", SignedByTime, (AHEAD,)),
)
