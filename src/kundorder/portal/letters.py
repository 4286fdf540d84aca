"""From a debt and the facts of now to a letter, or to why there need be none; pure."""

from kundorder.catalogue import Catalogue
from kundorder.delivery import cancelled, unwanted_agreement_mail, unwanted_member_mail, unwanted_order_mail
from kundorder.events import Mail, Settlement
from kundorder.messages import About, Post, Recipient, compose
from kundorder.model import Agreement, Member, Order, Organisation, Record
from kundorder.policies import handlers_of
from kundorder.ports import Letter
from kundorder.situation import Facts, Key, Situation, holders_key, member_key, organisation_key
from kundorder.vocabulary import Role


def letter_for(
    mail: Mail, facts: Facts, catalogue: Catalogue, post: Post, reference: str | None = None
) -> Letter | Settlement:
    """The letter, to the address and in the language of now; or how the debt is settled, where nobody wants it.

    Raises:
        Undeliverable: a value is not what it seems; mend the record it comes from and requeue.
    """
    subject = facts[Key(mail.subject)].record
    member = None if mail.member is None else facts[member_key(mail.member)].record
    why = _unwanted(mail, subject, member, facts)
    if why is not None:
        return cancelled(why)
    recipient = _recipient(mail, subject, member)
    if recipient is None:
        return cancelled("there is nobody to write to")
    return compose(mail, recipient, _words(mail, subject, facts, catalogue), post, reference)


def handlers_key(order: Order) -> Key:
    """Where it says who handles orders for the agent of this one."""
    return holders_key(order.content.agent or "", Role.AGENT_HANDLER)


def _unwanted(mail: Mail, subject: Record | None, member: Record | None, facts: Facts) -> str | None:
    """Why a mail need not leave any more."""
    why: str | None = None
    if isinstance(subject, Order):
        why = unwanted_order_mail(mail, subject)
    elif isinstance(subject, Agreement):
        why = unwanted_agreement_mail(mail, subject)
    if why is None and isinstance(member, Member):
        handlers = handlers_of(Situation(facts), subject) if isinstance(subject, Order) else ()
        why = unwanted_member_mail(mail, member, handlers)
    return why


def _recipient(mail: Mail, subject: Record | None, member: Record | None) -> Recipient | None:
    if isinstance(member, Member):
        return Recipient(name=member.name, email=member.email, language=member.language)
    if isinstance(subject, Agreement):
        for each in subject.signatories:
            if each.id == mail.signatory:
                return Recipient(name=each.contact.name, email=each.contact.email, language=each.contact.language)
    return None


def _words(mail: Mail, subject: Record | None, facts: Facts, catalogue: Catalogue) -> About:
    own = _name(facts, mail.organisation) or (subject.name if isinstance(subject, Agreement) else None)
    if not isinstance(subject, Order):
        return About(organisation=own or mail.organisation)
    content = subject.content
    offer = catalogue.offer(content.offer)
    return About(
        organisation=own or mail.organisation,
        customer=_name(facts, content.organisation),
        agent=None if content.agent is None else _name(facts, content.agent),
        case_number=subject.case_number,
        offer_sv=content.offer if offer is None else offer.name_sv,
        offer_en=content.offer if offer is None else offer.name_en,
        reason=subject.reason,
        instructions=subject.instructions,
    )


def _name(facts: Facts, number: str) -> str | None:
    fact = facts.get(organisation_key(number))
    return fact.record.name if fact is not None and isinstance(fact.record, Organisation) else None
