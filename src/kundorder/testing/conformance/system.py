"""What a system has to answer for it to be compared with the model: four calls, which a thin adapter makes.

Commands come as `kundorder` has them; every id of an order or a user in them is the system's own. Persons,
organisation numbers, offers, services, agreements and assignments are called as in the setting.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias, final

import attrs

from kundorder.commands import Command
from kundorder.model import Actor
from kundorder.testing.conformance.settings import Setting
from kundorder.vocabulary import OrderState, Template


@final
@attrs.frozen(kw_only=True)
class Accepted:
    """It has been done, or was so already (R15)."""

    id: str | None = None  # the system's own, of the order that was created; None: none was
    state: OrderState | None = None  # of the order afterwards; None: the command was not about an order


@final
@attrs.frozen(kw_only=True)
class Refusal:
    """It has not been done, and the actor is told so."""

    codes: frozenset[str] | None = None  # why, in the words of ``ReasonCode``; None: the system gives no reasons


@final
@attrs.frozen(kw_only=True)
class Hidden:
    """The actor gets the answer for something that does not exist."""


Answer: TypeAlias = Accepted | Refusal | Hidden
"""What comes of a command."""


@final
@attrs.frozen(kw_only=True)
class Shown:
    """What somebody sees of an order."""

    state: OrderState
    waits: bool | None = None  # whether the order waits for this reader; None: the system does not say
    persons: frozenset[str] | None = None  # who is named as having acted; None: the system does not say
    answers: Mapping[str, tuple[str, ...]] | None = None  # the form as filled in, by field; None: it does not say


@final
@attrs.frozen(kw_only=True)
class Sent:
    """One mail about an order, to one user."""

    to: Actor
    order: str  # the system's own id
    kind: Template


class SystemUnderTest(Protocol):
    """A system that does what `kundorder` does, in its own way."""

    def begin(self, setting: Setting) -> Mapping[Actor, str]:
        """Start anew, with these organisations, people, agreements, assignments, rules and services, and no orders.

        Returns:
            The system's own id of each user, by which commands will name them.
        """
        ...

    def perform(self, command: Command, actor: Actor) -> Answer:
        """Do what is asked, or say that it is not done.

        An attest is made by the method it names; the person has identified with it. Whatever is raised counts as an
        answer that the model does not give.
        """
        ...

    def show(self, order: str, actor: Actor) -> Shown | None:
        """What the actor sees of an order; None where it is as if there were none."""
        ...

    def sent(self) -> Sequence[Sent]:
        """All mail about orders since the start, the oldest first: sent, or certain to be sent."""
        ...
