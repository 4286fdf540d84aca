"""One move: somebody asks for something."""

from typing import Protocol, final

import attrs

from kundorder.commands import AgreementCommand, AssignmentCommand, Command, MemberCommand, OrderCommand
from kundorder.model import Actor
from kundorder.testing.moves.pasting import pasted
from kundorder.vocabulary import Trigger


class Printer(Protocol):
    """What Hypothesis prints with."""

    def text(self, obj: str) -> None:
        """Put it down as it is."""
        ...


@final
@attrs.frozen(repr=False)
class Move:
    """What is asked, and by whom."""

    command: Command
    actor: Actor

    @property
    def trigger(self) -> Trigger:
        """What it would do."""
        return self.command.trigger

    @property
    def subject(self) -> str | None:
        """Id of what it would be done to; None: it creates something."""
        match self.command:
            case OrderCommand(order=identifier):
                return identifier
            case AgreementCommand(agreement=identifier):
                return identifier
            case AssignmentCommand(assignment=identifier):
                return identifier
            case MemberCommand(member=identifier):
                return identifier
            case _:
                return None

    def __repr__(self) -> str:
        return f"Move({pasted(self.command)}, {pasted(self.actor)})"

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:  # noqa: FBT001 # pyright: ignore[reportUnusedFunction] - so Hypothesis calls it
        """What Hypothesis shows of a failure; without it, every field of what is within."""
        del cycle
        printer.text(repr(self))
