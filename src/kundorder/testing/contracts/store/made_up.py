"""Records, entries and debts to fill a store with; all of it is made up."""

from datetime import UTC, datetime, timedelta

from kundorder.directory import Account, CaseFile, Holder, Holders, Login, Mailbox, Receipt, Reference
from kundorder.events import Entry, Event, FollowUp, FollowUpKind, Mail, Owed
from kundorder.evidence import Begun, Document, Evidence, PendingSigning, SignedDocument
from kundorder.journal import linked
from kundorder.model import (
    AcceptedTerms,
    AgentAssignment,
    Agreement,
    Answer,
    Contact,
    Content,
    HandlerGrant,
    Mark,
    Member,
    Notice,
    Order,
    Organisation,
    Provider,
    Record,
    Signatory,
)
from kundorder.outcomes import Changes, Head, Stored
from kundorder.situation import Guard, Key, Kind
from kundorder.vocabulary import (
    AgreementModel,
    AgreementState,
    AssignmentState,
    AttestMethod,
    ConnectionMode,
    CustomerCategory,
    Flow,
    Language,
    Lifecycle,
    OrderState,
    Party,
    ProviderState,
    Role,
    Template,
    Trigger,
    UserState,
)

CUSTOMER = "556677-8899"
AGENT = "999700-0006"
NOW = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)


def later(**much: float) -> datetime:
    """So much after now."""
    return NOW + timedelta(**much)


def an_order(
    name: str,
    *,
    step: int = 1,
    state: OrderState = OrderState.DRAFT,
    created: datetime = NOW,
    noticed: tuple[str, ...] = (),
    orderer: str = "m-anna",
) -> Order:
    """An order by way of an agent; what lists it is on depends on its state."""
    since = created + timedelta(minutes=step)
    mark = Mark(
        trigger=Trigger.START,
        role=Role.ORDERER,
        party=Party.CUSTOMER,
        organisation=CUSTOMER,
        person="anna",
        member=orderer,
        at=created,
    )
    notices = (
        Notice(
            order=name,
            step=step,
            organisation=CUSTOMER,
            member=member,
            template=Template.ATTEST_ORDER,
            since=since,
        )
        for member in noticed
    )
    return Order(
        id=name,
        state=state,
        step=step,
        since=since,
        created=created,
        content=Content(
            organisation=CUSTOMER,
            orderer=orderer,
            orderer_person="anna",
            offer="npo-producent",
            service="npo",
            mode=ConnectionMode.VIA_AGENT,
            flow=Flow.VIA_AGENT,
            agent=AGENT,
            answers=(Answer(name="technical_contact", values=("Åsa Öberg \U0001f680",)),),
            terms=AcceptedTerms(version="2026-1", digest="0" * 64),
        ),
        case_number=None if state is OrderState.DRAFT else "KO1554567899",
        digest=None if state is OrderState.DRAFT else "1" * 64,
        picked="m-bo" if state is OrderState.AWAITING_AGENT_ATTEST else None,
        course=(mark,),
        notices=tuple(notices),
    )


def an_assignment(service: str, *, granted: tuple[str, ...] = (), number: int = 1) -> AgentAssignment:
    """An active assignment of the agent."""
    return AgentAssignment(
        id=f"{AGENT}/{service}",
        agent=AGENT,
        service=service,
        number=number,
        state=AssignmentState.ACTIVE,
        step=4,
        since=NOW,
        grants=tuple(HandlerGrant(member=member, granted_at=NOW, held_since=NOW) for member in granted),
    )


def a_member(name: str, organisation: str = CUSTOMER) -> Member:
    """An active user."""
    return Member(
        id=name,
        organisation=organisation,
        state=UserState.ACTIVE,
        step=2,
        since=NOW,
        name="Anna Ek",
        email="anna@example.org",
        phone=None,
        language=Language.EN,
        roles=(Role.ATTESTANT, Role.ORDERER),
        person="anna",
    )


def a_receipt(key: str, outcome: str = "{}") -> Receipt:
    """The smallest record there is, under any text one likes."""
    return Receipt(key=key, digest="2" * 64, outcome=outcome, at=NOW)


def a_document() -> Document:
    """Something that was attested."""
    return Document(
        subject="o-1",
        number=1,
        step=3,
        act=Trigger.ATTEST,
        organisation=CUSTOMER,
        capacity=Role.ATTESTANT,
        signer="anna",
        content="4" * 64,
        text_sv="Åsa attesterar.",
        text_en="Åsa attests.",
    )


