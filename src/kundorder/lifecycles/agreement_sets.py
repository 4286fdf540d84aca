"""What an agreement becomes by each act, and what must hold for it; the other half of the rows in ``agreement``."""

import attrs

from kundorder.codec import terms_digest
from kundorder.commands import (
    ApplyForAgentAgreement,
    ApplyForCustomerAgreement,
    ApproveAgreement,
    DeclineAgreement,
    RegisterAgentAgreement,
    RegisterCustomerAgreement,
    RejectAgreement,
    TerminateAgreement,
)
from kundorder.identifiers import agreement_id_of
from kundorder.lifecycles.documents import agreement_terms
from kundorder.lifecycles.marks import mark_of
from kundorder.lifecycles.openings import people_are_welcome, present_agreement
from kundorder.lifecycles.rows import By
from kundorder.model import Agreement, CustomerApplication, Mark, Signatory
from kundorder.policies import is_staff
from kundorder.reasons import OFFICER, YOU, Reason, Reasons
from kundorder.situation import Case
from kundorder.vocabulary import (
    AgreementModel,
    AgreementState,
    CustomerCategory,
    Party,
    ReasonCode,
    Trigger,
)

_OPEN = (AgreementState.APPLIED, AgreementState.AWAITING_SIGNATURE)


def _is_free(case: Case, party: Party, organisation: str, model: AgreementModel = AgreementModel.CURRENT) -> Reasons:
    """No application is open, and none is signed but for one of the earlier model, where this is of the current."""
    known = case.situation.organisation(organisation)
    if known is not None and known.is_provider:
        return (Reason(ReasonCode.IS_THE_PROVIDER, (("organisation", organisation),), cleared_by=(OFFICER,)),)
    present = present_agreement(case, party, organisation)
    if present is None or present.state not in (*_OPEN, AgreementState.SIGNED):
        return ()
    if present.state is AgreementState.SIGNED and present.model is not AgreementModel.CURRENT is model:
        return ()
    return (Reason(ReasonCode.AGREEMENT_EXISTS, (("organisation", organisation),), cleared_by=(OFFICER,)),)


def _new(
    case: Case,
    party: Party,
    organisation: str,
    name: str,
    category: CustomerCategory | None,
    application: CustomerApplication,
    mark: Mark,
) -> Agreement:
    present = present_agreement(case, party, organisation)
    terms = agreement_terms(case.act.catalogue, party)
    return Agreement(
        id=agreement_id_of(party, organisation),
        party=party,
        organisation=organisation,
        number=1 if present is None else present.number + 1,
        state=AgreementState.APPLIED,
        step=1,
        since=case.act.now,
        model=AgreementModel.CURRENT,
        name=name,
        category=category,
        administrator=application.administrator,
        agreement_contact=application.agreement_contact,
        signatories=tuple(
            Signatory(id=f"s{number}", contact=contact) for number, contact in enumerate(application.signatories, 1)
        ),
        terms_version=terms.version,
        terms_digest=terms_digest(terms),
        marks=(mark,),
    )


def may_apply_as_customer(case: Case, command: ApplyForCustomerAgreement) -> Reasons:
    """A second application while one is open or signed is refused."""
    return (*_names_signatories(command.application), *_is_free(case, Party.CUSTOMER, case.act.actor.organisation))


def may_apply_as_agent(case: Case, command: ApplyForAgentAgreement) -> Reasons:
    """A second application while one is open or signed is refused."""
    return (*_names_signatories(command.application), *_is_free(case, Party.AGENT, case.act.actor.organisation))


def _names_signatories(application: CustomerApplication) -> Reasons:
    emails = tuple(contact.email for contact in application.signatories)
    if emails and len(set(emails)) == len(emails):
        return ()
    return (Reason(ReasonCode.SIGNATORIES_UNCLEAR, cleared_by=(YOU,)),)


def applied_as_customer(case: Case, command: ApplyForCustomerAgreement, by: By) -> Agreement:
    """An application for the officer to judge."""
    here, mark = case.act.actor.organisation, mark_of(case, Trigger.APPLY, by)
    return _new(case, Party.CUSTOMER, here, command.name, command.category, command.application, mark)


