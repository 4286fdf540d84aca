"""Who stands on which side of an organisation's papers and people, and how a step is judged on a table."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Final, final

from kundorder.vocabulary import Party, ReasonCode
from oracle.asked import Standing
from oracle.conditions import NONE, Codes
from oracle.house_asked import (
    AgreementQuestion,
    AssignmentQuestion,
    Caller,
    House,
    HouseQuestion,
    ProviderQuestion,
    Side,
    UserQuestion,
)
from oracle.house_table import HouseLine
from oracle.replies import HIDDEN, Reply, leads_to
from oracle.rights import NOBODY, Principal, Rights, user
from oracle.settled import Settled

_C: Final = ReasonCode
PROVIDERS: Final = "decide"
"""The kind of step that is the provider's; all others are of the organisation's own."""


def house_of(question: HouseQuestion) -> House:
    """What kind of organisation it is about."""
    match question:
        case AgreementQuestion():
            return House.CUSTOMER if question.party is Party.CUSTOMER else House.AGENT
        case AssignmentQuestion():
            return House.AGENT
        case UserQuestion():
            return question.house
        case ProviderQuestion():
            return House.CUSTOMER


def organisation_of(caller: Caller, house: House) -> str:
    """For whom somebody acts; the provider is one organisation, wherever it is looked at from."""
    own = house.value
    return {Side.OWN: own, Side.PROVIDER: "provider", Side.SYSTEM: ""}.get(caller.side, caller.side.value)


def principal_of(caller: Caller, house: House) -> Principal:
    """Who asks; only a verified user who has not been deleted holds roles."""
    active = caller.standing is Standing.ACTIVE and caller.side is not Side.SYSTEM
    return Principal(
        organisation=organisation_of(caller, house),
        roles=caller.roles if active else frozenset(),
        active=active,
        system=caller.side is Side.SYSTEM,
    )


def resource_of(house: House, member: str = NOBODY) -> str:
    """What it is about, for Cedar."""
    return json.dumps({"house": house.value, "member": user(member)})


@final
class Sides:
    """The rights, each asked once, and what has been settled."""

    def __init__(self, policies: str, settled: frozenset[Settled]) -> None:
        self._rights = Rights(policies)
        self._settled = settled
        self.objections = lru_cache(maxsize=None)(self._found_objections)
        self.sees = lru_cache(maxsize=None)(self._found_sees)

    def has(self, entry: Settled) -> bool:
        """Whether this is settled."""
        return entry in self._settled

    def outside(self, caller: Caller) -> Reply | None:
        """Who is no user of the organisation acted for, where there is no subject to be seen."""
        if caller.side is Side.SYSTEM or caller.standing is Standing.ACTIVE:
            return None
        if caller.standing is Standing.DELETED and self.has(Settled.DELETED_IS_ENOUGH):
            return Reply(reasons=frozenset({_C.USER_DELETED}))
        return HIDDEN if self.has(Settled.STRANGERS_START_NOTHING) else None

    def _found_objections(self, by: str, caller: Caller, house: House, now: bool) -> Codes:  # noqa: FBT001 - a fact
        context = json.dumps({"now": now, "settled": self.has(Settled.SIGNED_BY_THE_HOUSE)})
        return self._rights.objections(principal_of(caller, house), by, resource_of(house), context)

    def _found_sees(self, what: str, caller: Caller, house: House, settled: bool, member: str) -> bool:  # noqa: FBT001 - a fact
        context = json.dumps({"now": True, "settled": settled})
        return self._rights.allows(principal_of(caller, house), what, resource_of(house, member), context)

    def stepped(
        self,
        question: AgreementQuestion | AssignmentQuestion,
        table: tuple[HouseLine, ...],
        state: str,
        judged: Callable[[HouseLine], Codes],
        decided: frozenset[str],
    ) -> Reply:
        """The step, if it can be taken now; and why it cannot, if it cannot.

        Args:
            question: what is asked.
            table: what may happen.
            state: of the record.
            judged: the conditions of a step.
            decided: whose decisions there are: ``provider`` and the house's own.
        """
        house = house_of(question)
        rows = tuple(row for row in table if row.trigger is question.trigger)
        ours = organisation_of(question.caller, house)
        mine = tuple(row for row in rows if ("provider" if row.by == PROVIDERS else house.value) == ours)
        for row in mine or rows:
            if state in row.start:
                against = self.objections(row.by, question.caller, house, True)  # noqa: FBT003 - now
                if _C.WRONG_PARTY in against:
                    return Reply(reasons=against)
                against |= judged(row)
                return Reply(reasons=against) if against else leads_to(row.to)
        told = [self.objections(row.by, question.caller, house, False) for row in mine or rows]  # noqa: FBT003 - not now
        against = frozenset[ReasonCode]().union(*told) if all(told) else NONE
        return Reply(reasons=against | {self._time(table, state, mine or rows, decided=bool(mine) and ours in decided)})

    def _time(
        self, table: tuple[HouseLine, ...], state: str, rows: tuple[HouseLine, ...], *, decided: bool
    ) -> ReasonCode:
        if not any(state in row.start for row in table):
            return _C.ALREADY_DECIDED
        ahead, wave = set[str](), {state}
        while wave:
            wave = {row.to for row in table if row.start & wave} - ahead - {state}
            ahead |= wave
        if any(row.start & ahead for row in rows):
            return _C.TOO_EARLY
        return _C.ALREADY_DECIDED if decided or not self.has(Settled.DECIDED_BY_US) else _C.WRONG_STATE
