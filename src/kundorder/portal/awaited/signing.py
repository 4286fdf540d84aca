"""Letting a person attest or sign: the port is asked, and its evidence comes back as just another command.

What is under way is a record, written whenever the port hands over another state, and guarded: of many who click at
once one goes on. A port that must not do something twice, such as send a code, asks to be remembered first; then the
record says that it is being begun, and nobody else begins meanwhile.
"""

# Made from kundorder/portal/signing.py by tests/one_text.py: change it there.

from datetime import datetime, timedelta
from typing import Final

import attrs

from kundorder.codec import document_digest
from kundorder.errors import Conflict, Malformed, Refused, Unavailable
from kundorder.evidence import Begun, Evidence, PendingSigning
from kundorder.identifiers import moment
from kundorder.outcomes import Changes, Outcome, Stored
from kundorder.portal.awaited.acting import Acting
from kundorder.portal.awaited.ending import end_late, refuse_late
from kundorder.portal.awaited.loading import load_command, repeated
from kundorder.portal.calls import SigningCall, be_worth_asking, document_to_sign, is_known, request_of, who_begins
from kundorder.portal.signings import GOING, GivenUpError, Going, kept_as, signing_of
from kundorder.ports import Done, Failed, Pending, Progress
from kundorder.situation import Act, Fact, Guard, Situation, begun_key
from kundorder.vocabulary import FailureCode, ReasonCode, SigningStage

_BEGINNING: Final = timedelta(seconds=60)  # whoever is asking the port may be dead after that
_A_MOMENT: Final = timedelta(seconds=1)
_HOUR: Final = timedelta(hours=1)
_MOST_BEGUN: Final = 100
_MOST_GOING_ON: Final = 4


async def resume(acting: Acting, call: SigningCall) -> Outcome | Pending | Failed:
    """Begin or go on; when the person has signed, carry out the command.

    Raises:
        Refused: something other than the evidence stands in the way; nobody is asked to sign in vain.
        NotFound: the subject does not exist, or the actor may not see it.
        KeyReused: the key was used for something else; take a new one.
        Conflict: the facts kept moving, or another call has gone on with the same signing; call again.
        Unavailable: the signing port or the store does not answer; calling again is harmless.
    """
    call = attrs.evolve(call, command=attrs.evolve(call.command, evidence=None))  # what is handed in is not asked for
    act = acting.act(call.actor)
    facts = await load_command(acting.store, call.command, act, call.keyed)
    before = repeated(facts, call.keyed)
    if before is not None:
        return before
    document = document_to_sign(facts, call.command, act, call.signer)
    request = request_of(facts, call, document)
    try:
        be_worth_asking(facts, call, act)
    except Refused as refused:
        if call.is_own and is_known(Situation(facts), call):
            await end_late(acting, facts, call.command, request, call.callback, act, refused.reasons)
        raise
    key, who = signing_of(document), begun_key(who_begins(request))
    async with acting.store.transaction() as transaction:
        kept = await transaction.read((key, who))
    going = Going(key=key, fact=kept[key], request=request, count=(who, kept[who]))
    if _is_under_way(going, act):
        call.course.went_on = True
        going = attrs.evolve(going, count=None)
        callback = None if call.course.answered else call.callback
        progress = await acting.port().resume(going.request, going.state, now=act.now, callback=callback)
    elif _is_being_begun(going, act):
        ends_at = act.now + _BEGINNING
        return Pending(state="", action=None, ask_again_at=act.now + _A_MOMENT, ends_at=ends_at)
    elif call.course.went_on:  # somebody else has ended it meanwhile
        return Failed(code=FailureCode.CANCELLED)
    elif call.callback is not None:  # an answer to what is not asked any more begins nothing
        return Failed(code=FailureCode.NOTHING_UNDER_WAY)
    else:
        await _given_up(acting, going)
        going = attrs.evolve(going, request=attrs.evolve(request, begun=_lately(kept[who], act)))
        progress = await acting.port().start(going.request, now=act.now)
    return await _led_to(acting, call, going, progress, act)


def _is_under_way(going: Going, act: Act) -> bool:
    """Whether the very document that is shown now is being signed by this method, and there is time left."""
    record, request = going.fact.record, going.request
    return (
        isinstance(record, PendingSigning)
        and record.stage is SigningStage.UNDER_WAY
        and record.method is request.method
        and record.ends_at > act.now
        and record.digest in ("", document_digest(request.document))
    )


def _is_being_begun(going: Going, act: Act) -> bool:
    record = going.fact.record
    return isinstance(record, PendingSigning) and record.stage is SigningStage.BEGINNING and record.ends_at > act.now


