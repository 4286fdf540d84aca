"""The portal as `kundorder.testing.conformance` wants it: commands in, answers out; nothing is decided here."""

from collections.abc import Mapping, Sequence

import kundorder as ko
from kundorder.testing import conformance as kc
from own_portal.cases import Case, Letter, NotAllowed, Product, Status, Unknown
from own_portal.portal import OrderPortal
from own_portal.register import Organisation, Register, Role, User
from own_portal.staffing import Staffing

ROLES = {
    ko.Role.ORDERER: Role.BUYER,
    ko.Role.ATTESTANT: Role.SIGNER,
    ko.Role.AGENT_HANDLER: Role.REVIEWER,
    ko.Role.ADMINISTRATOR: Role.ADMIN,
    ko.Role.AGREEMENT_CONTACT: Role.CONTRACT_CONTACT,
    ko.Role.PROVIDER_OFFICER: Role.CONTRACT_OFFICER,
    ko.Role.CUSTOMER_SERVICE: Role.HELP_DESK,
}
STATES = {
    Status.DRAFT: ko.OrderState.DRAFT,
    Status.REVIEW: ko.OrderState.AWAITING_AGENT_APPROVAL,
    Status.AGENT_SIGNING: ko.OrderState.AWAITING_AGENT_ATTEST,
    Status.SIGNING: ko.OrderState.AWAITING_CUSTOMER_ATTEST,
    Status.SIGNED: ko.OrderState.ATTESTED,
    Status.HANDED_OVER: ko.OrderState.HANDED_OVER,
    Status.CONNECTING: ko.OrderState.CONNECTION_STARTABLE,
    Status.DONE: ko.OrderState.COMPLETED,
    Status.DECLINED: ko.OrderState.REJECTED,
    Status.DECLINED_BY_AGENT: ko.OrderState.REJECTED_BY_AGENT,
    Status.CANCELLED: ko.OrderState.WITHDRAWN,
}
KINDS = {
    Letter.PLEASE_REVIEW: ko.Template.REVIEW_ORDER,
    Letter.PLEASE_SIGN_FOR_AGENT: ko.Template.ATTEST_FOR_AGENT,
    Letter.PLEASE_SIGN: ko.Template.ATTEST_ORDER,
    Letter.DECLINED: ko.Template.ORDER_REJECTED,
    Letter.DECLINED_BY_AGENT: ko.Template.ORDER_REJECTED_BY_AGENT,
    Letter.CANCELLED: ko.Template.ORDER_WITHDRAWN,
    Letter.HOW_TO_GET_ACCESS: ko.Template.HANDED_OVER,
    Letter.YOU_MAY_CONNECT: ko.Template.CONNECTION_STARTABLE,
}
WHY = {
    "you are no buyer": ko.ReasonCode.ROLE_MISSING,
    "you are no signer": ko.ReasonCode.ROLE_MISSING,
    "you are no reviewer": ko.ReasonCode.ROLE_MISSING,
    "you are no admin": ko.ReasonCode.ROLE_MISSING,
    "that is no reviewer": ko.ReasonCode.NOT_A_HANDLER,
    "no signer": ko.ReasonCode.NO_ATTESTANT,
    "old contract": ko.ReasonCode.AGREEMENT_LEGACY,
    "no contract": ko.ReasonCode.NO_AGREEMENT,
    "not sold": ko.ReasonCode.ASSIGNMENT_NOT_ACTIVE,
    "not certified": ko.ReasonCode.NOT_CERTIFIED,
    "same human": ko.ReasonCode.FOUR_EYES,
    "other method": ko.ReasonCode.METHOD_NOT_ALLOWED,
}
"""What some of our words mean; the others have no counterpart."""

UNSUPPORTED = (ko.DeleteUser, ko.RestoreUser)
"""Our users come and go in the directory of the municipality."""


