"""What text messages promise: each arrives whole, at its number alone, and is told nowhere else."""

import logging
import sys
import traceback
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from typing import ClassVar, Final
from unittest import SkipTest

from kundorder.errors import KundorderError, Malformed, Unavailable
from kundorder.ports import TextMessages
from kundorder.testing.contracts.promising import Contract, promise, promise_for

PHONE: Final = "+46701740605"
OTHER: Final = "+46701740606"
_CODE: Final = "482913"
_TEXT: Final = f"Din kod är {_CODE}. Den gäller i tio minuter."
_NO_NUMBERS: Final = (
    *("", "0701740605", "46701740605", "+46 70 174 06 05", f"{PHONE}\n", f"{PHONE},{OTHER}", "+4607017406\uff15"),
    *("+", "../../x", f"{PHONE}; {OTHER}"),
)
_TEXTS: Final = (_TEXT, "Åsa 😀 北京", "a" * 160, "å" * 400, '"; DROP', "två\nrader")
_MANY: Final = 40


class TextMessagesContract(Contract):
    """The contract; each case starts with telephones that have got nothing."""

    port: ClassVar[str] = "TextMessages"

    def make_text_messages(self) -> TextMessages:
        """The adapter, to the telephones of this case; asked again, another one to the same, as after a restart."""
        raise NotImplementedError

    def arrived(self, number: str) -> tuple[str, ...]:
        """What the telephone of a number has got, the first first."""
        raise NotImplementedError(number)

    def down(self) -> AbstractContextManager[None]:
        """Within, nothing can be sent. To be overridden where that can be brought about."""
        raise SkipTest("these telephones can always be reached")

    def losing(self) -> AbstractContextManager[None]:
        """Within, messages arrive and the adapter is not told. To be overridden where that can be brought about."""
        raise SkipTest("from these telephones every answer comes back")

    @promise_for(TextMessages.send, _TEXTS)
    def test_a_message_arrives_whole_and_once_at_its_number_alone(self, text: str) -> None:
        self.make_text_messages().send(PHONE, text)
        assert self.arrived(PHONE) == (text,)
        assert self.arrived(OTHER) == (), "another telephone has got it"

    @promise(TextMessages.send)
    def test_each_call_is_a_message_of_its_own(self) -> None:
        texts = self.make_text_messages()
        for _ in range(3):
            texts.send(PHONE, _TEXT)
        assert self.arrived(PHONE) == (_TEXT,) * 3

    @promise(TextMessages.send)
    def test_messages_arrive_at_the_number_they_are_for_also_after_a_restart(self) -> None:
        for number in range(8):
            self.make_text_messages().send(PHONE if number % 2 else OTHER, f"meddelande {number}")
        assert sorted(self.arrived(PHONE)) == [f"meddelande {number}" for number in (1, 3, 5, 7)]
        assert sorted(self.arrived(OTHER)) == [f"meddelande {number}" for number in (0, 2, 4, 6)]

    @promise_for(TextMessages.send, _NO_NUMBERS)
    def test_to_what_is_no_number_nothing_is_sent(self, number: str) -> None:
        error = _tried(self.make_text_messages(), number, _TEXT)
        assert isinstance(error, Malformed), f"told as {'sent' if error is None else type(error).__name__}"
        _calm(error, number)
        assert self.arrived(PHONE) == self.arrived(OTHER) == ()

    @promise(TextMessages.send)
    def test_what_cannot_be_sent_is_unavailable_and_can_be_sent_later(self) -> None:
        texts = self.make_text_messages()
        with self.down():
            error = _tried(texts, PHONE, _TEXT)
            assert isinstance(error, Unavailable), f"told as {'sent' if error is None else type(error).__name__}"
            _calm(error, PHONE)
        assert self.arrived(PHONE) == ()
        texts.send(PHONE, _TEXT)
        assert self.arrived(PHONE) == (_TEXT,)

    @promise(TextMessages.send)
    def test_a_message_of_which_nothing_is_known_is_unavailable(self) -> None:
        texts = self.make_text_messages()
        with self.losing():
            error = _tried(texts, PHONE, _TEXT)
        assert isinstance(error, Unavailable), f"told as {'sent' if error is None else type(error).__name__}"
        _calm(error, PHONE)
        assert self.arrived(PHONE) == (_TEXT,), "it was sent again, although only the person may ask for another"

    @promise(TextMessages.send)
    def test_neither_number_nor_text_stands_in_a_log_or_in_the_adapter(self) -> None:
        texts = self.make_text_messages()
        with _all_that_is_said() as said:
            texts.send(PHONE, _TEXT)
            said.write(repr(texts) + str(texts))
        told = said.getvalue()
        assert _CODE not in told, f"the text is told: {told!r}"
        assert PHONE[3:] not in told, f"the number is told: {told!r}"

    @promise(TextMessages.send)
    def test_threads_that_send_at_once_do_not_mix_their_messages(self) -> None:
        texts, meant = self.make_text_messages(), [f"meddelande {number}" for number in range(_MANY)]
        with ThreadPoolExecutor(8) as pool:
            sent = [pool.submit(texts.send, (PHONE, OTHER)[place % 2], text) for place, text in enumerate(meant)]
            for each in sent:
                each.result()
        assert sorted(self.arrived(PHONE)) == sorted(meant[::2])
        assert sorted(self.arrived(OTHER)) == sorted(meant[1::2])


def _tried(texts: TextMessages, to: str, text: str) -> Exception | None:
    try:
        texts.send(to, text)
    except Exception as error:  # noqa: BLE001 - whether it is one that is declared is asserted
        return error
    return None


def _calm(error: Exception, number: str) -> None:
    """An error of ours with nothing of the message in it, nor in what it comes from."""
    shown = "".join(traceback.format_exception(error)) + repr(error)
    assert isinstance(error, KundorderError)
    assert _CODE not in shown, "the text stands in the error"
    assert len(number) < len(PHONE) - 3 or number not in shown, "the number stands in the error"


@contextmanager
def _all_that_is_said() -> Generator[StringIO]:
    """Whatever is logged, printed or warned of within."""
    said, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(said), root.level
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(said), redirect_stderr(said):
            yield said
            sys.stdout.flush()
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
