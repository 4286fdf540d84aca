"""The command of a question about an organisation's papers and people."""

from kundorder.commands import (
    ActivateAssignment,
    AddUser,
    ApplyForAgentAgreement,
    ApplyForAssignment,
    ApplyForCustomerAgreement,
    ApproveAgreement,
    AssignRole,
    AttestAssignment,
    Command,
    DeclineAgreement,
    DeleteUser,
    EndAssignment,
    EstablishProvider,
    GrantHandler,
    PassReview,
    RegisterAgentAgreement,
    RegisterCustomerAgreement,
    RejectAgreement,
    RejectAssignment,
    RemoveRole,
    RestoreUser,
    RevokeHandler,
    SignAgreement,
    TerminateAgreement,
    VerifyUser,
)
from kundorder.evidence import Evidence
from kundorder.model import (
    Contact,
    CustomerApplication,
)
from kundorder.vocabulary import (
    CustomerCategory,
    Party,
    Trigger,
)
from oracle.asked import Place, Said
from oracle.built.house_places import HOUSES, RIGHT_CODE, THEM, WRONG_CODE, house_of, place_of
from oracle.built.names import ME, MINE, NUMBERS
from oracle.built.order_commands import METHODS
from oracle.built.world import address, contact
from oracle.house_asked import (
    AgreementQuestion,
    AssignmentQuestion,
    Code,
    HouseQuestion,
    ProviderQuestion,
    Side,
    Signatories,
    UserQuestion,
    Who,
)

_T = Trigger


def _application(names: Signatories, place: Place) -> CustomerApplication:
    firm = contact("firma", place)
    signatories: dict[Signatories, tuple[Contact, ...]] = {
        Signatories.CLEAR: (firm,),
        Signatories.NOBODY: (),
        Signatories.ONE_ADDRESS: (firm, firm),
    }
    return CustomerApplication(
        administrator=contact("ada", place), agreement_contact=contact("kontakt", place), signatories=signatories[names]
    )


def _agreement_command(question: AgreementQuestion, evidence: Evidence | None) -> Command:
    house = house_of(question)
    place = HOUSES[house]
    remark = "Provskäl." if question.said is Said.SOMETHING else ""
    applied = _application(
        question.names,
        place_of(question.caller, house)
        if question.trigger is _T.APPLY and question.caller.side is not Side.SYSTEM
        else place,
    )
    number = f"{question.party}/{NUMBERS[place]}"
    customer = question.party is Party.CUSTOMER
    organisation = NUMBERS[Place.PROVIDER if question.for_provider else place]
    match question.trigger:
        case _T.APPLY if customer:
            return ApplyForCustomerAgreement(
                name="Provorganisationen", category=CustomerCategory.REGION, application=applied
            )
        case _T.APPLY:
            return ApplyForAgentAgreement(name="Provorganisationen", application=applied)
        case _T.REGISTER if customer:
            return RegisterCustomerAgreement(
                organisation=organisation,
                name="Provorganisationen",
                category=CustomerCategory.REGION,
                application=applied,
                model=question.model,
            )
        case _T.REGISTER:
            return RegisterAgentAgreement(organisation=organisation, name="Provorganisationen", application=applied)
        case _T.APPROVE:
            return ApproveAgreement(agreement=number)
        case _T.REJECT:
            return RejectAgreement(agreement=number, reason=remark)
        case _T.SIGN:
            return SignAgreement(agreement=number, evidence=evidence)
        case _T.DECLINE:
            return DeclineAgreement(agreement=number, reason=remark, evidence=evidence)
        case _T.TERMINATE:
            return TerminateAgreement(agreement=number, reason=remark)
        case _:
            raise LookupError(question.trigger)


def _assignment_command(question: AssignmentQuestion, evidence: Evidence | None) -> Command:
    service = "npo" if question.known else "no-such-service"
    number = f"{NUMBERS[Place.AGENT]}/{service}"
    remark = "Provskäl." if question.said is Said.SOMETHING else ""
    match question.trigger:
        case _T.APPLY:
            return ApplyForAssignment(service=service)
        case _T.PASS_REVIEW:
            return PassReview(assignment=number)
        case _T.REJECT:
            return RejectAssignment(assignment=number, reason=remark)
        case _T.ATTEST:
            return AttestAssignment(assignment=number, method=METHODS[question.method], evidence=evidence)
        case _T.ACTIVATE:
            return ActivateAssignment(assignment=number)
        case _T.END:
            return EndAssignment(assignment=number, reason=remark)
        case _:
            raise LookupError(question.trigger)


def _user_command(question: UserQuestion) -> Command:
    them = MINE if question.who is Who.ONESELF else THEM
    number = f"{NUMBERS[Place.OTHER_AGENT if question.foreign else Place.AGENT]}/npo"
    match question.trigger:
        case _T.ADD:
            return AddUser(name="Disa Prov", email=address("disa", HOUSES[question.house]))
        case _T.VERIFY:
            return VerifyUser(member=them, code=RIGHT_CODE if question.code is Code.RIGHT else WRONG_CODE)
        case _T.DELETE:
            return DeleteUser(member=them)
        case _T.RESTORE:
            return RestoreUser(member=them)
        case _T.ASSIGN_ROLE:
            return AssignRole(member=them, role=question.role)
        case _T.REMOVE_ROLE:
            return RemoveRole(member=them, role=question.role)
        case _T.GRANT:
            return GrantHandler(member=them, assignment=number)
        case _T.REVOKE:
            return RevokeHandler(member=them, assignment=number)
        case _:
            raise LookupError(question.trigger)


def command_of(question: HouseQuestion, evidence: Evidence | None) -> Command:
    match question:
        case AgreementQuestion():
            return _agreement_command(question, evidence)
        case AssignmentQuestion():
            return _assignment_command(question, evidence)
        case UserQuestion():
            return _user_command(question)
        case ProviderQuestion():
            return EstablishProvider(name="Leverantören", person_name="Mia Prov", email=address(ME, Place.CUSTOMER))
