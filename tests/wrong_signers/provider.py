"""A provider that is played: it keeps orders, and can be out of reach. It outlives every adapter that asks it."""

from enum import Enum, auto
from typing import final

import attrs


class Stage(Enum):
    """What has become of an order."""

    OPEN = auto()
    SIGNED = auto()
    GIVEN_UP = auto()
    CANCELLED = auto()


@final
@attrs.define
class Order:
    """Somebody is to sign something."""

    digest: str  # of what
    person: str  # who, as the provider knows them
    stage: Stage = Stage.OPEN


class Unknown(LookupError):
    """There is no such order."""


@final
@attrs.define
class Provider:
    """Takes orders, and tells how they stand."""

    orders: dict[str, Order] = attrs.field(factory=dict)
    is_down: bool = False
    notes: dict[str, str] = attrs.field(factory=dict)  # what an adapter has left here

    def begin(self, digest: str, person: str) -> str:
        """The name of a new order."""
        self._reach()
        name = f"order-{len(self.orders) + 1}"
        self.orders[name] = Order(digest, person)
        return name

    def look(self, name: str) -> Order:
        """How it stands."""
        self._reach()
        return self.known(name)

    def cancel(self, name: str) -> None:
        """Give it up, if it is open still."""
        self._reach()
        self.end(name, Stage.CANCELLED)

    def end(self, name: str, stage: Stage) -> None:
        """So it ends, if it has not yet."""
        order = self.known(name)
        if order.stage is Stage.OPEN:
            order.stage = stage

    def known(self, name: str) -> Order:
        """The order of this name."""
        if name not in self.orders:
            raise Unknown
        return self.orders[name]

    def _reach(self) -> None:
        if self.is_down:
            raise ConnectionError("nobody home")
