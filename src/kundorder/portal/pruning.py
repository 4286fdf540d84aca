"""Retention: what repeating and delivering need no more is removed; the journal never is.

In batches, a transaction each, so that nobody waits for long, and whoever is interrupted just begins again. A receipt
is guarded, and looked at once more when it is. A debt needs no guard: a store keeps one that is due or parked by then;
and that it cannot be owed again stays so, because the step it was owed for is past, and no step comes twice.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Final, final

import attrs

from kundorder.directory import Receipt, Reference
from kundorder.errors import malformed
from kundorder.events import Owed, OwedState
from kundorder.model import AgentAssignment, Agreement, Member, Order, Provider, Record
from kundorder.outcomes import Changes, PruneReport
from kundorder.portal.acting import Acting
from kundorder.ports import Store
from kundorder.situation import Facts, Guard, Key, key_of_id
from kundorder.vocabulary import Index

_BATCH: Final = 500
_SHORTEST: Final = timedelta(hours=24)
_LONGEST: Final = timedelta(days=36_525)
_NOTHING: Final = Changes(guards=(), records=(), entries=(), owed=())
_OVER: Final = (OwedState.SENT.value, OwedState.CANCELLED.value)


@final
@attrs.frozen(kw_only=True)
class _Batch:
    gone: int
    after: str | None  # where to go on; None: there is nothing more that is old enough


def prune(acting: Acting, receipts_older_than: timedelta, mail_older_than: timedelta, limit: int) -> PruneReport:
    """Remove at most so much of both: receipts, the oldest first, and then debts."""
    now = acting.clock.now()
    receipts_before = now - _age("receipts_older_than", receipts_older_than)
    mail_before = now - _age("mail_older_than", mail_older_than)
    if limit < 1:
        raise malformed("$.limit", "must be at least 1")
    receipts = links = mails = 0
    after: str | None = None
    while receipts < limit:
        most = min(_BATCH, limit - receipts)
        batch = acting.retried(partial(_drop_receipts, acting.store, receipts_before, most))
        receipts += batch.gone
        if batch.after is None:
            break
    while receipts + links < limit:
        batch = acting.retried(partial(_drop_links, acting.store, mail_before, min(_BATCH, limit - receipts - links)))
        links += batch.gone
        if batch.after is None:
            break
    while receipts + links + mails < limit:
        most = limit - receipts - links - mails
        batch = acting.retried(partial(_drop_mail, acting.store, mail_before, after, most))
        mails, after = mails + batch.gone, batch.after
        if after is None:
            break
    return PruneReport(receipts=receipts, mails=mails, links=links, more=receipts + links + mails >= limit)


def _age(name: str, given: timedelta) -> timedelta:
    if not _SHORTEST <= given <= _LONGEST:
        raise malformed(f"$.{name}", "must be from 24 hours to 100 years")
    return given


def _drop_receipts(store: Store, before: datetime, most: int) -> _Batch:
    with store.transaction() as transaction:
        page = transaction.select(Index.RECEIPTS, ("",), after=None, limit=most)
        facts = {line.key: line.fact for line in page.items if line.fact is not None}
        old = _old(facts, before)
        if not old:
            return _Batch(gone=0, after=None)
        transaction.write(attrs.evolve(_NOTHING, guards=old))  # from here on they stay as they are
        # Only now it can be told: a receipt that is gone and has been made anew has the version of the old one.
        facts = transaction.read(tuple(guard.key for guard in old))
        gone = _old(facts, before)
        transaction.write(attrs.evolve(_NOTHING, guards=gone, dropped=tuple(guard.key for guard in gone)))
    return _Batch(gone=len(gone), after=page.after if len(old) == len(page.items) else None)


def _old(facts: Facts, before: datetime) -> tuple[Guard, ...]:
    """The receipts that are old enough, as they are."""
    records = ((key, fact.version, fact.record) for key, fact in facts.items())
    return tuple(Guard(key, version) for key, version, record in records if _is_old(record, before))


def _is_old(record: Record | None, before: datetime) -> bool:
    return isinstance(record, Receipt) and record.at < before


def _drop_links(store: Store, before: datetime, most: int) -> _Batch:
    """What links in mails stood for that have ended so long ago; none of them is ever written again."""
    with store.transaction() as transaction:
        page = transaction.select(Index.LINKS, ("",), after=None, limit=most)
        found = ((line.key, line.fact) for line in page.items if line.fact is not None)
        old = tuple(
            Guard(key, fact.version)
            for key, fact in found
            if isinstance(fact.record, Reference) and fact.record.ends_at < before
        )
        if old:
            transaction.write(attrs.evolve(_NOTHING, guards=old, dropped=tuple(guard.key for guard in old)))
    return _Batch(gone=len(old), after=page.after if old and len(old) == len(page.items) else None)


def _drop_mail(store: Store, before: datetime, after: str | None, most: int) -> _Batch:
    with store.transaction() as transaction:
        page = transaction.select(Index.OWED, _OVER, after=after, limit=_BATCH)
        old = [line.owed for line in page.items if line.owed is not None and line.owed.owed_at < before]
        keys = (_subject(owed) for owed in old)
        facts = transaction.read(tuple(dict.fromkeys(key for key in keys if key is not None)))
        records = {key: fact.record for key, fact in facts.items()}
        gone = [owed.id for owed in old if not _may_be_owed_again(owed, records)][:most]
        if gone:
            transaction.write(attrs.evolve(_NOTHING, dropped_owed=tuple(gone)))
    return _Batch(gone=len(gone), after=page.after if len(old) == len(page.items) else None)


def _subject(owed: Owed) -> Key | None:
    """What a debt is about."""
    if owed.mail is not None:
        return Key(owed.mail.subject)
    return None if owed.follow_up is None else key_of_id(owed.follow_up.about)


def _may_be_owed_again(owed: Owed, records: dict[Key, Record | None]) -> bool:
    """Whether its subject is still at the step it was owed for: there only its id keeps it from being owed twice."""
    key = _subject(owed)
    record = None if key is None else records[key]
    if not isinstance(record, Order | Agreement | AgentAssignment | Member | Provider):
        return False
    if owed.mail is None:
        return owed.follow_up is not None and owed.id.startswith(f"{owed.follow_up.about}/{record.step}/")
    if isinstance(record, Agreement) and not owed.id.startswith(f"{owed.mail.subject}/{record.number}."):
        return False  # it belongs to an earlier agreement
    return owed.mail.step == record.step
