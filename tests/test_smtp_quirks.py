"""Whatever a relay does wrong, the store says of each mail what the relay has said of it, and none is lost.

A letter has left when the relay has said 250 after its last line. Where it has taken one without saying so, the mail is
sent again: one copy more, with the same ``Message-ID``, and never two.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from email import message_from_bytes
from enum import Enum, auto
from pathlib import Path
from typing import Final

import attrs
import pytest
from mail_servers import HOST, Act, Acts, At, Quirk, Relay
from outbox import PEOPLE, STORES, address, copies, filled, owed_in, portal
from world import START, Ticking

import kundorder as ko
from kundorder.adapters.memory import MemoryStore
from kundorder.adapters.smtp import SmtpMailer
from kundorder.ports import Store

REPEATS: Final = 20
SHORT, LONG = 0.4, 20.0  # seconds to wait for a relay: that hangs, and that does not
HEADERS = [
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
    *("Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type"),
]


class Ends(Enum):
    """What becomes of the first letter that meets the quirk, in the round it does."""

    SENT = auto()
    LATER = auto()
    PARKED = auto()
    STOPPED = auto()


@attrs.frozen
class Case:
    """A relay that does one thing wrong, once."""

    name: str
    at: At
    acts: Acts
    ends: Ends
    on_a_kept_line: Ends | None = None  # None: the same
    doubles: bool = False  # it takes a letter without a word
    besides: tuple[Quirk, ...] = ()

    @property
    def hangs(self) -> bool:
        return Act.HANG in self.acts

    @property
    def patience(self) -> float:
        """Seconds to wait for this relay."""
        return SHORT if self.hangs else LONG

    def ending(self, letter: int) -> Ends:
        """How it ends for the first, second … letter of a round."""
        return self.ends if letter == 1 or self.on_a_kept_line is None else self.on_a_kept_line


S, L, P, X = Ends.SENT, Ends.LATER, Ends.PARKED, Ends.STOPPED
TAKE, DROP, RESET, HANG = Act.TAKE, Act.DROP, Act.RESET, Act.HANG
LONG_LINE = b"250 " + b"x" * 100_000 + b"\r\n"
CASES = (
    Case("greets nobody", At.GREETING, (HANG,), L),
    Case("hangs up on who comes", At.GREETING, (DROP,), L),
    Case("wants nobody", At.GREETING, (b"554 no\r\n",), X),
    Case("wants nobody now", At.GREETING, (b"421 later\r\n", DROP), L),
    Case("is no mail server", At.GREETING, (b"HTTP/1.1 400 Bad Request\r\n\r\n",), L),
    Case("greets without end", At.GREETING, (b"220-a\r\n" * 5000, HANG), L),
    Case("greets with a line without end", At.GREETING, (b"220 " + b"x" * 100_000, HANG), L),
    Case("greets in no language", At.GREETING, (b"220 \xe5\xe4\xf6\x00\xff\r\n",), S),
    Case("hangs up when greeted", At.EHLO, (DROP,), L),
    Case("tears the line down when greeted", At.EHLO, (RESET,), L),
    Case("does not know EHLO", At.EHLO, (b"502 what\r\n",), X),
    Case("cannot say what it can do", At.EHLO, (b"250-a\r\n", HANG), L),
    Case("says garbage in many lines", At.EHLO, (b"250-a\r\n\xff\xfe garbage\r\n250 b\r\n",), L),
    Case("says two things at once", At.EHLO, (b"250-a\r\n550 b\r\n",), L),
    Case("says a line too long", At.EHLO, (LONG_LINE,), L),
    Case("says more than asked", At.EHLO, (b"250 a\r\n250 b\r\n",), L),
    Case("puts the sender off", At.MAIL, (b"451 4.3.0 later\r\n",), L, S),
    Case("wants no such sender", At.MAIL, (b"553 5.1.8 no\r\n",), X),
    Case("wants a login after all", At.MAIL, (b"530 5.7.0 log in\r\n",), X),
    Case("wants no letter of this size", At.MAIL, (b"552 5.3.4 too large\r\n",), P),
    Case("has had enough letters", At.MAIL, (b"421 4.7.0 too many\r\n", DROP), L, S),
    Case("hangs up between letters", At.MAIL, (DROP,), L, S),
    Case("tears the line down between letters", At.MAIL, (RESET,), L, S),
    Case("says nothing to a sender", At.MAIL, (HANG,), L),
    Case("knows the addressee too little", At.RCPT, (b"450 4.2.0 come again\r\n",), L),
    Case("does not know the addressee", At.RCPT, (b"550 5.1.1 <person0@region.example> unknown\r\n",), P),
    Case("wants no letters from here", At.RCPT, (b"535 5.7.8 no\r\n",), X),
    Case("closes at an addressee", At.RCPT, (b"421 bye\r\n", DROP), L, S),
    Case("hangs up at an addressee", At.RCPT, (DROP,), L, S),
    Case("hears something else", At.RCPT, (b"503 5.5.1 MAIL first\r\n",), L, S),
    Case("takes the addressee, then no letter", At.DATA, (b"554 5.5.1 no\r\n",), P),
    Case("takes the addressee, then no letter now", At.DATA, (b"451 later\r\n",), L),
    Case("takes it for sent before it is", At.DATA, (b"250 ok\r\n",), L, S),
    Case("answers before it has the letter", At.DATA, (b"354 go\r\n250 ok\r\n",), L),
    Case("hangs up when it is to come", At.DATA, (DROP,), L, S),
    Case("hangs up without taking it", At.END, (DROP,), L),
    Case("takes it and hangs up", At.END, (TAKE, DROP), L, doubles=True),
    Case("takes it and tears the line down", At.END, (TAKE, RESET), L, doubles=True),
    Case("takes it and says nothing", At.END, (TAKE, HANG), L, doubles=True),
    Case("takes it and says garbage", At.END, (TAKE, b"\xff\xfe\xfd\r\n"), L, doubles=True),
    Case("takes it and says something else", At.END, (TAKE, b"354 go ahead\r\n"), L, doubles=True),
    Case("does not want it now", At.END, (b"451 4.7.1 come again\r\n",), L),
    Case("closes instead of taking it", At.END, (b"421 4.3.2 bye\r\n", DROP), L, S),
    Case("does not want it", At.END, (b"554 5.7.1 spam\r\n",), P),
    Case("takes it, says so and hangs up", At.END, (TAKE, b"250 ok\r\n", DROP), S),
    Case("takes it, says so and tears the line down", At.END, (TAKE, b"250 ok\r\n", RESET), S),
    Case("takes it, says so and closes", At.END, (TAKE, b"250 ok\r\n421 bye\r\n", DROP), S),
    Case("takes it and says so twice", At.END, (TAKE, b"250 ok\r\n250 ok\r\n"), S),
    Case("takes it and does not end saying so", At.END, (TAKE, b"250-ok\r\n", DROP), S),
    Case("takes it and hangs while saying so", At.END, (TAKE, b"250-ok\r\n250-", HANG), S),
    Case("takes it and breaks off while saying so", At.END, (TAKE, b"250 o", DROP), S),
    Case("takes it and says so at length", At.END, (TAKE, LONG_LINE), S),
    Case("hangs up rather than forget", At.RSET, (DROP,), P, besides=(Quirk(At.RCPT, (b"550 5.1.1 no\r\n",)),)),
    Case("cannot forget", At.RSET, (b"500 what\r\n",), P, besides=(Quirk(At.RCPT, (b"550 5.1.1 no\r\n",)),)),
    Case("closes when it is left", At.QUIT, (b"421 bye\r\n", DROP), S),
    Case("hangs up when it is left", At.QUIT, (DROP,), S),
    Case("does not let one go", At.QUIT, (HANG,), S),
)
OF_A_LINE = {At.GREETING, At.EHLO, At.QUIT, At.RSET}
"""What does not come with every letter."""


@attrs.frozen
class Tried:
    """What one repeat has come to."""

    met: int  # how often the relay has misbehaved
    report: ko.DeliveryReport  # of the round in which it has
    letters: int
    letter: int  # the one that met it


def tried(case: Case, number: int, store: Store) -> Tried:
    """One round with a relay that does it, others until nothing is due; then the store and the relay say the same."""
    letter = 1 if case.at in OF_A_LINE else 1 + number % 3
    names = filled(store, [f"{case.name} {number} {place}" for place in range(letter + number % 2)])
    clock = Ticking(START + timedelta(days=1))
    with Relay(Quirk(case.at, case.acts, first=letter), *case.besides) as relay:
        with closing(SmtpMailer(HOST, relay.port, security="none", timeout_seconds=case.patience)) as mailer:
            report = portal(store, mailer, clock).deliver()
        same(case, store, relay, names)
        if report.stopped is not None:
            assert {owed.attempts for owed in owed_in(store, ko.OwedState.DUE).values()} == {0}
        with closing(SmtpMailer(HOST, relay.port, security="none", timeout_seconds=LONG)) as mailer:
            while owed_in(store, ko.OwedState.DUE):
                clock.time += timedelta(hours=2)
                _ = portal(store, mailer, clock).deliver()
        same(case, store, relay, names)
        assert set(owed_in(store, ko.OwedState.SENT)) == set(names) - set(owed_in(store, ko.OwedState.PARKED))
        return Tried(relay.quirky, report, len(names), letter)


def same(case: Case, store: Store, relay: Relay, names: tuple[str, ...]) -> None:
    """The store says a mail has left if the relay has said so, and only then; no mail has more copies than it may."""
    said = {name for name, number in copies(relay.said_so, names).items() if number}
    sent = set(owed_in(store, ko.OwedState.SENT))
    assert sent <= said if case.hangs else sent == said  # who is heard too late has spoken in vain
    taken = copies((letter.message_id for letter in relay.taken), names)
    assert all(taken[name] >= 1 for name in sent)
    assert sum(taken.values()) <= len(said | {name for name in names if taken[name]}) + (case.doubles or case.hangs)
    assert all(taken[name] == 0 for name in owed_in(store, ko.OwedState.PARKED))
    for letter in relay.taken:
        assert letter.recipients in {(address(number),) for number in range(PEOPLE)}
        assert message_from_bytes(letter.data).keys() == HEADERS


def check_round(case: Case, found: Tried) -> None:
    """How the round in which it happened has ended."""
    report, ends = found.report, case.ending(found.letter)
    assert (report.stopped is not None) == (ends is X)
    assert report.later == (ends is L)
    assert report.parked == (ends is P)
    assert report.sent == (found.letter - 1 if ends is X else found.letters - (ends in (L, P)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_relay_has_said_it_has_is_sent_and_nothing_else_is(case: Case) -> None:
    with ThreadPoolExecutor(REPEATS) as threads:
        repeats = [threads.submit(tried, case, number, MemoryStore()) for number in range(REPEATS)]
        found = [repeat.result() for repeat in repeats]
    assert sum(each.met for each in found) >= 1
    if not case.hangs:
        for each in found:
            assert each.met >= 1
            check_round(case, each)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.at is At.END and not case.hangs], ids=lambda case: case.name
)
@pytest.mark.parametrize("kind", [kind for kind in STORES if kind != "memory"])
def test_it_is_the_same_whatever_the_store(kind: str, case: Case, tmp_path: Path) -> None:
    check_round(case, tried(case, 1, STORES[kind](tmp_path)))


def test_there_are_enough_ways_to_misbehave() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 12
    assert {case.at for case in CASES} >= set(At) - {At.STARTTLS, At.AUTH}
