"""Codes as the portal drives them: who has the telephone attests, and nobody is flooded."""

from datetime import datetime, timedelta

import attrs
from cast import Cast
from test_one_time_code import KEY, PHONE, SEAL, Line
from world import CUSTOMER

import kundorder as ko
from kundorder.adapters.memory import MemorySigner
from kundorder.adapters.one_time_code import OneTimeCodes
from kundorder.evidence import Document, Evidence
from kundorder.ports import Progress, Signing
from kundorder.vocabulary import AttestMethod, FailureCode, OrderState, Role

SMS = AttestMethod.SMS_CODE


@attrs.define
class Both:
    """Codes for those who ask for one; everybody else just signs."""

    codes: OneTimeCodes
    signer: MemorySigner = attrs.field(factory=MemorySigner)

    def by(self, method: AttestMethod) -> Signing:
        return self.codes if method is SMS else self.signer

    def start(self, request: ko.SigningRequest, *, now: datetime) -> Progress:
        return self.by(request.method).start(request, now=now)

    def resume(self, request: ko.SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        return self.by(request.method).resume(request, state, now=now, callback=callback)

    def cancel(self, state: str) -> None:
        self.codes.cancel(state)

    def verify(self, evidence: Evidence, document: Document) -> bool:
        return self.by(evidence.method).verify(evidence, document)


@attrs.define
class Waiting:
    """An order that waits for Tova, who has a telephone."""

    line: Line
    cast: Cast
    tova: ko.Actor
    order: str

    @classmethod
    def new(cls) -> "Waiting":
        line = Line()
        cast = Cast.new(agent=False, signing=Both(OneTimeCodes(SEAL, line, KEY)))
        email = f"tova@o{CUSTOMER.replace('-', '')}.example"
        added = cast.portal.execute(ko.AddUser(name="Tova Prov", email=email, phone=PHONE), cast.adam)
        cast.portal.execute(ko.AssignRole(member=added.id, role=Role.ATTESTANT), cast.adam)
        tova = cast.world.verify(CUSTOMER, "tova", email)
        return cls(line, cast, tova, cast.sent())

    def attests(self, entered: str | None = None) -> ko.Outcome | ko.Pending | ko.Failed:
        command = ko.AttestOrder(order=self.order, method=SMS)
        return self.cast.portal.resume_signing(command, self.tova, method=SMS, callback=entered)

    def guess(self, entered: str) -> str:
        """What somebody hears who enters this."""
        try:
            progress = self.attests(entered)
        except ko.Refused:
            return "refused"
        match progress:
            case ko.Pending(hint=hint):
                return hint
            case ko.Failed(code=code):
                return code
            case _:
                return "done"

    def state(self) -> OrderState:
        return self.cast.portal.order(self.order, ko.SYSTEM).state

    def wrong(self, number: int) -> str:
        return f"{(int(self.line.code()) + number) % 10**6:06}"


def test_who_enters_the_code_has_attested() -> None:
    waiting = Waiting.new()
    assert isinstance(waiting.attests(), ko.Pending)
    assert "kvar: 4" in waiting.guess(waiting.wrong(1))
    assert isinstance(waiting.attests(), ko.Pending)
    assert waiting.state() is OrderState.AWAITING_CUSTOMER_ATTEST
    assert waiting.guess(waiting.line.code()) == "done"
    assert waiting.state() is OrderState.ATTESTED
    (evidence,) = waiting.cast.portal.order(waiting.order, ko.SYSTEM).evidence
    assert evidence.method is SMS
    assert len(waiting.line.texts.texts(PHONE)) == 1


def test_the_message_names_the_order_as_people_know_it() -> None:
    waiting = Waiting.new()
    waiting.attests()
    (text,) = waiting.line.texts.texts(PHONE)
    case_number = waiting.cast.portal.order(waiting.order, ko.SYSTEM).case_number
    assert case_number is not None
    assert f"Attest av beställning {case_number}, organisation {CUSTOMER}" in text


def test_who_has_guessed_too_often_begins_anew_with_another_code() -> None:
    waiting = Waiting.new()
    waiting.attests()
    first = waiting.line.code()
    said = [waiting.guess(waiting.wrong(number)) for number in range(1, 6)]
    assert said[-1] == FailureCode.TOO_MANY_TRIES
    assert isinstance(waiting.attests(), ko.Pending)
    assert len(waiting.line.texts.texts(PHONE)) == 2
    if first != waiting.line.code():
        assert "kvar" in waiting.guess(first)
    assert waiting.guess(waiting.line.code()) == "done"


def test_nobody_is_flooded_with_codes() -> None:
    waiting = Waiting.new()
    for _ in range(5):
        waiting.attests()
        for number in range(1, 6):
            waiting.guess(waiting.wrong(number))
    progress = waiting.attests()
    assert isinstance(progress, ko.Failed)
    assert progress.code is FailureCode.TOO_OFTEN
    assert len(waiting.line.texts.texts(PHONE)) == 5
    waiting.cast.world.clock.time += timedelta(hours=1)
    assert isinstance(waiting.attests(), ko.Pending)


def test_a_code_that_was_used_is_used_up() -> None:
    waiting = Waiting.new()
    waiting.attests()
    code = waiting.line.code()
    assert waiting.guess(code) == "done"
    assert waiting.guess(code) == "refused"
    assert len(waiting.line.texts.texts(PHONE)) == 1
