"""Guesses at the same time: however many there are, no more are judged than there are tries.

The states lie in a cell that is changed only by whoever has seen what is in it, as a record of the portal is.
"""

import json
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random
from threading import Barrier, Lock
from typing import Final, TypeAlias

import attrs
import pytest
from test_one_time_code import KEY, SEAL, Line, sent

from kundorder.adapters.one_time_code import OneTimeCodes
from kundorder.events import SigningRequest
from kundorder.ports import Done, Failed, Pending, Progress
from kundorder.testing.contracts.signing import CONTACT, DOCUMENT
from kundorder.vocabulary import AttestMethod

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
REQUEST = SigningRequest(document=DOCUMENT, method=AttestMethod.SMS_CODE, to=CONTACT)
Resume: TypeAlias = Callable[[str, str | None], Progress]
RIGHT: Final = "right"
WRONG: Final = "wrong"
NOT_JUDGED: Final = "not judged"


@attrs.define
class Cell:
    """Holds one state; what is written has to follow what was read."""

    state: str
    version: int = 1
    claims: list[str] = attrs.field(factory=list)  # every guess that was ever kept
    lock: Lock = attrs.field(factory=Lock)

    def read(self) -> tuple[int, str]:
        with self.lock:
            return self.version, self.state

    def swap(self, version: int, state: str) -> bool:
        with self.lock:
            if version != self.version:
                return False
            self.version, self.state = version + 1, state
            claimed = json.loads(state)["claimed"]
            if claimed is not None:
                self.claims.append(claimed)
            return True


def begun(*, tries: int = 5) -> tuple[OneTimeCodes, Cell, str]:
    """A code that was sent; the cell with its state, and the code."""
    line = Line()
    codes = OneTimeCodes(SEAL, line, KEY, tries=tries)
    first = sent(codes, REQUEST, NOW)
    assert isinstance(first, Pending)
    return codes, Cell(first.state), line.code()


def counting_first(codes: OneTimeCodes) -> Resume:
    """The adapter as it is."""
    return lambda state, guess: codes.resume(REQUEST, state, now=NOW, callback=guess)


def judging_at_once(codes: OneTimeCodes) -> Resume:
    """The same, but for what it says before the try has been kept."""

    def resume(state: str, guess: str | None) -> Progress:
        progress = codes.resume(REQUEST, state, now=NOW, callback=guess)
        while isinstance(progress, Pending) and progress.keep_first:
            progress = codes.resume(REQUEST, progress.state, now=NOW)
        return progress

    return resume


def guessing(resume: Resume, cell: Cell, guess: str) -> Generator[None, None, str]:
    """What a driver does with one guess, as the portal does; it stops before each look at the cell."""
    while True:
        yield
        version, state = cell.read()
        progress, callback = resume(state, guess), True
        while isinstance(progress, Pending) and progress.keep_first:
            yield
            if not cell.swap(version, progress.state):
                break
            version, callback = version + 1, False
            progress = resume(progress.state, None)
        else:
            match progress:
                case Done():
                    return RIGHT
                case Pending(state=after):
                    yield
                    cell.swap(version, after)  # if it has moved on meanwhile, whoever did that saw the guess judged
                    return WRONG
                case Failed():
                    return NOT_JUDGED if callback else WRONG


def run(steps: Generator[None, None, str]) -> str:
    try:
        while True:
            next(steps)
    except StopIteration as end:
        answer: object = end.value
        assert isinstance(answer, str)
        return answer


def wrong_codes(right: str, many: int) -> list[str]:
    return [f"{(int(right) + number) % 10**6:06}" for number in range(1, many + 1)]


def at_once(resume: Resume, cell: Cell, guesses: list[str]) -> list[str]:
    """A thread a guess; none goes on before all have seen the same state."""
    barrier = Barrier(len(guesses))

    def one(guess: str) -> str:
        steps = guessing(held(resume, barrier), cell, guess)
        return run(steps)

    with ThreadPoolExecutor(len(guesses)) as pool:
        return list(pool.map(one, guesses))


