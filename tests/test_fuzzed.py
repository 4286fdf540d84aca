"""Parsers are fed what they take, what fuzzing has found, and what chance makes of both."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from fuzzing.targets import targets
from proof import count

KEPT = Path(__file__).parent / "fuzzing" / "kept"
TIMES = 400
PIECES = (
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae",
    b"\r\nBcc: x@y.example",
    b'"',
    b"{",
    b"[" * 40,
    b"9" * 400,
    b"\n",
)


def kept(name: str) -> Iterator[bytes]:
    """What fuzzing has found once: each had an error come of it that was not declared."""
    yield from (path.read_bytes() for path in sorted((KEPT / name.replace(" ", "-")).glob("*")))


def bent(content: bytes, chance: Random) -> bytes:
    """Something like it."""
    at, length = chance.randrange(len(content) + 1), chance.randrange(8)
    match chance.randrange(4):
        case 0:
            return content[:at] + content[at + length :]
        case 1:
            return content[:at] + chance.choice(PIECES) + content[at:]
        case 2:
            return content[:at] + chance.randbytes(length) + content[at + length :]
        case _:
            return content[:at] + content[at : at + length] * 3 + content[at:]


@pytest.mark.parametrize("name", targets())
def test_a_parser_takes_what_it_has_to(name: str) -> None:
    target = targets()[name]
    assert [seed for seed in target.seeds() if not target.fed(seed)] == []


@pytest.mark.parametrize("name", targets())
def test_a_parser_answers_or_says_no_whatever_it_is_fed(name: str) -> None:
    target, chance = targets()[name], Random(f"fuzzed {name}")  # noqa: S311 - no secret
    found, fed = [b"", b"\0", *target.seeds(), *kept(name)], 0
    for content in tuple(found):
        target.fed(content)
    while fed < TIMES:
        content = chance.choice(found)
        for _ in range(chance.randrange(1, 4)):
            content = bent(content, chance)
        if target.fed(content) and len(found) < TIMES:
            found.append(content)
        fed += 1
    count("inputs that parsers were fed", fed + len(found))


def test_every_folder_of_kept_inputs_is_of_a_parser() -> None:
    assert {path.name for path in KEPT.iterdir() if path.is_dir()} <= {name.replace(" ", "-") for name in targets()}
