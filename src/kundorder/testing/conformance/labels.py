"""The ids of orders: chosen for the model, and translated into the system's own."""

import copy
from collections.abc import Mapping
from typing import Final

import attrs

from kundorder.commands import COMMANDS, Command
from kundorder.identifiers import token

NO_ORDER: Final = token("o", 0, 0)
"""The id of no order."""

_NAMES: Final = ("order", "supplementary_to", "attestant", "member")
"""The fields that hold an id of an order or a user."""


def label(number: int) -> str:
    """The id of one order in the model; from 1 on."""
    return token("o", number, 0)


def renamed(command: Command, own: Mapping[str, str]) -> Command:
    """The command with the system's own ids, where it names an order or a user the system knows."""
    changed = copy.copy(command)
    for field in attrs.fields(type(command)):
        held: object = getattr(command, field.name)
        if field.name in _NAMES and isinstance(held, str) and held in own:
            # Past the converters on purpose: what a system calls its orders is not for us to parse.
            object.__setattr__(changed, field.name, own[held])
    if not isinstance(changed, COMMANDS):
        raise TypeError(type(changed).__name__)
    return changed
