"""The portal with mistakes in it, one at a time: each a plausible one, in one place."""

from collections.abc import Mapping
from types import MappingProxyType

from own_portal.as_system import OwnSystem
from own_portal.cases import Case, Letter, Status, must
from own_portal.portal import OrderPortal
from own_portal.register import Role, User
from own_portal.staffing import Staffing


class SignersHearAtOnce(OrderPortal):
    """The customer's signers are mailed as soon as the order is sent, also through an agent."""

    def ask(self, case: Case) -> None:
        """And those who cannot do anything yet."""
        super().ask(case)
        if case.status is Status.REVIEW:
            self.mail(case, Letter.PLEASE_SIGN, self.register.having(Role.SIGNER, case.customer))


class AnyReviewerReviews(OrderPortal):
    """Nobody looks for which services a reviewer may review."""

    def review(self, number: str, user: User, signer: str | None, *, certified: bool) -> Case:
        """Whoever is a reviewer, and finds the case."""
        case = self.cases.get(number)
        if case is not None and case.status is Status.REVIEW and case.agent == user.organisation:
            must(user.has(Role.REVIEWER), "you are no reviewer")
            must(certified, "not certified")
            case.signer, case.reviewer = self.chosen(case, user, signer), user
            case.history.append(user)
            return self.move(case, Status.AGENT_SIGNING)
        return super().review(number, user, signer, certified=certified)


class OldContractsCount(OrderPortal):
    """A contract of the old kind is as good as a new one."""

    def check_contract(self, case: Case) -> None:
        """Any contract that is there."""
        must(self.register.organisations[case.customer].contract in {"old", "new"}, "no contract")


class AnyBuyerCancels(OrderPortal):
    """One buyer can take back what another has ordered."""

    def cancel(self, number: str, user: User) -> Case:
        """As if it were the buyer's own."""
        case = self.seen(number, user)
        own = user.has(Role.BUYER) and user.organisation == case.customer
        return super().cancel(number, case.buyer if own else user)


class LoginsForHumans(OrderPortal):
    """The strict rule compares logins; a human being with two of them acts twice."""

    def check_human(self, case: Case, user: User) -> None:
        """Not this login."""
        must(not self.strict or user not in (case.buyer, *case.history), "same human")


class AgentsAlwaysAct(OrderPortal):
    """A product that is always direct is reviewed by the agent all the same."""

    def kept(self, case: Case) -> Case:
        """What the customer chose decides."""
        case.agent_acts = case.through_agent
        return super().kept(case)


class CancelledIsSigned(OrderPortal):
    """What has been taken back can still be signed."""

    def sign(self, number: str, user: User, method: str | None) -> Case:
        """Whatever it says on the case."""
        case = self.cases.get(number)
        if (
            case is not None
            and case.status is Status.CANCELLED
            and user in self.register.having(Role.SIGNER, case.customer)
        ):
            return self.move(case, Status.SIGNED)
        return super().sign(number, user, method)


class SignedTwice(OrderPortal):
    """A second signature takes the place of the first."""

    def sign(self, number: str, user: User, method: str | None) -> Case:
        """Once more."""
        case = self.cases.get(number)
        if (
            case is not None
            and case.status is Status.SIGNED
            and user in self.register.having(Role.SIGNER, case.customer)
        ):
            case.history[-1] = user
            return case
        return super().sign(number, user, method)


class CustomersSeeEachOther(OrderPortal):
    """Whoever may follow cases somewhere follows them everywhere."""

    def follows(self, user: User, case: Case) -> bool:
        """By the role alone."""
        return super().follows(user, case) or (not self.register.is_ours(user) and user.has(Role.BUYER))


class AgentsSeeDrafts(OrderPortal):
    """The agent follows a case from the first word."""

    def follows_for_agent(self, user: User, case: Case) -> bool:
        """Sent or not."""
        early = case.agent_acts and user.organisation == case.agent and user.has(Role.ADMIN, Role.SIGNER)
        return early or super().follows_for_agent(user, case)


