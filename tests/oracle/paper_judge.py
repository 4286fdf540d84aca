"""The verdict on agreements and assignments."""

from typing import Final, final

from kundorder.vocabulary import AgreementModel, AssignmentState, ReasonCode, Role, Trigger
from oracle.asked import Method, Paper, Proof, Said
from oracle.conditions import NONE, Codes, codes
from oracle.house_asked import AgreementQuestion, AssignmentQuestion, House, Signatories, Signed
from oracle.house_table import HouseLine, house_lines
from oracle.replies import HIDDEN, Reply, leads_to
from oracle.rights import NOBODY
from oracle.settled import Settled
from oracle.sides import Sides, house_of

_C: Final = ReasonCode
_T = Trigger
_OPEN: Final = {Paper.APPLIED, Paper.AWAITING_SIGNATURE, Paper.SIGNED}


@final
class AgreementJudge:
    """Says of every question about an agreement what the answer has to be."""

    def __init__(self, sides: Sides, table: str) -> None:
        self._sides = sides
        self._table = house_lines(table)

    def answer(self, question: AgreementQuestion) -> Reply:
        """The answer."""
        caller, house, paper = question.caller, house_of(question), question.paper
        if question.trigger is _T.APPLY:
            return self._applied(question)
        if question.trigger is _T.REGISTER:
            return self._registered(question)
        if paper is Paper.NONE or not self._sides.sees("view agreement", caller, house, True, NOBODY):  # noqa: FBT003 - a fact
            return HIDDEN
        state = "SIGNED" if paper is Paper.LEGACY else str(paper.value)
        reply = self._sides.stepped(
            question, self._table, state, lambda row: self._signing(question, row), _papers_decided(paper, house)
        )
        halfway = question.trigger is _T.SIGN and question.signed is Signed.TWO
        return leads_to("AWAITING_SIGNATURE") if halfway and reply.to else reply

    def _applied(self, question: AgreementQuestion) -> Reply:
        against = self._sides.objections("apply", question.caller, house_of(question), True)  # noqa: FBT003 - now
        if not against:
            against = codes(
                IS_THE_PROVIDER=question.for_provider,
                AGREEMENT_EXISTS=_exists(question) and not question.for_provider,
                SIGNATORIES_UNCLEAR=question.names is not Signatories.CLEAR,
            )
        return Reply(reasons=against) if against else leads_to("APPLIED")

    def _registered(self, question: AgreementQuestion) -> Reply:
        caller, house = question.caller, house_of(question)
        outside = self._sides.outside(caller)
        if outside is not None:
            return outside
        against = self._sides.objections("decide", caller, house, True)  # noqa: FBT003 - now
        staff = caller.roles & {Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE}
        blind = not staff and self._sides.has(Settled.REGISTERING_TELLS_STAFF)
        if _C.WRONG_PARTY in against or (against and blind):
            return Reply(reasons=against)
        against |= codes(
            IS_THE_PROVIDER=question.for_provider,
            AGREEMENT_EXISTS=_exists(question) and not question.for_provider,
            SIGNATORIES_UNCLEAR=question.names is not Signatories.CLEAR,
        )
        return Reply(reasons=against) if against else leads_to("SIGNED")

    def _signing(self, question: AgreementQuestion, row: HouseLine) -> Codes:
        found = codes(REASON_MISSING="reason" in row.conditions and question.said is not Said.SOMETHING)
        if "signature" not in row.conditions:
            return found
        proof = question.proof
        if proof is Proof.MISSING:
            return found | codes(EVIDENCE_MISSING=True)
        stranger = proof is Proof.OTHER_PERSON
        again = question.signed is Signed.TWO_SAME and not stranger
        quiet = (stranger and self._sides.has(Settled.NOT_A_SIGNATORY_FIRST)) or (
            again and self._sides.has(Settled.ALREADY_SIGNED_FIRST)
        )
        step = proof is Proof.OTHER_STEP and not self._sides.has(Settled.SIGNED_AT_ANY_STEP)
        return found | codes(
            NOT_A_SIGNATORY=stranger,
            ALREADY_SIGNED=again,
            EVIDENCE_INVALID=not quiet and (proof in {Proof.UNVERIFIED, Proof.OTHER_PERSON} or step),
            EVIDENCE_USED=not quiet and proof is Proof.USED,
        )


