"""Where the promises of a portal are put: a portal with an empty store, and everybody whom the stories need.

At the customer Adam administers, Berta and Bodil order, Atle and Anna attest, Nora holds no role. At the agent Agda
administers, Aron and Astrid attest, Hanna handles, Hugo handles without a grant. Olle is the provider's officer, Karin
its customer service; Olga and Oskar belong to another customer.
"""

from collections.abc import Callable
from typing import ClassVar, Final, TypeAlias, TypeVar, final

import attrs

from kundorder.adapters.memory import MemoryMailer, MemoryStore
from kundorder.catalogue import Catalogue
from kundorder.commands import ApproveOrder, AssignRole, AttestOrder, Command, EstablishProvider, RemoveRole, SendOrder
from kundorder.errors import KeyReused, KundorderError, NotFound, Refused
from kundorder.events import SigningRequest
from kundorder.evidence import Evidence
from kundorder.model import SYSTEM, Actor, Order, Rules
from kundorder.outcomes import Outcome, Verdict
from kundorder.portal import Portal
from kundorder.portal.settings import SystemIds
from kundorder.ports import Done, Ids, Letter, Store
from kundorder.reasons import Reason
from kundorder.sample import CATALOGUE
from kundorder.templates import TEXTS
from kundorder.testing.contracts.portal.asking import AskedSigner
from kundorder.testing.contracts.promising import Contract
from kundorder.testing.surroundings import TickingClock
from kundorder.testing.world import AGENT, CUSTOMER, OTHER, PROVIDER, World
from kundorder.vocabulary import AttestMethod, ConnectionMode, Language, OrderState, ReasonCode, Role, Template

_E = TypeVar("_E", bound=KundorderError)

BANKID: Final = AttestMethod.BANKID
DIRECT: Final = ConnectionMode.DIRECT
VIA_AGENT: Final = ConnectionMode.VIA_AGENT
NPO: Final = f"{AGENT}/npo"

ADAM, BERTA, BODIL, ATLE, ANNA, NORA = (
    Actor(person, CUSTOMER) for person in ("adam", "berta", "bodil", "atle", "anna", "nora")
)
AGDA, ARON, ASTRID, HANNA, HUGO = (Actor(person, AGENT) for person in ("agda", "aron", "astrid", "hanna", "hugo"))
OLLE, KARIN = Actor("olle", PROVIDER), Actor("karin", PROVIDER)
OLGA, OSKAR = Actor("olga", OTHER), Actor("oskar", OTHER)
STRANGER: Final = Actor("frida", "999700-0006")

Told: TypeAlias = list[tuple[str, Template]]
"""Who was sent which mail, sorted: the part of the address before the ``@``."""

_BY_SUBJECT: Final = {text.subject: template for template, text in TEXTS[Language.SV].items()}


@final
@attrs.frozen(kw_only=True)
class Given:
    """What a portal is to be made of; letters have to reach ``mailer``, and what is kept has to be in ``store``."""

    store: Store
    catalogue: Catalogue
    rules: Rules
    mailer: MemoryMailer
    signing: AskedSigner
    clock: TickingClock
    ids: Ids


@final
@attrs.define
class Stage:
    """A portal and its people."""

    given: Given
    world: World
    heard: int = 0

    @property
    def portal(self) -> Portal:
        """The portal."""
        return self.world.portal

    def id(self, actor: Actor) -> str:
        """The member id of somebody."""
        return self.world.members[actor.organisation, actor.person]

    def draft(self, *, offer: str = "npo-producent", via: str | None = None) -> str:
        """A draft of Berta's that is ready to be sent."""
        return self.world.draft(BERTA, offer, DIRECT if via is None else VIA_AGENT, via).id

    def sent(self, *, offer: str = "npo-producent", via: str | None = None) -> str:
        """An order that Berta has sent."""
        order = self.draft(offer=offer, via=via)
        _ = self.portal.execute(SendOrder(order=order), BERTA)
        return order

    def approved(self) -> str:
        """An order that Hanna has approved for the agent, with Aron picked."""
        order = self.sent(via=AGENT)
        _ = self.portal.execute(ApproveOrder(order=order, attestant=self.id(ARON), certified=True), HANNA)
        return order

    def agent_done(self) -> str:
        """An order that Aron has attested for the agent."""
        order = self.approved()
        self.attest(order, ARON)
        return order

    def attested(self, *, via: str | None = None) -> str:
        """An order that everybody has attested, Atle the last."""
        order = self.sent() if via is None else self.agent_done()
        self.attest(order, ATLE)
        return order

    def attest(self, order: str, actor: Actor, method: AttestMethod = BANKID) -> None:
        """Somebody attests."""
        made = self.world.attest(order, actor, method)
        assert isinstance(made, Outcome), f"{actor.person} could not attest"

    def evidence(self, order: str, actor: Actor, method: AttestMethod = BANKID) -> Evidence:
        """What somebody has signed who was shown this order, not handed to the portal yet."""
        document = self.portal.document(AttestOrder(order=order), actor)
        request = SigningRequest(document=document, method=method)
        done = self.given.signing.start(request, now=self.given.clock.now())
        assert isinstance(done, Done)
        return done.evidence

    def state(self, order: str) -> OrderState:
        """Where an order stands."""
        return self.order(order).state

    def order(self, order: str) -> Order:
        """An order, with all that is in it."""
        return self.portal.order(order, SYSTEM)

    def assign(self, actor: Actor, role: Role) -> None:
        """The administrator gives a role."""
        _ = self.portal.execute(AssignRole(member=self.id(actor), role=role), administrator_of(actor))

    def remove(self, actor: Actor, role: Role) -> None:
        """The administrator takes a role."""
        _ = self.portal.execute(RemoveRole(member=self.id(actor), role=role), administrator_of(actor))

    def letters(self) -> tuple[Letter, ...]:
        """The letters that have left since somebody last asked, delivered now."""
        _ = self.portal.deliver()
        new = self.given.mailer.letters[self.heard :]
        self.heard += len(new)
        return new

    def told(self) -> Told:
        """Who was told what since somebody last asked."""
        return sorted((letter.to.partition("@")[0], template_of(letter)) for letter in self.letters())

    def bells(self, actor: Actor) -> list[Template]:
        """Somebody's notices."""
        return [notice.template for notice in self.portal.notices(actor).items]

    def waits(self, actor: Actor) -> list[str]:
        """What waits for somebody."""
        return [each.id for each in self.portal.pending(actor).items]

    def refused(self, command: Command, actor: Actor) -> tuple[Reason, ...]:
        """Why something is refused: ``check`` says the same as ``execute``, and neither has changed anything (R35)."""
        before = self.seen()
        verdict: Verdict = self.portal.check(command, actor)
        error = caught(Refused, lambda: self.portal.execute(command, actor))
        assert error.reasons == verdict.reasons, "check and execute give different reasons"
        assert self.seen() == before, "a refusal has changed something"
        return error.reasons

    def codes(self, command: Command, actor: Actor) -> set[ReasonCode]:
        """The codes of a refusal."""
        return {reason.code for reason in self.refused(command, actor)}

    def hidden(self, command: Command, actor: Actor) -> None:
        """Somebody is told that there is no such thing."""
        _ = caught(NotFound, lambda: self.portal.execute(command, actor))

    def unseen(self, order: str, actor: Actor) -> None:
        """Somebody may not look at an order."""
        _ = caught(NotFound, lambda: self.portal.order(order, actor))

    def reused(self, command: Command, actor: Actor, key: str) -> None:
        """Somebody is told that the key was used for something else."""
        _ = caught(KeyReused, lambda: self.portal.execute(command, actor, key=key))

    def not_signed(self, order: str, actor: Actor, method: AttestMethod = BANKID) -> set[ReasonCode]:
        """Why somebody is not even asked to attest."""
        error = caught(Refused, lambda: self.world.attest(order, actor, method))
        return {reason.code for reason in error.reasons}

    def seen(self) -> tuple[object, ...]:
        """All orders and the whole journal, as the provider and a verifier see them, and how much mail there was."""
        _ = self.portal.deliver()
        report = self.portal.verify_journal()
        orders = self.portal.orders(KARIN, limit=500).items
        return orders, report.heads, len(self.given.mailer.letters)