def _lately(begun: Fact, act: Act) -> tuple[datetime, ...]:
    found = begun.record.at if isinstance(begun.record, Begun) else ()
    return tuple(at for at in found if at > act.now - _HOUR)[-_MOST_BEGUN:]


async def _given_up(acting: Acting, going: Going) -> None:
    """What was begun for another method or content binds nobody; the service need not go on asking the person."""
    record = going.fact.record
    if isinstance(record, PendingSigning) and record.stage is SigningStage.UNDER_WAY and record.state:
        try:
            await acting.port().cancel(record.state)
        except Unavailable:
            return  # it ends by itself


async def _led_to(
    acting: Acting, call: SigningCall, going: Going, progress: Progress, act: Act
) -> Outcome | Pending | Failed:
    for _ in range(_MOST_GOING_ON):
        if not isinstance(progress, Pending):
            break
        going = await _kept(acting, call, going, progress, act)
        if not progress.keep_first:
            return progress
        progress = await _gone_on(acting, going, act)
    if isinstance(progress, Done):
        return await _carried_out(acting, call, going, progress.evidence, act)
    if isinstance(progress, Failed):
        await _over(acting, going, act)
        return progress
    raise Unavailable("the signing port goes on and on without an answer")


async def _gone_on(acting: Acting, going: Going, act: Act) -> Progress:
    try:
        return await acting.port().resume(going.request, going.state, now=act.now)
    except Unavailable:
        if going.is_being_begun:
            await _over(acting, going, act)
        raise


async def _kept(acting: Acting, call: SigningCall, going: Going, progress: Pending, act: Act) -> Going:
    """What is under way is remembered, so that it survives a restart; and it is counted, if it is new."""
    begins = going.count is not None and progress.keep_first
    stage = SigningStage.BEGINNING if begins else SigningStage.UNDER_WAY
    ends_at = act.now + _BEGINNING if begins else _moment(progress.ends_at)
    stored = kept_as(going, stage, progress.state, ends_at, act)
    if stored.record == going.fact.record:  # who has only asked must not get in the way of who goes on
        return going
    guards: tuple[Guard, ...] = (Guard(going.key, going.fact.version),)
    records: tuple[Stored, ...] = (stored,)
    counted: Stored | None = None
    if going.count is not None:
        who, begun = going.count
        record = Begun(who=who.partition(":")[2], at=(*_lately(begun, act), act.now))
        counted = Stored(key=who, record=record, version=begun.version + 1, number=0, digest="")
        guards, records = (*guards, Guard(who, begun.version)), (*records, counted)
    try:
        async with acting.store.transaction() as transaction:
            await transaction.write(Changes(guards=guards, records=records, entries=(), owed=()))
    except (Conflict, Unavailable) as error:
        unwritten = isinstance(error, Conflict) or error.soon
        if going.count is not None and not begins and unwritten:  # nobody will ever ask for what was begun just now
            await acting.port().cancel(progress.state)
        raise
    call.course.answered = call.course.answered or progress.keep_first
    call.course.went_on = True
    return going.after(stored, counted)


def _moment(ends_at: datetime) -> datetime:
    try:
        return moment(ends_at)
    except Malformed as error:
        raise Unavailable("the signing port has answered with a time that is none") from error


async def _over(acting: Acting, going: Going, act: Act) -> None:
    """What has ended ends now; what never was under way has nothing to end, and what was not begun does not count."""
    if not (isinstance(going.fact.record, PendingSigning) and going.fact.record.stage in GOING):
        return
    guards: tuple[Guard, ...] = (Guard(going.key, going.fact.version),)
    records: tuple[Stored, ...] = (kept_as(going, SigningStage.OVER, "", act.now, act),)
    counted = going.counted
    if going.is_being_begun and counted is not None and isinstance(counted.record, Begun):
        fewer = attrs.evolve(counted.record, at=counted.record.at[:-1])
        guards = (*guards, Guard(counted.key, counted.version))
        records = (*records, attrs.evolve(counted, record=fewer, version=counted.version + 1))
    async with acting.store.transaction() as transaction:
        await transaction.write(Changes(guards=guards, records=records, entries=(), owed=()))


async def _carried_out(
    acting: Acting, call: SigningCall, going: Going, evidence: Evidence, act: Act
) -> Outcome | Failed:
    signed = attrs.evolve(call.command, evidence=evidence)
    try:
        return await acting.execute(signed, call.actor, call.keyed, going)
    except GivenUpError:
        return Failed(code=FailureCode.CANCELLED)
    except Refused as refused:
        if any(reason.code is ReasonCode.SIGNED_MEANWHILE for reason in refused.reasons):
            await _over(acting, going, act)
            call.course.went_on = False
            raise Conflict from refused
        await refuse_late(acting, going, evidence, act, refused.reasons)
        raise
