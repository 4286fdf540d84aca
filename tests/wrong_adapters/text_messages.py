"""Wrong text messages: careful ones and a telephone company, and what authors get wrong."""

import logging
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from threading import Lock
from typing import Final, final

import attrs

from kundorder.errors import Malformed, Unavailable
from kundorder.identifiers import phone_number
from kundorder.ports import TextMessages
from kundorder.testing.contracts.text_messages import OTHER, PHONE, TextMessagesContract
from wrong_adapters.examining import Wrong


@attrs.define
class Company:
    """Whose telephones they are."""

    got: list[tuple[str, str]] = attrs.field(factory=list)
    is_down: bool = False
    loses: bool = False
    lock: Lock = attrs.field(factory=Lock)

    def ring(self, number: str, text: str) -> None:
        """A message arrives."""
        if self.is_down:
            raise ConnectionError("nobody home")
        with self.lock:
            self.got.append((number, text))
        if self.loses:
            raise ConnectionError("the line broke")


@attrs.define(repr=False)
class Careful:
    """As it should be; to be extended by what is not."""

    company: Company

    def send(self, to: str, text: str) -> None:
        """See ``ports.TextMessages``."""
        number = self.number(to)
        try:
            self.ring(number, text)
        except ConnectionError:
            raise Unavailable("the company cannot be reached") from None

    def number(self, to: str) -> str:
        """In the form of E.164."""
        return phone_number(to)

    def ring(self, number: str, text: str) -> None:
        """Hand it over."""
        self.company.ring(number, text)


@final
class CompanyContract(TextMessagesContract):
    """The contract at a telephone company."""

    def __init__(self, making: Callable[[Company], TextMessages]) -> None:
        self.making = making

    def begin(self) -> None:
        self.company = Company()

    def make_text_messages(self) -> TextMessages:
        return self.making(self.company)

    def arrived(self, number: str) -> tuple[str, ...]:
        return tuple(text for to, text in self.company.got if to == number)

    @contextmanager
    def down(self) -> Generator[None]:
        self.company.is_down = True
        yield
        self.company.is_down = False

    @contextmanager
    def losing(self) -> Generator[None]:
        self.company.loses = True
        yield
        self.company.loses = False


class Short(Careful):
    def ring(self, number: str, text: str) -> None:
        super().ring(number, text[:160])


class ToBoth(Careful):
    def ring(self, number: str, text: str) -> None:
        for telephone in dict.fromkeys((number, PHONE, OTHER)):
            super().ring(telephone, text)


class Once(Careful):
    def ring(self, number: str, text: str) -> None:
        if (number, text) not in self.company.got:
            super().ring(number, text)


@attrs.define(repr=False)
class InPairs(Careful):
    held: list[tuple[str, str]] = attrs.field(factory=list)

    def ring(self, number: str, text: str) -> None:
        self.held.append((number, text))
        if len(self.held) == 2:
            for each in self.held:
                super().ring(*each)
            self.held.clear()


class Obliging(Careful):
    def number(self, to: str) -> str:
        return to


class TellingTheNumber(Careful):
    def number(self, to: str) -> str:
        try:
            return super().number(to)
        except Malformed:
            raise LookupError(to) from None


class Silent(Careful):
    def ring(self, number: str, text: str) -> None:
        if not self.company.is_down:
            super().ring(number, text)


class Raw(Careful):
    def send(self, to: str, text: str) -> None:
        self.ring(self.number(to), text)


class Insisting(Careful):
    def ring(self, number: str, text: str) -> None:
        try:
            super().ring(number, text)
        except ConnectionError:
            super().ring(number, text)


class Hopeful(Careful):
    def ring(self, number: str, text: str) -> None:
        try:
            super().ring(number, text)
        except ConnectionError:
            if self.company.is_down:
                raise


class Logging(Careful):
    def ring(self, number: str, text: str) -> None:
        super().ring(number, text)
        logging.getLogger("texts").info("sent %s", text)


@attrs.define
class Showing(Careful):
    last: str = ""

    def ring(self, number: str, text: str) -> None:
        super().ring(number, text)
        self.last = number


@attrs.define(repr=False)
class OneDesk(Careful):
    desk: list[tuple[str, str]] = attrs.field(factory=list)

    def ring(self, number: str, text: str) -> None:
        self.desk[:] = [(number, text)]
        time.sleep(0.0005)
        super().ring(*self.desk[0])


_WHOLE: Final = "test_a_message_arrives_whole_and_once_at_its_number_alone"
_OWN: Final = "test_each_call_is_a_message_of_its_own"
_RESTART: Final = "test_messages_arrive_at_the_number_they_are_for_also_after_a_restart"
_NO_NUMBER: Final = "test_to_what_is_no_number_nothing_is_sent"
_DOWN: Final = "test_what_cannot_be_sent_is_unavailable_and_can_be_sent_later"
_LOST: Final = "test_a_message_of_which_nothing_is_known_is_unavailable"
_TOLD: Final = "test_neither_number_nor_text_stands_in_a_log_or_in_the_adapter"
_THREADS: Final = "test_threads_that_send_at_once_do_not_mix_their_messages"


def _wrong(lie: str, making: Callable[[Company], TextMessages], *caught_by: str) -> Wrong:
    return Wrong(lie, partial(CompanyContract, making), caught_by)


TRUE: Final = partial(CompanyContract, Careful)

WRONG: tuple[Wrong, ...] = (
    _wrong("cuts text messages at 160 characters", Short, _WHOLE),
    _wrong("sends to every telephone it knows", ToBoth, _WHOLE, _RESTART),
    _wrong("takes a message with the same words for a copy", Once, _OWN),
    _wrong("sends text messages in pairs", InPairs, _WHOLE, _RESTART),
    _wrong("sends to anything that may be a number", Obliging, _NO_NUMBER),
    _wrong("names the number that is none", TellingTheNumber, _NO_NUMBER),
    _wrong("says nothing when the company is down", Silent, _DOWN),
    _wrong("lets through what the company says", Raw, _DOWN, _LOST),
    _wrong("sends a text message again by itself", Insisting, _LOST),
    _wrong("takes a lost answer for a yes", Hopeful, _LOST),
    _wrong("logs the code", Logging, _TOLD),
    _wrong("shows the last number", Showing, _TOLD),
    _wrong("has one desk for text messages of all threads", OneDesk, _THREADS),
)
