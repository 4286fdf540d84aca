"""One move: somebody asks for something."""

from typing import final

import attrs

from kundorder.commands import AgreementCommand, AssignmentCommand, Command, MemberCommand, OrderCommand
from kundorder.model import Actor
from kundorder.testing.moves.pasting import pasted
from kundorder.vocabulary import Trigger


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
