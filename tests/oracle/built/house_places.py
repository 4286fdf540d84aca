"""For which organisation somebody acts, and which kind of organisation a question is about."""

from typing import Final

from kundorder.model import (
    SYSTEM,
    Actor,
    Rules,
)
from kundorder.sample import CATALOGUE
from kundorder.situation import (
    Act,
)
from kundorder.vocabulary import (
    Party,
    Trigger,
)
from oracle.asked import Doer, Place
from oracle.built.names import ME, NOW, NUMBERS, member
from oracle.built.order_commands import FRESH
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

_T = Trigger


HOUSES: Final = {House.CUSTOMER: Place.CUSTOMER, House.AGENT: Place.AGENT, House.PROVIDER: Place.PROVIDER}
THEM: Final = member(60)
"""The user it is done to."""
RIGHT_CODE: Final = "A" * 43
WRONG_CODE: Final = "B" * 42 + "A"


def place_of(caller: Caller, house: House) -> Place:
    """For which organisation somebody acts."""
    return {
        Side.OWN: HOUSES[house],
        Side.OTHER_CUSTOMER: Place.OTHER_CUSTOMER,
        Side.OTHER_AGENT: Place.OTHER_AGENT,
        Side.PROVIDER: Place.PROVIDER,
        Side.NOWHERE: Place.NOWHERE,
        Side.SYSTEM: Place.SYSTEM,
    }[caller.side]


def doer_of(caller: Caller, house: House) -> Doer:
    """The same, as the builder of worlds knows it."""
    return Doer(place=place_of(caller, house), standing=caller.standing, roles=caller.roles)


def actor_of(caller: Caller, house: House) -> Actor:
    place = place_of(caller, house)
    return SYSTEM if place is Place.SYSTEM else Actor(ME, NUMBERS[place])


def act_of(caller: Caller, house: House, rules: Rules) -> Act:
    return Act(actor_of(caller, house), NOW, FRESH, rules, CATALOGUE)


def house_of(question: HouseQuestion) -> House:
    match question:
        case AgreementQuestion():
            return House.CUSTOMER if question.party is Party.CUSTOMER else House.AGENT
        case AssignmentQuestion():
            return House.AGENT
        case UserQuestion():
            return question.house
        case ProviderQuestion():
            return House.CUSTOMER
