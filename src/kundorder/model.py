"""The records: what the library remembers, one class a noun, all frozen.

Values have been checked where they came in (``identifiers``, ``boundary``), so records carry plain strings and are
cheap to read back. Every record that moves through a lifecycle has ``state``, ``step`` (one more with every act) and
``since`` (when it came where it is).
"""

from datetime import datetime
from typing import TypeAlias, final

import attrs

from kundorder.authority import Authority
from kundorder.directory import DirectoryRecord
from kundorder.evidence import Evidence, SigningRecord
from kundorder.identifiers import display_name, email_address, language, organisation_number, person_id, phone_number
from kundorder.vocabulary import (
    AgreementModel,
    AgreementState,
    AssignmentState,
    AssuranceLevel,
    AttestMethod,
    ConnectionMode,
    CustomerCategory,
    Flow,
    Language,
    OrderState,
    Party,
    ProviderState,
    Role,
    Template,
    Trigger,
    UserState,
)


@final
@attrs.frozen
class Actor:
    """Who acts, and for which one organisation; the host has authenticated the person."""

    person: str = attrs.field(converter=person_id)  # opaque to us, the host's own id
    organisation: str = attrs.field(converter=organisation_number)


def _the_system() -> Actor:
    # Past the converters on purpose: no input, JSON or other, can spell an actor of no organisation.
    system = object.__new__(Actor)
    object.__setattr__(system, "person", "system")
    object.__setattr__(system, "organisation", "")
    return system


SYSTEM: Actor = _the_system()
"""The one actor that is no person: carries out what verified evidence and rules say."""


@final
@attrs.frozen(kw_only=True)
class Rules:
    """What a host may choose. Its digest goes into every journal entry."""

    four_eyes: bool = False  # orderer, approver and attestants must be different persons (R12)
    attest_methods: tuple[AttestMethod, ...] = (AttestMethod.SMS_CODE, AttestMethod.BANKID)
    minimum_assurance: AssuranceLevel = AssuranceLevel.LOW
    minimum_assurance_of: tuple[tuple[str, AssuranceLevel], ...] = ()  # (offer, level), where an offer asks for more
    inform_agent_automatically: bool = False  # the system does it, as soon as the order is attested
    roles_require_signed_agreement: bool = False  # otherwise roles may be assigned from the approval on


@final
@attrs.frozen(kw_only=True)
class Contact:
    """A person named in an application."""

    name: str = attrs.field(converter=display_name)
    email: str = attrs.field(converter=email_address)
    phone: str | None = attrs.field(default=None, converter=attrs.converters.optional(phone_number))
    language: Language = attrs.field(default=Language.SV, converter=language)


@final
@attrs.frozen(kw_only=True)
class CustomerApplication:
    """The three capacities an application names (R6); one person may be named in several."""

    administrator: Contact
    agreement_contact: Contact
    signatories: tuple[Contact, ...]  # all of them must sign; at least one


@final
@attrs.frozen(kw_only=True)
class Mark:
    """The last decision of one capacity, so "already decided, by whom and when" needs no history."""

    trigger: Trigger
    role: Role | None  # None: the system, or an applicant
    party: Party
    organisation: str
    person: str | None  # None where the reader belongs to another organisation
    member: str | None
    at: datetime


@final
@attrs.frozen(kw_only=True)
class Organisation:
    """A customer, an agent, the provider, or several of these."""

    number: str
    name: str
    category: CustomerCategory | None = None  # None: not a customer
    is_agent: bool = False
    is_provider: bool = False


@final
@attrs.frozen(kw_only=True)
class Signatory:
    """Somebody who must sign an agreement; known to it by an id of its own, for a signatory has no login (R17)."""

    id: str
    contact: Contact
    evidence: Evidence | None = None  # None: has not signed yet
    turn: int = 0  # 1 for who was the first to sign; 0: has not signed yet


