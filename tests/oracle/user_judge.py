"""The verdict on users, their roles and their grants."""

from typing import Final, final

from kundorder.vocabulary import AssignmentState, ReasonCode, Role, Trigger, UserState
from oracle.asked import Paper, Standing
from oracle.conditions import Codes, codes
from oracle.house_asked import Code, House, Side, UserQuestion, Who
from oracle.house_table import HouseLine, house_lines
from oracle.replies import HIDDEN, Reply, leads_to
from oracle.rights import ME, NOBODY
from oracle.settled import Settled
from oracle.sides import Sides, organisation_of, principal_of

_C: Final = ReasonCode
_T = Trigger


@final
class UserJudge:
    """Says of every question about a user what the answer has to be."""

    def __init__(self, sides: Sides, table: str) -> None:
        self._sides = sides
        self._table = house_lines(table)

    def answer(self, question: UserQuestion) -> Reply:
        """The answer."""
        caller, house, trigger, state = question.caller, question.house, question.trigger, question.state
        if trigger is _T.ADD:
            return self._adding(question)
        oneself = ME if question.who is Who.ONESELF and caller.standing is Standing.ACTIVE else NOBODY
        seen = self._sides.sees("view users", caller, house, self._sides.has(Settled.ANY_ROLE_SEES_USERS), oneself)
        own = organisation_of(caller, house) == house.value
        if trigger is _T.VERIFY and state is UserState.INVITED and own and question.code is Code.RIGHT:
            seen = True
            if caller.standing is Standing.DELETED and self._sides.has(Settled.DELETED_IS_ENOUGH):
                return Reply(reasons=frozenset({_C.USER_DELETED}))
        if state is None or not seen:
            return HIDDEN
        row = next(row for row in self._table if row.trigger is trigger)
        now = state in row.start
        against = self._on_users(question, row, now=now)
        if now and _C.WRONG_PARTY not in against:
            against |= self._managing(question, row)
        if not now:
            against = self._user_time(question, against | codes(WRONG_PARTY=trigger is _T.VERIFY and not own))
        if self._sides.has(Settled.NOBODY_TO_HELP) and self._helpless(question, row, against):
            against |= {_C.NO_ADMINISTRATOR}
        if against:
            return Reply(reasons=against)
        return leads_to(row.to if row.to != "-" else state)

    def _on_users(self, question: UserQuestion, row: HouseLine, *, now: bool) -> Codes:
        caller, house = question.caller, question.house
        return self._sides.objections(row.by, caller, house, now)

    def _user_time(self, question: UserQuestion, against: Codes) -> Codes:
        if question.state is UserState.ACTIVE:
            return against | {_C.TOO_EARLY if question.trigger is _T.RESTORE else _C.WRONG_STATE}
        why = _C.USER_DELETED if question.state is UserState.DELETED else _C.USER_NOT_VERIFIED
        return against | {why}

    def _managing(self, question: UserQuestion, row: HouseLine) -> Codes:
        found, asked = frozenset[ReasonCode](), row.conditions
        if "not_last" in asked:
            loses = question.trigger is _T.DELETE or question.role is Role.ADMINISTRATOR
            alone = not (self._administrators(question) - {"them"})
            held = Role.ADMINISTRATOR in question.holds and question.state is UserState.ACTIVE
            found |= codes(LAST_ADMINISTRATOR=loses and held and alone)
        if "fits" in asked:
            found |= self._fitting(question)
        if "code" in asked:
            found |= self._verifying(question)
        over = {None, AssignmentState.ENDED, AssignmentState.REJECTED}
        if "handler" in asked:
            early = question.assignment in over or not self._sides.has(Settled.GRANTED_EARLY)
            gone = question.foreign or (early and question.assignment is not AssignmentState.ACTIVE)
            found |= codes(NOT_A_HANDLER=Role.AGENT_HANDLER not in question.holds, ASSIGNMENT_NOT_ACTIVE=gone)
        if "assigned" in asked:
            lost = question.assignment is None or question.foreign
            strict = not self._sides.has(Settled.REVOKED_ALWAYS) and question.assignment in over
            found |= codes(ASSIGNMENT_NOT_ACTIVE=lost or strict)
        return found

    def _fitting(self, question: UserQuestion) -> Codes:
        """Which roles there are in which kind of organisation, and when they may be given (R18, R33)."""
        both = {Role.ADMINISTRATOR}
        agents = {Role.AGENT_HANDLER, Role.AGENT_ASSIGNMENT_ORDERER}
        kinds = {
            House.CUSTOMER: both | {Role.AGREEMENT_CONTACT, Role.ATTESTANT, Role.ORDERER},
            House.AGENT: both | {Role.AGREEMENT_CONTACT, Role.ATTESTANT} | agents,
            House.PROVIDER: both | {Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE},
        }
        signatory = question.role is Role.SIGNATORY
        unsigned = question.paper not in {Paper.SIGNED, Paper.LEGACY} and question.signed_first
        concerned = question.house is House.CUSTOMER or not self._sides.has(Settled.RULE_OF_THE_CUSTOMERS)
        let_in = question.paper in {Paper.AWAITING_SIGNATURE, Paper.SIGNED, Paper.LEGACY}
        return codes(
            AGREEMENT_NOT_APPROVED=not let_in and not self._sides.has(Settled.FROM_THE_APPROVAL_ON),
            ROLE_NOT_ASSIGNABLE=signatory,
            ROLE_NOT_FOR_ORGANISATION=not signatory and question.role not in kinds[question.house],
            AGREEMENT_NOT_SIGNED=unsigned and concerned and not signatory,
        )

    def _verifying(self, question: UserQuestion) -> Codes:
        own = organisation_of(question.caller, question.house) == question.house.value
        right, known = question.code is Code.RIGHT, question.caller.standing in {Standing.ACTIVE, Standing.DELETED}
        if not own:
            return codes(WRONG_PARTY=True)
        return codes(INVITATION_INVALID=not right, PERSON_TAKEN=right and known)

    def _adding(self, question: UserQuestion) -> Reply:
        """For the organisation acted for, whichever it is."""
        caller, house = question.caller, question.house
        outside = self._sides.outside(caller)
        if outside is not None:
            return outside
        if caller.side is Side.SYSTEM:
            return Reply(reasons=frozenset({_C.WRONG_PARTY}))
        own = organisation_of(caller, house) == house.value
        own &= self._sides.sees("view users", caller, house, self._sides.has(Settled.ANY_ROLE_SEES_USERS), NOBODY)
        again = question.state is UserState.INVITED and not self._sides.has(Settled.INVITED_AGAIN)
        against = codes(
            ROLE_MISSING=Role.ADMINISTRATOR not in caller.roles,
            ALREADY_A_USER=own and (question.state is UserState.ACTIVE or again),
            USER_DELETED=own and question.state is UserState.DELETED,
        )
        return Reply(reasons=against) if against else leads_to("INVITED")

    def _administrators(self, question: UserQuestion) -> set[str]:
        """Who administers the organisation of the user."""
        found = set[str]() if question.last else {"somebody"}
        if question.state is UserState.ACTIVE and Role.ADMINISTRATOR in question.holds:
            found.add("them")
        principal = principal_of(question.caller, question.house)
        mine = principal.organisation == question.house.value and Role.ADMINISTRATOR in principal.roles
        return found | ({"me"} if mine and question.who is Who.OTHER else set())

    def _helpless(self, question: UserQuestion, row: HouseLine, against: Codes) -> bool:
        """Whether what stands in the way can be cleared by an administrator only, and there is none."""
        if self._administrators(question):
            return False
        by_house = row.by == "administer"
        needed = codes(ROLE_MISSING=by_house or question.house is House.PROVIDER, WRONG_PARTY=by_house, TOO_EARLY=True)
        return bool(against & needed)
