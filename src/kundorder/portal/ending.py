"""Signings that end without a decision: cancelled, run out, or answered when nobody could use the answer any more.

Each such end stands in the journal, in a chain of the signing's own: the subject itself stays as it is.
"""

from typing import Final

import attrs

from kundorder.codec import document_digest
from kundorder.commands import AttestAssignment, AttestOrder, DeclineAgreement, SignAgreement
from kundorder.decisions import check, document_for
from kundorder.errors import Conflict, NotFound, Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import Evidence, PendingSigning
from kundorder.model import SYSTEM, Actor
from kundorder.portal.acting import Acting
from kundorder.portal.loading import load_command
from kundorder.portal.signings import GOING, Ending, Going, codes_of, ended, is_wanted, signing_of
from kundorder.ports import Done, Pending
from kundorder.reasons import Reasons
from kundorder.situation import Act, Fact, Key, Kind, Situation, key_of_id
from kundorder.vocabulary import FailureCode, Index, SigningStage

_PAGE: Final = 200
_MOVED_ON: Final = "MOVED_ON"


def refuse_late(acting: Acting, going: Going, evidence: Evidence, act: Act, reasons: Reasons) -> None:
    """Evidence has come and is of no use: that is kept, and the signing is over."""
    record = going.fact.record
    if isinstance(record, PendingSigning):
        ending = Ending(stage=SigningStage.LATE, why=codes_of(reasons), evidence=evidence)
        _end(acting, going.key, going.fact, record, ending, act)


def end_late(acting: Acting, request: SigningRequest, callback: str | None, act: Act, reasons: Reasons) -> None:
    """The act is refused: what is under way for it ends, and if it has been answered the answer is refused."""
    document = request.document
    key = signing_of(document)
    fact = _read(acting, key)
    record = fact.record
    if not isinstance(record, PendingSigning) or record.stage is not SigningStage.UNDER_WAY:
        return
    then = attrs.evolve(document, step=record.step)  # the document as it was shown, where nothing else has changed
    shown = then if document_digest(then) == record.digest else document
    try:
        asked = attrs.evolve(request, document=shown, method=record.method)
        progress = acting.port().resume(asked, record.state, now=act.now, callback=callback)
        if isinstance(progress, Pending):
            acting.port().cancel(progress.state)
    except Unavailable:
        return  # it ends by itself, or with the next call
    evidence = progress.evidence if isinstance(progress, Done) else None
    stage = SigningStage.OVER if evidence is None else SigningStage.LATE
    _end(acting, key, fact, record, Ending(stage=stage, why=codes_of(reasons), evidence=evidence), act)


def cancel_signing(
    acting: Acting,
    command: AttestOrder | AttestAssignment | SignAgreement | DeclineAgreement,
    actor: Actor,
    signer: str,
) -> None:
    """Give up what has been begun; where nothing has, nothing happens.

    Raises:
        NotFound: the subject does not exist, or the actor may not see it.
        Conflict: it is gone on with at this moment; call again.
        Unavailable: the signing port or the store does not answer; it will end by itself, or call again.
    """
    act = acting.act(actor)
    situation = Situation(load_command(acting.store, command, act, None))
    _ = check(situation, command, act)  # who may not see the subject learns nothing of it
    document = document_for(situation, command, act, signer)
    if document is None or (actor is not SYSTEM and signer != actor.person):
        raise NotFound(Kind.SIGNING)
    key = signing_of(document)
    fact = _read(acting, key)
    record = fact.record
    if isinstance(record, PendingSigning) and record.stage in GOING:
        if record.state:
            acting.port().cancel(record.state)
        ending = Ending(stage=SigningStage.OVER, why=FailureCode.CANCELLED)
        _end(acting, key, fact, record, ending, act)


def end_unwanted(acting: Acting, limit: int) -> int:
    """End what has run out of time, and what its subject has left behind; how many there were."""
    act, count = acting.act(SYSTEM), 0
    after: str | None = None
    while count < limit:
        with acting.store.transaction() as transaction:
            page = transaction.select(Index.SIGNINGS, ("",), after=after, limit=_PAGE)
            facts = {line.key: line.fact for line in page.items if line.fact is not None}
            records = {key: fact.record for key, fact in facts.items() if isinstance(fact.record, PendingSigning)}
            subjects = transaction.read(tuple(dict.fromkeys(key_of_id(each.subject) for each in records.values())))
        for key, record in records.items():
            why = _unwanted(record, subjects[key_of_id(record.subject)], act)
            if why is not None and _has_ended(acting, key, facts[key], record, why, act):
                count += 1
        after = page.after
        if after is None:
            break
    return count


def _unwanted(record: PendingSigning, subject: Fact, act: Act) -> str | None:
    if record.ends_at <= act.now:
        return FailureCode.EXPIRED
    return None if is_wanted(record, subject.record) else _MOVED_ON


def _has_ended(acting: Acting, key: Key, fact: Fact, record: PendingSigning, why: str, act: Act) -> bool:
    try:
        if record.state:
            acting.port().cancel(record.state)
        _end(acting, key, fact, record, Ending(stage=SigningStage.OVER, why=why), act)
    except (Unavailable, Conflict):
        return False  # the service cannot be told now, or the person has gone on: the next time will do
    return True


def _end(acting: Acting, key: Key, fact: Fact, record: PendingSigning, ending: Ending, act: Act) -> None:
    with acting.store.transaction() as transaction:
        transaction.write(ended(key, fact, record, ending, acting.rules_digest, act))


def _read(acting: Acting, key: Key) -> Fact:
    with acting.store.transaction() as transaction:
        facts = transaction.read((key,))
    return facts[key]
