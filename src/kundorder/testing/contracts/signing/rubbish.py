"""Texts that come in from outside and are nothing, or no longer what they were."""

import json
from collections.abc import Iterator
from typing import Final

import msgspec

RUBBISH: Final = (
    "",
    " ",
    "null",
    "true",
    "-1",
    "x",
    "[]",
    "{}",
    '"x"',
    "NaN",
    "\n",
    "\0\x01\x7f",
    "\ud800",
    '"\\ud800"',
    "{'a': 1}",
    '{"a":',
    '{"a": 1, "a": 2}',
    '{"status":"complete"}',
    '{"status":"signed","digest":"abab"}',
    '{"done":true,"evidence":{}}',
    '{"order":"another","ends_at":"2099-01-01T00:00:00Z","digest":"' + "0" * 64 + '"}',
    "?code=x&state=y",
    "1795420800.deadbeef.{}",
    "å" * 100_000,
    "1" * 5_000,  # more digits than Python reads as a number
    "[" * 100_000,
    '{"a":' * 100_000,
)
"""Texts that are neither a state nor a callback of anything."""

STRANGE: Final = (
    "null",
    "true",
    "-1",
    "1" + "0" * 400,
    "0.5",
    '""',
    '"x"',
    "[]",
    "{}",
    '["x"]',
    '"2026-11-23T08:00:00"',
)
"""Values, in JSON, that a state may hold where another is meant."""


def broken(state: str) -> Iterator[str]:
    """States that no longer hold what they held."""
    yield from RUBBISH
    yield from (state[:-1], state[: len(state) // 2], f"{state}x", json.dumps(state), f"[{state}]", f'{{"a":{state}}}')


def bent(state: str) -> Iterator[str]:
    """States that are whole, but for one value that is missing or a strange one."""
    try:
        held = msgspec.json.decode(state, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:  # no object, so nothing in it has a name
        return
    for name in held:
        rest = {key: value for key, value in held.items() if key != name}
        yield msgspec.json.encode(rest).decode()
        yield from (msgspec.json.encode(rest | {name: msgspec.Raw(value)}).decode() for value in STRANGE)
