"""Attesting and signing: evidence counts for exactly one act, and nobody is asked to sign in vain."""

from datetime import datetime, timedelta

import attrs
import pytest
from cast import Cast, snapshot
from world import AGENT, CUSTOMER, OTHER, START, World

import kundorder as ko
from kundorder.adapters.memory import MemorySigner
from kundorder.decisions import decide
from kundorder.decisions.documents import document_for
from kundorder.evidence import Document, Evidence, SignedDocument
from kundorder.lifecycles.documents import order_document
from kundorder.portal.loading import load_command
from kundorder.portal.settings import SystemIds
from kundorder.ports import Progress
from kundorder.sample import CATALOGUE
from kundorder.situation import ABSENT, Act, Key, Situation, agreement_key, assignment_key, order_key
from kundorder.vocabulary import AssuranceLevel, AttestMethod, CustomerCategory, OrderState, ReasonCode, Role, Trigger

BANKID, SMS = AttestMethod.BANKID, AttestMethod.SMS_CODE
C, S = ReasonCode, OrderState


@attrs.define
class Slow:
    """A signing service that takes its time: whoever asks again is answered from the list."""

    signer: MemorySigner = attrs.field(factory=MemorySigner)
    answers: list[str] = attrs.field(factory=list)  # what comes of the next calls: pending, failed, or done
    asked: list[tuple[str, str, str]] = attrs.field(factory=list)  # which call, for which act, with which state
    callbacks: list[str | None] = attrs.field(factory=list)
    ips: list[str | None] = attrs.field(factory=list)
    gullible: bool = False  # vouches for whatever it is shown
    deaf: bool = False  # cannot be told that a signing is given up

    def start(self, request: ko.SigningRequest, *, now: datetime) -> Progress:
        self.asked.append(("start", request.document.act, ""))
        self.ips.append(request.ip)
        return self.answer(request, now)

    def resume(self, request: ko.SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        self.asked.append(("resume", request.document.act, state))
        self.ips.append(request.ip)
        self.callbacks.append(callback)
        return self.answer(request, now)

    def cancel(self, state: str) -> None:
        if self.deaf:
            raise ko.Unavailable("the service does not answer")
        self.asked.append(("cancel", "", state))

    def verify(self, evidence: Evidence, document: Document) -> bool:
        return self.gullible or self.signer.verify(evidence, document)

    def answer(self, request: ko.SigningRequest, now: datetime) -> Progress:
        """The next answer; done when there is none left."""
        match self.answers.pop(0) if self.answers else "done":
            case "pending":
                ends = now + timedelta(minutes=5)
                return ko.Pending(state=f'"{len(self.asked)}"', action=None, ask_again_at=now, ends_at=ends)
            case "failed":
                return ko.Failed(why="the person has pressed cancel")
            case _:
                return self.signer.start(request, now=now)


def waiting(*answers: str) -> tuple[Cast, Slow, str]:
    """An order that waits for Atle, and a service that will answer like this."""
    slow = Slow()
    cast = Cast.new(agent=False, signing=slow)
    order = cast.sent()
    slow.answers += answers
    slow.asked.clear()
    return cast, slow, order


def go_on(cast: Cast, order: str, method: AttestMethod = BANKID) -> ko.Outcome | ko.Pending | ko.Failed:
    """Atle attests, or goes on attesting."""
    return cast.portal.resume_signing(ko.AttestOrder(order=order, method=method), cast.atle, method=method)


def test_a_signing_goes_on_where_it_stood() -> None:
    cast, slow, order = waiting("pending", "pending", "done")
    assert isinstance(go_on(cast, order), ko.Pending)
    assert isinstance(go_on(cast, order), ko.Pending)
    assert cast.state(order) is S.AWAITING_CUSTOMER_ATTEST
    assert isinstance(go_on(cast, order), ko.Outcome)
    assert slow.asked == [("start", "attest", ""), ("resume", "attest", '"1"'), ("resume", "attest", '"2"')]
    assert cast.state(order) is S.ATTESTED


def test_a_signing_under_way_is_gone_on_with_by_another_process() -> None:
    cast, slow, order = waiting("pending", "done")
    go_on(cast, order)
    other = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, signing=slow, clock=cast.world.clock)
    other.resume_signing(ko.AttestOrder(order=order, method=BANKID), cast.atle, method=BANKID)
    assert slow.asked[-1] == ("resume", "attest", '"1"')
    assert cast.state(order) is S.ATTESTED


def test_a_signing_that_has_ended_is_begun_anew() -> None:
    cast, slow, order = waiting("pending", "done")
    go_on(cast, order)
    cast.world.clock.time += timedelta(minutes=6)
    go_on(cast, order)
    assert [call for call, _act, _state in slow.asked] == ["start", "cancel", "start"]


