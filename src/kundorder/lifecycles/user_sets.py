"""What a user becomes by each act, and what must hold for it; the other half of the rows in ``user``."""

import attrs

from kundorder.codec import digest
from kundorder.commands import (
    AddUser,
    AssignRole,
    DeleteUser,
    RemoveRole,
    RestoreUser,
    VerifyUser,
)
from kundorder.directory import Login, Mailbox
from kundorder.events import FollowUp, FollowUpKind
from kundorder.identifiers import agreement_id_of
from kundorder.lifecycles.people import (
    account_of,
    holding,
    is_last_administrator,
    login_mail,
    new_member,
    no_longer_holding,
    sorted_roles,
)
from kundorder.lifecycles.rows import NOTHING, By, Extra
from kundorder.model import Contact, Member, Subject
from kundorder.outcomes import Put
from kundorder.policies import sides
from kundorder.reasons import CUSTOMER_SERVICE, OFFICER, YOU, Clearer, Reason, Reasons
from kundorder.situation import Case, login_key, mailbox_key
from kundorder.vocabulary import (
    AgreementState,
    Party,
    ReasonCode,
    Role,
    Template,
    UserState,
)

_SIDES_OF_ROLE: dict[Role, tuple[Party, ...]] = {
    Role.ADMINISTRATOR: (Party.CUSTOMER, Party.AGENT, Party.PROVIDER),
    Role.AGREEMENT_CONTACT: (Party.CUSTOMER, Party.AGENT),
    Role.ORDERER: (Party.CUSTOMER,),
    Role.ATTESTANT: (Party.CUSTOMER, Party.AGENT),
    Role.AGENT_HANDLER: (Party.AGENT,),
    Role.AGENT_ASSIGNMENT_ORDERER: (Party.AGENT,),
    Role.PROVIDER_OFFICER: (Party.PROVIDER,),
    Role.CUSTOMER_SERVICE: (Party.PROVIDER,),
    Role.SIGNATORY: (),
}
"""In which kinds of organisation a role exists (R18)."""

_TOLD_LATER = (Role.ATTESTANT, Role.AGENT_HANDLER)


def _administrator(case: Case, organisation: str) -> Clearer:
    own = case.mine is not None and case.mine.number == organisation
    side = sides(case.mine)[0] if own and case.mine is not None else Party.CUSTOMER
    return Clearer(role=Role.ADMINISTRATOR, party=side, organisation=organisation)


def new_here(case: Case, command: AddUser) -> Reasons:
    """Nobody has this address in the organisation yet."""
    organisation = case.act.actor.organisation
    account = case.situation.account(organisation, command.email)
    if account is None or case.me is None or not case.me.roles:  # without a role one may not see who is a user
        return ()
    present = case.situation.member(account.member)
    if present is not None and present.state is UserState.INVITED:
        return ()  # invited again, with a new code
    if present is not None and present.state is UserState.DELETED:
        return (Reason(ReasonCode.USER_DELETED, cleared_by=(OFFICER,)),)
    return (Reason(ReasonCode.ALREADY_A_USER, (("organisation", organisation),), cleared_by=(YOU,)),)


def added(case: Case, command: AddUser, _by: By) -> Member:
    """An invited user; who has been invited already and has not verified is invited again."""
    contact = Contact(name=command.name, email=command.email, phone=command.phone, language=command.language)
    account = case.situation.account(case.act.actor.organisation, command.email)
    present = None if account is None else case.situation.member(account.member)
    if present is None:
        return new_member(case, case.act.actor.organisation, contact, ())
    return attrs.evolve(
        present,
        step=present.step + 1,
        since=case.act.now,
        name=contact.name,
        phone=contact.phone,
        language=contact.language,
        invitation=digest(case.act.fresh.code(present.id)),
    )


def invited(case: Case, _command: AddUser, made: Subject) -> Extra:
    """The address is taken, and the login details are owed."""
    if not isinstance(made, Member) or case.mine is None:
        raise TypeError(type(made).__name__)
    mail = login_mail(case, made, sides(case.mine)[0], None, Template.LOGIN_USER)
    return Extra(puts=(account_of(made),) if made.step == 1 else (), mails=(mail,))


def may_verify(case: Case, command: VerifyUser) -> Reasons:
    """The code of the invitation, by a person and at an address that are nobody else's."""
    member = case.member
    if member.invitation != digest(command.code):
        return (Reason(ReasonCode.INVITATION_INVALID, cleared_by=(_administrator(case, member.organisation),)),)
    login = case.situation.login(case.act.actor)
    mailbox = case.situation.mailbox(member.email)
    before = None if login is None else case.situation.member(login.member)
    if before is not None and before.state is UserState.DELETED:  # the same person, by an address of before
        return (Reason(ReasonCode.USER_DELETED, cleared_by=(OFFICER,)),)
    free = login is None or login.member == member.id
    own = mailbox is None or mailbox.person == case.act.actor.person
    return () if free and own else (Reason(ReasonCode.PERSON_TAKEN, cleared_by=(CUSTOMER_SERVICE,)),)


def verified(case: Case, _command: VerifyUser, _by: By) -> Member:
    """Active, bound to the person."""
    member = case.member
    return attrs.evolve(
        member,
        state=UserState.ACTIVE,
        step=member.step + 1,
        since=case.act.now,
        person=case.act.actor.person,
        invitation=None,
    )


