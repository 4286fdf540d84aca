"""Which questions about agreements, assignments, users and the provider are asked."""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Final

from kundorder.vocabulary import AgreementModel, AssignmentState, Party, ProviderState, Role, Trigger, UserState
from oracle.asked import Method, Paper, Proof, Said, Standing
from oracle.house_asked import (
    AgreementQuestion,
    AssignmentQuestion,
    Caller,
    Code,
    House,
    HouseQuestion,
    ProviderQuestion,
    Side,
    Signatories,
    Signed,
    UserQuestion,
    Who,
)

_T = Trigger
SETS: Final = (
    frozenset[Role](),
    *(frozenset({role}) for role in Role),
    frozenset({Role.ADMINISTRATOR, Role.ATTESTANT}),
    frozenset({Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE}),
    frozenset(Role),
)


_ABROAD: Final = {Side.OTHER_CUSTOMER, Side.OTHER_AGENT}
"""From where nothing is seen: once is enough."""


def callers(*sides: Side) -> tuple[Caller, ...]:
    """Everybody there: with every set of roles, invited, deleted, and strangers."""
    found: list[Caller] = []
    for side in sides:
        if side is Side.SYSTEM:
            found.append(Caller(side=side))
        elif side is Side.NOWHERE:
            found.append(Caller(side=side, standing=Standing.STRANGER))
        else:
            found += [Caller(side=side, roles=roles) for roles in SETS]
            found += [Caller(side=side, standing=each, roles=SETS[-1]) for each in (Standing.INVITED, Standing.DELETED)]
            found.append(Caller(side=side, standing=Standing.STRANGER))
    return tuple(found)


def agreements() -> Iterator[AgreementQuestion]:
    """Everybody does everything to every agreement."""
    papers = {Party.CUSTOMER: tuple(Paper), Party.AGENT: tuple(each for each in Paper if each is not Paper.LEGACY)}
    for party, caller in product((Party.CUSTOMER, Party.AGENT), callers(*Side)):
        for paper in papers[party]:
            for trigger in (_T.APPROVE, _T.REJECT, _T.DECLINE, _T.TERMINATE, _T.SIGN):
                for said in (Said.NOTHING, Said.SOMETHING) if trigger not in {_T.APPROVE, _T.SIGN} else (Said.NOTHING,):
                    yield AgreementQuestion(caller=caller, party=party, paper=paper, trigger=trigger, said=said)
            for names in Signatories:
                if caller.side is Side.PROVIDER:
                    yield AgreementQuestion(
                        caller=caller, party=party, paper=paper, trigger=_T.APPLY, names=names, for_provider=True
                    )
                if caller.side in {Side.OWN, Side.SYSTEM} or (caller.side is Side.NOWHERE and paper is Paper.NONE):
                    yield AgreementQuestion(caller=caller, party=party, paper=paper, trigger=_T.APPLY, names=names)
                for model, itself in product(AgreementModel, (False, True)):
                    if party is Party.AGENT and model is AgreementModel.LEGACY:
                        continue
                    yield AgreementQuestion(
                        caller=caller,
                        party=party,
                        paper=paper,
                        trigger=_T.REGISTER,
                        names=names,
                        model=model,
                        for_provider=itself,
                    )


def signatures() -> Iterator[AgreementQuestion]:
    """Every signature with every proof, by the system and by those who are not."""
    proofs = (Proof.RIGHT, Proof.MISSING, Proof.OTHER_STEP, Proof.OTHER_PERSON, Proof.UNVERIFIED, Proof.USED)
    some = (
        Caller(side=Side.SYSTEM),
        Caller(side=Side.OWN, roles=frozenset({Role.SIGNATORY})),
        Caller(side=Side.OWN, roles=frozenset({Role.ADMINISTRATOR})),
        Caller(side=Side.OWN, roles=frozenset(Role)),
        Caller(side=Side.PROVIDER, roles=frozenset({Role.PROVIDER_OFFICER})),
        Caller(side=Side.NOWHERE, standing=Standing.STRANGER),
    )
    for caller, party, paper, proof, signed in product(some, (Party.CUSTOMER, Party.AGENT), Paper, proofs, Signed):
        if paper is Paper.LEGACY or (signed is not Signed.ONE and paper is Paper.NONE):
            continue
        for trigger, said in ((_T.SIGN, Said.NOTHING), (_T.DECLINE, Said.NOTHING), (_T.DECLINE, Said.SOMETHING)):
            yield AgreementQuestion(
                caller=caller, party=party, paper=paper, trigger=trigger, said=said, proof=proof, signed=signed
            )


ASSIGNMENT_TRIGGERS: Final = (_T.APPLY, _T.PASS_REVIEW, _T.REJECT, _T.ATTEST, _T.ACTIVATE, _T.END)
SIDES: Final = (Side.OWN, Side.OTHER_CUSTOMER, Side.OTHER_AGENT, Side.PROVIDER, Side.SYSTEM)


def assignments() -> Iterator[AssignmentQuestion]:
    """Everybody does everything to every assignment."""
    papers = tuple(each for each in Paper if each is not Paper.LEGACY)
    for caller, state, paper, trigger in product(
        callers(*SIDES), (None, *AssignmentState), papers, ASSIGNMENT_TRIGGERS
    ):
        for said, granted in product((Said.NOTHING, Said.SOMETHING), (False, True)):
            if trigger is _T.APPLY and caller.side is not Side.OWN:
                continue
            if said is Said.SOMETHING and trigger not in {_T.REJECT, _T.END}:
                continue
            if granted and caller.side is not Side.OWN:
                continue
            yield AssignmentQuestion(
                caller=caller, state=state, trigger=trigger, paper=paper, said=said, is_handler_granted=granted
            )
    for caller, state in product(callers(Side.OWN), (None, *AssignmentState)):
        yield AssignmentQuestion(caller=caller, state=state, trigger=_T.APPLY, known=False)