def _exists(question: AgreementQuestion) -> bool:
    """Whether there is one already, or an application; one of the earlier model does not stand in the way of a new."""
    earlier = question.trigger is _T.REGISTER and question.model is AgreementModel.LEGACY
    return question.paper in _OPEN or (question.paper is Paper.LEGACY and earlier)


def _papers_decided(paper: Paper, house: House) -> frozenset[str]:
    """Who has decided anything about an agreement."""
    if paper is Paper.APPLIED:
        return frozenset()
    own = {house.value} if paper in {Paper.SIGNED, Paper.DECLINED, Paper.TERMINATED} else set[str]()
    return frozenset({"provider", *own})


@final
class AssignmentJudge:
    """Says of every question about an assignment what the answer has to be."""

    def __init__(self, sides: Sides, table: str) -> None:
        self._sides = sides
        self._table = house_lines(table)

    def answer(self, question: AssignmentQuestion) -> Reply:
        """The answer."""
        caller, house, state = question.caller, House.AGENT, question.state
        if question.trigger is _T.APPLY:
            outside = self._sides.outside(caller)
            if outside is not None:
                return outside
            row = next(row for row in self._table if row.trigger is _T.APPLY)
            against = self._sides.objections(row.by, caller, house, True) | self._assigning(question, row)  # noqa: FBT003
            return Reply(reasons=against) if against else leads_to(row.to)
        seen = self._sides.sees("view assignment", caller, house, self._sides.has(Settled.WHO_SEES_ASSIGNMENTS), NOBODY)
        if state is None or not seen:
            return HIDDEN
        decided = {
            AssignmentState.UNDER_REVIEW: frozenset[str](),
            AssignmentState.AWAITING_AGENT_ATTEST: frozenset({"provider"}),
        }.get(state, frozenset({"provider", "agent"}))
        return self._sides.stepped(question, self._table, state, lambda row: self._assigning(question, row), decided)

    def _assigning(self, question: AssignmentQuestion, row: HouseLine) -> Codes:
        found, asked = frozenset[ReasonCode](), row.conditions
        if "service" in asked:
            over = {None, AssignmentState.ENDED, AssignmentState.REJECTED}
            if not question.known and self._sides.has(Settled.NO_SERVICE_NO_MORE):
                return codes(SERVICE_UNKNOWN=True)
            found |= codes(SERVICE_UNKNOWN=not question.known, ASSIGNMENT_EXISTS=question.state not in over)
        if "signed" in asked and self._sides.has(Settled.SIGNED_AGENTS_ONLY):
            found |= codes(AGENT_NOT_APPROVED=question.paper is not Paper.SIGNED)
        if "reason" in asked:
            found |= codes(REASON_MISSING=question.said is not Said.SOMETHING)
        return found | (self._attesting(question) if "attest" in asked else NONE)

    def _attesting(self, question: AssignmentQuestion) -> Codes:
        chosen, proof = question.method, question.proof
        usual = chosen in {Method.SMS_CODE, Method.BANKID} or question.all_methods
        named = chosen is not Method.NONE
        weak = question.substantial and (chosen is Method.SMS_CODE or proof is Proof.WEAKER)
        said = usual or not self._sides.has(Settled.ONE_WORD_ON_THE_METHOD)
        right = {Proof.RIGHT, Proof.MISSING, Proof.USED, Proof.WEAKER}
        return codes(
            METHOD_MISSING=not named,
            METHOD_NOT_ALLOWED=named and not usual,
            METHOD_TOO_WEAK=named and weak and said,
            EVIDENCE_MISSING=proof is Proof.MISSING,
            EVIDENCE_INVALID=proof not in right and not (proof is Proof.OTHER_METHOD and not named),
            EVIDENCE_USED=proof is Proof.USED,
        )