def bound(case: Case, _command: VerifyUser, made: Subject) -> Extra:
    """The login and the address are the person's; the roles count from now on (R39)."""
    member, person = _member(made), case.act.actor.person
    login = Login(organisation=member.organisation, person=person, member=member.id)
    mailbox = Mailbox(email=member.email, person=person)
    puts = (
        Put(login_key(member.organisation, person), login),
        Put(mailbox_key(member.email), mailbox),
        *holding(case, member, member.roles),
    )
    return Extra(puts=puts, follow_ups=_tell_pending(member, member.roles))


def _member(subject: Subject) -> Member:
    if not isinstance(subject, Member):
        raise TypeError(type(subject).__name__)
    return subject


def _tell_pending(member: Member, gained: tuple[Role, ...]) -> tuple[FollowUp, ...]:
    if member.state is not UserState.ACTIVE or not any(role in _TOLD_LATER for role in gained):
        return ()
    kind = FollowUpKind.TELL_PENDING
    return (FollowUp(id=f"{member.id}/{member.step}/{kind.value}", kind=kind, about=member.id),)


def is_not_last(case: Case, _command: DeleteUser) -> Reasons:
    """Not the last administrator (R39)."""
    return _last(case) if is_last_administrator(case, case.member) else ()


def _last(case: Case) -> Reasons:
    organisation = case.member.organisation
    params = (("organisation", organisation),)
    return (Reason(ReasonCode.LAST_ADMINISTRATOR, params, cleared_by=(_administrator(case, organisation),)),)


def deleted(case: Case, _command: DeleteUser, _by: By) -> Member:
    """Out, with all roles."""
    member = case.member
    return attrs.evolve(member, state=UserState.DELETED, step=member.step + 1, since=case.act.now, roles=())


def stripped(case: Case, _command: DeleteUser, _made: Subject) -> Extra:
    """Nobody counts on the user any more."""
    return Extra(puts=no_longer_holding(case, case.member, case.member.roles))


def restored(case: Case, _command: RestoreUser, _by: By) -> Member:
    """Back, without roles."""
    member = case.member
    return attrs.evolve(member, state=UserState.ACTIVE, step=member.step + 1, since=case.act.now)


def may_have_role(case: Case, command: AssignRole) -> Reasons:
    """The role exists in this kind of organisation (R18); with the host's rule, not before the agreement is signed."""
    role, organisation = command.role, case.member.organisation
    params = (("role", role.value), ("organisation", organisation))
    if role is Role.SIGNATORY:
        return (Reason(ReasonCode.ROLE_NOT_ASSIGNABLE, params, cleared_by=(OFFICER,)),)
    found: list[Reason] = []
    mine = () if case.mine is None else sides(case.mine)
    if not any(side in mine for side in _SIDES_OF_ROLE[role]):
        found.append(Reason(ReasonCode.ROLE_NOT_FOR_ORGANISATION, params, cleared_by=(OFFICER,)))
    as_customer = Party.CUSTOMER in mine and not any(
        side in mine for side in _SIDES_OF_ROLE[role] if side is not Party.CUSTOMER
    )
    if case.act.rules.roles_require_signed_agreement and as_customer:
        agreement = case.situation.agreement(agreement_id_of(Party.CUSTOMER, organisation))
        if agreement is None or agreement.state is not AgreementState.SIGNED:
            signatory = Clearer(role=Role.SIGNATORY, party=Party.CUSTOMER, organisation=organisation)
            found.append(Reason(ReasonCode.AGREEMENT_NOT_SIGNED, params, cleared_by=(signatory,)))
    return tuple(found)


def lacks_role(case: Case, command: AssignRole) -> bool:
    """Giving a role that is held changes nothing (R15)."""
    return command.role not in case.member.roles


def with_role(case: Case, command: AssignRole, _by: By) -> Member:
    """With the role."""
    member = case.member
    return attrs.evolve(member, step=member.step + 1, roles=sorted_roles((*member.roles, command.role)))


def counted(case: Case, command: AssignRole, made: Subject) -> Extra:
    """Counts from now on, and is told what waits (R39)."""
    member = _member(made)
    if member.state is not UserState.ACTIVE:
        return NOTHING
    return Extra(puts=holding(case, member, (command.role,)), follow_ups=_tell_pending(member, (command.role,)))


def may_lose_role(case: Case, command: RemoveRole) -> Reasons:
    """Not the last administrator (R39)."""
    if command.role is Role.ADMINISTRATOR and is_last_administrator(case, case.member):
        return _last(case)
    return ()


def has_role(case: Case, command: RemoveRole) -> bool:
    """Taking a role that is not held changes nothing."""
    return command.role in case.member.roles


def without_role(case: Case, command: RemoveRole, _by: By) -> Member:
    """Without the role."""
    member = case.member
    roles = tuple(role for role in member.roles if role is not command.role)
    return attrs.evolve(member, step=member.step + 1, roles=roles)


def uncounted(case: Case, command: RemoveRole, made: Subject) -> Extra:
    """Does not count any more."""
    member = _member(made)
    if member.state is not UserState.ACTIVE:
        return NOTHING
    return Extra(puts=no_longer_holding(case, member, (command.role,)))
