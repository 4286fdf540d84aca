"""Everybody who may ask something of an order."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from kundorder.vocabulary import Role
from oracle.asked import Capacity, Doer, Granted, Place, Standing

ROLES: Final = tuple(Role)
SETS: Final = (
    frozenset[Role](),
    *(frozenset({role}) for role in ROLES),
    frozenset({Role.ORDERER, Role.ATTESTANT}),
    frozenset({Role.ADMINISTRATOR, Role.ATTESTANT}),
    frozenset({Role.AGENT_HANDLER, Role.ATTESTANT}),
    frozenset({Role.AGENT_HANDLER, Role.ADMINISTRATOR}),
    frozenset({Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE}),
    frozenset(ROLES),
)
"""No role, every single one, some together, and all."""


def standings() -> Iterator[Doer]:
    """Every organisation, every set of roles, every relation to the order."""
    for roles in SETS:
        for ordered in (False, True):
            been = frozenset({Capacity.ORDERER} if ordered else ())
            yield Doer(place=Place.CUSTOMER, roles=roles, ordered=ordered, has_been=been)
        for place in (Place.OTHER_CUSTOMER, Place.OTHER_AGENT, Place.PROVIDER):
            yield Doer(place=place, roles=roles)
        for granted, picked in product(Granted, (False, True)):
            yield Doer(place=Place.AGENT, roles=roles, granted=granted, picked=picked)
        yield Doer(place=Place.NOWHERE, roles=roles, standing=Standing.STRANGER)
    for place in (Place.CUSTOMER, Place.OTHER_CUSTOMER, Place.AGENT, Place.OTHER_AGENT, Place.PROVIDER):
        every = frozenset(ROLES)
        yield Doer(place=place, roles=every, standing=Standing.INVITED, granted=Granted.HERE, picked=True)
        yield Doer(
            place=place,
            standing=Standing.DELETED,
            ordered=place is Place.CUSTOMER,
            has_been=frozenset({Capacity.ORDERER}),
        )
        yield Doer(place=place, standing=Standing.STRANGER)
    yield Doer(place=Place.SYSTEM)


NOTHING: Final = frozenset[Capacity]()


def me(
    place: Place,
    *roles: Role,
    granted: Granted = Granted.NOT,
    picked: bool = False,
    been: frozenset[Capacity] = NOTHING,
) -> Doer:
    """Somebody, by what matters."""
    ordered = place is Place.CUSTOMER and Capacity.ORDERER in been
    return Doer(place=place, roles=frozenset(roles), granted=granted, picked=picked, ordered=ordered, has_been=been)


MADE_IT: Final = frozenset({Capacity.ORDERER})
CAST: Final = (
    me(Place.CUSTOMER, Role.ORDERER, been=MADE_IT),
    me(Place.CUSTOMER, Role.ORDERER, Role.ATTESTANT, been=MADE_IT),
    me(Place.CUSTOMER, been=MADE_IT),
    me(Place.CUSTOMER, Role.ORDERER),
    me(Place.CUSTOMER, Role.ATTESTANT),
    me(Place.CUSTOMER, Role.ADMINISTRATOR),
    me(Place.OTHER_CUSTOMER, Role.ORDERER, Role.ATTESTANT),
    me(Place.AGENT, Role.AGENT_HANDLER, granted=Granted.HERE),
    me(Place.AGENT, Role.AGENT_HANDLER, Role.ATTESTANT, granted=Granted.HERE, picked=True),
    me(Place.AGENT, Role.ATTESTANT, picked=True),
    me(Place.AGENT, Role.ATTESTANT),
    me(Place.PROVIDER, Role.CUSTOMER_SERVICE),
    me(Place.PROVIDER, Role.PROVIDER_OFFICER),
    Doer(place=Place.SYSTEM),
)
"""Those who matter."""

BEEN: Final = tuple(
    frozenset(each for each, is_so in zip(Capacity, chosen, strict=True) if is_so)
    for chosen in product((False, True), repeat=3)
)
"""Every combination of what somebody has done before."""
