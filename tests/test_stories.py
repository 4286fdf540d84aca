"""Every act and every difference that a story can tell, in both languages, fixed in the text.

``cd tests && PYTHONPATH=. ../.venv/bin/python test_stories.py`` writes it anew, to be read before it is kept.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import kundorder as ko
from kundorder.model import Actor
from kundorder.reasons import Clearer, Reason, Reasons
from kundorder.testing.conformance import EVERYDAY, FOUR_EYES, Accepted, Answer, Aspect, Hidden, Refusal, Sent, Shown
from kundorder.testing.conformance.differences import Crashed, Difference, Step
from kundorder.testing.conformance.founding import founded
from kundorder.testing.conformance.scenarios import AGENT, CUSTOMER, LEGACY, PROVIDER
from kundorder.testing.conformance.telling import story
from kundorder.testing.moves import Move
from kundorder.vocabulary import (
    AttestMethod,
    ConnectionMode,
    Language,
    OrderState,
    Party,
    ReasonCode,
    Role,
    Template,
    Trigger,
)

GOLDEN: Final = Path(__file__).parent / "golden" / "stories.txt"
ANNA, BO, ADAM = Actor("anna", CUSTOMER), Actor("bo", CUSTOMER), Actor("adam", CUSTOMER)
HANNA, ARON, AGDA = Actor("hanna", AGENT), Actor("aron", AGENT), Actor("agda", AGENT)
OLLE, KARIN = Actor("olle", PROVIDER), Actor("karin", PROVIDER)
LARS, FRIDA = Actor("lars", LEGACY), Actor("frida", CUSTOMER)
FIRST, COPY, ANOTHER = (f"o-{number:026d}" for number in (1, 2, 3))
NO_MEMBER: Final = f"m-{0:026d}"
NPO: Final = f"{AGENT}/npo"


def begun() -> Step:
    """The first step of nearly every story."""
    return Step(Move(ko.StartOrder(offer="npo-producent", mode=ConnectionMode.DIRECT), ANNA), FIRST)


def acts() -> Iterator[Step]:
    """Everything that can be done, and each thing that can be lacking."""
    members = founded(EVERYDAY.setting).members
    version = EVERYDAY.setting.catalogue.offers[0].terms.version
    yield begun()
    for actor, command in (
        (ANNA, ko.FillInOrder(order=FIRST, fields={"technical_contact": "Prov"})),
        (ANNA, ko.FillInOrder(order=FIRST, fields={})),
        (ANNA, ko.FillInOrder(order=FIRST, fields={"unknown": "x"})),
        (ANNA, ko.AcceptTerms(order=FIRST, version=version)),
        (ANNA, ko.AcceptTerms(order=FIRST, version="1999-1")),
        (ANNA, ko.SendOrder(order=FIRST)),
        (HANNA, ko.ApproveOrder(order=FIRST, certified=True, attestant=members[ARON])),
        (HANNA, ko.ApproveOrder(order=FIRST, certified=False, attestant=members[ARON])),
        (HANNA, ko.PickAttestant(order=FIRST, attestant=members[BO])),
        (HANNA, ko.PickAttestant(order=FIRST, attestant=NO_MEMBER)),
        (BO, ko.AttestOrder(order=FIRST, method=AttestMethod.BANKID)),
        (BO, ko.AttestOrder(order=FIRST)),
        (BO, ko.RejectOrder(order=FIRST, reason="Prov.")),
        (BO, ko.RejectOrder(order=FIRST, reason="")),
        (ANNA, ko.WithdrawOrder(order=FIRST)),
        (KARIN, ko.HandOverOrder(order=FIRST, instructions="Prov.")),
        (KARIN, ko.HandOverOrder(order=FIRST, instructions="")),
        (KARIN, ko.InformAgent(order=FIRST)),
        (KARIN, ko.CompleteOrder(order=ANOTHER)),
        (ADAM, ko.AssignRole(member=members[BO], role=Role.ORDERER)),
        (ADAM, ko.RemoveRole(member=members[BO], role=Role.ATTESTANT)),
        (ADAM, ko.DeleteUser(member=members[BO])),
        (ADAM, ko.RestoreUser(member=NO_MEMBER)),
        (AGDA, ko.GrantHandler(member=members[HANNA], assignment=NPO)),
        (AGDA, ko.RevokeHandler(member=members[HANNA], assignment=NPO)),
        (OLLE, ko.EndAssignment(assignment=NPO, reason="Slut.")),
        (OLLE, ko.TerminateAgreement(agreement=f"customer/{CUSTOMER}", reason="Slut.")),
        (LARS, ko.StartOrder(offer="npo-producent", mode=ConnectionMode.VIA_AGENT, agent=AGENT)),
        (FRIDA, ko.StartOrder(offer="npo-konsument-tgp", mode=ConnectionMode.DIRECT)),
    ):
        yield Step(Move(command, actor))
    yield Step(Move(ko.CopyOrderAsDraft(order=FIRST), ANNA), COPY)


def verdicts() -> Iterator[Difference]:
    """A verdict that is another, told after each way of acting."""
    codes = frozenset({"WRONG_STATE", "ROLE_MISSING"})
    answers: tuple[tuple[Answer, Answer | Crashed], ...] = (
        (Accepted(id=FIRST, state=OrderState.DRAFT), Accepted(state=OrderState.DRAFT)),
        (Accepted(state=OrderState.WITHDRAWN), Refusal()),
        (Accepted(), Refusal(codes=codes)),
        (Refusal(codes=codes), Accepted(state=OrderState.ATTESTED)),
        (Hidden(), Refusal()),
        (Refusal(), Hidden()),
        (Hidden(), Crashed(text="KeyError: 'x'")),
    )
    for expected, found in answers:
        yield Difference(scenario=EVERYDAY, steps=(begun(),), aspect=Aspect.VERDICT, expected=expected, found=found)
    yield Difference(
        scenario=FOUR_EYES,
        steps=tuple(acts())[:1],
        aspect=Aspect.CODES,
        expected=Refusal(codes=frozenset({"WRONG_STATE"})),
        found=Refusal(codes=frozenset()),
    )


def reasons() -> Iterator[Difference]:
    """Why the model refuses, with the rule it comes from."""
    clearers = (Clearer(role=Role.ORDERER, party=Party.CUSTOMER, organisation=CUSTOMER), Clearer(party=Party.SYSTEM))
    every: Reasons = tuple(
        Reason(code, (("state", "DRAFT"), ("possible", "nothing")), cleared_by=clearers)
        if code is ReasonCode.WRONG_STATE
        else Reason(code, cleared_by=clearers[:1])
        for code in (ReasonCode.WRONG_STATE, ReasonCode.AGREEMENT_NOT_SIGNED, ReasonCode.ROLE_MISSING)
    )
    for step in (begun(), *(each for each in acts() if each.move.trigger in {Trigger.ATTEST, Trigger.APPROVE})):
        yield Difference(
            scenario=EVERYDAY,
            steps=(begun(), step),
            aspect=Aspect.VERDICT,
            expected=Refusal(codes=frozenset(each.code.value for each in every)),
            found=Accepted(state=OrderState.ATTESTED),
            reasons=every,
        )


def looks() -> Iterator[Difference]:
    """What somebody sees otherwise."""
    draft = Shown(state=OrderState.DRAFT, waits=True, persons=frozenset({"anna"}), answers={"a": ("1", "2"), "b": ()})
    other = Shown(state=OrderState.ATTESTED, waits=False, persons=frozenset({"hanna", "aron"}), answers={})
    for aspect in (Aspect.STATE, Aspect.VISIBILITY, Aspect.WAITS, Aspect.PERSONS, Aspect.ANSWERS):
        for expected, found in ((draft, other), (other, draft), (draft, None), (None, other)):
            yield Difference(
                scenario=EVERYDAY,
                steps=(begun(),),
                aspect=aspect,
                expected=expected,
                found=found,
                order=FIRST,
                reader=BO,
            )


def mails() -> Iterator[Difference]:
    """A mail that was to come, and one that was not."""
    for kind in (
        Template.ATTEST_ORDER,
        Template.REVIEW_ORDER,
        Template.ATTEST_FOR_AGENT,
        Template.ORDER_REJECTED,
        Template.ORDER_REJECTED_BY_AGENT,
        Template.ORDER_WITHDRAWN,
        Template.HANDED_OVER,
        Template.CONNECTION_STARTABLE,
    ):
        sent = Sent(to=HANNA, order=FIRST, kind=kind)
        for expected, found in ((sent, None), (None, sent)):
            yield Difference(scenario=EVERYDAY, steps=(begun(),), aspect=Aspect.MAIL, expected=expected, found=found)


def told() -> Iterator[str]:
    """All of it; of the shorter stories only how they end."""
    long = Difference(
        scenario=EVERYDAY,
        steps=tuple(acts()),
        aspect=Aspect.VERDICT,
        expected=Refusal(),
        found=Accepted(id=COPY),
    )
    for language in Language:
        yield from story(long, language).splitlines()
        for name, differences in (("verdicts", verdicts), ("reasons", reasons), ("looks", looks), ("mails", mails)):
            yield ""
            yield f"# {name}, {language.value}"
            for each in differences():
                acted, *end = story(each, language).partition("\n\n 1. ")[2].split("\n")
                yield f"- {acted}"
                yield from end
        yield ""


def test_stories_are_told_as_people_have_read_them() -> None:
    assert list(told()) == GOLDEN.read_text("utf-8").splitlines()


if __name__ == "__main__":
    sys.exit(0 if GOLDEN.write_text("\n".join(told()) + "\n", "utf-8") else 1)