class PortalExam(Contract):
    """What every part of the contract starts from."""

    port: ClassVar[str] = "Portal"

    def make_store(self) -> Store:
        """A store with nothing in it; in memory, unless a host has its own."""
        return MemoryStore()

    def make_ids(self) -> Ids:
        """Where ids come from."""
        return SystemIds()

    def make_portal(self, given: Given) -> Portal:
        """A portal of these; to be overridden by who makes a portal in another way."""
        return Portal(
            store=given.store,
            catalogue=given.catalogue,
            rules=given.rules,
            mailer=given.mailer,
            signing=given.signing,
            clock=given.clock,
            ids=given.ids,
            pause=_at_once,
        )

    def empty(self, rules: Rules | None = None, *, ids: Ids | None = None, catalogue: Catalogue = CATALOGUE) -> Stage:
        """A portal with nobody in it but the provider's people."""
        given = Given(
            store=self.make_store(),
            catalogue=catalogue,
            rules=Rules() if rules is None else rules,
            mailer=MemoryMailer(),
            signing=AskedSigner(),
            clock=TickingClock(),
            ids=self.make_ids() if ids is None else ids,
        )
        portal = self.make_portal(given)
        _ = portal.execute(
            EstablishProvider(name="Leverantören", person_name="Olle Officer", email="olle@provider.example"), OLLE
        )
        world = World(portal, given.store, given.clock, given.mailer, OLLE, KARIN, catalogue)
        _ = world.remember(OLLE)
        _ = world.user(OLLE, "karin", Role.CUSTOMER_SERVICE)
        return Stage(given, world)

    def stage(self, rules: Rules | None = None, *, ids: Ids | None = None) -> Stage:
        """A portal with everybody in it; all mail so far is forgotten."""
        stage = self.empty(rules, ids=ids)
        world = stage.world
        _ = world.customer()
        for person, role in (("berta", Role.ORDERER), ("bodil", Role.ORDERER)):
            _ = world.user(ADAM, person, role)
        for person in ("atle", "anna"):
            _ = world.user(ADAM, person, Role.ATTESTANT)
        _ = world.user(ADAM, "nora")
        _ = world.agent()
        _ = world.user(AGDA, "astrid", Role.ATTESTANT)
        _ = world.user(AGDA, "hugo", Role.AGENT_HANDLER)
        _ = world.customer(OTHER, administrator="olga")
        _ = world.user(OLGA, "oskar", Role.ORDERER, Role.ATTESTANT)
        _ = stage.told()
        return stage


def _at_once(_seconds: float) -> None:
    """Do not wait."""


def administrator_of(actor: Actor) -> Actor:
    """Who administers the organisation somebody acts for."""
    return {CUSTOMER: ADAM, AGENT: AGDA, OTHER: OLGA}.get(actor.organisation, OLLE)


def template_of(letter: Letter) -> Template:
    """Which mail a letter is; the first words of its subject tell."""
    return _BY_SUBJECT[letter.subject.partition(" (KO")[0]]


def caught(kind: type[_E], act: Callable[[], object]) -> _E:
    """The error of this kind that an act ends with."""
    try:
        _ = act()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} is not raised")
