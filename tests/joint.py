"""Agreements that several sign: a pen that signs as whoever it is told, and people to hold it."""

from datetime import datetime

import attrs
from world import AGENT, CUSTOMER, World

import kundorder as ko
from kundorder.codec import document_digest
from kundorder.evidence import Document, Evidence, follows_of
from kundorder.ports import Progress
from kundorder.vocabulary import AssuranceLevel, AttestMethod, CustomerCategory, Party

AGREEMENT = f"customer/{CUSTOMER}"
NAMES = ("ett", "tva", "tre", "fyra")


@attrs.define
class Pen:
    """Signs at once, and vouches only for what it has signed."""

    identities: dict[str, str] = attrs.field(factory=dict)  # who the pen says a signatory was
    builds: bool = False  # whether each signature is built on those before it
    level: AssuranceLevel = AssuranceLevel.HIGH
    signed: list[Evidence] = attrs.field(factory=list)

    def start(self, request: ko.SigningRequest, *, now: datetime) -> Progress:
        document = request.document
        evidence = Evidence(
            method=request.method,
            signer=document.signer,
            digest=document_digest(document),
            signed_at=now,
            proof=f"pen {len(self.signed)}",
            level=self.level,
            identity=self.identities.get(document.signer, ""),
            follows=follows_of(request.before) if self.builds else None,
        )
        self.signed.append(evidence)
        return ko.Done(evidence=evidence)

    def resume(self, request: ko.SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        del request, state, now, callback
        return ko.Failed(code=ko.FailureCode.NOTHING_UNDER_WAY)

    def cancel(self, state: str) -> None:
        del state

    def verify(self, evidence: Evidence, document: Document) -> bool:
        return evidence in self.signed and evidence.digest == document_digest(document)


@attrs.define
class Table:
    """Where they sit to sign: an agreement that awaits their signatures."""

    world: World
    pen: Pen
    on: str = AGREEMENT  # the id of the agreement

    @classmethod
    def of(
        cls, count: int, pen: Pen | None = None, rules: ko.Rules | None = None, party: Party = Party.CUSTOMER
    ) -> "Table":
        """An agreement with so many signatories, approved."""
        held = Pen() if pen is None else pen
        world = World.new(signing=held, rules=rules)
        organisation = AGENT if party is Party.AGENT else CUSTOMER
        application = world.application(organisation, "adam", *NAMES[:count])
        apply = (
            ko.ApplyForAgentAgreement(name="Provagenten", application=application)
            if party is Party.AGENT
            else ko.ApplyForCustomerAgreement(
                name="Provregionen", category=CustomerCategory.REGION, application=application
            )
        )
        on = world.portal.execute(apply, ko.Actor("sokande", organisation)).id
        world.portal.execute(ko.ApproveAgreement(agreement=on), world.officer)
        world.portal.deliver()
        return cls(world, held, on)

    def portal(
        self, *, authority: ko.SigningAuthority | None = None, catalogue: ko.Catalogue | None = None
    ) -> ko.Portal:
        """Another portal at the same table."""
        return ko.Portal(
            store=self.world.store,
            catalogue=self.world.catalogue if catalogue is None else catalogue,
            signing=self.pen,
            authority=authority,
            mailer=self.world.mailer,
            clock=self.world.clock,
        )

    def sign(
        self, signer: str, portal: ko.Portal | None = None, method: AttestMethod = AttestMethod.BANKID
    ) -> ko.Outcome:
        """One of them signs."""
        command = ko.SignAgreement(agreement=self.on)
        done = (portal or self.world.portal).resume_signing(command, method=method, signer=signer)
        assert isinstance(done, ko.Outcome)
        return done

    def agreement(self) -> ko.Agreement:
        """As it stands."""
        return self.world.portal.agreement(self.on, ko.SYSTEM)