def applied_as_agent(case: Case, command: ApplyForAgentAgreement, by: By) -> Agreement:
    """An application for the officer to judge."""
    here, mark = case.act.actor.organisation, mark_of(case, Trigger.APPLY, by)
    return _new(case, Party.AGENT, here, command.name, None, command.application, mark)


def may_register_customer(case: Case, command: RegisterCustomerAgreement) -> Reasons:
    """Nothing open or signed is there; people who were deleted are restored first."""
    if not is_staff(case):
        return ()  # what there is already is told to those only who see all agreements
    return (
        *_names_signatories(command.application),
        *_is_free(case, Party.CUSTOMER, command.organisation, command.model),
        *people_are_welcome(case, command.organisation, command.application),
    )


def may_register_agent(case: Case, command: RegisterAgentAgreement) -> Reasons:
    """Nothing open or signed is there; people who were deleted are restored first."""
    if not is_staff(case):
        return ()  # what there is already is told to those only who see all agreements
    return (
        *_names_signatories(command.application),
        *_is_free(case, Party.AGENT, command.organisation),
        *people_are_welcome(case, command.organisation, command.application),
    )


def registered_customer(case: Case, command: RegisterCustomerAgreement, by: By) -> Agreement:
    """In force, as it was before us."""
    mark = mark_of(case, Trigger.REGISTER, by)
    new = _new(case, Party.CUSTOMER, command.organisation, command.name, command.category, command.application, mark)
    return attrs.evolve(new, state=AgreementState.SIGNED, model=command.model)


def registered_agent(case: Case, command: RegisterAgentAgreement, by: By) -> Agreement:
    """In force, as it was before us."""
    mark = mark_of(case, Trigger.REGISTER, by)
    new = _new(case, Party.AGENT, command.organisation, command.name, None, command.application, mark)
    return attrs.evolve(new, state=AgreementState.SIGNED)


def may_be_opened(case: Case, _command: ApproveAgreement) -> Reasons:
    """Nobody named has been deleted as a user; the provider restores first."""
    agreement = case.agreement
    return people_are_welcome(case, agreement.organisation, agreement)


def approved(case: Case, _command: ApproveAgreement, by: By) -> Agreement:
    """To be signed, in today's wording."""
    agreement = case.agreement
    terms = agreement_terms(case.act.catalogue, agreement.party)
    return attrs.evolve(
        agreement,
        state=AgreementState.AWAITING_SIGNATURE,
        step=agreement.step + 1,
        since=case.act.now,
        terms_version=terms.version,
        terms_digest=terms_digest(terms),
        marks=(*agreement.marks, mark_of(case, Trigger.APPROVE, by)),
    )


def has_reason(_case: Case, command: RejectAgreement) -> Reasons:
    """Rejecting takes a reason."""
    return () if command.reason else (Reason(ReasonCode.REASON_MISSING, cleared_by=(YOU,)),)


def rejected(case: Case, command: RejectAgreement, by: By) -> Agreement:
    """Not approved."""
    return _ended(case, AgreementState.REJECTED, mark_of(case, Trigger.REJECT, by), command.reason)


def declined(case: Case, command: DeclineAgreement, by: By) -> Agreement:
    """One signatory's no is everybody's."""
    return _ended(case, AgreementState.DECLINED, mark_of(case, Trigger.DECLINE, by), command.reason)


def terminated(case: Case, command: TerminateAgreement, by: By) -> Agreement:
    """No longer in force."""
    return _ended(case, AgreementState.TERMINATED, mark_of(case, Trigger.TERMINATE, by), command.reason or None)


def _ended(case: Case, state: AgreementState, mark: Mark, reason: str | None) -> Agreement:
    agreement = case.agreement
    return attrs.evolve(
        agreement,
        state=state,
        step=agreement.step + 1,
        since=case.act.now,
        marks=(*agreement.marks, mark),
        reason=reason,
    )
