"""What comes of asking: a decision to be written, a verdict to be shown, an outcome to be kept."""

from datetime import datetime
from typing import final

import attrs

from kundorder.events import Entry, Event, FollowUp, Mail, Owed
from kundorder.model import Order, Record, Subject
from kundorder.reasons import Advice, Clearer, Reasons
from kundorder.situation import Guard, Key
from kundorder.vocabulary import AttestMethod, Lifecycle, LinkClosed, Party, Role, State, Template, Trigger


@final
@attrs.frozen(kw_only=True)
class Verdict:
    """May it be done, and if not, why not: all reasons at once. Advice is no refusal."""

    reasons: Reasons
    advice: tuple[Advice, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.reasons


@final
@attrs.frozen
class Put:
    """A record as it is to be."""

    key: Key
    record: Record


@final
@attrs.frozen(kw_only=True)
class Decision:
    """All that follows from one command; nothing of it has happened yet."""

    key: Key  # of the subject
    lifecycle: Lifecycle
    subject: Subject  # as it becomes; as it is, where nothing is to change (R15)
    puts: tuple[Put, ...]  # the subject first; empty where nothing is to change
    events: tuple[Event, ...]
    mails: tuple[Mail, ...]
    follow_ups: tuple[FollowUp, ...]
    guards: tuple[Guard, ...]  # every fact this rests on
    advice: tuple[Advice, ...]


@final
@attrs.frozen(kw_only=True)
class Stored:
    """A record to be written, with what the store needs to know about it."""

    key: Key
    record: Record
    version: int  # it will have; it had one less
    number: int  # of the last entry in its journal
    digest: str  # of the last entry in its journal
    before: Record | None = None  # as it was read, where it was: spares the store to read it again


@final
@attrs.frozen(kw_only=True)
class Changes:
    """One transaction's worth, all or nothing."""

    guards: tuple[Guard, ...]  # facts that must not have moved; those about to be written or dropped among them
    records: tuple[Stored, ...]
    entries: tuple[Entry, ...]
    owed: tuple[Owed, ...]  # one whose id is there already is left as it is, unless it was cancelled or is requeued
    dropped: tuple[Key, ...] = ()  # records to go with all their lines: guarded, without a journal, none in `records`
    dropped_owed: tuple[str, ...] = ()  # ids of debts to go, each only if it is sent or cancelled now; none in `owed`

    def __attrs_post_init__(self) -> None:
        if self.dropped and not {guard.key for guard in self.guards if guard.version}.issuperset(self.dropped):
            raise ValueError("what is dropped must be guarded by the version it has")


@attrs.frozen(kw_only=True)
class Outcome:
    """What an accepted command led to."""

    lifecycle: Lifecycle
    id: str  # of the order, agreement, assignment or user
    state: str
    at: datetime
    advice: tuple[Advice, ...] = ()


@final
@attrs.frozen(kw_only=True)
class OrderOutcome(Outcome):
    """What an accepted command led to, where it was about an order."""

    order: Order  # as the actor may see it


@final
@attrs.frozen(kw_only=True)
class Option:
    """One thing that could be asked for an order, and whether it may be."""

    trigger: Trigger
    verdict: Verdict


@final
@attrs.frozen(kw_only=True)
class UnderWay:
    """An attest or a signature somebody has begun and not finished; it binds nobody yet, and ends by itself."""

    trigger: Trigger
    organisation: str  # acted for
    signer: str | None  # person id, or the signatory's id; None where the reader belongs to another organisation
    method: AttestMethod
    step: int  # of the subject
    since: datetime
    ends_at: datetime


@final
@attrs.frozen(kw_only=True)
class PathStep:
    """One step that is left until an order is done."""

    trigger: Trigger
    by: tuple[Clearer, ...]  # who may take it
    to: State
    reasons: Reasons  # what stands in its way as things are, each with who can clear it
    signings: tuple[UnderWay, ...] = ()  # who is about to take it


@final
@attrs.frozen(kw_only=True)
class Due:
    """A step that is waiting."""

    trigger: Trigger
    by: tuple[Clearer, ...]
    since: datetime
    days: int  # whole days it has waited
    reminder: bool  # whether it has waited as long as the host's limit, or longer


@final
@attrs.frozen(kw_only=True)
class NeedsAction:
    """Something that waits for one who asks."""

    lifecycle: Lifecycle
    id: str
    state: str
    organisation: str
    since: datetime


@final
@attrs.frozen(kw_only=True)
class LinkTarget:
    """What a link in a mail is for; it says nothing about the matter itself, which is shown to those who may see it."""

    purpose: Template
    lifecycle: Lifecycle
    id: str  # of the order or agreement
    organisation: str  # of the addressee
    role: Role | None  # the capacity the addressee was written to in
    party: Party
    person: str | None  # the addressee, as the host authenticates them; None: a signatory, who has no login
    signatory: str | None  # id on the agreement; None: a user
    closed: LinkClosed | None  # why there is nothing left to do; None: it is open
    ends_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether what the mail asked for can still be done."""
        return self.closed is None


@final
@attrs.frozen(kw_only=True)
class ChainProblem:
    """Something in the journal that was not written by us, or is missing."""

    chain: str
    number: int  # of the entry, 0 for the chain as a whole
    problem: str


@final
@attrs.frozen(kw_only=True)
class Head:
    """Where a chain ends; keep these outside the store to be able to see a cut tail."""

    chain: str
    number: int
    digest: str


@final
@attrs.frozen(kw_only=True)
class JournalReport:
    """What verifying the journal has shown."""

    entries: int
    heads: tuple[Head, ...]
    problems: tuple[ChainProblem, ...]

    @property
    def verified(self) -> bool:
        """Whether every chain holds."""
        return not self.problems


@final
@attrs.frozen(kw_only=True)
class LineProblem:
    """Something in an export of the journal that is not as it was written, or is missing."""

    line: int  # 1 for the first; one more than there are for what is missing at the end
    chain: str  # empty for the line as such
    number: int  # of the entry, 0 for the chain as a whole or the line as such
    problem: str


@final
@attrs.frozen(kw_only=True)
class ExportReport:
    """What verifying an export of the journal has shown."""

    version: int  # of the format; 0: this is no export
    lines: int
    entries: int
    heads: tuple[Head, ...]
    problems: tuple[LineProblem, ...]

    @property
    def verified(self) -> bool:
        """Whether every line and every chain holds."""
        return not self.problems


@final
@attrs.frozen(kw_only=True)
class PruneReport:
    """What one call has removed."""

    receipts: int
    mails: int  # and follow-ups
    links: int = 0  # what links in mails stood for, once they have ended
    more: bool  # it has stopped at its limit: call again