def one_of(kind: Kind) -> Record:
    """A record of this kind with something in every field."""
    contact = Contact(name="Bo Ek", email="bo@example.org", phone="+46701740605", language=Language.SV)
    evidence = Evidence(
        method=AttestMethod.BANKID, signer="anna", digest="3" * 64, signed_at=NOW, proof="<xml/>", signed_by="key"
    )
    examples: dict[Kind, Record] = {
        Kind.ORDER: an_order("o-1", state=OrderState.AWAITING_AGENT_ATTEST, noticed=("m-bo", "m-åsa")),
        Kind.AGREEMENT: Agreement(
            id=f"customer/{CUSTOMER}",
            party=Party.CUSTOMER,
            organisation=CUSTOMER,
            number=1,
            state=AgreementState.APPLIED,
            step=1,
            since=NOW,
            model=AgreementModel.CURRENT,
            name="Vårdcentralen Lönnen AB",
            category=CustomerCategory.PRIVATE_CARE_PROVIDER,
            administrator=contact,
            agreement_contact=contact,
            signatories=(Signatory(id="s-1", contact=contact, evidence=evidence),),
            terms_version="2026-1",
            terms_digest="4" * 64,
            reason="En rad.\nOch en till.",
        ),
        Kind.ASSIGNMENT: an_assignment("npo", granted=("m-bo", "m-åsa")),
        Kind.MEMBER: a_member("m-anna"),
        Kind.ORGANISATION: Organisation(number=CUSTOMER, name="Lönnen", category=CustomerCategory.REGION),
        Kind.PROVIDER: Provider(organisation=AGENT, state=ProviderState.ESTABLISHED, step=1, since=NOW),
        Kind.HOLDERS: Holders(
            organisation=CUSTOMER, role=Role.ATTESTANT, holders=(Holder(member="m-anna", person="anna", since=NOW),)
        ),
        Kind.ACCOUNT: Account(organisation=CUSTOMER, email="anna@example.org", member="m-anna"),
        Kind.LOGIN: Login(organisation=CUSTOMER, person="anna", member="m-anna"),
        Kind.MAILBOX: Mailbox(email="anna@example.org", person="anna"),
        Kind.CASE_FILE: CaseFile(case_number="KO1554567899", order="o-1"),
        Kind.SIGNING: PendingSigning(
            subject="o-1", step=3, signer="anna", method=AttestMethod.BANKID, state='{"ref":"x"}', ends_at=NOW
        ),
        Kind.BEGUN: Begun(who="0" * 64, at=(NOW,)),
        Kind.EVIDENCE: SignedDocument(document=a_document(), evidence=evidence, step=4),
        Kind.LINK: Reference(
            digest="0" * 64,
            mail="order:o-1/1.4/attest_order/m-anna",
            purpose=Template.ATTEST_ORDER,
            subject="order:o-1",
            step=4,
            role=Role.ATTESTANT,
            party=Party.CUSTOMER,
            organisation=CUSTOMER,
            member="m-anna",
            signatory=None,
            made_at=NOW,
            ends_at=NOW,
        ),
        Kind.RECEIPT: a_receipt("a key with blanks", '{"state":"DRAFT"}'),
    }
    return examples[kind]


def chain_of(name: str, length: int, *, remark: str | None = None) -> tuple[Entry, ...]:
    """A journal of so many entries that hang together."""
    entries: list[Entry] = []
    for _ in range(length):
        head = Head(chain=name, number=len(entries), digest=entries[-1].digest if entries else "")
        entries.append(next_entry(head, remark))
    return tuple(entries)


def next_entry(head: Head, remark: str | None = None) -> Entry:
    """The entry that follows."""
    number = head.number + 1
    event = Event(
        subject=head.chain,
        lifecycle=Lifecycle.ORDER,
        trigger=Trigger.FILL_IN,
        before="DRAFT",
        after="DRAFT",
        step=number,
        person="anna",
        member="m-anna",
        role=Role.ORDERER,
        party=Party.CUSTOMER,
        organisation=CUSTOMER,
        on_behalf=CUSTOMER,
        at=later(minutes=number),
        remark=remark,
    )
    return linked(head, event, "5" * 64, (f"{head.chain}@{number}",))


def a_mail(name: str, *, owed_at: datetime = NOW, due_at: datetime | None = None, secret: str | None = None) -> Owed:
    """A mail that is owed."""
    mail = Mail(
        id=name,
        template=Template.LOGIN_USER,
        subject="member:m-anna",
        step=1,
        role=None,
        party=Party.CUSTOMER,
        organisation=CUSTOMER,
        member="m-anna",
        secret=secret,
    )
    return Owed(id=name, mail=mail, owed_at=owed_at, due_at=owed_at if due_at is None else due_at)


def a_follow_up(name: str) -> Owed:
    """Something the system owes itself."""
    follow_up = FollowUp(id=name, kind=FollowUpKind.TELL_PENDING, about="m-anna")
    return Owed(id=name, follow_up=follow_up, owed_at=NOW, due_at=NOW)


def put(key: str, record: Record, version: int = 1, *, number: int = 0, digest: str = "") -> Stored:
    """A record as it is to be stored."""
    return Stored(key=Key(key), record=record, version=version, number=number, digest=digest)


def changes(
    *records: Stored,
    guards: tuple[Guard, ...] | None = None,
    entries: tuple[Entry, ...] = (),
    owed: tuple[Owed, ...] = (),
) -> Changes:
    """What one transaction writes; guarded as it should be unless told otherwise."""
    if guards is None:
        guards = tuple(Guard(stored.key, stored.version - 1) for stored in records)
    return Changes(guards=guards, records=records, entries=entries, owed=owed)
