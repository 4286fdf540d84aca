"""What is said in full when an act comes at the wrong time: the golden text is read by people, and compared here.

``python tests/test_out_of_turn.py`` writes it anew; whoever changes it reads each line that differs.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cast import Cast
from world import AGENT

import kundorder as ko
from kundorder.vocabulary import AttestMethod, ReasonCode

GOLDEN: Final = Path(__file__).parent / "golden" / "out_of_turn.txt"
OF_TIME: Final = (
    ReasonCode.TOO_EARLY,
    ReasonCode.ALREADY_DECIDED,
    ReasonCode.WRONG_STATE,
    ReasonCode.WRONG_PARTY,
    ReasonCode.ROLE_MISSING,
)
WHO: Final = ("berta", "atle", "hanna", "aron", "agda", "karin", "olle")


def orders(cast: Cast) -> Iterator[tuple[str, str]]:
    """An order in each state of each flow."""
    yield from (
        ("direct", cast.draft()),
        ("direct", cast.sent()),
        ("direct", cast.attested()),
        ("direct", cast.handed_over()),
        ("via agent", cast.draft(via=AGENT)),
        ("via agent", cast.sent(via=AGENT)),
        ("via agent", cast.approved()),
        ("via agent", cast.agent_done()),
        ("via agent", cast.attested(via=AGENT)),
        ("via agent", cast.informed()),
    )
    ended = {
        "completed": cast.informed(),
        "withdrawn": cast.sent(),
        "rejected": cast.sent(),
        "by agent": cast.approved(),
    }
    cast.portal.execute(ko.CompleteOrder(order=ended["completed"]), cast.karin)
    cast.portal.execute(ko.WithdrawOrder(order=ended["withdrawn"]), cast.berta)
    cast.portal.execute(ko.RejectOrder(order=ended["rejected"], reason="Fel tjänst."), cast.atle)
    cast.portal.execute(ko.RejectOrder(order=ended["by agent"], reason="Fel tjänst."), cast.aron)
    yield from (("ended", order) for order in ended.values())


def commands(order: str, picked: str) -> tuple[ko.Command, ...]:
    """All that can be asked of an order."""
    return (
        ko.CopyOrderAsDraft(order=order),
        ko.FillInOrder(order=order, fields={}),
        ko.AcceptTerms(order=order, version="2026-1"),
        ko.SendOrder(order=order),
        ko.ApproveOrder(order=order, attestant=picked, certified=True),
        ko.PickAttestant(order=order, attestant=picked),
        ko.AttestOrder(order=order, method=AttestMethod.BANKID),
        ko.RejectOrder(order=order, reason="Fel tjänst."),
        ko.WithdrawOrder(order=order),
        ko.HandOverOrder(order=order, instructions="Logga in."),
        ko.InformAgent(order=order),
        ko.CompleteOrder(order=order),
    )


def told() -> Iterator[str]:
    """Each reason of time that somebody hears, with its parameters and with who can help."""
    cast = Cast.new()
    actors = {name: actor for name in WHO if isinstance(actor := getattr(cast, name), ko.Actor)}
    for name, order in orders(cast):
        state = cast.state(order)
        for command in commands(order, cast.id(cast.astrid)):
            for who, actor in actors.items():
                try:
                    reasons = cast.portal.check(command, actor).reasons
                except ko.NotFound:
                    continue
                for reason in reasons:
                    if reason.code in OF_TIME:
                        yield f"{name} {state} | {command.trigger} by {who} | {line(reason)}"
    yield from of_agreements_and_assignments(cast)


def of_agreements_and_assignments(cast: Cast) -> Iterator[str]:
    """The same of what is in force, and of what has ended."""
    for agreement in (f"customer/{cast.berta.organisation}", f"agent/{AGENT}"):
        for act in (ko.ApproveAgreement, ko.TerminateAgreement):
            for reason in cast.portal.check(act(agreement=agreement), cast.karin).reasons:
                yield f"{agreement} SIGNED | {act.trigger} by karin | {line(reason)}"
    attest = ko.AttestAssignment(assignment=f"{AGENT}/npo", method=AttestMethod.BANKID)
    for reason in cast.portal.check(attest, cast.olle).reasons:
        yield f"{AGENT}/npo ACTIVE | attest by olle | {line(reason)}"
    for step in (ko.PassReview, ko.ActivateAssignment):
        for reason in cast.portal.check(step(assignment=f"{AGENT}/npo"), cast.olle).reasons:
            yield f"{AGENT}/npo ACTIVE | {step.trigger} by olle | {line(reason)}"
    cast.portal.execute(ko.TerminateAgreement(agreement=f"agent/{AGENT}"), cast.olle)
    for reason in cast.portal.check(ko.ApproveAgreement(agreement=f"agent/{AGENT}"), cast.olle).reasons:
        yield f"agent/{AGENT} TERMINATED | approve by olle | {line(reason)}"


def line(reason: ko.Reason) -> str:
    """The code, the parameters but for times, and who can help."""
    params = " ".join(f"{name}={value}" for name, value in reason.params if name != "at")
    helpers = ", ".join(who.text("en") for who in reason.cleared_by)
    return f"{reason.code} {params} -> {helpers}"


def test_what_is_said_at_the_wrong_time_is_what_people_have_read() -> None:
    assert list(told()) == GOLDEN.read_text("utf-8").splitlines()


if __name__ == "__main__":
    sys.exit(0 if GOLDEN.write_text("\n".join(told()) + "\n", "utf-8") else 1)
