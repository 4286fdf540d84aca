"""Whose lists an order rings on in each of its states: those the rows name, and nobody else (DOMAIN §4)."""

import pytest
from cast import Cast
from world import AGENT

import kundorder as ko
from kundorder.vocabulary import Template


def rejected(cast: Cast, order: str, actor: ko.Actor) -> None:
    """Somebody rejects it."""
    cast.portal.execute(ko.RejectOrder(order=order, reason="Fel tjänst."), actor)


def story(cast: Cast, name: str) -> None:
    """An order comes to where it is called so."""
    via = None if "direct" in name else AGENT
    match name.split(maxsplit=1)[0]:
        case "draft":
            cast.draft(via=via)
        case "sent":
            cast.sent(via=via)
        case "approved":
            cast.approved()
        case "agent-done":
            cast.agent_done()
        case "attested":
            cast.attested(via=via)
        case "handed-over":
            cast.handed_over()
        case "informed":
            cast.informed()
        case "completed":
            cast.portal.execute(ko.CompleteOrder(order=cast.informed()), cast.karin)
        case "refused":
            rejected(cast, cast.sent(via=via), cast.hanna if via else cast.atle)
        case "refused-by-attestant":
            rejected(cast, cast.approved(), cast.aron)
        case "refused-at-last":
            rejected(cast, cast.agent_done(), cast.atle)
        case _:
            cast.portal.execute(ko.WithdrawOrder(order=cast.sent(via=via)), cast.berta)


RINGS: dict[str, dict[str, Template]] = {
    "draft direct": {},
    "draft via agent": {},
    "sent direct": {"atle": Template.ATTEST_ORDER},
    "sent via agent": {"hanna": Template.REVIEW_ORDER},
    "approved": {"aron": Template.ATTEST_FOR_AGENT},
    "agent-done": {"atle": Template.ATTEST_ORDER},
    "attested direct": {"berta": Template.ORDER_ATTESTED},
    "attested via agent": {"berta": Template.ORDER_ATTESTED},
    "handed-over direct": {},
    "informed": {"hanna": Template.CONNECTION_STARTABLE},
    "completed": {"berta": Template.ORDER_COMPLETED},
    "refused direct": {},
    "refused via agent": {},
    "refused-by-attestant": {},
    "refused-at-last": {},
    "withdrawn direct": {},
    "withdrawn via agent": {},
}


@pytest.mark.parametrize("name", RINGS)
def test_an_order_rings_with_those_whom_its_state_concerns_and_with_nobody_else(name: str) -> None:
    cast = Cast.new()
    story(cast, name)
    everybody = {
        "adam": cast.adam,
        "kontakt": cast.kontakt,
        "berta": cast.berta,
        "atle": cast.atle,
        "nora": cast.nora,
        "agda": cast.agda,
        "uno": cast.uno,
        "aron": cast.aron,
        "astrid": cast.astrid,
        "hanna": cast.hanna,
        "hugo": cast.hugo,
        "nils": cast.nils,
        "olle": cast.olle,
        "karin": cast.karin,
    }
    found = {person: cast.bells(actor) for person, actor in everybody.items()}
    assert {person: bells for person, bells in found.items() if bells} == {
        person: [template] for person, template in RINGS[name].items()
    }
