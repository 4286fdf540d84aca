"""A thousand orders, and a million: an act, a look, and a page of a list, the first and one far down."""

from contextlib import ExitStack
from functools import partial
from itertools import count, cycle
from typing import Final, final

import attrs
import scene
from acts import ACTS, Plan, Spread, carried_out, planned, portal_on
from bulk import KARIN, Orders
from growing import POSTGRES, SQLITE, Act, Grown, store_in, table
from measuring import Section

from kundorder.commands import ApproveOrder
from kundorder.model import Actor
from kundorder.portal import Portal
from kundorder.vocabulary import OrderState

_WAITS: Final = OrderState.AWAITING_AGENT_APPROVAL
_PAGE: Final = 50


def section(*, quick: bool) -> Section:
    """Measure."""
    few, many, rounds = (1_000, 50_000, 5) if quick else (1_000, 1_000_000, 21)
    plan = planned(rounds + 1, ids=Spread(1))
    sizes = Places.of(Orders(few)), Places.of(Orders(many))

    def begun(kind: str, stack: ExitStack) -> list[Grown]:
        stores = (
            stack.enter_context(store_in(kind, sizes[0].orders)),
            stack.enter_context(store_in(kind, sizes[1].orders)),
        )
        small, large = (
            Open(portal_on(filled.store, plan.signer, Spread(1)), plan, places)
            for filled, places in zip(stores, sizes, strict=True)
        )
        return [
            Grown("an act", stores, small.acts(), large.acts(), 2.5, per=ACTS),
            Grown("check of an approval", stores, small.check(), large.check(), 2.5, times=10),
            Grown("options of an order", stores, small.options(), large.options(), 2.5, times=10),
            *(
                Grown(name, stores, page, large.pages()[name], 2.0, times=3)  # small and large have the same pages
                for name, page in small.pages().items()
            ),
        ]

    return table(
        f"Growth by orders: {few:,} and {many:,} in the store, all of one customer and one agent",
        {kind: partial(begun, kind) for kind in (SQLITE, POSTGRES)},
        rounds,
        f"A page has {_PAGE} lines; one far down has nine tenths of the orders before it, or half of what waits.",
    )


@final
@attrs.frozen
class Places:
    """Where to look among the orders of a store."""

    orders: Orders
    samples: tuple[str, ...]  # ids of some that wait for the agent
    early: dict[OrderState | None, str]
    middle: dict[OrderState | None, str]

    @classmethod
    def of(cls, orders: Orders) -> "Places":
        """All of them."""
        early, middle = orders.places(0.1), orders.places(0.5)
        samples = (early[_WAITS].split()[-1], middle[_WAITS].split()[-1], orders.samples()[_WAITS])
        return cls(orders, samples, early, middle)


@final
@attrs.frozen
class Open:
    """A store, and what is done in it."""

    portal: Portal
    plan: Plan
    places: Places

    def acts(self) -> Act:
        """The acts of one order, of another one each time."""
        numbers = count()
        return lambda: carried_out(self.portal, self.plan.part(next(numbers), 1))

    def check(self) -> Act:
        """Whether one of some orders could be approved."""
        picked = scene.member_of("aron")
        asked = cycle(ApproveOrder(order=order, attestant=picked, certified=True) for order in self.places.samples)

        def act() -> None:
            assert self.portal.check(next(asked), scene.HANNA).allowed

        return act

    def options(self) -> Act:
        """Everything that can be asked of one of some orders."""
        asked = cycle(self.places.samples)
        return lambda: self.portal.options(next(asked), scene.HANNA)

    def pages(self) -> dict[str, Act]:
        """Pages of the lists, each full."""
        portal, early, middle = self.portal, self.places.early, self.places.middle

        def orders(after: str | None, actor: Actor) -> Act:
            def act() -> None:
                assert len(portal.orders(actor, after=after, limit=_PAGE).items) == _PAGE

            return act

        def pending(after: str | None, actor: Actor) -> Act:
            def act() -> None:
                assert len(portal.pending(actor, after=after, limit=_PAGE).items) == _PAGE

            return act

        return {
            "the customer's orders, first page": orders(None, scene.ANNA),
            "the customer's orders, far down": orders(early[None], scene.ANNA),
            "the handler's orders, first page": orders(None, scene.HANNA),
            "the handler's orders, far down": orders(early[None], scene.HANNA),
            "all orders, far down": orders(early[None], KARIN),
            "what waits for the handler, first page": pending(None, scene.HANNA),
            "what waits for the handler, far down": pending(middle[_WAITS], scene.HANNA),
            "what waits for customer service, first page": pending(None, KARIN),
            "what waits for customer service, far down": pending(middle[OrderState.ATTESTED], KARIN),
        }