class SentWithoutSigner(OrderPortal):
    """That somebody can sign is looked at when a case is begun, and not when it is sent."""

    def check_signers(self, case: Case, humans: set[str]) -> None:
        """It was so once."""
        if not case.number:
            super().check_signers(case, humans)


class CancelledInSilence(OrderPortal):
    """Those who were asked never hear that they need not answer."""

    def mail(self, case: Case, letter: Letter, users: list[User]) -> None:
        """All but one kind."""
        if letter is not Letter.CANCELLED:
            super().mail(case, letter, users)


class EverybodyIsNamed(OrderPortal):
    """The history is shown with its names to all who may see the case."""

    def people_in(self, case: Case, reader: User) -> set[str]:
        """All of them."""
        del reader
        return case.humans


class AnySignerOfTheAgent(OrderPortal):
    """The case stands on the list of every signer of the agent, whoever was chosen."""

    def next_users(self, case: Case) -> list[User]:
        """All signers there."""
        if case.status is Status.AGENT_SIGNING:
            return self.register.having(Role.SIGNER, case.agent or "")
        return super().next_users(case)


class CopiesKeepTheTerms(OrderPortal):
    """Who copies a case need not read the terms."""

    def copy(self, number: str, user: User) -> Case:
        """With everything."""
        case = super().copy(number, user)
        case.terms = self.cases[number].terms
        return case


class NothingIsCertified(OrderPortal):
    """The box need not be ticked."""

    def review(self, number: str, user: User, signer: str | None, *, certified: bool) -> Case:
        """As if it were."""
        del certified
        return super().review(number, user, signer, certified=True)


class AskedOnceActsForEver(OrderPortal):
    """Who was asked may answer, even when the role has gone."""

    def check_turn(self, case: Case, user: User, role: Role, at: tuple[Status, ...]) -> None:
        """What was so when the letter was written."""
        if case.status not in at or (user, role) not in case.asked:
            super().check_turn(case, user, role, at)


class AnswersAreMixed(OrderPortal):
    """What was filled in before stays, even where the buyer has emptied it."""

    def fill_in(self, number: str, user: User, answers: Mapping[str, tuple[str, ...]]) -> Case:
        """On top of the old ones."""
        return super().fill_in(number, user, {**self.draft(number, user).answers, **answers})


class CopiesAreEmpty(OrderPortal):
    """A copy has to be filled in from the beginning."""

    def copy(self, number: str, user: User) -> Case:
        """Without the answers."""
        case = super().copy(number, user)
        case.answers.clear()
        return case


class NewSignersHearNothing(Staffing):
    """Who gets a role does not hear of what waits."""

    def tell_waiting(self) -> None:
        """Nobody."""


def with_portal(portal: type[OrderPortal]) -> type[OwnSystem]:
    """The system with another portal in it."""
    return type(portal.__name__, (OwnSystem,), {"portal_class": portal})


def with_staffing(staffing: type[Staffing]) -> type[OwnSystem]:
    """The system with another staffing in it."""
    return type(staffing.__name__, (OwnSystem,), {"staffing_class": staffing})


PORTALS = (
    SignersHearAtOnce,
    AnyReviewerReviews,
    OldContractsCount,
    AnyBuyerCancels,
    LoginsForHumans,
    AgentsAlwaysAct,
    CancelledIsSigned,
    SignedTwice,
    CustomersSeeEachOther,
    AgentsSeeDrafts,
    SentWithoutSigner,
    CancelledInSilence,
    EverybodyIsNamed,
    AnySignerOfTheAgent,
    CopiesKeepTheTerms,
    NothingIsCertified,
    AskedOnceActsForEver,
    AnswersAreMixed,
    CopiesAreEmpty,
)

FAULTY: Mapping[str, type[OwnSystem]] = MappingProxyType(
    {
        **{portal.__name__: with_portal(portal) for portal in PORTALS},
        NewSignersHearNothing.__name__: with_staffing(NewSignersHearNothing),
    }
)
"""Each faulty system, by the name of its fault."""
