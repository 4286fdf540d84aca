"""The questions about agreements, assignments, users and the provider: plain facts again."""

from enum import Enum, unique
from typing import final

import attrs

from kundorder.vocabulary import AgreementModel, AssignmentState, Party, ProviderState, Role, Trigger, UserState
from oracle.asked import Method, Paper, Proof, Said, Standing


@final
@unique
class Side(Enum):
    """For which organisation somebody acts, seen from the record."""

    OWN = "the one the record belongs to"
    OTHER_CUSTOMER = "another customer"
    OTHER_AGENT = "another agent"
    PROVIDER = "the provider"
    NOWHERE = "an organisation nobody knows yet"
    SYSTEM = "no organisation: the system"


@final
@unique
class House(Enum):
    """What kind of organisation the record belongs to."""

    CUSTOMER = "customer"
    AGENT = "agent"
    PROVIDER = "provider"


@final
@attrs.frozen(kw_only=True, cache_hash=True)
class Caller:
    """Who acts."""

    side: Side
    standing: Standing = Standing.ACTIVE
    roles: frozenset[Role] = frozenset()


@final
@unique
class Signatories(Enum):
    """Whom an application names to sign."""

    CLEAR = "somebody"
    NOBODY = "nobody"
    ONE_ADDRESS = "two with one address"


@final
@unique
class Signed(Enum):
    """Who has to sign, and who has."""

    ONE = "one has to sign"
    TWO = "two have to sign, and nobody has"
    TWO_OTHER = "two have to sign, and the other one has"
    TWO_SAME = "two have to sign, and the one who signs now has already"


@final
@attrs.frozen(kw_only=True, cache_hash=True)
class AgreementQuestion:
    """May this be done to the agreement?"""

    caller: Caller
    party: Party
    paper: Paper
    trigger: Trigger
    said: Said = Said.NOTHING
    names: Signatories = Signatories.CLEAR
    model: AgreementModel = AgreementModel.CURRENT
    signed: Signed = Signed.ONE
    proof: Proof = Proof.MISSING
    for_provider: bool = False  # registered for the provider itself


@final
@attrs.frozen(kw_only=True, cache_hash=True)
class AssignmentQuestion:
    """May this be done to the agent's assignment?"""

    caller: Caller
    state: AssignmentState | None
    trigger: Trigger
    paper: Paper = Paper.SIGNED  # the agent agreement
    said: Said = Said.NOTHING
    method: Method = Method.NONE
    proof: Proof = Proof.MISSING
    known: bool = True  # the catalogue has the service
    all_methods: bool = False
    substantial: bool = False
    four_eyes: bool = False
    is_handler_granted: bool = False


@final
@unique
class Code(Enum):
    """The code of an invitation."""

    RIGHT = "right"
    WRONG = "wrong"


@final
@unique
class Who(Enum):
    """Whom it is done to."""

    OTHER = "another user"
    ONESELF = "oneself"


@final
@attrs.frozen(kw_only=True, cache_hash=True)
class UserQuestion:
    """May this be done to the user?"""

    caller: Caller
    house: House
    state: UserState | None  # None: the address is nobody's yet
    trigger: Trigger
    holds: frozenset[Role] = frozenset()  # the roles of the user
    role: Role = Role.ORDERER  # to be given or taken
    who: Who = Who.OTHER
    last: bool = False  # nobody else is administrator there
    paper: Paper = Paper.SIGNED
    signed_first: bool = False  # the rule that roles wait for the signature
    code: Code = Code.RIGHT
    taken: bool = False  # the person who verifies is a user of the organisation already, by another address
    assignment: AssignmentState | None = AssignmentState.ACTIVE
    foreign: bool = False  # the assignment is another agent's
    granted: bool = False


@final
@attrs.frozen(kw_only=True, cache_hash=True)
class ProviderQuestion:
    """May the provider be established?"""

    caller: Caller
    state: ProviderState | None


HouseQuestion = AgreementQuestion | AssignmentQuestion | UserQuestion | ProviderQuestion
