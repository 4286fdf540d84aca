"""Who may be shown what: a table, written from the description of the domain alone, and read here by nobody but tests.

Each line says of one kind of value which people of the organisation it belongs to may see it, whether the people of
the other party of an order may who can see that order, whether the provider's staff may, and whether everybody may.
What is not in the table is permitted to nobody.
"""

from collections.abc import Mapping
from typing import Final, final

import attrs
from world import AGENT, OTHER_AGENT, PROVIDER

import kundorder as ko
from closure.canaries import Canaries, Canary, What
from kundorder.vocabulary import Flow, Role

_R = Role
FOLLOWS: Final = frozenset((_R.ADMINISTRATOR, _R.ORDERER, _R.ATTESTANT, _R.AGREEMENT_CONTACT))
FOLLOWS_FOR_AGENT: Final = frozenset((_R.ADMINISTRATOR, _R.ATTESTANT))
STAFF: Final = frozenset((_R.PROVIDER_OFFICER, _R.CUSTOMER_SERVICE))
ANY_ROLE: Final = frozenset(Role)
PUBLIC: Final = frozenset((PROVIDER, AGENT, OTHER_AGENT))
"""Organisations everybody knows of: a customer chooses among the agents, and all are customers of the provider."""

IDS: Final = frozenset(("login", "user"))
"""Of a person: what tells nobody anything who does not know it."""


@final
@attrs.frozen(kw_only=True)
class Right:
    """Who may see a kind of value."""

    own: frozenset[Role] = frozenset()  # with one of these roles in the organisation it belongs to
    own_who_follow: bool = False  # or who may see an order that this organisation takes part in
    everybody_own: bool = False  # or whoever is a user there at all
    ids_own: bool = False  # or of it the opaque ids: a user's own history says who has done something to the user
    other_who_follow: bool = False  # of the other party's people, those who may see the order
    staff: bool = True  # of the provider: officers and customer service
    known: bool = False  # everybody, where the organisation is one that all know of


TABLE: Final[Mapping[What, Right]] = {
    What.ORGANISATION: Right(own=ANY_ROLE, everybody_own=True, other_who_follow=True, known=True),
    What.PERSON: Right(own=ANY_ROLE, own_who_follow=True, ids_own=True),
    What.CONTRACT: Right(own=frozenset((_R.ADMINISTRATOR, _R.AGREEMENT_CONTACT))),
    What.ASSIGNMENT: Right(
        own=frozenset((_R.ADMINISTRATOR, _R.ATTESTANT, _R.AGENT_HANDLER, _R.AGENT_ASSIGNMENT_ORDERER))
    ),
    What.ORDER: Right(own_who_follow=True, other_who_follow=True),
    What.CONTENT: Right(own_who_follow=True, other_who_follow=True),
    What.REASON: Right(own_who_follow=True, other_who_follow=True),
    What.INSTRUCTIONS: Right(own_who_follow=True),
    What.PROOF: Right(own=ANY_ROLE, own_who_follow=True),
    What.SECRET: Right(staff=False),
}
"""The customer sees of the agent's steps the organisation, capacity and date, and not the persons, and so the reverse;
the agent sees what is ordered, and why it has ended, once the order has been sent to it."""


@final
@attrs.frozen
class Reader:
    """Somebody who looks, for one organisation."""

    name: str
    actor: ko.Actor

    def __str__(self) -> str:
        return f"{self.name} for {self.actor.organisation}"


@final
@attrs.frozen
class Held:
    """What a reader has in the organisation acted for."""

    is_user: bool
    roles: frozenset[Role]
    is_granted: bool  # a handler who is granted in the assignment that orders go through

    @property
    def is_staff(self) -> bool:
        """Whether the reader works for the provider with the customers."""
        return bool(self.roles & STAFF)


NOBODY: Final = Held(is_user=False, roles=frozenset(), is_granted=False)


@final
@attrs.frozen(kw_only=True)
class Trace:
    """What has happened to an order, told from the journal step by step and not from the order as it is."""

    customer: str
    flow: Flow
    orderer: ko.Actor
    sent: bool = False
    agent_done: bool = False


def may_see(reader: Reader, held: Held, trace: Trace) -> bool:
    """Whether somebody may look at an order."""
    if held.is_staff:
        return True
    here = reader.actor.organisation
    if not held.is_user:
        return False
    if here == trace.customer:
        return reader.actor == trace.orderer or bool(held.roles & FOLLOWS)
    if here == AGENT and trace.flow is Flow.VIA_AGENT and trace.sent:
        return held.is_granted or bool(held.roles & FOLLOWS_FOR_AGENT)
    return False


def permitted(
    canaries: Canaries, reader: Reader, held: Held, orders: Mapping[str, str], seen: frozenset[str]
) -> frozenset[str]:
    """All canary values that somebody may be shown.

    Args:
        canaries: all there are.
        reader: who looks.
        held: what the reader has there.
        orders: the customer of each order, by its id.
        seen: ids of the orders the reader may see.
    """
    return frozenset(
        text for text, found in canaries.known.items() if any(_may(each, reader, held, orders, seen) for each in found)
    )


def _may(canary: Canary, reader: Reader, held: Held, orders: Mapping[str, str], seen: frozenset[str]) -> bool:
    right, here = TABLE[canary.what], reader.actor.organisation
    if right.staff and held.is_staff and (canary.owner != PROVIDER or here == PROVIDER):
        return True
    if right.known and canary.owner in PUBLIC:
        return True
    if canary.owner in orders:
        own = here == orders[canary.owner]
        return canary.owner in seen and (right.own_who_follow if own else right.other_who_follow)
    customers = {orders[order] for order in seen}
    if here == canary.owner and held.is_user:
        follows = right.own_who_follow and bool(seen)
        oneself = canary.what is What.PERSON and canary.person == reader.name
        opaque = right.ids_own and canary.of in IDS
        return right.everybody_own or follows or oneself or opaque or bool(held.roles & right.own)
    return canary.what is What.ORGANISATION and right.other_who_follow and canary.owner in customers