def test_another_method_begins_anew() -> None:
    cast, slow, order = waiting("pending", "done")
    go_on(cast, order)
    go_on(cast, order, SMS)
    assert [call for call, _act, _state in slow.asked] == ["start", "cancel", "start"]
    (event,) = [each for each in cast.portal.history(order, ko.SYSTEM).items if each.trigger is Trigger.ATTEST]
    assert event.method is SMS


def test_a_signing_that_failed_has_decided_nothing_and_can_be_begun_anew() -> None:
    cast, slow, order = waiting("failed", "done")
    assert go_on(cast, order) == ko.Failed(why="the person has pressed cancel")
    assert cast.state(order) is S.AWAITING_CUSTOMER_ATTEST
    go_on(cast, order)
    assert [call for call, _act, _state in slow.asked] == ["start", "start"]
    assert cast.state(order) is S.ATTESTED


def test_a_callback_is_only_a_hint_to_ask() -> None:
    cast, slow, order = waiting("pending", "pending")
    go_on(cast, order)
    attest = ko.AttestOrder(order=order, method=BANKID)
    forged = cast.portal.resume_signing(attest, cast.atle, method=BANKID, callback='{"status": "complete"}')
    assert isinstance(forged, ko.Pending)
    assert slow.callbacks == ['{"status": "complete"}']
    assert cast.state(order) is S.AWAITING_CUSTOMER_ATTEST


def test_what_is_under_way_is_no_step_and_binds_nobody() -> None:
    cast, _slow, order = waiting("pending")
    before = cast.portal.order(order, ko.SYSTEM)
    go_on(cast, order)
    assert cast.portal.order(order, ko.SYSTEM) == before
    assert cast.waits(cast.atle) == [order]
    cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    with pytest.raises(ko.Refused):
        go_on(cast, order)
    assert cast.state(order) is S.WITHDRAWN


def test_a_right_that_goes_while_somebody_signs_is_missed_when_they_have() -> None:
    """R32."""
    cast, slow, order = waiting("pending", "done")
    cast.assign(cast.atle, Role.AGREEMENT_CONTACT)  # sees the order all the same
    go_on(cast, order)
    cast.remove(cast.atle, Role.ATTESTANT)
    slow.asked.clear()
    for _ in range(3):
        with pytest.raises(ko.Refused) as caught:
            go_on(cast, order)
        assert C.ROLE_MISSING in {reason.code for reason in caught.value.reasons}
    assert [call for call, _act, _state in slow.asked] == ["resume"]  # once: whether an answer has come too late


def test_nobody_is_asked_to_sign_in_vain() -> None:
    cast, slow, order = waiting()
    asked: list[tuple[ko.AttestOrder, ko.Actor, AttestMethod]] = [
        (ko.AttestOrder(order=order, method=BANKID), cast.berta, BANKID),
        (ko.AttestOrder(order=order, method=AttestMethod.FREJA), cast.atle, AttestMethod.FREJA),
        (ko.AttestOrder(order=order), cast.atle, BANKID),
        (ko.AttestOrder(order=order, method=BANKID), cast.atle, SMS),
        (ko.AttestOrder(order=cast.draft(), method=BANKID), cast.atle, BANKID),
    ]
    for command, actor, method in asked:
        with pytest.raises(ko.Refused):
            cast.portal.resume_signing(command, actor, method=method)
    with pytest.raises(ko.NotFound):
        cast.portal.resume_signing(asked[0][0], cast.nora, method=BANKID)
    assert slow.asked == []


def agreement(cast: Cast, *signatories: str) -> str:
    """An agreement of another customer that waits for its signatories."""
    application = cast.world.application(OTHER, "otto", *signatories)
    command = ko.ApplyForCustomerAgreement(name="Prov", category=CustomerCategory.REGION, application=application)
    identifier = cast.portal.execute(command, ko.Actor("sokande", OTHER)).id
    cast.portal.execute(ko.ApproveAgreement(agreement=identifier), cast.olle)
    return identifier


def test_to_sign_and_to_decline_are_two_signings() -> None:
    """Whoever has begun to sign and then declines has not signed, and what they are shown is the decline."""
    slow = Slow()
    cast = Cast(World.new(signing=slow))
    identifier = agreement(cast)
    slow.answers += ["pending", "done"]
    cast.portal.resume_signing(ko.SignAgreement(agreement=identifier), method=BANKID, signer="s1")
    no = ko.DeclineAgreement(agreement=identifier, reason="Nej.")
    cast.portal.resume_signing(no, method=BANKID, signer="s1")
    assert slow.asked == [("start", "sign", ""), ("start", "decline", "")]
    assert cast.portal.agreement(identifier, ko.SYSTEM).state == "DECLINED"