class OwnSystem:
    """The portal under test."""

    portal_class: type[OrderPortal] = OrderPortal
    staffing_class: type[Staffing] = Staffing

    def begin(self, setting: kc.Setting) -> Mapping[ko.Actor, str]:
        """See ``SystemUnderTest``."""
        contracts = {
            each.organisation: "old" if each.model is ko.AgreementModel.LEGACY else "new"
            for each in setting.agreements
            if each.party is ko.Party.CUSTOMER
        }
        register = Register()
        for each in setting.organisations:
            sells = {one.service for one in setting.assignments if one.agent == each.number} if each.is_agent else None
            contract = contracts.get(each.number)
            register.organisations[each.number] = Organisation(
                each.number, each.category, contract, sells, ours=each.is_provider
            )
        keys: dict[ko.Actor, str] = {}
        for person in setting.people:
            roles, actor = {ROLES[role] for role in person.roles}, person.actor
            keys[actor] = register.add(actor.person, actor.organisation, roles, set(person.grants)).key
        rules = setting.rules
        products = (product(offer) for offer in setting.catalogue.offers)
        self.portal = self.portal_class(register, products, set(rules.attest_methods), strict=rules.four_eyes)
        self.staffing = self.staffing_class(self.portal)
        return keys

    def perform(self, command: ko.Command, actor: ko.Actor) -> kc.Answer:
        """See ``SystemUnderTest``."""
        user = self.portal.register.login(actor.person, actor.organisation)
        if user is None:
            return kc.Hidden()
        try:
            case = self.on_case(command, user)
        except Unknown:
            return kc.Hidden()
        except NotAllowed as error:
            code = WHY.get(str(error))
            return kc.Refusal(codes=None if code is None else frozenset((code,)))
        return kc.Accepted() if case is None else kc.Accepted(id=case.number, state=STATES[case.status])

    def on_case(self, command: ko.Command, user: User) -> Case | None:
        """What is done with a case; None: the command is about something else."""
        portal = self.portal
        match command:
            case ko.StartOrder(offer=offer, mode=mode, agent=agent):
                return portal.start(user, offer, through_agent=mode is ko.ConnectionMode.VIA_AGENT, agent=agent)
            case ko.CopyOrderAsDraft():
                return portal.copy(command.order, user)
            case ko.FillInOrder(fields=fields):
                return portal.fill_in(command.order, user, {each.name: each.values for each in fields})
            case ko.AcceptTerms(version=version):
                return portal.accept(command.order, user, version)
            case ko.SendOrder():
                return portal.submit(command.order, user)
            case ko.WithdrawOrder():
                return portal.cancel(command.order, user)
            case _:
                return self.decided(command, user)

    def decided(self, command: ko.Command, user: User) -> Case | None:
        """What is decided about a case that has been sent."""
        portal = self.portal
        match command:
            case ko.ApproveOrder(attestant=attestant, certified=certified):
                return portal.review(command.order, user, attestant, certified=certified)
            case ko.PickAttestant(attestant=attestant):
                return portal.choose(command.order, user, attestant)
            case ko.AttestOrder(method=method):
                return portal.sign(command.order, user, method)
            case ko.RejectOrder(reason=reason):
                return portal.decline(command.order, user, reason)
            case ko.HandOverOrder(instructions=instructions):
                return portal.hand_over(command.order, user, instructions)
            case ko.InformAgent():
                return portal.let_connect(command.order, user)
            case ko.CompleteOrder():
                return portal.close(command.order, user)
            case _:
                self.on_people(command, user)
                return None

    def on_people(self, command: ko.Command, user: User) -> None:
        """What happens to users and contracts."""
        match command:
            case ko.AssignRole(role=role):
                self.staffing.give(user, command.member, ROLES[role])
            case ko.RemoveRole(role=role):
                self.staffing.take(user, command.member, ROLES[role])
            case ko.GrantHandler(assignment=assignment):
                self.staffing.let_review(user, command.member, assignment.partition("/")[2])
            case ko.RevokeHandler(assignment=assignment):
                self.staffing.let_review_no_more(user, command.member, assignment.partition("/")[2])
            case ko.EndAssignment(assignment=assignment):
                agent, _, service = assignment.partition("/")
                self.staffing.end_sale(user, agent, service)
            case ko.TerminateAgreement(agreement=agreement):
                self.staffing.end_contract(user, agreement.partition("/")[2])
            case _:
                raise NotImplementedError(type(command).__name__)

    def show(self, order: str, actor: ko.Actor) -> kc.Shown | None:
        """See ``SystemUnderTest``."""
        portal, user = self.portal, self.portal.register.login(actor.person, actor.organisation)
        if user is None:
            return None
        try:
            case = portal.seen(order, user)
        except Unknown:
            return None
        persons = frozenset(portal.people_in(case, user))
        waits = portal.waits_for(user, case)
        return kc.Shown(state=STATES[case.status], waits=waits, persons=persons, answers=dict(case.answers))

    def sent(self) -> Sequence[kc.Sent]:
        """See ``SystemUnderTest``."""
        return [
            kc.Sent(to=ko.Actor(user.human, user.organisation), order=case.number, kind=KINDS[letter])
            for user, case, letter in self.portal.outbox
        ]


def product(offer: ko.Offer) -> Product:
    """What we call an offer."""
    return Product(
        code=offer.id,
        service=offer.service,
        fields=frozenset(field.name for field in offer.form),
        terms=offer.terms.version,
        kinds=frozenset(offer.categories),
        directly=ko.ConnectionMode.DIRECT in offer.modes,
        through_agent=ko.ConnectionMode.VIA_AGENT in offer.modes,
        always_direct=offer.flow is ko.Flow.DIRECT,
    )
