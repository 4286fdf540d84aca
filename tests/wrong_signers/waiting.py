"""Wrong in what is under way: in its state, in what is asked again, and in what comes in from outside."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import attrs

from kundorder.events import SigningRequest
from kundorder.ports import Done, Failed, Pending, Progress
from kundorder.vocabulary import FailureCode
from wrong_signers.examining import Wrong
from wrong_signers.provider import Order, Provider, Stage
from wrong_signers.truth import ByCode, KeepingFirst, Signer, State

STARTING = "test_starting_binds_nothing_and_is_done_pending_or_failed"
AGAIN = "test_asking_again_is_always_allowed_and_changes_nothing"
DONE_AGAIN = "test_asking_again_when_it_is_done_changes_nothing"
NO_OTHER = "test_a_state_of_one_document_signs_no_other"
NOTHING = "test_where_nothing_is_under_way_nothing_is_gone_on_with"
DAMAGED = "test_of_a_state_that_is_damaged_nothing_comes"
STRANGE = "test_a_state_with_strange_values_raises_nothing_and_is_never_done"
RUBBISH = "test_a_callback_that_is_rubbish_makes_nothing_done"
ANOTHERS = "test_a_callback_of_another_signing_makes_nothing_done"


class StartingOnce(Signer):
    """Holds that what was begun cannot be begun again."""

    def order(self, request: SigningRequest, state: State, now: datetime) -> Progress:
        if any(order.digest == state.digest for order in self.provider.orders.values()):
            raise LookupError("there is one already")
        return super().order(request, state, now)


@attrs.frozen
class InMemory(Signer):
    memory: dict[str, State] = attrs.field(factory=dict)

    def written(self, state: State) -> str:
        self.memory[state.order] = state
        return json.dumps(state.order)

    def read(self, text: str) -> State | None:
        return self.memory.get(text.strip('"'))


def writing(write: Callable[[State], str]) -> Callable[[Provider], Signer]:
    """The state is written in another way."""

    class Writing(Signer):
        def written(self, state: State) -> str:
            return write(state)

    return Writing


class Prolonging(Signer):
    """Whoever asks again gets as much time again."""

    def pending(self, request: SigningRequest, state: State, now: datetime) -> Pending:
        later = attrs.evolve(state, ends_at=max(state.ends_at, now + timedelta(minutes=6)))
        return super().pending(request, later, now)


class AskedOnce(Signer):
    """Takes one question for an answer."""

    def collected(self, request: SigningRequest, state: State, order: Order, now: datetime) -> Progress:
        if order.stage is Stage.OPEN:
            order.stage = Stage.CANCELLED
            return self.pending(request, state, now)
        return super().collected(request, state, order, now)


class Collecting(Signer):
    """What has been collected is gone, and nobody expects to be asked for it."""

    def collected(self, request: SigningRequest, state: State, order: Order, now: datetime) -> Progress:
        if order.stage is Stage.SIGNED:
            order.stage = Stage.CANCELLED
            return super().collected(request, state, attrs.evolve(order, stage=Stage.SIGNED), now)
        if order.stage is Stage.CANCELLED:
            raise LookupError("collected already")
        return super().collected(request, state, order, now)


class Careless(Signer):
    """What is under way is gone on with, whatever is asked for."""

    def fits(self, state: State, request: SigningRequest) -> bool:
        del state, request
        return True

    def collected(self, request: SigningRequest, state: State, order: Order, now: datetime) -> Progress:
        return super().collected(request, state, attrs.evolve(order, digest=state.digest), now)


class BeginningAnew(Signer):
    """Where nothing is under way it begins."""

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        if self.read(state) is None:
            return self.start(request, now=now)
        return super().resume(request, state, now=now, callback=callback)


class SigningAtOnce(Signer):
    """Whoever comes back has signed."""

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        if self.read(state) is None:
            return Done(evidence=self.evidence(request, Order("", ""), now))
        return super().resume(request, state, now=now, callback=callback)


class BelievingTheState(Signer):
    """Takes the state for whole."""

    def read(self, text: str) -> State | None:
        held = json.loads(text)
        ends_at = datetime.fromisoformat(str(held["ends_at"]))
        return State(order=str(held["order"]), digest=str(held["digest"]), ends_at=ends_at)


class BelievingTimes(Signer):
    """Takes every time for one with a zone."""

    def read(self, text: str) -> State | None:
        state = super().read(text)
        if state is None and '"2026-11-23T08:00:00"' in text:
            raise ValueError("can't compare offset-naive and offset-aware datetimes")
        return state


class BelievingTheOrder(Signer):
    """Asks the provider for whatever the state names, and knows no other answer than how it stands."""

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        kept = self.read(state)
        if kept is not None:
            self.provider.known(kept.order)
        return super().resume(request, state, now=now, callback=callback)


class NoWordForIt(Signer):
    """Fails for no reason that anybody could act upon."""

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        progress = super().resume(request, state, now=now, callback=callback)
        nothing = isinstance(progress, Failed) and progress.code is FailureCode.NOTHING_UNDER_WAY
        return Failed() if nothing else progress


class CancellingAnything(Signer):
    def cancel(self, state: str) -> None:
        self.provider.known(state)
        super().cancel(state)


class KeptForEver(KeepingFirst):
    """Never holds that its state has been kept."""

    def pending(self, request: SigningRequest, state: State, now: datetime) -> Pending:
        return attrs.evolve(super().pending(request, state, now), keep_first=True)


def believing(is_true: Callable[[str, Provider], bool]) -> Callable[[Provider], Signer]:
    """A callback is believed."""

    class Believing(Signer):
        def resume(
            self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None
        ) -> Progress:
            kept = self.read(state)
            if callback is not None and kept is not None and is_true(callback, self.provider):
                return Done(evidence=self.evidence(request, self.provider.known(kept.order), now))
            return super().resume(request, state, now=now, callback=callback)

    return Believing


class ReadingCallbacks(Signer):
    """Reads what comes in, though it needs nothing of it."""

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        if callback is not None:
            json.loads(callback)
        return super().resume(request, state, now=now, callback=callback)


class AnyCode(ByCode):
    """Any code that was ever sent."""

    def is_code(self, callback: str, state: State) -> bool:
        del state
        return len(callback) == 12


WRONG = (
    Wrong("cannot begin twice", StartingOnce, (STARTING,)),
    Wrong("keeps its state in memory only", InMemory, (AGAIN, DAMAGED)),
    Wrong("loses its state", writing(lambda _: "{}"), (AGAIN, NO_OTHER)),
    Wrong("writes no state", writing(lambda _: ""), (STARTING,)),
    Wrong("writes a state that is no JSON", writing(repr), (STARTING,)),
    Wrong("writes a state that nobody can keep", writing(lambda state: json.dumps([repr(state)] * 700)), (STARTING,)),
    Wrong("has its state kept for ever", KeptForEver, (STARTING,)),
    Wrong("prolongs it with every question", Prolonging, (AGAIN,)),
    Wrong("can be asked once", AskedOnce, (AGAIN,)),
    Wrong("can collect once", Collecting, (DONE_AGAIN,)),
    Wrong("goes on with another document", Careless, (NO_OTHER,)),
    Wrong("begins anew where nothing is under way", BeginningAnew, (NOTHING, DAMAGED)),
    Wrong("is done where nothing is under way", SigningAtOnce, (NOTHING, DAMAGED)),
    Wrong("raises on a damaged state", BelievingTheState, (NOTHING, DAMAGED)),
    Wrong("raises on a time without a zone", BelievingTimes, (STRANGE,)),
    Wrong("raises on an order it does not know", BelievingTheOrder, (STRANGE,)),
    Wrong("does not say that nothing is under way", NoWordForIt, (NOTHING, DAMAGED)),
    Wrong("raises on cancelling what is no state", CancellingAnything, (NOTHING, DAMAGED, STRANGE)),
    Wrong("is done by a callback alone", believing(lambda _callback, _provider: True), (RUBBISH, ANOTHERS)),
    Wrong("believes what a callback says", believing(lambda callback, _provider: '"complete"' in callback), (RUBBISH,)),
    Wrong(
        "believes any callback that belongs to it",
        believing(lambda callback, _provider: len(callback) == 12),
        (ANOTHERS,),
    ),
    Wrong("takes any code", AnyCode, (ANOTHERS,)),
    Wrong("raises on callbacks that are rubbish", ReadingCallbacks, (RUBBISH, AGAIN)),
)