@final
@attrs.frozen(kw_only=True)
class Agreement:
    """A customer agreement or an agent agreement, as ``party`` says; one applied for anew has the next number."""

    id: str
    party: Party
    organisation: str
    number: int
    state: AgreementState
    step: int
    since: datetime
    model: AgreementModel
    name: str
    category: CustomerCategory | None  # None for an agent
    administrator: Contact
    agreement_contact: Contact
    signatories: tuple[Signatory, ...]
    terms_version: str
    terms_digest: str
    marks: tuple[Mark, ...] = ()
    reason: str | None = None  # of a rejection, a refusal to sign or a termination
    authority: Authority | None = None  # by which right it was signed; None: it was not, or before us

    @property
    def given(self) -> tuple[Evidence, ...]:
        """The signatures that are there, in the order they were given."""
        turns = sorted(self.signatories, key=lambda each: each.turn)
        return tuple(each.evidence for each in turns if each.evidence is not None)


@final
@attrs.frozen(kw_only=True)
class Member:
    """A user of one organisation, with the roles held in it."""

    id: str
    organisation: str
    state: UserState
    step: int
    since: datetime
    name: str
    email: str
    phone: str | None
    language: Language
    roles: tuple[Role, ...] = ()  # sorted
    person: str | None = None  # None until verified
    invitation: str | None = None  # digest of the code in the invitation; None once used


@final
@attrs.frozen(kw_only=True)
class Provider:
    """Which organisation is the provider; there is one."""

    organisation: str
    state: ProviderState
    step: int
    since: datetime


@final
@attrs.frozen(kw_only=True)
class HandlerGrant:
    """A handler may act in an assignment."""

    member: str
    granted_at: datetime
    held_since: datetime  # since when the handler had the role then; the grant ends with the role


@final
@attrs.frozen(kw_only=True)
class AgentAssignment:
    """An agent's assignment for one service."""

    id: str
    agent: str
    service: str
    number: int
    state: AssignmentState
    step: int
    since: datetime
    grants: tuple[HandlerGrant, ...] = ()
    marks: tuple[Mark, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None


@final
@attrs.frozen(kw_only=True)
class Answer:
    """What stands in one field of the form; typed by the offer's form, kept as text."""

    name: str
    values: tuple[str, ...]  # one, but for care units


@final
@attrs.frozen(kw_only=True)
class AcceptedTerms:
    """Which terms the orderer has accepted."""

    version: str
    digest: str


@final
@attrs.frozen(kw_only=True)
class Content:
    """What is ordered; locked and digested when the order is sent."""

    organisation: str
    orderer: str  # member
    orderer_person: str
    offer: str
    service: str
    mode: ConnectionMode  # as chosen
    flow: Flow  # in effect
    agent: str | None = None
    answers: tuple[Answer, ...] = ()  # sorted by name
    terms: AcceptedTerms | None = None
    supplementary_to: str | None = None  # an earlier order
    copied_from: str | None = None


@final
@attrs.frozen(kw_only=True)
class Notice:
    """Something on one member's list; it stands there only while the order is at this step."""

    order: str
    step: int
    organisation: str
    member: str
    template: Template
    since: datetime


@final
@attrs.frozen(kw_only=True)
class Order:
    """One order of one offer."""

    id: str
    state: OrderState
    step: int
    since: datetime
    created: datetime
    content: Content
    case_number: str | None = None  # given when sent
    digest: str | None = None  # of the content, when sent
    picked: str | None = None  # the agent's attestant, a member
    course: tuple[Mark, ...] = ()
    notices: tuple[Notice, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None  # of a rejection or withdrawal
    instructions: str | None = None  # of the hand-over


Subject: TypeAlias = Order | Agreement | AgentAssignment | Member | Provider
"""What has a lifecycle, and a chain in the journal."""

Record: TypeAlias = Subject | Organisation | DirectoryRecord | SigningRecord
