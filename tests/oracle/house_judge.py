"""The verdict on agreements, assignments, users and the provider."""

from typing import final

from oracle.conditions import codes
from oracle.house_asked import (
    AgreementQuestion,
    AssignmentQuestion,
    HouseQuestion,
    ProviderQuestion,
    Side,
    UserQuestion,
)
from oracle.house_table import AGREEMENT, ASSIGNMENT, USER
from oracle.paper_judge import AgreementJudge, AssignmentJudge
from oracle.replies import Reply, leads_to
from oracle.rights import text_of
from oracle.settled import ALL, Settled
from oracle.sides import Sides
from oracle.user_judge import UserJudge


@final
class HouseJudge:
    """Says of every question about an organisation's papers and people what the answer has to be."""

    def __init__(
        self,
        *,
        tables: tuple[str, str, str] = (AGREEMENT, ASSIGNMENT, USER),
        policies: str | None = None,
        settled: frozenset[Settled] = ALL,
    ) -> None:
        sides = Sides(text_of("house") if policies is None else policies, settled)
        agreements, assignments, users = tables
        self._agreements = AgreementJudge(sides, agreements)
        self._assignments = AssignmentJudge(sides, assignments)
        self._users = UserJudge(sides, users)

    def answer(self, question: HouseQuestion) -> Reply:
        """The answer."""
        match question:
            case AgreementQuestion():
                return self._agreements.answer(question)
            case AssignmentQuestion():
                return self._assignments.answer(question)
            case UserQuestion():
                return self._users.answer(question)
            case ProviderQuestion():
                return _established(question)


def _established(question: ProviderQuestion) -> Reply:
    """By whoever comes first."""
    against = codes(WRONG_PARTY=question.caller.side is Side.SYSTEM)
    against = against or codes(NOT_EMPTY=question.state is not None)
    return Reply(reasons=against) if against else leads_to("ESTABLISHED")
