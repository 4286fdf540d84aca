"""What the demo leaves besides the store and the mail: the signed agreements, the journal and the summary."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final, final

import attrs

from kundorder.adapters.ed25519 import LocalSigner, statement_of
from kundorder.catalogue import Terms
from kundorder.codec import document_bytes, document_digest, encode
from kundorder.command_line.folder import AGREEMENTS, JOURNAL, SUMMARY, Folder
from kundorder.command_line.listing import all_lines
from kundorder.command_line.refusals import Refusal
from kundorder.command_line.scenario import Scenario
from kundorder.events import Event, OwedState
from kundorder.evidence import Document, Evidence
from kundorder.identifiers import agreement_id_of
from kundorder.lifecycles.documents import agreement_document
from kundorder.model import Actor, Agreement, Order, Record, Signatory
from kundorder.portal import Portal
from kundorder.ports import Store
from kundorder.situation import Key, agreement_key
from kundorder.vocabulary import (
    AgreementModel,
    AgreementState,
    ConnectionMode,
    Flow,
    Index,
    OrderState,
    Party,
    Role,
    Template,
    Trigger,
)

_PAGE: Final = 200


@final
@attrs.frozen
class Step:
    """One accepted step of an order."""

    trigger: Trigger
    by_role: Role | None
    by_party: Party
    to: str


@final
@attrs.frozen
class OrderSummary:
    """An order, and the way it took."""

    case_number: str | None
    offer: str
    chosen_mode: ConnectionMode
    flow: Flow
    state: OrderState
    steps: tuple[Step, ...]


@final
@attrs.frozen
class MailSummary:
    """A mail that has left."""

    to_role: Role | None
    to_party: Party
    template: Template
    order: str | None  # case number


@final
@attrs.frozen
class RefusalSummary:
    """A refusal that was shown."""

    command: str
    codes: tuple[str, ...]


@final
@attrs.frozen
class Summary:
    """``summary.json``."""

    orders: tuple[OrderSummary, ...]
    mails: tuple[MailSummary, ...]
    refusals: tuple[RefusalSummary, ...]
    journal_verified: bool


@final
@attrs.frozen
class Signature:
    """One signature: what was signed, and what proves it."""

    signatory: str
    name: str
    document: Document
    canonical: str  # the document in its canonical form
    digest: str  # of that, sha-256
    evidence: Evidence | None
    statement: str | None  # what the proof in the evidence is an Ed25519 signature of, to the letter
    public_key: str  # to verify it with; 32 bytes in base64
    verified: bool


@final
@attrs.frozen
class SignedAgreement:
    """A file in ``agreements``."""

    agreement: str
    organisation: str
    name: str
    model: AgreementModel
    state: AgreementState
    terms: Terms
    terms_digest: str
    signatures: tuple[Signature, ...]


@final
@attrs.frozen(kw_only=True)
class Results:
    """What can be told of a story that has been played to its end."""

    portal: Portal
    store: Store
    signer: LocalSigner
    scenario: Scenario
    reader: Actor  # of the provider, who sees everything
    orders: tuple[str, ...]
    refusals: tuple[Refusal, ...]

    def write(self, folder: Folder) -> Summary:
        """Keep everything, the summary last."""
        for agreement in self._agreements():
            name = f"{AGREEMENTS}/{agreement.party.value}-{agreement.organisation}.json"
            folder.write(name, _pretty(self._signed(agreement)))
        entries = (line.entry for line in all_lines(self.store, Index.JOURNAL, ""))
        folder.write(JOURNAL, "".join(f"{encode(entry)}\n" for entry in entries if entry is not None))
        summary = Summary(
            orders=tuple(map(self._order, self.orders)),
            mails=tuple(self._mails()),
            refusals=tuple(
                RefusalSummary(each.command, tuple(objection.code for objection in each.objections))
                for each in self.refusals
            ),
            journal_verified=self.portal.verify_journal().verified,
        )
        folder.write(SUMMARY, _pretty(summary))
        return summary

    def _order(self, identifier: str) -> OrderSummary:
        order = self.portal.order(identifier, self.reader)
        content = order.content
        steps = tuple(Step(event.trigger, event.role, event.party, event.after) for event in self._history(identifier))
        return OrderSummary(order.case_number, content.offer, content.mode, content.flow, order.state, steps)

    def _history(self, identifier: str) -> Iterator[Event]:
        after: str | None = None
        while True:
            page = self.portal.history(identifier, self.reader, after=after, limit=_PAGE)
            yield from page.items
            after = page.after
            if after is None:
                return

    def _mails(self) -> Iterator[MailSummary]:
        """In the order in which they were owed; those of one act by template, for their ids are chance."""
        owed = [line.owed for line in all_lines(self.store, Index.OWED, OwedState.SENT) if line.owed is not None]
        mails = ((each.owed_at, each.mail.template, each.mail) for each in owed if each.mail is not None)
        for _, _, mail in sorted(mails, key=lambda each: each[:2]):
            subject = self._record(Key(mail.subject))
            number = subject.case_number if isinstance(subject, Order) else None
            yield MailSummary(mail.role, mail.party, mail.template, number)

    def _record(self, key: Key) -> Record | None:
        with self.store.transaction() as transaction:
            return transaction.read((key,))[key].record

    def _agreements(self) -> Iterator[Agreement]:
        organisations = self.scenario.organisations
        for party, companies in ((Party.CUSTOMER, organisations.customers), (Party.AGENT, organisations.agents)):
            for company in companies:
                record = self._record(agreement_key(agreement_id_of(party, company.number)))
                if isinstance(record, Agreement) and record.state is AgreementState.SIGNED:
                    yield record

    def _signed(self, agreement: Agreement) -> SignedAgreement:
        """An agreement with its text, and each signature with the very document it is over."""
        catalogue = self.scenario.catalogue
        return SignedAgreement(
            agreement.id,
            agreement.organisation,
            agreement.name,
            agreement.model,
            agreement.state,
            catalogue.customer_agreement if agreement.party is Party.CUSTOMER else catalogue.agent_agreement,
            agreement.terms_digest,
            tuple(self._signature(agreement, signatory) for signatory in agreement.signatories),
        )

    def _signature(self, agreement: Agreement, signatory: Signatory) -> Signature:
        document = agreement_document(agreement, signatory.id, Trigger.SIGN, self.scenario.catalogue)
        evidence = signatory.evidence
        return Signature(
            signatory.id,
            signatory.contact.name,
            document,
            document_bytes(document).decode(),
            document_digest(document),
            evidence,
            None if evidence is None else statement_of(evidence),
            self.signer.public_key,
            evidence is not None and self.signer.verify(evidence, document),
        )


def _pretty(value: Summary | SignedAgreement) -> str:
    return json.dumps(attrs.asdict(value, value_serializer=_plain), ensure_ascii=False, indent=2) + "\n"


def _plain(_record: object, _field: object, value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
