"""The same question put to a ``Portal`` whose store holds the same facts."""

from datetime import datetime
from typing import final

import kundorder as ko
from kundorder.adapters.memory import MemoryStore
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.outcomes import Changes, Stored
from kundorder.ports import Failed, Progress
from kundorder.vocabulary import FailureCode
from oracle.built.names import NOW
from oracle.built.order_commands import FRESH
from oracle.built.putting import Put, is_for
from oracle.built.saying import refused
from oracle.replies import HIDDEN, Reply


@final
class Vouching:
    """Signs nothing; vouches for evidence that was made for the document, unless it is told not to."""

    def __init__(self, *, vouches: bool) -> None:
        self._vouches = vouches

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        del request, now
        return Failed(code=FailureCode.METHOD_NOT_READY)

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        del request, state, now, callback
        return Failed(code=FailureCode.NOTHING_UNDER_WAY)

    def cancel(self, state: str) -> None:
        del state

    def verify(self, evidence: Evidence, document: Document) -> bool:
        return self._vouches and is_for(evidence, document)


@final
class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


def said_by_portal(put: Put) -> Reply | None:
    """What ``Portal.check`` says; None: it would be accepted."""
    store = MemoryStore()
    held = tuple(
        Stored(key=key, record=fact.record, version=fact.version, number=fact.number, digest=fact.digest)
        for key, fact in put.store.items()
        if fact.record is not None
    )
    with store.transaction() as transaction:
        transaction.write(Changes(guards=(), records=held, entries=(), owed=()))
    portal = ko.Portal(
        store=store,
        catalogue=put.act.catalogue,
        rules=put.act.rules,
        signing=Vouching(vouches=put.vouched),
        clock=Still(),
        ids=FRESH,
    )
    try:
        verdict = portal.check(put.command, put.act.actor)
    except ko.NotFound:
        return HIDDEN
    return refused(verdict.reasons) if verdict.reasons else None
