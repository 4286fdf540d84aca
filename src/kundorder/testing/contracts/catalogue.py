"""What a catalogue promises: whatever it offers can be ordered by somebody, to the end, in both languages.

Each offer is walked through a portal in each of its modes, from the start until it is completed.
"""

from typing import ClassVar, Final

from kundorder.adapters.memory import MemorySigner
from kundorder.catalogue import Catalogue, Offer, Service
from kundorder.codec import terms_digest
from kundorder.commands import (
    ApproveOrder,
    CompleteOrder,
    FillInOrder,
    HandOverOrder,
    InformAgent,
    SendOrder,
)
from kundorder.errors import KundorderError
from kundorder.evidence import higher, reaches
from kundorder.identifiers import plain_text
from kundorder.lifecycles.forms import missing, unfit
from kundorder.model import Actor, Order, Rules
from kundorder.portal import Portal
from kundorder.testing.contracts.promising import Contract, promise
from kundorder.testing.forms import fits, fitting
from kundorder.testing.world import AGENT, World
from kundorder.vocabulary import AssuranceLevel, AttestMethod, ConnectionMode, Flow, OrderState, Role

_LONGEST_NAME: Final = 400  # of what stands on a line of a mail
_ANY_ORDER: Final = "o-00000000000000000000000000"


class CatalogueContract(Contract):
    """The contract for the catalogue of a host, and the rules it uses it with."""

    port: ClassVar[str] = "Catalogue"

    def make_catalogue(self) -> Catalogue:
        """The catalogue, made anew each time."""
        raise NotImplementedError

    def rules(self) -> Rules:
        """What the host has chosen."""
        return Rules()

    @promise(Catalogue)
    def test_every_offer_can_be_ordered_to_the_end_in_each_of_its_modes(self) -> None:
        catalogue = self.make_catalogue()
        assert catalogue.offers, "nothing is offered"
        for offer in catalogue.offers:
            for mode in offer.modes:
                walked = f"{offer.id} ({mode.value})"
                try:
                    order = _walked(catalogue, self.rules(), offer, mode)
                except KundorderError as error:
                    raise AssertionError(f"{walked}: {error}") from error
                assert order.state is OrderState.COMPLETED, f"{walked} ends {order.state}"

    @promise(Offer)
    def test_every_form_can_be_filled_in(self) -> None:
        for offer in self.make_catalogue().offers:
            answers = FillInOrder(order=_ANY_ORDER, fields=fitting(offer)).fields
            wrong = (*unfit(offer, answers), *missing(offer, answers))
            assert not wrong, f"{offer.id}: {[reason.text('en') for reason in wrong]}"

    @promise(Offer)
    def test_every_choice_of_every_field_can_be_chosen(self) -> None:
        for offer in self.make_catalogue().offers:
            for field in offer.form:
                assert len(set(field.choices)) == len(field.choices), f"{offer.id}: {field.name} offers a choice twice"
                for choice in field.choices or (fits(field),):
                    command = FillInOrder(order=_ANY_ORDER, fields=fitting(offer) | {field.name: choice})
                    answers = {answer.name: answer.values for answer in command.fields}
                    assert not unfit(offer, command.fields), f"{offer.id}: {field.name} does not take {choice!r}"
                    assert not field.choices or answers[field.name] == (choice,), f"{offer.id}: {choice!r} is another"

    @promise(Catalogue)
    def test_the_same_texts_have_the_same_digests_whenever_the_catalogue_is_made(self) -> None:
        one, other = (_digests(self.make_catalogue()) for _ in range(2))
        assert one == other, "terms that were accepted a moment ago are others now"

    @promise(Catalogue)
    def test_every_name_can_stand_in_a_mail_in_both_languages(self) -> None:
        catalogue = self.make_catalogue()
        named: tuple[Service | Offer, ...] = (*catalogue.services, *catalogue.offers)
        for each in named:
            for name in (each.name_sv, each.name_en):
                try:
                    same = plain_text(name, limit=_LONGEST_NAME)
                except KundorderError as error:
                    raise AssertionError(f"{each.id}: a name of it {error}") from error
                assert same == name, f"{each.id}: {name!r} would be written {same!r}"

    @promise(Catalogue)
    def test_every_service_can_be_ordered(self) -> None:
        catalogue = self.make_catalogue()
        idle = {service.id for service in catalogue.services} - {offer.service for offer in catalogue.offers}
        assert not idle, f"nothing is offered of {sorted(idle)}"

    @promise(Rules)
    def test_the_rules_speak_of_offers_there_are_and_leave_a_method_for_each(self) -> None:
        catalogue, rules = self.make_catalogue(), self.rules()
        known = {offer.id for offer in catalogue.offers}
        strangers = {offer for offer, _level in rules.minimum_assurance_of} - known
        assert not strangers, f"the rules speak of {sorted(strangers)}"
        for offer in catalogue.offers:
            assert _method(rules, offer) is not None, f"no method that is allowed is strong enough for {offer.id}"


def _digests(catalogue: Catalogue) -> list[str]:
    terms = (catalogue.customer_agreement, catalogue.agent_agreement, *(offer.terms for offer in catalogue.offers))
    return [terms_digest(each) for each in terms]


def _method(rules: Rules, offer: Offer) -> AttestMethod | None:
    """A method that is allowed and strong enough."""
    own = dict(rules.minimum_assurance_of).get(offer.id, AssuranceLevel.LOW)
    least = higher(rules.minimum_assurance, own)
    return next((method for method in rules.attest_methods if reaches(method, least)), None)


def _agent_for(world: World, offer: Offer, mode: ConnectionMode) -> str | None:
    if mode is ConnectionMode.DIRECT:
        return None
    _ = world.agent(services=(offer.service,))
    return AGENT


def _walked(catalogue: Catalogue, rules: Rules, offer: Offer, mode: ConnectionMode) -> Order:
    """The order when there is nothing more to do, each step taken by somebody else."""
    world, method = World.new(catalogue=catalogue), _method(rules, offer) or AttestMethod.SMS_CODE
    adam = world.customer(category=offer.categories[0])
    anna, berta = world.user(adam, "anna", Role.ATTESTANT), world.user(adam, "berta", Role.ORDERER)
    agent = _agent_for(world, offer, mode)
    portal = world.portal = Portal(  # all there is before an order has been made by other rules
        store=world.store,
        catalogue=catalogue,
        rules=rules,
        mailer=world.mailer,
        signing=MemorySigner(),
        clock=world.clock,
    )
    order = world.draft(berta, offer.id, mode, agent)
    _ = portal.execute(SendOrder(order=order.id), berta)
    if order.content.flow is Flow.VIA_AGENT:
        handler, attestant = Actor("hanna", AGENT), Actor("aron", AGENT)
        picked = world.members[AGENT, attestant.person]
        _ = portal.execute(ApproveOrder(order=order.id, attestant=picked, certified=True), handler)
        _ = world.attest(order.id, attestant, method)
    _ = world.attest(order.id, anna, method)
    if order.content.flow is Flow.DIRECT:
        _ = portal.execute(HandOverOrder(order=order.id, instructions="Så här."), world.service)
    elif rules.inform_agent_automatically:
        _ = portal.deliver()
    else:
        _ = portal.execute(InformAgent(order=order.id), world.service)
    letters = world.letters()
    assert portal.requeue() == (), "a mail about it cannot be written"
    assert letters
    return portal.execute(CompleteOrder(order=order.id), world.service).order
