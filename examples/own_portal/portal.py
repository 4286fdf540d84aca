"""The portal: what its users can do with cases, and what must hold for that."""

from collections.abc import Mapping

from own_portal.cases import ASKING, FAILED, Case, Letter, NotAllowed, Status, must
from own_portal.desk import Desk
from own_portal.register import Role, User


class OrderPortal(Desk):
    """Everything users do; what is not done raises ``NotAllowed`` or ``Unknown``."""

    def start(self, user: User, product: str, *, through_agent: bool, agent: str | None) -> Case:
        """A new draft."""
        must(user.has(Role.BUYER), "you are no buyer")
        found = self.products.get(product)
        must(found is not None, "no such product")
        service, direct = ("", False) if found is None else (found.service, found.always_direct)
        case = Case("", user.organisation, user, product, service, agent, through_agent, through_agent and not direct)
        self.check_ready(case, user)
        return self.kept(case)

    def copy(self, number: str, user: User) -> Case:
        """A draft like a case that came to nothing; the terms are to be accepted anew."""
        old = self.seen(number, user)
        self.check_turn(old, user, Role.BUYER, FAILED)
        ways = (old.agent, old.through_agent, old.agent_acts)
        return self.kept(Case("", old.customer, user, old.product, old.service, *ways, dict(old.answers)))

    def kept(self, case: Case) -> Case:
        """The case with a number."""
        case.number = f"B-{len(self.cases) + 1:05}"
        self.cases[case.number] = case
        return case

    def draft(self, number: str, user: User) -> Case:
        """A draft that some buyer works on."""
        case = self.seen(number, user)
        self.check_turn(case, user, Role.BUYER, (Status.DRAFT,))
        return case

    def fill_in(self, number: str, user: User, answers: Mapping[str, tuple[str, ...]]) -> Case:
        """The answers of the form, all of them."""
        case = self.draft(number, user)
        must(set(answers) <= self.products[case.product].fields, "unknown field")
        case.answers = dict(answers)
        return case

    def accept(self, number: str, user: User, version: str) -> Case:
        """The terms, as they were shown."""
        case = self.draft(number, user)
        must(version == self.products[case.product].terms, "other terms")
        case.terms = version
        return case

    def submit(self, number: str, user: User) -> Case:
        """Send it: to the agent, who goes first, or else to the customer's signers."""
        case = self.draft(number, user)
        self.check_ready(case, user)
        must(set(case.answers) == self.products[case.product].fields, "incomplete")
        must(case.terms is not None, "terms not accepted")
        case.submitted = True
        case.history.append(user)
        return self.move(case, Status.REVIEW if case.agent_acts else Status.SIGNING)

    def review(self, number: str, user: User, signer: str | None, *, certified: bool) -> Case:
        """The agent has looked at it, and says who is to sign."""
        case = self.seen(number, user)
        self.check_turn(case, user, Role.REVIEWER, (Status.REVIEW,))
        self.check_sold(case)
        self.check_human(case, user)
        must(certified, "not certified")
        case.signer = self.chosen(case, user, signer)
        case.reviewer = user
        case.history.append(user)
        return self.move(case, Status.AGENT_SIGNING)

    def choose(self, number: str, user: User, signer: str | None) -> Case:
        """Somebody else is to sign for the agent."""
        case = self.seen(number, user)
        self.check_turn(case, user, Role.REVIEWER, (Status.AGENT_SIGNING,))
        self.check_sold(case)
        before, case.signer = case.signer, self.chosen(case, user, signer)
        return case if case.signer is before else self.move(case, Status.AGENT_SIGNING)

    def chosen(self, case: Case, user: User, key: str | None) -> User:
        """The user of this key, if that is a signer of the agent."""
        found = self.register.users.get(key or "")
        must(key is not None, "nobody chosen")
        if found is None or found not in self.register.having(Role.SIGNER, case.agent or ""):
            raise NotAllowed("no such signer")
        must(not self.strict or found.human not in {*case.humans, user.human}, "same human")
        return found

    def sign(self, number: str, user: User, method: str | None) -> Case:
        """Sign for the agent or, in the end, for the customer."""
        case = self.seen(number, user)
        self.check_turn(case, user, Role.SIGNER, (Status.AGENT_SIGNING, Status.SIGNING))
        if case.status is Status.SIGNING:
            self.check_contract(case)
        self.check_sold(case)
        self.check_human(case, user)
        must(method is not None, "no method")
        must(method in self.methods, "other method")
        case.history.append(user)
        return self.move(case, Status.SIGNED if case.status is Status.SIGNING else Status.SIGNING)

    def decline(self, number: str, user: User, why: str) -> Case:
        """No, for a reason."""
        case = self.seen(number, user)
        self.check_turn(case, user, Role.REVIEWER if case.status is Status.REVIEW else Role.SIGNER, ASKING)
        must(bool(why), "no reason")
        letter = Letter.DECLINED if case.status is Status.SIGNING else Letter.DECLINED_BY_AGENT
        told = [each for each in (case.reviewer,) if each is not None and self.may_review(each, case)]
        self.move(case, Status.DECLINED if case.status is Status.SIGNING else Status.DECLINED_BY_AGENT)
        self.mail(case, letter, [case.buyer, *told])
        return case

    def cancel(self, number: str, user: User) -> Case:
        """The buyer, or our help desk, takes it back; who was asked and could still act is told."""
        case = self.seen(number, user)
        must(case.status in (Status.DRAFT, *ASKING), "wrong status")
        if user not in self.register.help_desk():
            self.check_turn(case, user, Role.BUYER, (case.status,))
            must(user is case.buyer, "other buyer")
        asked = case.asked
        self.move(case, Status.CANCELLED)
        self.mail(case, Letter.CANCELLED, [each for each, role in asked if self.could_act(each, role, case)])
        return case

    def could_act(self, user: User, role: Role, case: Case) -> bool:
        """Whether somebody who was asked still has what it takes."""
        return self.may_review(user, case) if role is Role.REVIEWER else user.has(role)

    def hand_over(self, number: str, user: User, instructions: str) -> Case:
        """The customer gets access."""
        case = self.at_help_desk(number, user, Status.SIGNED)
        must(not case.agent_acts, "wrong status")
        must(bool(instructions), "no instructions")
        self.move(case, Status.HANDED_OVER)
        self.mail(case, Letter.HOW_TO_GET_ACCESS, [case.buyer])
        return case

    def let_connect(self, number: str, user: User) -> Case:
        """The agent may begin with the technical connection."""
        case = self.at_help_desk(number, user, Status.SIGNED)
        must(case.agent_acts, "wrong status")
        return self.move(case, Status.CONNECTING)

    def close(self, number: str, user: User) -> Case:
        """The service is in use."""
        case = self.seen(number, user)
        if case.status is not Status.CONNECTING or not self.may_review(user, case):
            case = self.at_help_desk(number, user, Status.HANDED_OVER, Status.CONNECTING)
        return self.move(case, Status.DONE)

    def at_help_desk(self, number: str, user: User, *at: Status) -> Case:
        """A case our help desk works on."""
        case = self.seen(number, user)
        must(case.status in at, "wrong status")
        must(user in self.register.help_desk(), "help desk only")
        return case

    def check_turn(self, case: Case, user: User, role: Role, at: tuple[Status, ...]) -> None:
        """The case is where it has to be; and the user is on the right side, has the role, and is the one meant."""
        for_agent = case.status in (Status.REVIEW, Status.AGENT_SIGNING) and role is not Role.BUYER
        must(case.status in at, "wrong status")
        must(user.organisation == (case.agent if for_agent else case.customer), "other side")
        must(user.has(role), f"you are no {role.value}")
        must(role is not Role.REVIEWER or self.may_review(user, case), "other service")
        if for_agent and role is Role.SIGNER:
            must(user is case.signer, "other signer")

    def check_ready(self, case: Case, user: User) -> None:
        """What must hold to begin a case, and again to send it."""
        product, kind = self.products[case.product], self.register.organisations[case.customer].kind
        humans = {case.buyer.human, user.human}
        self.check_contract(case)
        must(kind in product.kinds, "not for this kind of customer")
        must(product.through_agent if case.through_agent else product.directly, "not in this way")
        must(case.through_agent or case.agent is None, "no agent expected")
        must(case.agent != case.customer, "own agent")
        if case.agent_acts:
            self.check_agent(case, humans)
        self.check_signers(case, humans)

    def check_contract(self, case: Case) -> None:
        """Only a contract of the new kind is good for anything."""
        contract = self.register.organisations[case.customer].contract
        must(contract != "old", "old contract")
        must(contract == "new", "no contract")

    def check_signers(self, case: Case, humans: set[str]) -> None:
        """Somebody at the customer can sign."""
        signers = {each.human for each in self.register.having(Role.SIGNER, case.customer)}
        must(bool(signers), "no signer")
        must(not self.strict or not signers <= humans, "same human")

    def check_agent(self, case: Case, humans: set[str]) -> None:
        """The agent is one, sells the service, and has people for it."""
        must(case.agent is not None, "no agent")
        agent = self.register.organisations.get(case.agent or "")
        must(agent is not None and agent.sells is not None, "unknown agent")
        self.check_sold(case)
        reviewers = {each.human for each in self.register.reviewers(case.agent, case.service)}
        signers = {each.human for each in self.register.having(Role.SIGNER, case.agent or "")}
        must(bool(reviewers), "no reviewer at the agent")
        must(bool(signers), "no signer at the agent")
        pairs = ((one, other) for one in reviewers - humans for other in signers - humans)
        must(not self.strict or any(one != other for one, other in pairs), "same human")

    def check_sold(self, case: Case) -> None:
        """The agent sells the service, still."""
        agent = self.register.organisations.get(case.agent or "")
        must(not case.agent_acts or (agent is not None and case.service in (agent.sells or ())), "not sold")

    def check_human(self, case: Case, user: User) -> None:
        """With the strict rule, nobody acts twice."""
        must(not self.strict or user.human not in case.humans, "same human")