def test_a_signing_of_the_agreement_before_is_not_gone_on_with() -> None:
    slow = Slow()
    cast = Cast(World.new(signing=slow))
    identifier = agreement(cast, "firma", "teckna")
    slow.answers += ["pending", "done"]
    cast.portal.resume_signing(ko.SignAgreement(agreement=identifier), method=BANKID, signer="s1")
    no = ko.DeclineAgreement(agreement=identifier, reason="Nej.")
    cast.portal.resume_signing(no, method=BANKID, signer="s2")
    assert agreement(cast, "annan") == identifier
    cast.portal.resume_signing(ko.SignAgreement(agreement=identifier), method=BANKID, signer="s1")
    assert [call for call, _act, _state in slow.asked] == ["start", "start", "start"]
    assert cast.portal.agreement(identifier, ko.SYSTEM).state == "SIGNED"


def proven() -> tuple[Cast, MemorySigner, str, Document]:
    """An order that waits for Atle, and the document Atle has to attest."""
    signer = MemorySigner()
    cast = Cast.new(agent=False, signing=signer)
    order = cast.sent()
    act = Act(cast.atle, START, SystemIds(), ko.Rules(), CATALOGUE)
    return cast, signer, order, order_document(cast.portal.order(order, ko.SYSTEM), act)


def evidence(signer: MemorySigner, document: Document, method: AttestMethod = BANKID) -> Evidence:
    """Somebody has signed this."""
    done = signer.start(ko.SigningRequest(document=document, method=method), now=START)
    assert isinstance(done, ko.Done)
    return done.evidence


def test_evidence_of_exactly_this_act_is_accepted() -> None:
    cast, signer, order, document = proven()
    command = ko.AttestOrder(order=order, method=BANKID, evidence=evidence(signer, document))
    assert cast.portal.execute(command, cast.atle).state == S.ATTESTED


OTHERWISE: dict[str, object] = {
    "subject": ko.token("o", 1, 1),
    "number": 2,
    "step": 99,
    "act": "reject",
    "organisation": AGENT,
    "capacity": Role.ORDERER,
    "signer": "berta",
    "content": "0" * 64,
    "text_sv": "Något annat.",
    "text_en": "Something else.",
}


@pytest.mark.parametrize("field", [field.name for field in attrs.fields(Document)])
def test_evidence_of_anything_else_proves_nothing(field: str) -> None:
    """Of another order, content, person, organisation, capacity, step or act."""
    cast, signer, order, document = proven()
    other = attrs.evolve(document)
    object.__setattr__(other, field, OTHERWISE[field])
    assert other != document
    command = ko.AttestOrder(order=order, method=BANKID, evidence=evidence(signer, other))
    assert cast.codes(command, cast.atle) == {C.EVIDENCE_INVALID}


CHANGED: dict[str, object] = {
    "method": SMS,
    "signer": "berta",
    "digest": "0" * 64,
    "signed_at": START + timedelta(seconds=1),
    "proof": "memory:annat",
    "signed_by": "någon annan",
    "level": AssuranceLevel.HIGH,
    "identity": "någon annan",
    "follows": "0" * 64,
}


@pytest.mark.parametrize("field", [field.name for field in attrs.fields(Evidence)])
def test_evidence_that_was_changed_proves_nothing(field: str) -> None:
    cast, signer, order, document = proven()
    forged = attrs.evolve(evidence(signer, document))
    object.__setattr__(forged, field, CHANGED[field])
    command = ko.AttestOrder(order=order, method=BANKID, evidence=forged)
    assert cast.codes(command, cast.atle) == {C.EVIDENCE_INVALID}


def test_evidence_made_by_a_weaker_method_than_was_said_proves_nothing() -> None:
    cast, signer, order, document = proven()
    command = ko.AttestOrder(order=order, method=BANKID, evidence=evidence(signer, document, SMS))
    assert cast.codes(command, cast.atle) == {C.EVIDENCE_INVALID}


def test_evidence_is_good_for_one_person_only() -> None:
    cast, signer, order, document = proven()
    cast.assign(cast.nora, Role.ATTESTANT)
    command = ko.AttestOrder(order=order, method=BANKID, evidence=evidence(signer, document))
    assert cast.codes(command, cast.nora) == {C.EVIDENCE_INVALID}


