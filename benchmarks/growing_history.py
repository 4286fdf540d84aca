"""Ten entries in the journal of one order, and ten thousand: a draft that is filled in again and again."""

from contextlib import ExitStack
from functools import partial
from typing import Final

import scene
from acts import AtOnce, Spread, planned, portal_on
from bulk import Orders
from growing import POSTGRES, SQLITE, Grown, store_in, table
from measuring import Section

from kundorder.commands import FillInOrder, SendOrder, StartOrder
from kundorder.portal import Portal
from kundorder.vocabulary import ConnectionMode

_FEW: Final = 10
_FIELDS: Final = {"care_units": ["SE9997000006-P01", "SE9997000006-P02"], "technical_contact": "Teknik Prov"}


def section(*, quick: bool) -> Section:
    """Measure."""
    many, rounds = (1_000, 5) if quick else (10_000, 21)

    def begun(kind: str, stack: ExitStack) -> list[Grown]:
        filled = stack.enter_context(store_in(kind, Orders(1_000)))
        ids, signer = Spread(1), planned(0).signer
        with (
            filled.store.transaction() as transaction
        ):  # all at once: a commit each would take minutes, and change nothing
            portal = portal_on(AtOnce(transaction), signer, ids)
            small, large = (drafted(portal, entries) for entries in (_FEW, many))
        portal = portal_on(filled.store, signer, ids)
        both, far = (filled, filled), f"{many - 50:012d}"
        return [
            Grown("an act", both, partial(fill_in, portal, small), partial(fill_in, portal, large), 1.1, times=5),
            Grown(
                "check of a sending", both, partial(check, portal, small), partial(check, portal, large), 1.1, times=10
            ),
            Grown(
                "options of the order", both, partial(look, portal, small), partial(look, portal, large), 1.1, times=10
            ),
            Grown(
                "a page of its history, the first and the last",
                both,
                lambda: portal.history(small, scene.ANNA, limit=_FEW),
                lambda: portal.history(large, scene.ANNA, after=far, limit=_FEW),
                2.0,
                times=10,
            ),
        ]

    return table(
        f"Growth by history: {_FEW} and {many:,} entries in the journal of one order",
        {kind: partial(begun, kind) for kind in (SQLITE, POSTGRES)},
        rounds,
        "Both orders lie in one store.",
    )


def drafted(portal: Portal, entries: int) -> str:
    """A draft with so many entries."""
    start = StartOrder(offer=scene.OFFER, mode=ConnectionMode.VIA_AGENT, agent=scene.AGENT)
    order = portal.execute(start, scene.ANNA).order.id
    for _ in range(entries - 1):
        fill_in(portal, order)
    return order


def fill_in(portal: Portal, order: str) -> None:
    """One more entry."""
    _ = portal.execute(FillInOrder(order=order, fields=_FIELDS), scene.ANNA)


def check(portal: Portal, order: str) -> None:
    """Whether it could be sent: not before the terms are accepted."""
    assert len(portal.check(SendOrder(order=order), scene.ANNA).reasons) == 1


def look(portal: Portal, order: str) -> None:
    """Everything that can be asked of it."""
    assert portal.options(order, scene.ANNA)
