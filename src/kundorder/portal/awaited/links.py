"""The links in mails: each holds a reference nobody can guess, of which only the digest is kept; pure but for reading.

A reference stands for one purpose, subject, step and addressee, and has an end. Opening it decides nothing and changes
nothing, so a scanner of mails may follow it as often as it likes; it is no login and gives no right.
"""

# Made from kundorder/portal/links.py by tests/one_text.py: change it there.

from collections.abc import Mapping
from datetime import datetime
from typing import Final, final

import attrs

from kundorder.codec import digest
from kundorder.decisions import needs_of_order
from kundorder.delivery import unwanted_agreement_mail, unwanted_member_mail, unwanted_order_mail
from kundorder.directory import Reference
from kundorder.errors import NotFound
from kundorder.events import Mail, Owed
from kundorder.messages import Post, takes_reference
from kundorder.model import SYSTEM, Actor, Agreement, Member, Order, Record
from kundorder.outcomes import Changes, LinkTarget, Stored
from kundorder.policies import handlers_of
from kundorder.portal.awaited.acting import Acting
from kundorder.portal.awaited.loading import read_all
from kundorder.situation import Act, Facts, Fresh, Guard, Key, Kind, Situation, link_key, member_key
from kundorder.vocabulary import Lifecycle, LinkClosed, Party

_LONGEST: Final = 200


NOTHING: Final = Changes(guards=(), records=(), entries=(), owed=())


@final
@attrs.frozen(kw_only=True)
class Claim:
    """Debts in hand, with what the links of their mails will hold."""

    owed: tuple[Owed, ...]
    references: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)  # by the id of the debt
    written: frozenset[Guard] = frozenset()  # of those that were not there before


def references_for(claimed: tuple[Owed, ...], fresh: Fresh, post: Post) -> dict[str, str]:
    """A reference for each mail that is to hold one, by the id of the debt."""
    mails = (owed.mail for owed in claimed if owed.mail is not None)
    return {mail.id: fresh.code(f"link/{mail.id}") for mail in mails if takes_reference(mail, post)}


def kept_references(
    claimed: tuple[Owed, ...], references: Mapping[str, str], known: Facts, now: datetime, post: Post
) -> Changes:
    """What to write before these mails leave."""
    records: list[Stored] = []
    for owed in claimed:
        mail = owed.mail
        key = None if mail is None or mail.id not in references else link_key(digest(references[mail.id]))
        if mail is not None and key is not None and not known[key].version:
            record = _reference(mail, key, now, post)
            records.append(Stored(key=key, record=record, version=1, number=0, digest=""))
    guards = tuple(Guard(stored.key, 0) for stored in records)
    return attrs.evolve(NOTHING, guards=guards, records=tuple(records))


def guard_now(guard: Guard) -> Guard:
    """Of what was written with this guard, as it is now."""
    return Guard(guard.key, guard.version + 1)


def _reference(mail: Mail, key: Key, now: datetime, post: Post) -> Reference:
    return Reference(
        digest=key.partition(":")[2],
        mail=mail.id,
        purpose=mail.template,
        subject=mail.subject,
        step=mail.step,
        role=mail.role,
        party=mail.party,
        organisation=mail.organisation,
        member=mail.member,
        signatory=mail.signatory,
        made_at=now,
        ends_at=now + post.links_last,
    )


async def target_of(acting: Acting, reference: str, actor: Actor | None) -> LinkTarget:
    """What a reference stands for, and whether that can still be done.

    Raises:
        NotFound: there is no such link, or it is somebody else's.
    """
    if not 0 < len(reference) <= _LONGEST or not reference.isascii():
        raise NotFound(Kind.LINK)
    key = link_key(digest(reference))
    act = acting.act(SYSTEM)
    async with acting.store.transaction() as transaction:
        known = await transaction.read((key,))
        found = known[key].record
        if not isinstance(found, Reference):
            raise NotFound(Kind.LINK)
        facts = await read_all(transaction, lambda seen: _needs(found, act, seen), {})
    member = None if found.member is None else facts[member_key(found.member)].record
    person = member.person if isinstance(member, Member) else None
    if actor is not None and (actor.person, actor.organisation) != (person, found.organisation):
        raise NotFound(Kind.LINK)
    return LinkTarget(
        purpose=found.purpose,
        lifecycle=_lifecycle_of(facts[Key(found.subject)].record),
        id=found.subject.partition(":")[2],
        organisation=found.organisation,
        role=found.role,
        party=found.party,
        person=person,
        signatory=found.signatory,
        closed=_closed(found, facts, act),
        ends_at=found.ends_at,
    )


def _needs(reference: Reference, act: Act, known: Facts) -> tuple[Key, ...]:
    wanted = [Key(reference.subject)]
    if reference.member is not None:
        wanted.append(member_key(reference.member))
    subject = known.get(Key(reference.subject))
    if subject is not None and isinstance(subject.record, Order):
        wanted += needs_of_order(subject.record.id, act, known)
    return tuple(key for key in dict.fromkeys(wanted) if key not in known)


def _closed(reference: Reference, facts: Facts, act: Act) -> LinkClosed | None:
    if reference.ends_at <= act.now:
        return LinkClosed.ENDED
    mail, subject = _mail_of(reference), facts[Key(reference.subject)].record
    if isinstance(subject, Order) and unwanted_order_mail(mail, subject) is not None:
        return LinkClosed.DECIDED
    if isinstance(subject, Agreement) and unwanted_agreement_mail(mail, subject) is not None:
        return LinkClosed.DECIDED
    member = None if reference.member is None else facts[member_key(reference.member)].record
    handlers = handlers_of(Situation(facts), subject) if isinstance(subject, Order) else ()
    if isinstance(member, Member) and unwanted_member_mail(mail, member, handlers) is not None:
        return LinkClosed.NOT_YOURS
    return None


def _mail_of(reference: Reference) -> Mail:
    return Mail(
        id=reference.mail,
        template=reference.purpose,
        subject=reference.subject,
        step=reference.step,
        role=reference.role,
        party=reference.party,
        organisation=reference.organisation,
        member=reference.member,
        signatory=reference.signatory,
    )


def _lifecycle_of(subject: Record | None) -> Lifecycle:
    if isinstance(subject, Agreement):
        return Lifecycle.CUSTOMER_AGREEMENT if subject.party is Party.CUSTOMER else Lifecycle.AGENT_AGREEMENT
    return Lifecycle.ORDER
