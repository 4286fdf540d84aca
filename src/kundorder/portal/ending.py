"""Signings that end without a decision: cancelled, run out, or answered when nobody could use the answer any more.

Each such end stands in the journal, in a chain of the signing's own: the subject itself stays as it is.
"""

from contextlib import suppress
from typing import Final

import attrs

from kundorder.codec import document_digest
from kundorder.commands import AttestAssignment, AttestOrder, DeclineAgreement, SignAgreement
from kundorder.decisions import check, document_for
from kundorder.errors import Conflict, NotFound, Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import Evidence, PendingSigning
from kundorder.model import SYSTEM, Actor, Subject
from kundorder.portal.acting import Acting
from kundorder.portal.loading import load_command
from kundorder.portal.signings import (
    ABOUT_EVIDENCE,
    GOING,
    Ending,
    Going,
    ToSign,
    codes_of,
    ended,
    is_wanted,
    signing_of,
)
from kundorder.ports import Done, Pending
from kundorder.reasons import Reasons
from kundorder.situation import Act, Fact, Facts, Key, Kind, Situation
from kundorder.vocabulary import FailureCode, Index, SigningStage

_PAGE: Final = 200
_MOST_GOING_ON: Final = 4


def refuse_late(acting: Acting, going: Going, evidence: Evidence, act: Act, reasons: Reasons) -> None:
    """Evidence has come and is of no use: that is kept, and the signing is over."""
    record = going.fact.record
    if isinstance(record, PendingSigning) and record.stage in GOING:
        ending = Ending(stage=SigningStage.LATE, why=codes_of(reasons), evidence=evidence)
        _end(acting, going.key, going.fact, record, ending, act)


def end_late(
    acting: Acting,
    facts: Facts,
    command: ToSign,
    request: SigningRequest,
    callback: str | None,
    act: Act,
    reasons: Reasons,
) -> None:
    """The act is refused: what is under way for it ends, and if it has been answered the answer is refused.

    What was only asked for wrongly now, and could go on as it was begun, is left alone.
    """
    document = request.document
    key = signing_of(document)
    fact = _read(acting, key)
    record = fact.record
    if not isinstance(record, PendingSigning) or record.stage is not SigningStage.UNDER_WAY:
        return
    if _could_go_on(Situation(facts), command, record, act):
        return
    then = attrs.evolve(document, step=record.step)  # the document as it was shown, where nothing else has changed
    shown = then if document_digest(then) == record.digest else document
    asked = attrs.evolve(request, document=shown, method=record.method)
    try:
        progress = acting.port().resume(asked, record.state, now=act.now, callback=callback)
        for _ in range(_MOST_GOING_ON):
            if not (isinstance(progress, Pending) and progress.keep_first):
                break
            progress = acting.port().resume(asked, progress.state, now=act.now)
        if isinstance(progress, Pending):
            acting.port().cancel(progress.state)
    except Unavailable:
        return  # it ends by itself, or with the next call
    evidence = progress.evidence if isinstance(progress, Done) else None
    stage = SigningStage.OVER if evidence is None else SigningStage.LATE
    _end(acting, key, fact, record, Ending(stage=stage, why=codes_of(reasons), evidence=evidence), act)


def _could_go_on(situation: Situation, command: ToSign, record: PendingSigning, act: Act) -> bool:
    """Whether nothing but evidence is missing where this was begun, by the method it was begun with."""
    bare = attrs.evolve(command, evidence=None)
    if isinstance(bare, AttestOrder | AttestAssignment):
        bare = attrs.evolve(bare, method=record.method)
    subject = _subject_of(situation, bare)
    found = check(situation, bare, act).reasons
    return is_wanted(record, subject, act) and all(reason.code in ABOUT_EVIDENCE for reason in found)


def _subject_of(situation: Situation, command: ToSign) -> Subject | None:
    match command:
        case AttestOrder():
            return situation.order(command.order)
        case AttestAssignment():
            return situation.assignment(command.assignment)
        case SignAgreement() | DeclineAgreement():
            return situation.agreement(command.agreement)


def cancel_signing(
    acting: Acting,
    command: ToSign,
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
    if isinstance(record, PendingSigning) and record.stage is SigningStage.BEGINNING and record.ends_at > act.now:
        raise Conflict  # whoever begins it is about to tell what can be given up
    if isinstance(record, PendingSigning) and record.stage in GOING:
        if record.state:
            acting.port().cancel(record.state)
        ending = Ending(stage=SigningStage.OVER, why=FailureCode.CANCELLED)
        _end(acting, key, fact, record, ending, act)


def end_unwanted(acting: Acting, limit: int) -> int:
    """End what has run out of time, the first to end first; how many there were.

    What the subject has left behind ends with its time too, or when the person comes back and is refused: until then
    an answer may come, which has to be seen to be refused.
    """
    act, count = acting.act(SYSTEM), 0
    after: str | None = None
    while count < limit:
        with acting.store.transaction() as transaction:
            page = transaction.select(Index.SIGNINGS, ("",), after=after, limit=min(_PAGE, limit - count))
        for line in page.items:
            record = None if line.fact is None else line.fact.record
            if line.fact is None or not isinstance(record, PendingSigning) or record.ends_at > act.now:
                return count
            count += 1
            _try_to_end(acting, line.key, line.fact, record, act)
        after = page.after
        if after is None:
            break
    return count


def _try_to_end(acting: Acting, key: Key, fact: Fact, record: PendingSigning, act: Act) -> None:
    """Whatever is wrong with one must hold up neither the others nor any mail."""
    with suppress(Exception):  # the service cannot be told now, or the person has gone on: the next time will do
        if record.state:
            acting.port().cancel(record.state)
    with suppress(Exception):
        _end(acting, key, fact, record, Ending(stage=SigningStage.OVER, why=FailureCode.EXPIRED), act)


def _end(acting: Acting, key: Key, fact: Fact, record: PendingSigning, ending: Ending, act: Act) -> None:
    with acting.store.transaction() as transaction:
        transaction.write(ended(key, fact, record, ending, acting.rules_digest, act))


def _read(acting: Acting, key: Key) -> Fact:
    with acting.store.transaction() as transaction:
        facts = transaction.read((key,))
    return facts[key]
