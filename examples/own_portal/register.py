"""Who is who: organisations, users and their roles, contracts, and what agents sell."""

from dataclasses import dataclass, field
from enum import Enum


class Role(Enum):
    """What a user is allowed to do at an organisation."""

    BUYER = "buyer"
    SIGNER = "signer"
    REVIEWER = "reviewer"
    ADMIN = "admin"
    CONTRACT_CONTACT = "contract contact"
    CONTRACT_OFFICER = "contract officer"
    HELP_DESK = "help desk"


@dataclass(eq=False)
class User:
    """A login at one organisation; a human being may have several."""

    key: str
    human: str
    organisation: str
    roles: set[Role]
    services: set[str] = field(default_factory=set)  # which a reviewer may review, at an agent

    def has(self, *roles: Role) -> bool:
        """Whether the user has one of these roles."""
        return not self.roles.isdisjoint(roles)


@dataclass
class Organisation:
    """A customer, an agent, or we ourselves."""

    number: str
    kind: str | None = None  # of customer, such as "region"; None: no customer
    contract: str | None = None  # "new", "old" or "ended"; None: none
    sells: set[str] | None = None  # services; None: no agent
    ours: bool = False


@dataclass
class Register:
    """Everybody there is."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def add(self, human: str, organisation: str, roles: set[Role], services: set[str]) -> User:
        """A new user."""
        user = User(f"U{len(self.users) + 1:04}", human, organisation, roles, services)
        self.users[user.key] = user
        return user

    def login(self, human: str, organisation: str) -> User | None:
        """The user a human being is at an organisation."""
        found = (each for each in self.users.values() if (each.human, each.organisation) == (human, organisation))
        return next(found, None)

    def having(self, role: Role, organisation: str) -> list[User]:
        """Who has a role at an organisation."""
        return [each for each in self.users.values() if each.organisation == organisation and each.has(role)]

    def reviewers(self, agent: str | None, service: str) -> list[User]:
        """Who may review orders of a service at an agent."""
        return [each for each in self.having(Role.REVIEWER, agent or "") if service in each.services]

    def help_desk(self) -> list[User]:
        """Our own people there."""
        return [each for each in self.users.values() if self.is_ours(each) and each.has(Role.HELP_DESK)]

    def is_ours(self, user: User) -> bool:
        """Whether the user is one of us."""
        return self.organisations[user.organisation].ours

    def is_staff(self, user: User) -> bool:
        """Whether the user works for us with the customers."""
        return self.is_ours(user) and user.has(Role.CONTRACT_OFFICER, Role.HELP_DESK)
