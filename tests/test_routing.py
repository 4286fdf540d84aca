"""Several ways of signing as one port: each matter and method has its own, and none is asked for another's."""

from datetime import timedelta

import attrs
import pytest
from joint import AGREEMENT, Pen, Table
from test_signing import Slow
from test_signings import Careful
from world import START

import kundorder as ko
from kundorder.adapters.routing import RoutedSigning
from kundorder.evidence import Document
from kundorder.vocabulary import AttestMethod, FailureCode, Role, Trigger

BANKID, SMS = AttestMethod.BANKID, AttestMethod.SMS_CODE
ATTEST = Document(
    subject=ko.token("o", 1, 1),
    number=1,
    step=4,
    act=Trigger.ATTEST,
    organisation="999200-0001",
    capacity=Role.ATTESTANT,
    signer="atle",
    content="ab" * 32,
    text_sv="Atle attesterar.",
    text_en="Atle attests.",
)
SIGNATURE = attrs.evolve(ATTEST, subject=AGREEMENT, act=Trigger.SIGN, capacity=Role.SIGNATORY, signer="s1")


def asked(document: Document, method: AttestMethod) -> ko.SigningRequest:
    """Somebody is to sign this like that."""
    return ko.SigningRequest(document=document, method=method)


def routed() -> tuple[RoutedSigning, Slow, Pen]:
    """BankID for attests, a pen for agreements."""
    slow, pen = Slow(), Pen()
    return RoutedSigning(attests={BANKID: slow}, agreements={BANKID: pen}), slow, pen


def test_the_matter_says_who_is_asked() -> None:
    signing, slow, pen = routed()
    done = signing.start(asked(SIGNATURE, BANKID), now=START)
    assert isinstance(done, ko.Done)
    assert (len(pen.signed), slow.asked) == (1, [])
    assert signing.verify(done.evidence, SIGNATURE)
    attest = signing.start(asked(ATTEST, BANKID), now=START)
    assert isinstance(attest, ko.Done)
    assert signing.verify(attest.evidence, ATTEST)
    assert not signing.verify(attest.evidence, SIGNATURE)


@pytest.mark.parametrize("document", [ATTEST, SIGNATURE], ids=["attest", "signature"])
def test_a_method_nobody_serves_comes_to_nothing(document: Document) -> None:
    signing, _slow, pen = routed()
    assert signing.start(asked(document, SMS), now=START) == ko.Failed(
        code=FailureCode.METHOD_NOT_READY, why="nobody serves SMS_CODE here"
    )
    done = pen.start(asked(document, SMS), now=START)
    assert isinstance(done, ko.Done)
    assert not signing.verify(done.evidence, document)


def test_what_is_under_way_goes_on_where_it_was_begun_and_is_given_up_there() -> None:
    signing, slow, _pen = routed()
    slow.answers += ["pending", "pending"]
    first = signing.start(asked(ATTEST, BANKID), now=START)
    assert isinstance(first, ko.Pending)
    second = signing.resume(asked(ATTEST, BANKID), first.state, now=START)
    assert isinstance(second, ko.Pending)
    signing.cancel(second.state)
    assert [(call, state) for call, _act, state in slow.asked] == [("start", ""), ("resume", '"1"'), ("cancel", '"2"')]


def test_what_one_has_begun_is_no_state_of_anothers() -> None:
    slow, other = Slow(), Slow()
    signing = RoutedSigning(attests={BANKID: slow, SMS: other}, agreements={})
    slow.answers.append("pending")
    begun = signing.start(asked(ATTEST, BANKID), now=START)
    assert isinstance(begun, ko.Pending)
    nothing = ko.Failed(code=FailureCode.NOTHING_UNDER_WAY)
    assert signing.resume(asked(ATTEST, SMS), begun.state, now=START) == nothing
    assert other.asked == []
    without = RoutedSigning(attests={SMS: other}, agreements={})
    assert without.resume(asked(ATTEST, BANKID), begun.state, now=START) == nothing
    without.cancel(begun.state)
    assert other.asked == []


@pytest.mark.parametrize(
    "state", ["", "x", "{}", "[]", '["attests/BANKID"]', '["attests/BANKID", 1]', "[" * 5000, '"\ud800"', "null"]
)
def test_what_is_no_state_of_ours_is_nothing_under_way(state: str) -> None:
    signing, slow, _pen = routed()
    found = signing.resume(asked(ATTEST, BANKID), state, now=START)
    assert found == ko.Failed(code=FailureCode.NOTHING_UNDER_WAY)
    signing.cancel(state)
    assert slow.asked == []


def test_what_wants_to_be_remembered_first_is_through_a_route_too() -> None:
    table = Table.of(1)
    careful = Careful()
    portal = ko.Portal(
        store=table.world.store,
        catalogue=table.world.catalogue,
        signing=RoutedSigning(attests={}, agreements={SMS: careful}),
        clock=table.world.clock,
    )
    command = ko.SignAgreement(agreement=AGREEMENT)
    pending = portal.resume_signing(command, method=SMS, signer="s1")
    assert isinstance(pending, ko.Pending)
    assert pending.action == ko.EnterCode(hint="…67")
    assert pending.ends_at - table.world.clock.time < timedelta(minutes=10)
    assert isinstance(portal.resume_signing(command, method=SMS, signer="s1", callback="123456"), ko.Outcome)
