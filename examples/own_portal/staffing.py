"""Users' roles, reviewers' services, and what becomes of contracts."""

from own_portal.cases import Unknown, must
from own_portal.portal import OrderPortal
from own_portal.register import Organisation, Role, User

FOR_CUSTOMERS = {Role.BUYER, Role.SIGNER, Role.ADMIN, Role.CONTRACT_CONTACT}
FOR_AGENTS = {Role.REVIEWER, Role.SIGNER, Role.ADMIN, Role.CONTRACT_CONTACT}


class Staffing:
    """What administrators and our contract officers do."""

    def __init__(self, portal: OrderPortal) -> None:
        self.portal = portal
        self.register = portal.register

    def give(self, user: User, key: str, role: Role) -> None:
        """A role, and with it what is waiting."""
        other = self.managed(user, key)
        must(role in roles_at(self.register.organisations[other.organisation]), "no such role here")
        other.roles.add(role)
        self.tell_waiting()

    def take(self, user: User, key: str, role: Role) -> None:
        """A role goes, and with a reviewer's the services; the last administrator stays."""
        other = self.managed(user, key)
        last = role is Role.ADMIN and self.register.having(role, other.organisation) == [other]
        must(not last, "last administrator")
        other.roles.discard(role)
        if role is Role.REVIEWER:
            other.services.clear()

    def let_review(self, user: User, key: str, service: str) -> None:
        """A reviewer may review a service the agent sells."""
        other = self.managed(user, key)
        must(service in (self.register.organisations[other.organisation].sells or ()), "not sold")
        must(other.has(Role.REVIEWER), "that is no reviewer")
        other.services.add(service)
        self.tell_waiting()

    def let_review_no_more(self, user: User, key: str, service: str) -> None:
        """A reviewer may not review a service any more."""
        self.managed(user, key).services.discard(service)

    def managed(self, user: User, key: str) -> User:
        """A user whom this administrator manages; who has no role knows only themselves."""
        other = self.register.users.get(key)
        colleague = (
            other is not None and user.organisation == other.organisation and (bool(user.roles) or user is other)
        )
        if other is None or not (colleague or self.register.is_staff(user)):
            raise Unknown
        must(user.organisation == other.organisation, "other organisation")
        must(user.has(Role.ADMIN), "you are no admin")
        return other

    def end_sale(self, user: User, agent: str, service: str) -> None:
        """An agent does not sell a service any more."""
        reads = user.organisation == agent and user.has(Role.ADMIN, Role.SIGNER, Role.REVIEWER)
        sells = self.register.organisations[agent].sells or set[str]()
        self.check_officer(user, reads=reads)
        must(service in sells, "ended already")
        sells.discard(service)

    def end_contract(self, user: User, customer: str) -> None:
        """A customer's contract ends."""
        reads = user.organisation == customer and user.has(Role.ADMIN, Role.CONTRACT_CONTACT)
        self.check_officer(user, reads=reads)
        organisation = self.register.organisations[customer]
        must(organisation.contract in {"new", "old"}, "ended already")
        organisation.contract = "ended"

    def check_officer(self, user: User, *, reads: bool) -> None:
        """Contracts are our officers' business; some others may read them."""
        if not reads and not self.register.is_staff(user):
            raise Unknown
        must(self.register.is_ours(user) and user.has(Role.CONTRACT_OFFICER), "you are no officer")

    def tell_waiting(self) -> None:
        """Whoever can act now hears of what waits."""
        for case in self.portal.cases.values():
            self.portal.ask(case)


def roles_at(organisation: Organisation) -> set[Role]:
    """The roles there are in an organisation."""
    found = {Role.ADMIN, Role.CONTRACT_OFFICER, Role.HELP_DESK} if organisation.ours else set[Role]()
    found |= FOR_CUSTOMERS if organisation.kind is not None else set()
    return found | (FOR_AGENTS if organisation.sells is not None else set())