def held(resume: Resume, barrier: Barrier) -> Resume:
    """The first call of a thread waits for the first call of the others."""
    waits = [barrier]

    def resumed(state: str, guess: str | None) -> Progress:
        if waits:
            waits.pop().wait(30)
        return resume(state, guess)

    return resumed


ROUNDS: Final = 12
MANY: Final = 16


def test_of_many_guesses_at_once_no_more_are_judged_than_there_are_tries() -> None:
    for _ in range(ROUNDS):
        codes, cell, right = begun()
        answers = at_once(counting_first(codes), cell, wrong_codes(right, MANY))
        assert answers.count(WRONG) == 5
        assert answers.count(NOT_JUDGED) == MANY - 5
        assert len(set(cell.claims)) == len(cell.claims) == 5


def test_of_many_guesses_at_the_last_try_one_is_judged() -> None:
    for _ in range(ROUNDS):
        codes, cell, right = begun()
        for guess in wrong_codes(right, 4):
            assert run(guessing(counting_first(codes), cell, guess)) == WRONG
        answers = at_once(counting_first(codes), cell, wrong_codes(right, MANY))
        assert answers.count(WRONG) == 1
        assert len(cell.claims) == 5


def test_the_right_code_among_many_is_right_only_if_it_had_a_try(chance: Random) -> None:
    accepted = 0
    for _ in range(ROUNDS * 2):
        codes, cell, right = begun()
        guesses = [*wrong_codes(right, MANY - 1), right]
        chance.shuffle(guesses)
        answers = at_once(counting_first(codes), cell, guesses)
        had_a_try = json.loads(cell.state)["code"] in cell.claims
        assert answers[guesses.index(right)] == (RIGHT if had_a_try else NOT_JUDGED)
        assert len(cell.claims) <= 5
        accepted += had_a_try
    assert accepted < ROUNDS * 2


def test_judging_at_once_would_let_every_guess_through() -> None:
    codes, cell, right = begun()
    answers = at_once(judging_at_once(codes), cell, [*wrong_codes(right, MANY - 1), right])
    assert answers.count(WRONG) == MANY - 1
    assert answers.count(RIGHT) == 1


def every_order(many: int, make: Callable[[], list[Generator[None, None, str]]]) -> Iterator[list[str]]:
    """The answers of all drivers in every order in which their steps can follow one another."""
    ahead: list[list[int]] = [[]]
    while ahead:
        chosen = ahead.pop()
        drivers = dict(enumerate(make()))
        answers = [""] * many
        for depth in range(10_000):
            if not drivers:
                break
            if depth < len(chosen):
                turn = chosen[depth]
            else:
                turn, *others = sorted(drivers)
                ahead += [[*chosen, other] for other in others]
                chosen = [*chosen, turn]
            try:
                next(drivers[turn])
            except StopIteration as end:
                answer: object = end.value
                assert isinstance(answer, str)
                answers[turn] = answer
                del drivers[turn]
        yield answers


@pytest.mark.parametrize(("many", "tries"), [(2, 1), (2, 2), (3, 1), pytest.param(3, 2, marks=pytest.mark.long)])
def test_in_every_order_exactly_the_tries_are_judged(many: int, tries: int) -> None:
    codes, first, right = begun(tries=tries)
    cells: list[Cell] = []

    def make() -> list[Generator[None, None, str]]:
        cells.append(Cell(first.state))
        return [guessing(counting_first(codes), cells[-1], guess) for guess in wrong_codes(right, many)]

    orders = 0
    for answers in every_order(many, make):
        assert answers.count(WRONG) == tries
        assert len(cells.pop().claims) == tries
        orders += 1
    assert orders > {2: 5, 3: 500}[many]


def test_in_some_order_judging_at_once_judges_more() -> None:
    codes, first, right = begun(tries=2)

    def make() -> list[Generator[None, None, str]]:
        cell = Cell(first.state)
        return [guessing(judging_at_once(codes), cell, guess) for guess in wrong_codes(right, 3)]

    assert max(answers.count(WRONG) for answers in every_order(3, make)) == 3
