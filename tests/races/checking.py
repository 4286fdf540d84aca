"""Whether what was answered agrees with what is kept.

The checker trusts neither store nor portal: it compares the answers with the journal, the records, the debts and the
receipts as the port shows them, and looks for an order of all writes that explains what each of them rested on.

- What was acknowledged is kept, once; what was refused is not kept; what nobody knows is kept whole or not at all.
- Whoever asked after another was answered comes after that one in the journal.
- Every write rested on what was there; versions follow each other without a hole, and none comes twice.
- Every journal is a way through the published table, and ends where its record is.
- No mail about an order is owed but by a step that was taken.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, TypeAlias, final

import attrs

import kundorder as ko
from kundorder.codec import decode_outcome
from kundorder.commands import MemberCommand, OrderCommand
from kundorder.directory import Receipt
from kundorder.events import Entry
from kundorder.lifecycles.rows import AnyRow
from kundorder.situation import ABSENT, Key, key_of_id, member_key, order_key, receipt_key
from kundorder.vocabulary import Lifecycle, Template, Trigger
from kundorder.workflow import STEPS
from races.history import Act, History, Kept
from races.ordering import disorder, last_of, repeated

QUIET: Final = frozenset(
    (Trigger.ASSIGN_ROLE, Trigger.REMOVE_ROLE, Trigger.GRANT, Trigger.REVOKE, Trigger.PICK_ATTESTANT)
)
"""What changes nothing, and leaves no entry, where it is so already."""

BESIDE: Final = frozenset((Trigger.ADD, Trigger.ASSIGN_ROLE))
"""What is done to a user because an agreement moved: an entry of its own, by the same person at the same moment."""

Place: TypeAlias = tuple[str, int]
"""A chain, and which of its entries, counted from 0."""

Taken: TypeAlias = list[tuple[Act, Entry]]
"""Which entry is whose."""


def wrongs(history: History, kept: Kept) -> list[str]:
    """All that does not agree, in a line each; none if all is well."""
    acts = history.acts()
    ledger = _Ledger.of(history, kept)
    return [
        *kept.problems,
        *_of_acts(acts, ledger, kept),
        *_of_keys(acts, ledger, kept),
        *_of_turns(ledger.taken),
        *_of_writes(history, kept),
        *_of_paths(kept),
        *_of_mails(kept),
    ]


@final
@attrs.define
class _Ledger:
    """The entries that are new, each to be struck off by the act that has made it."""

    left: dict[Place, Entry]
    taken: Taken = attrs.field(factory=list)

    @classmethod
    def of(cls, history: History, kept: Kept) -> "_Ledger":
        return cls(
            {
                (chain, place): entry
                for chain, entries in kept.entries.items()
                for place, entry in enumerate(entries)
                if entry.number > history.before.get(chain, 0)
            }
        )

    def take(self, act: Act, places: list[Place]) -> bool:
        """Strike off the first of these that is left."""
        for place in places:
            entry = self.left.pop(place, None)
            if entry is not None:
                self.taken.append((act, entry))
                return True
        return False


def _of_acts(acts: tuple[Act, ...], ledger: _Ledger, kept: Kept) -> Iterator[str]:
    """Acknowledged: one entry. Refused: none. Unknown: one or none."""
    new = _by_maker(ledger)

    def told_of(act: Act, outcome: str | None) -> bool:
        if outcome is None:
            return False
        told = decode_outcome(outcome)
        wanted = (key_of_id(told.id), told.state, told.at)
        return ledger.take(act, [place for place, entry in new.get(_maker(act), []) if wanted == _where(entry)])

    for act in acts:
        for outcome in sorted(act.outcomes):
            if not told_of(act, outcome) and act.asked.command.trigger not in QUIET:
                yield f"{act.name} was acknowledged and is not kept"
        if len(act.outcomes) > 1:
            yield f"{act.name} has {len(act.outcomes)} outcomes"
    unsure = [act for act in acts if act.is_unknown]
    for act in [act for act in unsure if not told_of(act, _receipt(kept, act.asked.key))]:
        subject = _subject(act.asked.command)
        _ = ledger.take(act, [place for place, _entry in new.get(_maker(act), []) if subject in (None, place[0])])
    moments = {(entry.event.person, entry.event.at) for _act, entry in ledger.taken}
    for (chain, _place), entry in ledger.left.items():
        event = entry.event
        if event.trigger not in BESIDE or (event.person, event.at) not in moments:
            yield f"{chain} {entry.number}: {event.trigger} by {event.person} was acknowledged to nobody"


def _receipt(kept: Kept, key: str | None) -> str | None:
    record = None if key is None else kept.facts.get(receipt_key(key), ABSENT).record
    return record.outcome if isinstance(record, Receipt) else None


def _where(entry: Entry) -> tuple[str, str, datetime]:
    return entry.chain, entry.event.after, entry.event.at


def _by_maker(ledger: _Ledger) -> dict[tuple[Trigger, str | None, str], list[tuple[Place, Entry]]]:
    found: dict[tuple[Trigger, str | None, str], list[tuple[Place, Entry]]] = {}
    for place, entry in ledger.left.items():
        event = entry.event
        found.setdefault((event.trigger, event.person, event.organisation), []).append((place, entry))
    return found


def _maker(act: Act) -> tuple[Trigger, str | None, str]:
    actor = act.asked.actor
    return act.asked.command.trigger, None if actor is ko.SYSTEM else actor.person, actor.organisation


def _subject(command: ko.Command) -> Key | None:
    match command:
        case OrderCommand() if not isinstance(command, ko.CopyOrderAsDraft):
            return order_key(command.order)
        case MemberCommand():
            return member_key(command.member)
        case _:
            return None


def _of_keys(acts: tuple[Act, ...], ledger: _Ledger, kept: Kept) -> Iterator[str]:
    """A receipt for what was done, and for nothing else; one act a key."""
    made = {id(act) for act, _entry in ledger.taken}
    keys: dict[str, list[Act]] = {}
    for act in acts:
        if act.asked.key is not None:
            keys.setdefault(act.asked.key, []).append(act)
    for key, asked in keys.items():
        receipt = _receipt(kept, key)
        told = [outcome for act in asked for outcome in act.outcomes]
        unsure = [act for act in asked if act.is_unknown]
        if sum(bool(act.outcomes) for act in asked) > 1:
            yield f"the key {key} was good for more than one act"
        if told and receipt not in told:
            yield f"the receipt of {key} is not what was told"
        if not told and not unsure and receipt is not None:
            yield f"the key {key} was refused and has a receipt"
        speaks = bool(unsure) and all(act.asked.command.trigger not in QUIET for act in unsure)
        if speaks and not told and (receipt is not None) != any(id(act) in made for act in unsure):
            yield f"of {unsure[0].name} a part is kept"


def _of_turns(taken: Taken) -> Iterator[str]:
    """Who was answered before another asked is before it in the journal."""
    chains: dict[str, Taken] = {}
    for act, entry in taken:
        chains.setdefault(entry.chain, []).append((act, entry))
    for chain, members in chains.items():
        earliest: int | None = None  # answer to any that comes later in the journal
        for act, entry in sorted(members, key=lambda member: member[1].number, reverse=True):
            if earliest is not None and min(call.made for call in act.calls) > earliest:
                yield f"{chain} {entry.number}: was asked for when a later one had been answered"
            ends = [call.ended for call in act.calls if call.ended is not None and call.is_done]
            earliest = min(ends, default=earliest) if earliest is None else min((*ends, earliest))


def _of_writes(history: History, kept: Kept) -> Iterator[str]:
    """Each write rested on what was there; nothing that was written is lost."""
    is_all_known = not any(call.is_unknown for call in history.calls)  # who was killed has told of no write
    yield from (disorder if is_all_known else repeated)(history.written)
    for key, version in last_of(history.written).items():
        found = kept.facts.get(key, ABSENT).version
        if found < version or (found > version and is_all_known):
            yield f"{key}: version {version} was the last to be written, and {found} is kept"


def _of_paths(kept: Kept) -> Iterator[str]:
    """Each entry goes on where the one before has led; those of orders by a row of the table."""
    for chain, entries in kept.entries.items():
        fact = kept.facts.get(Key(chain), ABSENT)
        if [entry.number for entry in entries] != list(range(1, fact.number + 1)):
            yield f"{chain}: its entries are not numbered from 1 to {fact.number}"
        if not isinstance(fact.record, ko.Order):
            continue
        before, step = None, 0
        for entry in entries:
            event, row = entry.event, _row(fact.record, entry)
            if row is None or row.to != event.after:
                yield f"{chain} {entry.number}: {event.trigger} does not lead from {event.before} to {event.after}"
            elif all((by.role, by.party) != (event.role, event.party) for by in row.by):
                yield f"{chain} {entry.number}: {event.trigger} is not for {event.role}"
            if (event.before, event.step) != (before, step + 1):
                yield f"{chain} {entry.number}: does not go on where the entry before has led"
            before, step = event.after, event.step
        if (fact.record.state, fact.record.step) != (before, step):
            yield f"{chain}: the record is elsewhere than its journal"


def _row(order: ko.Order, entry: Entry) -> AnyRow | None:
    steps = STEPS[Lifecycle.ORDER, order.content.flow]
    state = None if entry.event.before is None else ko.OrderState(entry.event.before)
    return steps[state].get(entry.event.trigger)


def _of_mails(kept: Kept) -> Iterator[str]:
    """What is owed about an order was owed by a step that was taken."""
    owing: dict[tuple[str, int], frozenset[Template]] = {}
    for chain, entries in kept.entries.items():
        order = kept.facts.get(Key(chain), ABSENT).record
        if isinstance(order, ko.Order):
            for entry in entries:
                row = _row(order, entry)
                owes = () if row is None else row.owes
                owing[chain, entry.event.step] = frozenset(each.template for each in owes if each.mail)
    mails = (owed.mail for owed in kept.owed if owed.mail is not None)
    for mail in mails:
        owed = owing.get((mail.subject, mail.step), frozenset())
        if mail.subject.startswith("order:") and mail.template not in owed:
            yield f"{mail.subject}: {mail.template} is owed by no step that was taken"
