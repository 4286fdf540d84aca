"""How an organisation and its people become known with an agreement, and where an earlier one goes to rest."""

import attrs

from kundorder.commands import SignAgreement
from kundorder.identifiers import agreement_id_of
from kundorder.lifecycles.people import invite
from kundorder.lifecycles.rows import NOTHING, Extra
from kundorder.model import Agreement, CustomerApplication, Organisation, Subject
from kundorder.outcomes import Put
from kundorder.reasons import OFFICER, Reason, Reasons
from kundorder.situation import Case, agreement_key, organisation_key, past_key
from kundorder.vocabulary import (
    AgreementState,
    Party,
    ReasonCode,
    Role,
    Template,
    UserState,
)


def present_agreement(case: Case, party: Party, organisation: str) -> Agreement | None:
    """The agreement an organisation has now."""
    return case.situation.agreement(agreement_id_of(party, organisation))


def kept(case: Case, _command: object, made: Subject) -> Extra:
    """The agreement before this one goes to rest where it can be found; nothing signed is ever overwritten."""
    if not isinstance(made, Agreement):
        raise TypeError(type(made).__name__)
    present = present_agreement(case, made.party, made.organisation)
    if present is None:
        return NOTHING
    return Extra(puts=(Put(past_key(agreement_key(present.id), present.number), present),))


def opened_and_kept(case: Case, command: object, made: Subject) -> Extra:
    """The organisation and its people are known from now on; an earlier agreement goes to rest."""
    opened, earlier = known(case, command, made), kept(case, command, made)
    return attrs.evolve(opened, puts=(*opened.puts, *earlier.puts))


def known(case: Case, _command: object, made: Subject) -> Extra:
    """The organisation is known, and the two contacts with a login get theirs (R6)."""
    if not isinstance(made, Agreement):
        raise TypeError(type(made).__name__)
    before = case.situation.organisation(made.organisation)
    is_agent = made.party is Party.AGENT
    organisation = Organisation(
        number=made.organisation,
        name=made.name,
        category=made.category if not is_agent else None if before is None else before.category,
        is_agent=is_agent or (before is not None and before.is_agent),
        is_provider=before is not None and before.is_provider,
    )
    contacts = (
        (made.administrator, Role.ADMINISTRATOR, Template.LOGIN_ADMINISTRATOR),
        (made.agreement_contact, Role.AGREEMENT_CONTACT, Template.LOGIN_AGREEMENT_CONTACT),
    )
    people = invite(case, made.organisation, made.party, contacts)
    return attrs.evolve(people, puts=(Put(organisation_key(organisation.number), organisation), *people.puts))


def known_when_signed(case: Case, command: SignAgreement, made: Subject) -> Extra:
    """An agent gets its account with the last signature."""
    return known(case, command, made) if made.state is AgreementState.SIGNED else NOTHING


def people_are_welcome(case: Case, organisation: str, named: CustomerApplication | Agreement) -> Reasons:
    """Nobody named has been deleted as a user; the provider restores first (R27)."""
    for contact in (named.administrator, named.agreement_contact):
        account = case.situation.account(organisation, contact.email)
        member = None if account is None else case.situation.member(account.member)
        if member is not None and member.state is UserState.DELETED:
            return (Reason(ReasonCode.USER_DELETED, cleared_by=(OFFICER,)),)
    return ()
