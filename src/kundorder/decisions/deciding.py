"""What follows from a command: the record as it becomes, what has happened, and what is owed because of it."""

from kundorder.codec import evidence_digest
from kundorder.commands import Command
from kundorder.decisions.documents import document_for, evidence_in
from kundorder.decisions.judging import Ruling, judge
from kundorder.decisions.particulars import particulars_of
from kundorder.errors import Corrupt, Refused
from kundorder.events import Event, Mail, proven_by
from kundorder.evidence import Evidence, SignedDocument
from kundorder.lifecycles.rows import Addressee, AnyRow, By, Owes, Side
from kundorder.model import AgentAssignment, Agreement, Member, Notice, Order, Provider, Subject
from kundorder.outcomes import Decision, Put, Verdict
from kundorder.situation import (
    THE_PROVIDER,
    Act,
    Case,
    Facts,
    Guard,
    Key,
    Situation,
    agreement_key,
    assignment_key,
    evidence_key,
    member_key,
    order_key,
)
from kundorder.vocabulary import Lifecycle, Party


def check(situation: Situation, command: Command, act: Act) -> Verdict:
    """Whether a command would be accepted, and if not, why not.

    Raises:
        NotFound: the subject does not exist, or the actor may not see it.
    """
    ruling = judge(situation, command, act)
    return Verdict(reasons=ruling.reasons, advice=ruling.advice)


def decide(situation: Situation, command: Command, act: Act) -> Decision:
    """What follows from a command.

    Raises:
        NotFound: the subject does not exist, or the actor may not see it.
        Refused: something stands in the way; all of it is listed. Nothing follows.
        Corrupt: a row has led elsewhere than it says, which is a mistake in this library. Nothing follows.
    """
    ruling = judge(situation, command, act)
    row, by = ruling.row, ruling.by
    if ruling.reasons or row is None or by is None:
        raise Refused(ruling.reasons)
    case = ruling.case
    if not row.is_needed(case, command):
        return _nothing_to_do(ruling)
    made = row.make(case, command, by)
    if made.state is not row.to and row.until(made):
        message = f"{row.trigger} led to {made.state} and not to {row.to}"
        raise Corrupt(message)
    key = key_of(made)
    mails, notices = told(case, key, made, row.owes)
    if isinstance(made, Order) and (notices or made.notices):
        made = _with_notices(made, notices)
    extra = row.extra(case, command, made)
    puts = (Put(key, made), *extra.puts) if extra.puts else (Put(key, made),)
    evidence = evidence_in(command)
    if evidence is not None:
        puts += (_kept(case, command, evidence, made),)
    lifecycle = lifecycle_of(made)
    events: tuple[Event, ...] = (_event(case, command, row, by, made, key, lifecycle, evidence),)
    if extra.sides:
        events += tuple(_side_event(case, by, side) for side in extra.sides)
    return Decision(
        key=key,
        lifecycle=lifecycle,
        subject=made,
        puts=puts,
        events=events,
        mails=(*mails, *extra.mails) if extra.mails else mails,
        follow_ups=extra.follow_ups,
        guards=guards_of(case.situation.facts, puts),
        advice=ruling.advice,
    )


def _with_notices(order: Order, notices: tuple[Notice, ...]) -> Order:
    # Spelt out, because this is the second record of nearly every act and `evolve` takes three times as long.
    return Order(
        id=order.id,
        state=order.state,
        step=order.step,
        since=order.since,
        created=order.created,
        content=order.content,
        case_number=order.case_number,
        digest=order.digest,
        picked=order.picked,
        course=order.course,
        notices=notices,
        evidence=order.evidence,
        reason=order.reason,
        instructions=order.instructions,
    )


def _nothing_to_do(ruling: Ruling) -> Decision:
    subject = ruling.case.subject
    if subject is None:
        raise TypeError(type(subject).__name__)
    return Decision(
        key=key_of(subject),
        lifecycle=lifecycle_of(subject),
        subject=subject,
        puts=(),
        events=(),
        mails=(),
        follow_ups=(),
        guards=guards_of(ruling.case.situation.facts, ()),
        advice=ruling.advice,
    )


def key_of(subject: Subject) -> Key:
    """Where a subject is stored."""
    match subject:
        case Order():
            return order_key(subject.id)
        case Agreement():
            return agreement_key(subject.id)
        case AgentAssignment():
            return assignment_key(subject.id)
        case Member():
            return member_key(subject.id)
        case Provider():
            return THE_PROVIDER


