"""What the demo leaves besides the store and the mail: signed agreements, evidence, the journal and the summary."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final, final

import attrs
import msgspec

from kundorder.codec import encode
from kundorder.command_line.folder import AGREEMENTS, EVIDENCE, JOURNAL, PUBLIC_KEY, ROOT, SUMMARY, Folder
from kundorder.command_line.listing import all_lines
from kundorder.command_line.refusals import Refusal
from kundorder.command_line.scenario import Scenario
from kundorder.command_line.signers import Signers
from kundorder.events import Event, OwedState
from kundorder.evidence_files import written
from kundorder.identifiers import agreement_id_of, assignment_id_of
from kundorder.model import Actor, Agreement, Order, Record
from kundorder.portal import Portal
from kundorder.ports import Store
from kundorder.situation import Key, agreement_key
from kundorder.vocabulary import (
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
@attrs.frozen(kw_only=True)
class Results:
    """What can be told of a story that has been played to its end."""

    portal: Portal
    store: Store
    signers: Signers
    scenario: Scenario
    reader: Actor  # of the provider, who sees everything
    orders: tuple[str, ...]
    refusals: tuple[Refusal, ...]

    def write(self, folder: Folder) -> Summary:
        """Keep everything, the summary last."""
        self._write_agreements(folder)
        self._write_evidence(folder)
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

    def _write_agreements(self, folder: Folder) -> None:
        """Each as it was signed last, with all signatures; and the certificate to verify them by."""
        for agreement in self._agreements():
            name = f"{AGREEMENTS}/{agreement.party.value}-{agreement.organisation}.pdf"
            archived = msgspec.json.decode(agreement.given[-1].proof, type=_Archived).archived
            folder.write(name, self.signers.archive.fetch(archived))
        folder.write(ROOT, self.signers.root)

    def _write_evidence(self, folder: Folder) -> None:
        """Of each attest what was attested and what proves it; and the key to verify it by."""
        attested = {self.portal.order(order, self.reader).case_number or order: order for order in self.orders}
        for agent in self.scenario.organisations.agents:
            attested |= {f"{agent.number}-{each}": assignment_id_of(agent.number, each) for each in agent.services}
        for name, subject in attested.items():
            for number, signed in enumerate(self.portal.evidence(subject, self.reader), 1):
                folder.write(f"{EVIDENCE}/{name}-{number}.json", written(signed.document, signed.evidence))
        folder.write(PUBLIC_KEY, f"{self.signers.key}\n")


@final
@attrs.frozen
class _Archived:
    archived: str  # digest of the PDF that ends with the signature


def _pretty(value: Summary) -> str:
    return json.dumps(attrs.asdict(value, value_serializer=_plain), ensure_ascii=False, indent=2) + "\n"


def _plain(_record: object, _field: object, value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
