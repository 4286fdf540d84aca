"""The desk: where cases lie, who may see them, whose turn it is, and who is mailed."""

from collections.abc import Iterable

from own_portal.cases import ASKING, Case, Letter, Product, Status, Unknown
from own_portal.register import Register, Role, User

ASKS = {
    Status.REVIEW: (Letter.PLEASE_REVIEW, Role.REVIEWER),
    Status.AGENT_SIGNING: (Letter.PLEASE_SIGN_FOR_AGENT, Role.SIGNER),
    Status.SIGNING: (Letter.PLEASE_SIGN, Role.SIGNER),
}


class Desk:
    """All cases, and the mail about them."""

    def __init__(self, register: Register, products: Iterable[Product], methods: set[str], *, strict: bool) -> None:
        self.register = register
        self.products = {each.code: each for each in products}
        self.methods = methods
        self.strict = strict  # different human beings must buy, review and sign
        self.cases: dict[str, Case] = {}
        self.outbox: list[tuple[User, Case, Letter]] = []

    def may_see(self, user: User, case: Case) -> bool:
        """Whether a user may know of a case."""
        return self.register.is_staff(user) or self.follows(user, case) or self.follows_for_agent(user, case)

    def follows(self, user: User, case: Case) -> bool:
        """Whether the user follows the case for the customer."""
        reads = user.has(Role.ADMIN, Role.BUYER, Role.SIGNER, Role.CONTRACT_CONTACT)
        return user.organisation == case.customer and (reads or user is case.buyer)

    def follows_for_agent(self, user: User, case: Case) -> bool:
        """Whether the user follows the case for the agent, who hears of it when it has been sent."""
        if not (case.agent_acts and case.submitted and user.organisation == case.agent):
            return False
        return user.has(Role.ADMIN, Role.SIGNER) or self.may_review(user, case)

    def may_review(self, user: User, case: Case) -> bool:
        """Whether the user reviews this service at the agent of the case."""
        return case.agent_acts and user in self.register.reviewers(case.agent, case.service)

    def seen(self, number: str, user: User) -> Case:
        """The case of this number, for somebody who may see it."""
        case = self.cases.get(number)
        if case is None or not self.may_see(user, case):
            raise Unknown
        return case

    def people_in(self, case: Case, reader: User) -> set[str]:
        """The human beings a reader is shown: those of the reader's own organisation, and to us all of them."""
        everybody, here = self.register.is_staff(reader), reader.organisation
        return {user.human for user in (case.buyer, *case.history) if everybody or user.organisation == here}

    def waits_for(self, user: User, case: Case) -> bool:
        """Whether it is this user's turn."""
        spent = self.strict and case.status in ASKING and user.human in case.humans
        return not spent and user in self.next_users(case)

    def next_users(self, case: Case) -> list[User]:
        """Those who can take the next step."""
        register = self.register
        match case.status:
            case Status.DRAFT:
                return register.having(Role.BUYER, case.customer)
            case Status.REVIEW:
                return register.reviewers(case.agent, case.service)
            case Status.AGENT_SIGNING:
                return [each for each in register.having(Role.SIGNER, case.agent or "") if each is case.signer]
            case Status.SIGNING:
                return register.having(Role.SIGNER, case.customer)
            case Status.SIGNED | Status.HANDED_OVER:
                return register.help_desk()
            case Status.CONNECTING:
                return [*register.help_desk(), *register.reviewers(case.agent, case.service)]
            case _:
                return []

    def move(self, case: Case, status: Status) -> Case:
        """The case comes where it is next, and those who have to act hear of it."""
        case.status, case.round, case.asked = status, case.round + 1, []
        self.ask(case)
        return case

    def ask(self, case: Case) -> None:
        """Tell everybody whose turn it is and who has not been told."""
        if case.status is Status.CONNECTING and not case.asked:
            self.tell(case, Letter.YOU_MAY_CONNECT, Role.REVIEWER, self.register.reviewers(case.agent, case.service))
        if case.status in ASKS:
            letter, role = ASKS[case.status]
            self.tell(case, letter, role, [each for each in self.next_users(case) if self.waits_for(each, case)])

    def tell(self, case: Case, letter: Letter, role: Role, users: list[User]) -> None:
        """Ask each of them, once in a round."""
        new = [user for user in users if (user, role) not in case.asked]
        case.asked += [(user, role) for user in new]
        self.mail(case, letter, new)

    def mail(self, case: Case, letter: Letter, users: list[User]) -> None:
        """A letter to each."""
        self.outbox += [(user, case, letter) for user in users]
