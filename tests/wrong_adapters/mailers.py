"""Wrong mailers: a careful one and a post office, and what authors get wrong."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from typing import Final, final

import attrs
from receiving import of_mail

from kundorder.errors import RelayStopped, Unavailable, Undeliverable
from kundorder.messages.mime import message_bytes
from kundorder.ports import Letter, Mailer
from kundorder.testing.contracts.mailer import Arrived, MailerContract
from wrong_adapters.examining import Wrong

_AT: Final = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NOBODY: Final = "nobody@region.example"


class NoSuchAddress(Exception):
    """The post office knows no such address."""


@attrs.define
class PostOffice:
    """The receiving end: what it has taken it keeps for good."""

    taken: list[tuple[bytes, tuple[str, ...]]] = attrs.field(factory=list)
    is_down: bool = False
    loses: bool = False
    seen: set[str] = attrs.field(factory=set)  # what a mailer notes, to know of it after a restart
    lock: Lock = attrs.field(factory=Lock)

    def take(self, data: bytes, recipients: tuple[str, ...]) -> None:
        """Take a mail."""
        if self.is_down:
            raise ConnectionError("nobody home")
        if NOBODY in recipients:
            raise NoSuchAddress
        with self.lock:
            self.taken.append((data, recipients))
        if self.loses:
            raise ConnectionError("the line broke")


@attrs.define
class Careful:
    """A mailer as it should be; to be extended by what is not."""

    office: PostOffice

    def send(self, letter: Letter) -> None:
        """See ``ports.Mailer``."""
        data = self.written(letter)
        try:
            self.hand_over(data, letter)
        except NoSuchAddress:
            raise Undeliverable("the post office refuses the address (550)") from None
        except ConnectionError:
            raise Unavailable("the post office cannot be reached") from None

    def written(self, letter: Letter) -> bytes:
        """As a mail."""
        return message_bytes(letter, sent_at=_AT)

    def hand_over(self, data: bytes, letter: Letter) -> None:
        """To the one addressee."""
        self.office.take(data, (letter.to,))


@final
class OfficeContract(MailerContract):
    """The contract at a post office."""

    def __init__(self, making: Callable[[PostOffice], Mailer]) -> None:
        self.making = making

    def begin(self) -> None:
        self.office = PostOffice()

    def make_mailer(self) -> Mailer:
        return self.making(self.office)

    def arrived(self) -> tuple[Arrived, ...]:
        return tuple(of_mail(data, recipients) for data, recipients in self.office.taken)

    def unknown(self) -> str:
        return NOBODY

    @contextmanager
    def down(self) -> Generator[None]:
        self.office.is_down = True
        yield
        self.office.is_down = False

    @contextmanager
    def losing(self) -> Generator[None]:
        self.office.loses = True
        yield
        self.office.loses = False


class WithoutHtml(Careful):
    def written(self, letter: Letter) -> bytes:
        return super().written(attrs.evolve(letter, html=""))


class Short(Careful):
    def written(self, letter: Letter) -> bytes:
        return super().written(attrs.evolve(letter, text="".join(letter.text.splitlines(keepends=True)[:1000])))


class Twice(Careful):
    def hand_over(self, data: bytes, letter: Letter) -> None:
        super().hand_over(data, letter)
        super().hand_over(data, letter)


class Copying(Careful):
    def hand_over(self, data: bytes, letter: Letter) -> None:
        self.office.take(data, (letter.to, "archive@portal.example"))


@attrs.define
class OneBehind(Careful):
    before: list[tuple[bytes, Letter]] = attrs.field(factory=list)

    def hand_over(self, data: bytes, letter: Letter) -> None:
        self.before.append((data, letter))
        if len(self.before) > 1:
            super().hand_over(*self.before.pop(0))


class SameWords(Careful):
    def hand_over(self, data: bytes, letter: Letter) -> None:
        if letter.text not in self.office.seen:
            super().hand_over(data, letter)
            self.office.seen.add(letter.text)


class OnceOnly(Careful):
    def send(self, letter: Letter) -> None:
        if letter.message_id in self.office.seen:
            raise Undeliverable("this letter has left before")
        super().send(letter)
        self.office.seen.add(letter.message_id)


class AnotherId(Careful):
    def written(self, letter: Letter) -> bytes:
        copies = sum(letter.thread.encode() in data for data, _ in self.office.taken)
        return super().written(
            attrs.evolve(letter, message_id=letter.message_id.replace("@", f".{copies}@")) if copies else letter
        )


class InARow(Careful):
    def hand_over(self, data: bytes, letter: Letter) -> None:
        if not self.office.seen or letter.message_id >= max(self.office.seen):
            super().hand_over(data, letter)
            self.office.seen.add(letter.message_id)


class Bare(Careful):
    def written(self, letter: Letter) -> bytes:
        ordinary = super().written(attrs.evolve(letter, subject="x", sender="x@portal.example"))
        named = {"Subject: x": f"Subject: {letter.subject}", "From: x@portal.example": f"From: {letter.sender}"}
        for name, whole in named.items():
            ordinary = ordinary.replace(name.encode(), whole.encode("utf-8", "surrogateescape"), 1)
        return ordinary


class ToEverybody(Careful):
    def written(self, letter: Letter) -> bytes:
        return super().written(attrs.evolve(letter, to=letter.to.partition(",")[0].split("\r")[0].split("\n")[0]))

    def hand_over(self, data: bytes, letter: Letter) -> None:
        self.office.take(data, tuple(each.strip() for each in letter.to.split(",")))


@attrs.define
class WithHeader(Careful):
    header: bytes = b"Cc: noreply@portal.example\r\n"

    def written(self, letter: Letter) -> bytes:
        return self.header + super().written(letter)


@attrs.define
class Offended(Careful):
    is_offended: bool = False

    def send(self, letter: Letter) -> None:
        if self.is_offended:
            raise RelayStopped("a letter was refused")
        try:
            super().send(letter)
        except Undeliverable:
            self.is_offended = True
            raise


class BlamesTheRelay(Careful):
    def hand_over(self, data: bytes, letter: Letter) -> None:
        try:
            super().hand_over(data, letter)
        except NoSuchAddress:
            raise Unavailable("the post office said no") from None


class Telling(Careful):
    def written(self, letter: Letter) -> bytes:
        try:
            return super().written(letter)
        except Undeliverable:
            raise Undeliverable(f"no mail to {letter.to}") from None


class LettingThrough(Careful):
    def written(self, letter: Letter) -> bytes:
        letter.text.encode()
        return super().written(letter)


class Silent(Careful):
    def hand_over(self, data: bytes, letter: Letter) -> None:
        if not self.office.is_down:
            super().hand_over(data, letter)


class BlamesTheLetter(Careful):
    def hand_over(self, data: bytes, letter: Letter) -> None:
        if self.office.is_down:
            raise Undeliverable("the post office is closed")
        super().hand_over(data, letter)


class Raw(Careful):
    def send(self, letter: Letter) -> None:
        self.hand_over(self.written(letter), letter)


class NotedFirst(Careful):
    def hand_over(self, data: bytes, letter: Letter) -> None:
        if letter.message_id not in self.office.seen:
            self.office.seen.add(letter.message_id)
            super().hand_over(data, letter)


class TakesSilenceForNo(Careful):
    def hand_over(self, data: bytes, letter: Letter) -> None:
        try:
            super().hand_over(data, letter)
        except ConnectionError:
            if self.office.loses:
                raise Undeliverable("no answer to the letter") from None
            raise


class Insisting(Careful):
    def hand_over(self, data: bytes, letter: Letter) -> None:
        for _ in range(4):
            try:
                return super().hand_over(data, letter)
            except ConnectionError:
                pass
        return super().hand_over(data, letter)


class Quoting(Careful):
    def hand_over(self, data: bytes, letter: Letter) -> None:
        try:
            super().hand_over(data, letter)
        except ConnectionError as error:
            raise Unavailable("no answer to the letter") from ConnectionError(f"{error} at {letter.to}")


@attrs.define
class OneDesk(Careful):
    desk: list[Letter] = attrs.field(factory=list)

    def send(self, letter: Letter) -> None:
        self.desk[:] = [letter]
        time.sleep(0.0005)
        super().send(self.desk[0])


_WHOLE: Final = "test_a_letter_arrives_whole_and_once"
_FOR_GOOD: Final = "test_a_letter_has_arrived_for_good_when_send_returns"
_BY_ID: Final = "test_letters_that_differ_by_their_id_alone_are_different_letters"
_AGAIN: Final = "test_sending_the_same_id_again_is_harmless"
_ORDER: Final = "test_letters_in_any_order_and_repeated_all_arrive"
_HOSTILE: Final = "test_a_hostile_letter_is_refused_or_arrives_as_nothing_more_than_it_is"
_HEADERS: Final = "test_no_header_is_there_twice_and_none_names_another_reader"
_OTHERS: Final = "test_a_letter_that_is_refused_does_not_hold_up_the_others"
_UNKNOWN: Final = "test_an_address_that_is_refused_is_undeliverable_and_others_are_not"
_CALM: Final = "test_only_declared_errors_are_raised_and_nothing_of_a_letter_stands_in_them"
_DOWN: Final = "test_while_nobody_takes_letters_none_is_told_to_have_left_nor_blamed"
_LOST: Final = "test_after_a_lost_answer_the_letter_can_be_sent_again"
_THREADS: Final = "test_threads_that_send_at_once_do_not_mix_their_letters"


def _wrong(lie: str, making: Callable[[PostOffice], Mailer], *caught_by: str) -> Wrong:
    return Wrong(lie, partial(OfficeContract, making), caught_by)


TRUE: Final = partial(OfficeContract, Careful)

WRONG: tuple[Wrong, ...] = (
    _wrong("leaves the HTML out", WithoutHtml, _WHOLE, _FOR_GOOD),
    _wrong("cuts long letters", Short, _WHOLE),
    _wrong("sends everything twice to be sure", Twice, _WHOLE, _FOR_GOOD),
    _wrong("keeps a copy of each letter for the archive", Copying, _WHOLE, _AGAIN),
    _wrong("hands a letter over with the next one", OneBehind, _WHOLE, _FOR_GOOD),
    _wrong("takes two letters with the same words for one", SameWords, _BY_ID),
    _wrong("refuses to send again what it has sent", OnceOnly, _AGAIN, _ORDER),
    _wrong("gives a second copy an id of its own", AnotherId, _AGAIN, _ORDER),
    _wrong("takes what comes after a later one for a copy", InARow, _ORDER),
    _wrong("writes headers as they come", Bare, _HOSTILE),
    _wrong("takes an address with a comma for two", ToEverybody, _HOSTILE),
    _wrong("names the sender as a reader", WithHeader, _HEADERS),
    _wrong("writes the addressee twice", partial(WithHeader, header=b"To: person1@region.example\r\n"), _HEADERS),
    _wrong("sends nothing more after a letter that was refused", Offended, _OTHERS, _UNKNOWN),
    _wrong("takes an address that is refused for a relay that is down", BlamesTheRelay, _UNKNOWN),
    _wrong("names the addressee in the error", Telling, _CALM),
    _wrong("lets through what cannot be encoded", LettingThrough, _CALM),
    _wrong("says nothing when the relay is down", Silent, _DOWN),
    _wrong("blames the letter when the relay is down", BlamesTheLetter, _DOWN),
    _wrong("lets through what the line says", Raw, _DOWN, _LOST, _UNKNOWN),
    _wrong("notes a letter as sent before it is", NotedFirst, _DOWN),
    _wrong("takes a lost answer for a no", TakesSilenceForNo, _LOST),
    _wrong("sends again by itself until it is told", Insisting, _LOST),
    _wrong("names the addressee in the cause of the error", Quoting, _DOWN, _LOST),
    _wrong("has one desk for all threads", OneDesk, _THREADS),
)
