"""A process that asks what its parent tells it to; it reads and writes lines, and ends when there are no more."""

import json
import os
import sys
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Final, final

import msgspec
from world import START, Ticking

from kundorder.ports import Store
from races.around import Guards
from races.asking import answered_to_json, asked_from_json
from races.clients import answer
from races.stores import opened

LATER: Final = START + timedelta(days=1)
"""After all that the parent has prepared."""


@final
class _Asked(msgspec.Struct):
    command: dict[str, object]
    person: str
    organisation: str
    key: str | None


@final
class _Line(msgspec.Struct):
    open: str | None = None
    place: str = ""
    guards: Guards = Guards.ON
    environment: dict[str, str] = msgspec.field(default_factory=dict[str, str])  # where servers are, for one
    close: bool = False
    asked: _Asked | None = None
    halts: bool = False


def main() -> None:
    """Until there are no more lines."""
    store: Store | None = None
    guards, clock, lines = Guards.ON, Ticking(LATER), sys.stdin.buffer
    with ExitStack() as stack:
        while text := lines.readline():
            line = msgspec.json.decode(text, type=_Line)
            if line.open is not None:
                os.environ.update(line.environment)
                store, guards = stack.enter_context(opened(line.open, Path(line.place))), line.guards
                _say(b"opened")
            elif line.close:
                stack.close()
                _say(b"closed")
            elif line.asked is not None and store is not None:
                each = line.asked
                asked = asked_from_json(each.command, each.person, each.organisation, each.key)
                halt = _halt if line.halts else None
                _say(answered_to_json(answer(store, asked, clock=clock, guards=guards, halt=halt)))


def _say(line: bytes) -> None:
    _ = sys.stdout.buffer.write(line + b"\n")
    _ = sys.stdout.buffer.flush()


def _halt() -> None:
    _say(b"halted")
    if json.loads(sys.stdin.buffer.readline()) != {"go": True}:
        raise EOFError
