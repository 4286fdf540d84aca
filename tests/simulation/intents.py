"""What people want to do next, drawn from what there is: mostly what leads on, and now and then anything."""

from collections.abc import Mapping
from random import Random
from typing import Final, TypeAlias, TypeVar

import attrs

import kundorder as ko
from kundorder.sample import CATALOGUE
from kundorder.testing.forms import fitting
from kundorder.testing.laws import Kept
from kundorder.testing.world import AGENT, CUSTOMER, PROVIDER
from kundorder.vocabulary import OrderState, Role

T = TypeVar("T")
Intent: TypeAlias = tuple[ko.Command, ko.Actor]

BANKID: Final = ko.AttestMethod.BANKID
ANNA, OLOF, BO = (ko.Actor(person, CUSTOMER) for person in ("anna", "olof", "bo"))
HANNA, HUGO, ARON = (ko.Actor(person, AGENT) for person in ("hanna", "hugo", "aron"))
ADAM, AGDA = ko.Actor("adam", CUSTOMER), ko.Actor("agda", AGENT)
OLLE, KARIN = ko.Actor("olle", PROVIDER), ko.Actor("karin", PROVIDER)
EVERYBODY: Final = (ANNA, OLOF, BO, HANNA, HUGO, ARON, ADAM, AGDA, OLLE, KARIN)
ORDERERS: Final = (ANNA, ANNA, OLOF)
ASSIGNMENT: Final = f"{AGENT}/npo"
OFFER: Final = "npo-producent"
_FOUND: Final = CATALOGUE.offer(OFFER)
FIELDS: Final = {} if _FOUND is None else fitting(_FOUND)
MOVED_ROLES: Final = (Role.ATTESTANT, Role.ORDERER, Role.AGENT_HANDLER)


@attrs.frozen
class Wishes:
    """Who wants what."""

    chance: Random
    members: Mapping[tuple[str, str], str]

    def next(self, kept: Kept) -> Intent:
        """What somebody wants now."""
        kind = self.chance.randrange(20)
        open_orders = [order for order in kept.orders.values() if order.state is not OrderState.COMPLETED]
        if kind < 2 or not open_orders:
            via = self.chance.random() < 0.6
            mode = ko.ConnectionMode.VIA_AGENT if via else ko.ConnectionMode.DIRECT
            return ko.StartOrder(offer=OFFER, mode=mode, agent=AGENT if via else None), self.one(*ORDERERS)
        order = self.one(*open_orders)
        if kind < 15:
            return self.onward(order)
        if kind < 17:
            return self.aside(order)
        return self.around(kept)

    def onward(self, order: ko.Order) -> Intent:
        """What an order waits for, by somebody who may or may not be the right one."""
        identifier = order.id
        match order.state:
            case OrderState.DRAFT if not order.content.answers:
                return ko.FillInOrder(order=identifier, fields=FIELDS), self.one(*ORDERERS)
            case OrderState.DRAFT if order.content.terms is None:
                return ko.AcceptTerms(order=identifier, version="2026-1"), self.one(*ORDERERS)
            case OrderState.DRAFT:
                return ko.SendOrder(order=identifier), self.one(*ORDERERS)
            case OrderState.AWAITING_AGENT_APPROVAL:
                picked = self.members[AGENT, "aron"]
                approve = ko.ApproveOrder(order=identifier, attestant=picked, certified=True)
                return approve, self.one(HANNA, HUGO)
            case OrderState.AWAITING_AGENT_ATTEST:
                return ko.AttestOrder(order=identifier, method=BANKID), ARON
            case OrderState.AWAITING_CUSTOMER_ATTEST:
                return ko.AttestOrder(order=identifier, method=BANKID), self.one(BO, OLOF)
            case OrderState.ATTESTED if order.content.agent is None:
                return ko.HandOverOrder(order=identifier, instructions="Logga in så här."), KARIN
            case OrderState.ATTESTED:
                return ko.InformAgent(order=identifier), KARIN
            case OrderState.HANDED_OVER | OrderState.CONNECTION_STARTABLE:
                return ko.CompleteOrder(order=identifier), self.one(KARIN, HANNA, HUGO)
            case _:
                return ko.CopyOrderAsDraft(order=identifier), self.one(*ORDERERS)

    def aside(self, order: ko.Order) -> Intent:
        """What ends an order early, or anybody at all doing what it waits for."""
        match self.chance.randrange(3):
            case 0:
                return ko.WithdrawOrder(order=order.id), self.one(ANNA, OLOF, KARIN)
            case 1:
                return ko.RejectOrder(order=order.id, reason="Fel tjänst."), self.one(BO, OLOF, ARON, HANNA, HUGO)
            case _:
                return self.onward(order)[0], self.one(*EVERYBODY)

    def around(self, kept: Kept) -> Intent:
        """What changes who may do what."""
        person, organisation = self.one(("bo", CUSTOMER), ("olof", CUSTOMER), ("hanna", AGENT), ("hugo", AGENT))
        member, boss = self.members[organisation, person], ADAM if organisation == CUSTOMER else AGDA
        role = self.one(*MOVED_ROLES) if organisation == CUSTOMER else Role.AGENT_HANDLER
        found = kept.members[member]
        match self.chance.randrange(8):
            case 0 | 1 | 2:
                change = ko.RemoveRole if role in found.roles else ko.AssignRole
                return change(member=member, role=role), boss
            case 3:
                handler = self.members[AGENT, self.one("hanna", "hugo")]
                shift = ko.RevokeHandler if handler in kept.granted(ASSIGNMENT) else ko.GrantHandler
                return shift(member=handler, assignment=ASSIGNMENT), AGDA
            case 4:
                return ko.AddUser(name="Ny Prov", email=f"ny{self.chance.randrange(3)}@region.example"), ADAM
            case 5:
                delete = found.state is ko.UserState.ACTIVE
                return (ko.DeleteUser(member=member), boss) if delete else (ko.RestoreUser(member=member), OLLE)
            case 6:
                assignment = kept.assignments[ASSIGNMENT]
                if assignment.state is ko.AssignmentState.ACTIVE and self.chance.randrange(3) == 0:
                    return ko.EndAssignment(assignment=ASSIGNMENT), OLLE
                return ko.AssignRole(member=member, role=role), boss
            case _:
                return ko.AssignRole(member=self.members[CUSTOMER, "anna"], role=Role.ATTESTANT), ADAM

    def one(self, *those: T) -> T:
        """One of those."""
        return those[self.chance.randrange(len(those))]
