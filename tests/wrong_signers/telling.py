"""Wrong in what they tell: of a person, of times, and in a language."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import NoReturn, TypeVar

import attrs

from kundorder.errors import Unavailable
from kundorder.events import SigningRequest
from kundorder.ports import EnterCode, Failed, OpenUrl, Pending, Progress, ShowQr
from kundorder.testing.contracts.signing import CONTACT, IP
from kundorder.vocabulary import Language
from wrong_signers.examining import Wrong
from wrong_signers.provider import Order, Provider
from wrong_signers.truth import Signer, State
from wrong_signers.waiting import AGAIN, STARTING

T = TypeVar("T")

LANGUAGES = "test_one_can_sign_in_every_language"
GIVES_UP = "test_who_gives_up_has_not_signed"
NOT_BEGUN = "test_while_the_provider_is_down_nothing_begins_and_then_it_does"
NOW = "test_who_has_signed_has_signed_this_document_by_this_method_now"


def pending(change: Callable[[Pending, SigningRequest], Pending]) -> Callable[[Provider], Signer]:
    """What is under way is told otherwise."""

    class Telling(Signer):
        def pending(self, request: SigningRequest, state: State, now: datetime) -> Pending:
            return change(super().pending(request, state, now), request)

    return Telling


def at(change: Callable[[datetime], datetime]) -> Callable[[Provider], Signer]:
    """When it ends and when to ask again is told otherwise."""
    return pending(
        lambda told, _: attrs.evolve(told, ask_again_at=change(told.ask_again_at), ends_at=change(told.ends_at))
    )


class NamingInTheLog(Signer):
    def collected(self, request: SigningRequest, state: State, order: Order, now: datetime) -> Progress:
        progress = super().collected(request, state, order, now)
        return Failed(code=progress.code, why=f"{CONTACT.name} gave up") if isinstance(progress, Failed) else progress


class NamingInErrors(Signer):
    def asked(self, ask: Callable[[], T]) -> T:
        try:
            return super().asked(ask)
        except Unavailable as error:
            raise Unavailable(f"{CONTACT.email} cannot be reached") from error


class CausedByAName(Signer):
    def asked(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except ConnectionError as error:
            raise Unavailable("the provider cannot be reached") from ConnectionError(f"GET /?ip={IP}, {error}")


class RaisedOverAName(Signer):
    def asked(self, ask: Callable[[], T]) -> T:
        if not self.provider.is_down:
            return super().asked(ask)
        try:
            self.fail()
        except ConnectionError:
            raise Unavailable("the provider cannot be reached")  # noqa: B904 - what it does wrong

    def fail(self) -> NoReturn:
        """As a library might."""
        raise ConnectionError(f"nobody answers for {CONTACT.phone}")


class KnownByAddress(Signer):
    def identity(self, order: Order) -> str:
        return order.person


class OneLanguage(Signer):
    """Speaks Swedish."""

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        return super().start(request, now=now) if request.language is Language.SV else Failed()


LATER = timedelta(hours=1)

WRONG = (
    Wrong(
        "tells the telephone number in a hint",
        pending(lambda told, _: attrs.evolve(told, hint=f"Skickad till {CONTACT.phone}.")),
        (STARTING,),
    ),
    Wrong(
        "tells more of the number than anybody needs",
        pending(lambda told, _: attrs.evolve(told, action=EnterCode(hint=f"…{(CONTACT.phone or '')[-5:]}"))),
        (STARTING,),
    ),
    Wrong(
        "greets people by name",
        pending(lambda told, request: attrs.evolve(told, hint=f"Hej {request.to and request.to.name}!")),
        (STARTING,),
    ),
    Wrong(
        "has the address in a link",
        pending(lambda told, _: attrs.evolve(told, action=OpenUrl(url=f"https://sign.example/?to={CONTACT.email}"))),
        (STARTING,),
    ),
    Wrong(
        "keeps the number in its state",
        pending(lambda told, request: attrs.evolve(told, state=f'{{"at":"{request.to and request.to.phone}"}}')),
        (STARTING,),
    ),
    Wrong("has nothing to show", pending(lambda told, _: attrs.evolve(told, action=ShowQr(content=""))), (STARTING,)),
    Wrong("names people in the log", NamingInTheLog, (GIVES_UP,)),
    Wrong("names people in errors", NamingInErrors, (NOT_BEGUN,)),
    Wrong("names people in what errors come from", CausedByAName, (NOT_BEGUN,)),
    Wrong("names people in what errors were raised over", RaisedOverAName, (NOT_BEGUN,)),
    Wrong("knows people by their address", KnownByAddress, (NOW,)),
    Wrong("tells times without a zone", at(lambda moment: moment.replace(tzinfo=None)), (STARTING,)),
    Wrong("tells times of another zone", at(lambda moment: moment.astimezone(timezone(LATER))), (STARTING,)),
    Wrong("ends before it has begun", at(lambda moment: moment - LATER), (STARTING,)),
    Wrong(
        "is to be asked again when it is over",
        pending(lambda told, _: attrs.evolve(told, ask_again_at=told.ends_at + LATER)),
        (STARTING, AGAIN),
    ),
    Wrong("cannot sign in English", OneLanguage, (LANGUAGES,)),
)