def assignment_attests() -> Iterator[AssignmentQuestion]:
    """Every method with every proof."""
    some = (
        Caller(side=Side.OWN, roles=frozenset({Role.ATTESTANT})),
        Caller(side=Side.OWN, roles=frozenset({Role.ADMINISTRATOR})),
        Caller(side=Side.PROVIDER, roles=frozenset({Role.PROVIDER_OFFICER})),
    )
    proofs = tuple(each for each in Proof if each not in {Proof.OTHER_ORDER, Proof.OTHER_CONTENT})
    for caller, method, proof, every, sure, eyes in product(
        some, Method, proofs, (False, True), (False, True), (False, True)
    ):
        yield AssignmentQuestion(
            caller=caller,
            state=AssignmentState.AWAITING_AGENT_ATTEST,
            trigger=_T.ATTEST,
            method=method,
            proof=proof,
            all_methods=every,
            substantial=sure,
            four_eyes=eyes,
        )


def users() -> Iterator[UserQuestion]:
    """Everybody does everything to every user of every kind of organisation."""
    for house, caller, state in product(House, callers(*SIDES), (None, *UserState)):
        if state is None:
            for paper, first in product(Paper, (False, True)):
                if paper is Paper.LEGACY and house is not House.CUSTOMER:
                    continue
                yield UserQuestion(
                    caller=caller, house=house, state=None, trigger=_T.ADD, paper=paper, signed_first=first
                )
            continue
        yield UserQuestion(caller=caller, house=house, state=state, trigger=_T.ADD)
        lasts = (False,) if caller.side in _ABROAD else (False, True)
        for trigger, last, held in product(
            (_T.DELETE, _T.RESTORE), lasts, (frozenset[Role](), frozenset({Role.ADMINISTRATOR}))
        ):
            yield UserQuestion(caller=caller, house=house, state=state, trigger=trigger, last=last, holds=held)
        for trigger, role, last in product((_T.ASSIGN_ROLE, _T.REMOVE_ROLE), Role, lasts):
            for held in (frozenset[Role](), frozenset({role})):
                yield UserQuestion(
                    caller=caller, house=house, state=state, trigger=trigger, role=role, holds=held, last=last
                )


def verifications() -> Iterator[UserQuestion]:
    """Everybody takes up every invitation, with and without its code."""
    for house, caller, state, code in product(House, callers(*SIDES), UserState, Code):
        yield UserQuestion(caller=caller, house=house, state=state, trigger=_T.VERIFY, code=code)


def to_oneself() -> Iterator[UserQuestion]:
    """Everybody does everything to oneself."""
    for house, caller, trigger, role, last in product(
        House, callers(Side.OWN), (_T.DELETE, _T.RESTORE, _T.ASSIGN_ROLE, _T.REMOVE_ROLE), Role, (False, True)
    ):
        state = {Standing.INVITED: UserState.INVITED, Standing.DELETED: UserState.DELETED}.get(caller.standing)
        if caller.standing is Standing.STRANGER or (trigger in {_T.DELETE, _T.RESTORE} and role is not Role.ORDERER):
            continue
        yield UserQuestion(
            caller=caller,
            house=house,
            state=state or UserState.ACTIVE,
            trigger=trigger,
            role=role,
            holds=caller.roles,
            who=Who.ONESELF,
            last=last,
        )


def papers_and_roles() -> Iterator[UserQuestion]:
    """Roles are given whatever has become of the agreement, with and without the rule that they wait for it."""
    caller = Caller(side=Side.OWN, roles=frozenset({Role.ADMINISTRATOR}))
    for house, paper, first, role, trigger in product(
        (House.CUSTOMER, House.AGENT), Paper, (False, True), Role, (_T.ASSIGN_ROLE, _T.REMOVE_ROLE)
    ):
        if paper is Paper.LEGACY and house is House.AGENT:
            continue
        for held in (frozenset[Role](), frozenset({role})):
            yield UserQuestion(
                caller=caller,
                house=house,
                state=UserState.ACTIVE,
                trigger=trigger,
                role=role,
                paper=paper,
                signed_first=first,
                holds=held,
            )


def grants() -> Iterator[UserQuestion]:
    """Everybody grants and revokes everything at an agent."""
    for caller, state, trigger, held in product(
        callers(*SIDES),
        UserState,
        (_T.GRANT, _T.REVOKE),
        (frozenset[Role](), frozenset({Role.AGENT_HANDLER}), frozenset({Role.ATTESTANT})),
    ):
        for assignment, foreign, granted in product((None, *AssignmentState), (False, True), (False, True)):
            if granted and (assignment is None or foreign):
                continue
            if caller.side in _ABROAD and assignment is not AssignmentState.ACTIVE:
                continue
            yield UserQuestion(
                caller=caller,
                house=House.AGENT,
                state=state,
                trigger=trigger,
                holds=held,
                assignment=assignment,
                foreign=foreign,
                granted=granted,
            )


def providers() -> Iterator[ProviderQuestion]:
    """Everybody establishes the provider."""
    for caller, state in product(callers(*Side), (None, *ProviderState)):
        yield ProviderQuestion(caller=caller, state=state)


GRIDS: Final[Mapping[str, Callable[[], Iterator[HouseQuestion]]]] = {
    "agreements": agreements,
    "signatures": signatures,
    "assignments": assignments,
    "attests of assignments": assignment_attests,
    "users": users,
    "invitations": verifications,
    "oneself": to_oneself,
    "papers and roles": papers_and_roles,
    "grants": grants,
    "the provider": providers,
}
"""All of them."""
