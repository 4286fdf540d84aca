"""A way of signing that keeps every promise, in steps that can each be made to lie: order, wait, collect.

Beside it stand three more that keep them all in another manner, so that nothing but a lie can be what the exam catches:
one that has its state kept before it orders anything, one that is done at once, and one that asks for a code.
"""

import hmac
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar, Final, TypeAlias, TypeVar, final

import attrs
import msgspec
from world import START

from kundorder.codec import claim_bytes, document_digest
from kundorder.errors import Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import ASSURANCE, Document, Evidence
from kundorder.ports import Done, EnterCode, Failed, Pending, Progress, ShowQr, Signing
from kundorder.testing.contracts.signing import CONTACT, IP
from kundorder.vocabulary import AttestMethod, FailureCode, Language
from wrong_signers.provider import Order, Provider, Stage, Unknown

T = TypeVar("T")

LASTS: Final = timedelta(minutes=5)
PAUSE: Final = timedelta(seconds=2)
KEY: Final = b"the key of a seal that is played"
_HEX: Final = frozenset("0123456789abcdef")


@final
@attrs.frozen(kw_only=True)
class State:
    """What is kept between two calls."""

    order: str  # empty: not ordered yet
    digest: str
    ends_at: datetime


@attrs.frozen
class Signer:
    """Orders, waits and collects."""

    provider: Provider
    method: ClassVar[AttestMethod] = AttestMethod.BANKID

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        state = State(order="", digest=document_digest(request.document), ends_at=now + LASTS)
        return self.order(request, state, now)

    def order(self, request: SigningRequest, state: State, now: datetime) -> Progress:
        """Ask the provider to begin."""
        name = self.asked(lambda: self.provider.begin(state.digest, _person(request)))
        return self.pending(request, attrs.evolve(state, order=name), now)

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        del callback
        kept = self.read(state)
        if kept is None or not self.fits(kept, request):
            return Failed(code=FailureCode.NOTHING_UNDER_WAY)
        if self.is_over(kept, now):
            return Failed(code=FailureCode.EXPIRED)
        try:
            order = self.asked(lambda: self.provider.look(kept.order))
        except Unknown:
            return Failed(code=FailureCode.NOTHING_UNDER_WAY)
        return self.collected(request, kept, order, now)

    def collected(self, request: SigningRequest, state: State, order: Order, now: datetime) -> Progress:
        """What the provider's answer means."""
        if order.digest != state.digest:
            return Failed(code=FailureCode.NOTHING_UNDER_WAY)
        match order.stage:
            case Stage.OPEN:
                return self.pending(request, state, now)
            case Stage.SIGNED:
                return Done(evidence=self.evidence(request, order, now))
            case Stage.GIVEN_UP | Stage.CANCELLED:
                return Failed(code=FailureCode.CANCELLED, why="given up")

    def cancel(self, state: str) -> None:
        kept = self.read(state)
        if kept is not None:
            try:
                self.asked(lambda: self.provider.cancel(kept.order))
            except Unknown:
                return

    def verify(self, evidence: Evidence, document: Document) -> bool:
        return self.fits_document(evidence, document) and self.holds(evidence)

    # The steps that may lie

    def asked(self, ask: Callable[[], T]) -> T:
        """What the provider says."""
        try:
            return ask()
        except ConnectionError as error:
            raise Unavailable("the provider cannot be reached") from error

    def pending(self, request: SigningRequest, state: State, now: datetime) -> Pending:
        """It waits for the person."""
        return Pending(
            state=self.written(state),
            action=ShowQr(content=f"played.{state.order}"),
            ask_again_at=min(now + PAUSE, state.ends_at),
            ends_at=state.ends_at,
            hint="Läs av koden." if request.language is Language.SV else "Scan the code.",
        )

    def written(self, state: State) -> str:
        """The state as text."""
        return msgspec.json.encode(state).decode()

    def read(self, text: str) -> State | None:
        """The state in a text, if there is one."""
        try:
            state = msgspec.json.decode(text, type=State)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None
        return None if state.ends_at.tzinfo is None else state

    def fits(self, state: State, request: SigningRequest) -> bool:
        """Whether this is the state of this request."""
        return state.digest == document_digest(request.document)

    def is_over(self, state: State, now: datetime) -> bool:
        """Whether its time has run out."""
        return now >= state.ends_at

    def evidence(self, request: SigningRequest, order: Order, now: datetime) -> Evidence:
        """What proves it."""
        bare = Evidence(
            method=request.method,
            signer=request.document.signer,
            digest=document_digest(request.document),
            signed_at=now,
            proof="",
            signed_by="played",
            level=ASSURANCE[request.method],
            identity=self.identity(order),
        )
        return attrs.evolve(bare, proof=self.sealed(bare))

    def identity(self, order: Order) -> str:
        """Who it was."""
        return hmac.new(KEY, order.person.encode(), sha256).hexdigest()

    def sealed(self, evidence: Evidence) -> str:
        """The proof."""
        return hmac.new(KEY, claim_bytes(evidence), sha256).hexdigest()

    def fits_document(self, evidence: Evidence, document: Document) -> bool:
        """Whether it says that it is for this document."""
        return (evidence.signer, evidence.digest) == (document.signer, document_digest(document))

    def holds(self, evidence: Evidence) -> bool:
        """Whether the proof is for what it says."""
        try:
            proof = self.sealed(evidence)
        except ValueError:  # what is no text at all cannot be encoded
            return False
        return evidence.proof.isascii() and hmac.compare_digest(proof, evidence.proof)