def test_the_evidence_of_the_agents_attest_is_none_of_the_customers() -> None:
    """One person attests for both: what was signed for the agent does not bind the customer."""
    cast = Cast.new()
    email = f"atle@o{CUSTOMER.replace('-', '')}.example"
    added = cast.portal.execute(ko.AddUser(name="Atle Prov", email=email), cast.agda)
    cast.portal.execute(ko.AssignRole(member=added.id, role=Role.ATTESTANT), cast.agda)
    at_agent = cast.world.verify(AGENT, "atle", email)
    order = cast.sent(via=AGENT)
    cast.portal.execute(ko.ApproveOrder(order=order, attestant=added.id, certified=True), cast.hanna)
    cast.world.attest(order, at_agent)
    (used,) = cast.portal.order(order, ko.SYSTEM).evidence
    command = ko.AttestOrder(order=order, method=BANKID, evidence=used)
    assert cast.codes(command, cast.atle) == {C.EVIDENCE_INVALID}


def test_evidence_given_before_another_was_picked_is_good_no_more() -> None:
    signer = MemorySigner()
    cast = Cast.new(signing=signer)
    order = cast.approved()
    act = Act(cast.aron, START, SystemIds(), ko.Rules(), CATALOGUE)
    early = evidence(signer, order_document(cast.portal.order(order, ko.SYSTEM), act))
    for actor in (cast.astrid, cast.aron):
        cast.portal.execute(ko.PickAttestant(order=order, attestant=cast.id(actor)), cast.hanna)
    command = ko.AttestOrder(order=order, method=BANKID, evidence=early)
    assert cast.codes(command, cast.aron) == {C.EVIDENCE_INVALID}


def test_evidence_outlives_somebody_elses_being_told() -> None:
    """R39: a new attestant is told, and what another is just signing is as good as before."""
    cast, signer, order, document = proven()
    early = evidence(signer, document)
    cast.assign(cast.nora, Role.ATTESTANT)
    cast.told()
    command = ko.AttestOrder(order=order, method=BANKID, evidence=early)
    assert cast.portal.execute(command, cast.atle).state == S.ATTESTED


def test_without_a_signing_port_no_evidence_is_taken_and_nothing_changes() -> None:
    cast, signer, order, document = proven()
    blind = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, clock=cast.world.clock)
    command = ko.AttestOrder(order=order, method=BANKID, evidence=evidence(signer, document))
    before = snapshot(cast.world.store)
    for ask in (blind.execute, blind.check):
        with pytest.raises(ko.Unavailable):
            ask(command, cast.atle)
        with pytest.raises(ko.NotFound):  # who may not see the order does not learn that either
            ask(command, cast.nora)
    assert snapshot(cast.world.store) == before


def test_evidence_of_another_document_proves_nothing_even_to_a_port_that_vouches_for_anything() -> None:
    slow = Slow()
    cast = Cast.new(agent=False, signing=slow)
    first, second = cast.sent(), cast.sent()
    cast.world.attest(first, cast.atle)
    (used,) = cast.portal.order(first, ko.SYSTEM).evidence
    slow.gullible = True
    command = ko.AttestOrder(order=second, method=BANKID, evidence=used)
    assert cast.codes(command, cast.atle) == {C.EVIDENCE_INVALID}


NOBODYS = "o-" + "0" * 26


@pytest.mark.parametrize(
    ("command", "key"),
    [
        (ko.AttestOrder(order=NOBODYS), order_key(NOBODYS)),
        (ko.AttestAssignment(assignment=f"{AGENT}/npo"), assignment_key(f"{AGENT}/npo")),
        (ko.SignAgreement(agreement=f"customer/{CUSTOMER}"), agreement_key(f"customer/{CUSTOMER}")),
        (ko.DeclineAgreement(agreement=f"customer/{CUSTOMER}"), agreement_key(f"customer/{CUSTOMER}")),
    ],
    ids=lambda each: type(each).__name__,
)
def test_for_what_is_not_there_nobody_has_a_document_to_sign(command: ko.Command, key: Key) -> None:
    act = Act(ko.SYSTEM, START, SystemIds(), ko.Rules(), CATALOGUE)
    assert document_for(Situation({key: ABSENT}), command, act, "s1") is None


def test_what_was_attested_is_kept_as_it_stood_also_where_the_decision_finds_the_document_itself() -> None:
    cast, signer, order, document = proven()
    given = evidence(signer, document)
    command = ko.AttestOrder(order=order, method=BANKID, evidence=given)
    act = Act(cast.atle, START, SystemIds(), ko.Rules(), CATALOGUE, verified=given)
    decision = decide(Situation(load_command(cast.world.store, command, act, None)), command, act)
    assert isinstance(decision.subject, ko.Order)
    kept = SignedDocument(document=document, evidence=given, step=decision.subject.step)
    assert [put.record for put in decision.puts if isinstance(put.record, SignedDocument)] == [kept]
