"""Every letter that leaves while people work, each as soon as it is owed: to whom, and what it says, fixed in the text.

``cd tests && PYTHONPATH=. ../.venv/bin/python test_letters.py`` writes it anew, to be read before it is kept.
"""

import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs
from cast import Cast
from test_events import happen

import kundorder as ko
from kundorder.testing.surroundings import NumberedIds

GOLDEN: Final = Path(__file__).parent / "golden" / "letters.txt"
ACTS: Final = frozenset({"execute", "resume_signing"})


class Prompt:
    """A portal that delivers after each act."""

    def __init__(self, portal: ko.Portal) -> None:
        self._portal = portal

    def __getattr__(self, name: str) -> object:
        call = getattr(self._portal, name)

        def prompt(*given: object, **named: object) -> object:
            done: object = call(*given, **named)
            self._portal.deliver()
            return done

        return prompt if name in ACTS else call


def told() -> Iterator[str]:
    """All letters, the first first; one to each role as it looks in HTML, too."""
    cast = Cast.new(ids=NumberedIds())
    before, seen = len(cast.world.mailer.letters), set[ko.Role | None]()
    prompt = typing.cast("ko.Portal", typing.cast("object", Prompt(cast.world.portal)))
    happen(Cast(attrs.evolve(cast.world, portal=prompt)))
    for letter in cast.world.mailer.letters[before:]:
        about = f"{letter.language.value}, {letter.role or 'no role'}, {letter.party}, {letter.thread}"
        yield f"## {letter.subject} -> {letter.to} ({about})"
        yield from letter.text.splitlines()
        if letter.role not in seen:
            seen.add(letter.role)
            yield from letter.html.splitlines()


def test_letters_say_what_people_have_read() -> None:
    assert list(told()) == GOLDEN.read_text("utf-8").splitlines()


if __name__ == "__main__":
    sys.exit(0 if GOLDEN.write_text("\n".join(told()) + "\n", "utf-8") else 1)
