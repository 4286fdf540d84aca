"""From a decision to what one transaction writes; pure."""

from typing import final

import attrs

from kundorder.codec import encode
from kundorder.directory import Receipt
from kundorder.events import Entry, Owed
from kundorder.journal import facts_used, linked
from kundorder.model import Order
from kundorder.outcomes import Changes, Decision, Head, OrderOutcome, Outcome, Put, Stored
from kundorder.policies import shown
from kundorder.situation import ABSENT, Act, Facts, Guard, Key, Situation, case_of, receipt_key
from kundorder.vocabulary import Lifecycle


@final
@attrs.frozen
class Keyed:
    """An idempotency key, and what it is used for."""

    key: str
    digest: str


def changes_of(decision: Decision, facts: Facts, act: Act, rules: str, receipt: Receipt | None) -> Changes:
    """All that one transaction has to write for a decision.

    Args:
        decision: what follows.
        facts: what it was decided on.
        act: when and by whom.
        rules: digest of the rules in force.
        receipt: of the idempotency key, if there was one.
    """
    entries, heads = _entries(decision, facts, rules)
    puts, guards = decision.puts, decision.guards
    if receipt is not None:
        key = receipt_key(receipt.key)
        puts, guards = (*puts, Put(key, receipt)), (*guards, Guard(key, 0))
    now = act.now
    mails = (Owed(id=mail.id, mail=mail, owed_at=now, due_at=now) for mail in decision.mails)
    follow_ups = (Owed(id=each.id, follow_up=each, owed_at=now, due_at=now) for each in decision.follow_ups)
    return Changes(
        guards=guards,
        records=tuple(_stored(put, facts, heads) for put in puts),
        entries=entries,
        owed=(*mails, *follow_ups),
    )


def _entries(decision: Decision, facts: Facts, rules: str) -> tuple[tuple[Entry, ...], dict[str, Head]]:
    used = facts_used(facts) if decision.events else ()
    heads: dict[str, Head] = {}
    entries: list[Entry] = []
    for event in decision.events:
        before = heads.get(event.subject)
        if before is None:
            fact = facts.get(Key(event.subject), ABSENT)
            before = Head(chain=event.subject, number=fact.number, digest=fact.digest)
        entry = linked(before, event, rules, used)
        heads[event.subject] = Head(chain=event.subject, number=entry.number, digest=entry.digest)
        entries.append(entry)
    return tuple(entries), heads


def _stored(put: Put, facts: Facts, heads: dict[str, Head]) -> Stored:
    fact = facts.get(put.key, ABSENT)
    head = heads.get(put.key)
    return Stored(
        key=put.key,
        record=put.record,
        version=fact.version + 1,
        number=fact.number if head is None else head.number,
        digest=fact.digest if head is None else head.digest,
        before=fact.record,
    )


def outcome_of(decision: Decision, facts: Facts, act: Act) -> Outcome:
    """What the actor is told: an order as this actor may see it."""
    made = decision.subject
    if isinstance(made, Order):
        return OrderOutcome(
            lifecycle=Lifecycle.ORDER,
            id=made.id,
            state=made.state,
            at=act.now,
            advice=decision.advice,
            order=shown(case_of(Situation(facts), act, made), made),
        )
    return Outcome(
        lifecycle=decision.lifecycle,
        id=decision.key.partition(":")[2],
        state=made.state,
        at=act.now,
        advice=decision.advice,
    )


def receipt_of(keyed: Keyed | None, outcome: Outcome, act: Act) -> Receipt | None:
    """What makes a repetition harmless."""
    if keyed is None:
        return None
    return Receipt(key=keyed.key, digest=keyed.digest, outcome=encode(outcome), at=act.now)