def guards_of(facts: Facts, puts: tuple[Put, ...]) -> tuple[Guard, ...]:
    """Every fact that was looked at must still be so; what was not there is only guarded where it is created now."""
    found = [Guard(key, fact.version) for key, fact in facts.items() if fact.version]
    for put in puts:
        fact = facts.get(put.key)
        if fact is None or not fact.version:
            found.append(Guard(put.key, 0))
    return tuple(found)


def told(case: Case, key: Key, made: Subject, owes: tuple[Owes, ...]) -> tuple[tuple[Mail, ...], tuple[Notice, ...]]:
    """The mails that are owed, and the notices that stand from now on."""
    if not owes:
        return (), ()
    mails: dict[str, Mail] = {}
    notices: list[Notice] = []
    for each in owes:
        for addressee in each.to(case, made):
            if each.mail:
                mail = mail_to(key, made, each, addressee)
                mails[mail.id] = mail
            if each.notice and addressee.member is not None:
                notices.append(notice_for(case.act, made, each, addressee.organisation, addressee.member))
    return tuple(mails.values()), tuple(notices)


def mail_to(key: Key, made: Subject, owes: Owes, addressee: Addressee) -> Mail:
    """One mail; the same debt always has the same id."""
    person = addressee.signatory if addressee.member is None else addressee.member
    number = made.number if isinstance(made, Agreement) else 1
    return Mail(
        id=f"{key}/{number}.{made.step}/{owes.template}/{person}",
        template=owes.template,
        subject=key,
        step=made.step,
        role=addressee.role,
        party=addressee.party,
        organisation=addressee.organisation,
        member=addressee.member,
        signatory=addressee.signatory,
    )


def notice_for(act: Act, made: Subject, owes: Owes, organisation: str, member: str) -> Notice:
    """One line on one member's list."""
    order = made.id if isinstance(made, Order) else ""
    return Notice(
        order=order,
        step=made.step,
        organisation=organisation,
        member=member,
        template=owes.template,
        since=act.now,
    )


def _event(
    case: Case,
    command: Command,
    row: AnyRow,
    by: By,
    made: Subject,
    key: Key,
    lifecycle: Lifecycle,
    evidence: Evidence | None,
) -> Event:
    actor = case.act.actor
    method, about, remark = particulars_of(command)
    return Event(
        subject=key,
        lifecycle=lifecycle,
        trigger=row.trigger,
        before=row.at,
        after=made.state,
        step=made.step,
        person=None if case.act.is_system else actor.person,
        member=None if case.me is None else case.me.id,
        role=by.role,
        party=by.party,
        organisation=actor.organisation,
        on_behalf=owner_of(made),
        at=case.act.now,
        method=method,
        about=about,
        digest=made.digest if isinstance(made, Order) else None,
        proven=None if evidence is None else proven_by(evidence),
        remark=remark,
    )


def _kept(case: Case, command: Command, evidence: Evidence, made: Subject) -> Put:
    """The document and its evidence: so it can be shown years later what exactly was attested or signed."""
    document = case.act.document or document_for(case.situation, command, case.act, evidence.signer)
    if document is None:
        raise TypeError(type(command).__name__)
    signed = SignedDocument(document=document, evidence=evidence, step=made.step)
    return Put(evidence_key(evidence_digest(evidence)), signed)


def _side_event(case: Case, by: By, side: Side) -> Event:
    actor = case.act.actor
    return Event(
        subject=side.key,
        lifecycle=side.lifecycle,
        trigger=side.trigger,
        before=side.before,
        after=side.after,
        step=side.step,
        person=None if case.act.is_system else actor.person,
        member=None if case.me is None else case.me.id,
        role=by.role,
        party=by.party,
        organisation=actor.organisation,
        on_behalf=side.on_behalf,
        at=case.act.now,
        about=side.about,
    )


def lifecycle_of(made: Subject) -> Lifecycle:
    """Which lifecycle a subject is on."""
    match made:
        case Order():
            return Lifecycle.ORDER
        case Agreement():
            return Lifecycle.CUSTOMER_AGREEMENT if made.party is Party.CUSTOMER else Lifecycle.AGENT_AGREEMENT
        case AgentAssignment():
            return Lifecycle.ASSIGNMENT
        case Member():
            return Lifecycle.USER
        case Provider():
            return Lifecycle.PROVIDER


def owner_of(made: Subject) -> str:
    """The organisation a subject belongs to."""
    match made:
        case Order():
            return made.content.organisation
        case AgentAssignment():
            return made.agent
        case Agreement() | Member() | Provider():
            return made.organisation