def _person(request: SigningRequest) -> str:
    return "" if request.to is None else request.to.email


@attrs.frozen
class KeepingFirst(Signer):
    """Has its state kept before it orders anything."""

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        state = State(order="", digest=document_digest(request.document), ends_at=now + LASTS)
        return self.kept_first(state, now)

    def kept_first(self, state: State, now: datetime) -> Pending:
        """Keep this."""
        text = self.written(state)
        return Pending(state=text, action=None, ask_again_at=now, ends_at=state.ends_at, keep_first=True)

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        kept = self.read(state)
        if kept is not None and not kept.order and self.fits(kept, request) and not self.is_over(kept, now):
            return self.order(request, kept, now)
        return super().resume(request, state, now=now, callback=callback)


@attrs.frozen
class AtOnce(Signer):
    """Signs at once, and asks nobody."""

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        return Done(evidence=self.evidence(request, Order(digest="", person=_person(request)), now))

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        del request, state, now, callback
        return Failed(code=FailureCode.NOTHING_UNDER_WAY)

    def cancel(self, state: str) -> None:
        del state


@attrs.frozen
class ByCode(Signer):
    """Asks for the code that belongs to the order, and is told it by the callback alone."""

    def pending(self, request: SigningRequest, state: State, now: datetime) -> Pending:
        return attrs.evolve(super().pending(request, state, now), action=EnterCode(hint="…05"))

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        kept = self.read(state)
        if kept is None or not self.fits(kept, request) or kept.order not in self.provider.orders:
            return Failed(code=FailureCode.NOTHING_UNDER_WAY)
        if self.is_over(kept, now):
            return Failed(code=FailureCode.EXPIRED)
        if callback is None or not self.is_code(callback, kept):
            return self.pending(request, kept, now)
        return Done(evidence=self.evidence(request, self.provider.known(kept.order), now))

    def is_code(self, callback: str, state: State) -> bool:
        """Whether this is the code that was sent."""
        return callback == code_of(state.order)

    def cancel(self, state: str) -> None:
        del state  # who cancels forgets the state


def code_of(order: str) -> str:
    """The code that the person gets."""
    return sha256(order.encode()).hexdigest()[:12]


Making: TypeAlias = Callable[[Provider], Signing]
"""Makes the adapter, again and again, for one provider."""


@attrs.define
class PlayedBench:
    """Where they are examined."""

    making: Making
    provider: Provider = attrs.field(factory=Provider)
    now: datetime = START
    methods: tuple[AttestMethod, ...] = (Signer.method,)
    can_be_down: bool = True

    @property
    def signing(self) -> Signing:
        return self.making(self.provider)

    def request(self, document: Document) -> SigningRequest:
        return SigningRequest(document=document, method=self.methods[0], to=CONTACT, ip=IP)

    def person_signs(self, pending: Pending) -> str | None:
        """The person signs, and brings the code back."""
        order = self.order_of(pending)
        if order is None:
            return None
        self.provider.end(order, Stage.SIGNED)
        return code_of(order)

    def person_gives_up(self, pending: Pending) -> bool:
        order = self.order_of(pending)
        if order is None or isinstance(pending.action, EnterCode):
            return False
        self.provider.end(order, Stage.GIVEN_UP)
        return True

    def order_of(self, pending: Pending) -> str | None:
        """The latest order: a state that lies would not tell which it is."""
        del pending
        return max(self.provider.orders, key=lambda name: int(name.rpartition("-")[2]), default=None)

    @contextmanager
    def down(self) -> Generator[None]:
        self.provider.is_down = True
        try:
            yield
        finally:
            self.provider.is_down = False
