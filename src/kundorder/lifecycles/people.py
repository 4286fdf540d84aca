"""Inviting people and keeping account of who holds what; shared by all lifecycles that touch users."""

from collections.abc import Iterable

import attrs

from kundorder.codec import digest
from kundorder.directory import Account, Holder, Holders
from kundorder.events import Mail
from kundorder.lifecycles.rows import Extra, Side
from kundorder.model import Contact, Member
from kundorder.outcomes import Put
from kundorder.situation import Case, account_key, holders_key, member_key
from kundorder.vocabulary import Lifecycle, Party, Role, Template, Trigger, UserState


def sorted_roles(roles: Iterable[Role]) -> tuple[Role, ...]:
    """Roles, each once, in one order."""
    return tuple(sorted(set(roles)))


def new_member(case: Case, organisation: str, contact: Contact, roles: tuple[Role, ...]) -> Member:
    """An invited user; the code of the invitation is kept only as a digest."""
    identifier = case.act.fresh.member()
    return Member(
        id=identifier,
        organisation=organisation,
        state=UserState.INVITED,
        step=1,
        since=case.act.now,
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        language=contact.language,
        roles=sorted_roles(roles),
        invitation=digest(case.act.fresh.code(identifier)),
    )


def account_of(member: Member) -> Put:
    """The address, taken by the member."""
    account = Account(organisation=member.organisation, email=member.email, member=member.id)
    return Put(account_key(member.organisation, member.email), account)


def holding(case: Case, member: Member, roles: Iterable[Role]) -> tuple[Put, ...]:
    """The members holding these roles, with this one among them."""
    return tuple(_holders(case, member, role, holds=True) for role in roles)


def no_longer_holding(case: Case, member: Member, roles: Iterable[Role]) -> tuple[Put, ...]:
    """The members holding these roles, without this one."""
    return tuple(_holders(case, member, role, holds=False) for role in roles)


def _holders(case: Case, member: Member, role: Role, *, holds: bool) -> Put:
    organisation = member.organisation
    others = tuple(each for each in case.situation.holders(organisation, role) if each.member != member.id)
    if holds and member.person is not None:
        others = (*others, Holder(member=member.id, person=member.person, since=case.act.now))
    record = Holders(organisation=organisation, role=role, holders=others)
    return Put(holders_key(organisation, role), record)


def is_last_administrator(case: Case, member: Member) -> bool:
    """Whether the organisation would have no administrator without this one (R39)."""
    holders = case.situation.holders(member.organisation, Role.ADMINISTRATOR)
    return tuple(holder.member for holder in holders) == (member.id,)


def invite(case: Case, organisation: str, party: Party, contacts: tuple[tuple[Contact, Role, Template], ...]) -> Extra:
    """Make each contact a user with the role it is named in, and owe each capacity its mail (R6).

    Somebody named in two capacities becomes one user and gets both mails; who is a user already gets the role.
    """
    puts: list[Put] = []
    sides: list[Side] = []
    mails: list[Mail] = []
    for email in dict.fromkeys(contact.email for contact, _role, _template in contacts):
        named = tuple(each for each in contacts if each[0].email == email)
        roles = tuple(role for _contact, role, _template in named)
        member, extra = _joined(case, organisation, named[0][0], roles)
        puts += extra.puts
        sides += extra.sides
        mails += (login_mail(case, member, party, role, template) for _contact, role, template in named)
    return Extra(puts=tuple(puts), sides=tuple(sides), mails=tuple(mails))


def login_mail(case: Case, member: Member, party: Party, role: Role | None, template: Template) -> Mail:
    """Login details; with the code of the invitation, as long as it has not been used."""
    return Mail(
        id=f"{member.id}/{member.step}/{template.value}",
        template=template,
        subject=member_key(member.id),
        step=member.step,
        role=role,
        party=party,
        organisation=member.organisation,
        member=member.id,
        secret=case.act.fresh.code(member.id) if member.state is UserState.INVITED else None,
    )


def _joined(case: Case, organisation: str, contact: Contact, roles: tuple[Role, ...]) -> tuple[Member, Extra]:
    account = case.situation.account(organisation, contact.email)
    present = None if account is None else case.situation.member(account.member)
    if present is None:
        member = new_member(case, organisation, contact, roles)
        puts: tuple[Put, ...] = (Put(member_key(member.id), member), account_of(member))
        return member, Extra(puts=puts, sides=(_step(member, Trigger.ADD, None),))
    member = attrs.evolve(present, step=present.step + 1, roles=sorted_roles((*present.roles, *roles)))
    if present.state is UserState.INVITED:
        member = attrs.evolve(member, invitation=digest(case.act.fresh.code(member.id)))
    new = tuple(role for role in dict.fromkeys(roles) if role not in present.roles)
    gained = holding(case, member, new) if present.state is UserState.ACTIVE else ()
    side = _step(member, Trigger.ASSIGN_ROLE, present.state, "|".join(new) or None)
    return member, Extra(puts=(Put(member_key(member.id), member), *gained), sides=(side,))


def _step(member: Member, trigger: Trigger, before: UserState | None, about: str | None = None) -> Side:
    return Side(
        key=member_key(member.id),
        lifecycle=Lifecycle.USER,
        trigger=trigger,
        before=before,
        after=member.state,
        step=member.step,
        on_behalf=member.organisation,
        about=about,
    )
