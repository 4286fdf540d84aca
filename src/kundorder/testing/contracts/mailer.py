"""What a mailer promises: each letter arrives whole, at its addressee alone, and what goes wrong is told as what it is.

Subclass ``MailerContract``, say how your mailer is made and how to look at what has arrived, and put it: with pytest,
or with ``examine``. Where you can make the receiving end fail, say how, and the promises about that are put, too.
"""

import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import ClassVar, Final, TypeAlias, final
from unittest import SkipTest

import attrs

from kundorder.errors import KundorderError, Postponed, RelayStopped, Unavailable, Undeliverable
from kundorder.ports import Letter, Mailer
from kundorder.testing.contracts.letters import EVIL, HOSTILE, ORDINARY, a_letter, canaries_of
from kundorder.testing.contracts.promising import Contract, promise, promise_for, same

DECLARED: Final = (Undeliverable, Postponed, Unavailable, RelayStopped)
"""All that a mailer may raise."""

_LATER: Final = (Postponed, Unavailable, RelayStopped)
_THREADS: Final = 8
_MANY: Final = 64

Hindrance: TypeAlias = Callable[[], AbstractContextManager[None]]
"""Makes something go wrong at the receiving end for as long as it is open."""


@final
@attrs.frozen(kw_only=True)
class Arrived:
    """A copy of a letter as it has arrived."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]  # whom it was handed to, as the relay has it
    subject: str  # decoded
    text: str  # lines ended by newlines
    html: str
    headers: tuple[str, ...] = ()  # names of all headers of the mail as a whole; empty: there are none in this form


class MailerContract(Contract):
    """The contract; each case starts with a receiving end at which nothing has arrived."""

    port: ClassVar[str] = "Mailer"

    def make_mailer(self) -> Mailer:
        """The mailer, to the receiving end of this case; asked again, another one to the same, as after a restart."""
        raise NotImplementedError

    def arrived(self) -> tuple[Arrived, ...]:
        """Every copy that has arrived, in the order they came."""
        raise NotImplementedError

    def down(self) -> AbstractContextManager[None]:
        """Within, there is nobody to hand letters to. To be overridden where that can be brought about."""
        raise SkipTest("this receiving end is always there")

    def losing(self) -> AbstractContextManager[None]:
        """Within, letters arrive and the mailer is not told. To be overridden where that can be brought about."""
        raise SkipTest("from this receiving end every answer comes back")

    def unknown(self) -> str:
        """An address that the receiving end refuses for good. To be overridden where there is one."""
        raise SkipTest("this receiving end takes letters to anybody")

    @promise_for(Mailer.send, ORDINARY)
    def test_a_letter_arrives_whole_and_once(self, letter: Letter) -> None:
        self.make_mailer().send(letter)
        _be(self._only(), letter)

    @promise(Mailer.send)
    def test_a_letter_has_arrived_for_good_when_send_returns(self) -> None:
        letters = [a_letter(number) for number in range(1, 4)]
        for number, letter in enumerate(letters, 1):
            self.make_mailer().send(letter)  # by one that is new each time
            found = self.arrived()
            assert [copy.message_id for copy in found] == [each.message_id for each in letters[:number]]
            for copy, meant in zip(found, letters, strict=False):
                _be(copy, meant)

    @promise(Mailer.send)
    def test_letters_that_differ_by_their_id_alone_are_different_letters(self) -> None:
        mailer, letters = (
            self.make_mailer(),
            [attrs.evolve(a_letter(), message_id=f"<{each}@p.example>") for each in "ab"],
        )
        for letter in letters:
            mailer.send(letter)
        assert [copy.message_id for copy in self.arrived()] == [letter.message_id for letter in letters]

    @promise_for(Mailer.send, (False, True))
    def test_sending_the_same_id_again_is_harmless(self, restarted: bool) -> None:  # noqa: FBT001 - what a case is
        mailer, letter = self.make_mailer(), a_letter()
        for _ in range(3):
            mailer.send(letter)
            mailer = self.make_mailer() if restarted else mailer
        copies = self.arrived()
        assert 1 <= len(copies) <= 3, f"{len(copies)} copies"
        for copy in copies:
            _be(copy, letter)

    @promise(Mailer.send)
    def test_letters_in_any_order_and_repeated_all_arrive(self) -> None:
        letters, mailer = [a_letter(number) for number in range(1, 6)], self.make_mailer()
        for place in (3, 1, 3, 0, 4, 1, 2, 0):
            mailer.send(letters[place])
        self._all_there(letters)

    @promise_for(Mailer.send, HOSTILE)
    def test_a_hostile_letter_is_refused_or_arrives_as_nothing_more_than_it_is(self, letter: Letter) -> None:
        mailer = self.make_mailer()
        mailer.send(a_letter(2))
        plain = self._only()
        try:
            mailer.send(letter)
        except Undeliverable:
            assert self.arrived() == (plain,), "something of it has arrived although it was refused"
            return
        copy = self._only(1)
        assert copy.headers == plain.headers, f"other headers than those of any letter: {copy.headers}"
        assert copy.recipients == (letter.to,), "it went to others than its one addressee"
        assert copy.headers == () or EVIL not in copy.recipients[0], "it went to somebody who is not meant"
        assert copy.message_id == letter.message_id

    @promise(Mailer.send)
    def test_no_header_is_there_twice_and_none_names_another_reader(self) -> None:
        self.make_mailer().send(a_letter())
        copy = self._only()
        names = [name.lower() for name in copy.headers]
        assert len(set(names)) == len(names), f"a header is there twice: {copy.headers}"
        assert {"cc", "bcc", "resent-to", "resent-bcc"}.isdisjoint(names), f"another reader is named: {copy.headers}"

    @promise(Mailer.send)
    def test_a_letter_that_is_refused_does_not_hold_up_the_others(self) -> None:
        mailer, letters = self.make_mailer(), [a_letter(number) for number in range(2, 5)]
        for bad, letter in zip(HOSTILE, letters, strict=False):
            _ = _tried(mailer, bad)
            mailer.send(letter)
        self._all_there(letters, also=True)

    @promise(Mailer.send)
    def test_an_address_that_is_refused_is_undeliverable_and_others_are_not(self) -> None:
        mailer, unknown = self.make_mailer(), self.unknown()
        for number in range(1, 4):
            assert isinstance(_tried(mailer, a_letter(number, to=unknown)), Undeliverable)
            mailer.send(a_letter(number + 3))
        self._all_there([a_letter(number + 3) for number in range(1, 4)])

    @promise_for(Mailer.send, HOSTILE)
    def test_only_declared_errors_are_raised_and_nothing_of_a_letter_stands_in_them(self, letter: Letter) -> None:
        _calm(_tried(self.make_mailer(), letter), letter)

    @promise(Mailer.send)
    def test_while_nobody_takes_letters_none_is_told_to_have_left_nor_blamed(self) -> None:
        mailer, letters = self.make_mailer(), [a_letter(number) for number in range(1, 4)]
        with self.down():
            for letter in letters:
                error = _tried(mailer, letter)
                assert isinstance(error, _LATER), f"told as {'sent' if error is None else type(error).__name__}"
                _calm(error, letter)
        assert self.arrived() == ()
        for letter in letters:
            mailer.send(letter)
        self._all_there(letters)

    @promise_for(Mailer.send, (False, True))
    def test_after_a_lost_answer_the_letter_can_be_sent_again(self, restarted: bool) -> None:  # noqa: FBT001 - as above
        mailer, letter = self.make_mailer(), a_letter()
        mailer.send(a_letter(2))
        with self.losing():
            error = _tried(mailer, letter)
        assert isinstance(error, Unavailable | Postponed), (
            f"told as {'sent' if error is None else type(error).__name__}"
        )
        _calm(error, letter)
        mailer = self.make_mailer() if restarted else mailer
        mailer.send(letter)
        mailer.send(a_letter(3))
        copies = [copy for copy in self.arrived() if copy.message_id == letter.message_id]
        assert 1 <= len(copies) <= 2, f"{len(copies)} copies"
        for copy in copies:
            _be(copy, letter)
        self._all_there([letter, a_letter(2), a_letter(3)])

    @promise(Mailer.send)
    def test_threads_that_send_at_once_do_not_mix_their_letters(self) -> None:
        mailer, letters = self.make_mailer(), [a_letter(number) for number in range(_MANY)]
        with ThreadPoolExecutor(_THREADS) as pool:
            _ = list(pool.map(mailer.send, letters))
        self._all_there(letters)
        assert len(self.arrived()) == _MANY

    def _only(self, before: int = 0) -> Arrived:
        """The one copy that has arrived; or the one after those before."""
        copies = self.arrived()
        assert len(copies) == before + 1, f"{len(copies) - before} copies have arrived"
        return copies[-1]

    def _all_there(self, letters: list[Letter], *, also: bool = False) -> None:
        """Each has arrived, whole in each copy, and no other; ``also``: others may have."""
        meant, found = {letter.message_id: letter for letter in letters}, set[str]()
        for copy in self.arrived():
            if copy.message_id in meant:
                _be(copy, meant[copy.message_id])
                found.add(copy.message_id)
            else:
                assert also, f"nobody has sent {copy.message_id}"
        assert found == set(meant), f"lost: {sorted(set(meant) - found)}"


def _be(copy: Arrived, letter: Letter) -> None:
    """Exactly this letter."""
    for name in ("message_id", "sender", "subject", "text", "html"):
        came: str | None = getattr(copy, name)
        meant: str | None = getattr(letter, name)
        same(came, meant, name)
    assert copy.recipients == (letter.to,), f"it went to {copy.recipients!r}"


def _tried(mailer: Mailer, letter: Letter) -> Exception | None:
    """What sending it raises, if anything."""
    try:
        mailer.send(letter)
    except Exception as error:  # noqa: BLE001 - whether it is one that is declared is asserted
        return error
    return None


def _calm(error: Exception | None, letter: Letter) -> None:
    """An error that is declared, and holds nothing of the letter, neither itself nor what it comes from."""
    assert error is None or isinstance(error, DECLARED), f"{type(error).__name__} is not declared"
    assert error is None or isinstance(error, KundorderError)
    shown = "" if error is None else "".join(traceback.format_exception(error)) + repr(error)
    for piece in canaries_of(letter):
        assert piece not in shown, f"something of the letter stands in the error: {piece!r}"
