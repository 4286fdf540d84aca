"""The moment of the act: what was true when it was looked at must still be when it is written."""

from collections.abc import Callable
from typing import Final

import attrs

from kundorder.commands import (
    ApproveOrder,
    AttestOrder,
    Command,
    EndAssignment,
    RejectOrder,
    SendOrder,
    TerminateAgreement,
    WithdrawOrder,
)
from kundorder.errors import NotFound, Refused
from kundorder.model import Actor
from kundorder.portal import Portal
from kundorder.testing.contracts.portal.stage import (
    ANNA,
    ARON,
    ATLE,
    BERTA,
    HANNA,
    NORA,
    NPO,
    OLLE,
    PortalExam,
    Stage,
)
from kundorder.testing.contracts.promising import promise, promise_for
from kundorder.testing.faults.ids import FaultyIds
from kundorder.testing.faults.meanwhile import Meanwhile
from kundorder.testing.faults.plan import Fault, Plan, Slip
from kundorder.testing.world import AGENT, CUSTOMER
from kundorder.vocabulary import OrderState, ReasonCode, Role

_THEIRS: Final = f"customer/{CUSTOMER}"


def _without_role(stage: Stage) -> None:
    stage.remove(ATLE, Role.ATTESTANT)


def _without_agreement(stage: Stage) -> None:
    _ = stage.portal.execute(TerminateAgreement(agreement=_THEIRS), OLLE)


def _decided_by_another(stage: Stage) -> None:
    (order,) = (each.id for each in stage.portal.orders(BERTA).items)
    stage.attest(order, ANNA)


def _withdrawn(stage: Stage) -> None:
    (order,) = (each.id for each in stage.portal.orders(BERTA).items)
    _ = stage.portal.execute(WithdrawOrder(order=order), BERTA)


_MEANWHILE: Final[dict[str, Callable[[Stage], None]]] = {
    "the role is taken": _without_role,
    "the agreement is terminated": _without_agreement,
    "another attests": _decided_by_another,
    "the order is withdrawn": _withdrawn,
}


class MomentPromises(PortalExam):
    """The part about what happens at the same moment."""

    def interrupted(self, stage: Stage, command: Command, actor: Actor, happens: Callable[[Stage], None]) -> bool:
        """Carry out a command while something else happens between its reads and its write; whether it was accepted."""
        store = Meanwhile(stage.given.store, lambda: happens(stage))
        portal = self.make_portal(attrs.evolve(stage.given, store=store))
        try:
            _ = portal.execute(command, actor)
        except (Refused, NotFound):
            return False
        finally:
            assert store.happens is None, "nothing was written"
        return True

    @promise_for(Portal.execute, tuple(_MEANWHILE))
    def test_an_attest_is_decided_by_the_facts_of_its_moment(self, meanwhile: str) -> None:
        stage = self.stage()
        order = stage.sent()
        evidence = stage.evidence(order, ATLE)
        act = AttestOrder(order=order, method=evidence.method, evidence=evidence)
        accepted = self.interrupted(stage, act, ATLE, _MEANWHILE[meanwhile])
        assert not accepted, f"it was accepted although {meanwhile}"
        marks = [mark.person for mark in stage.order(order).course if mark.trigger == "attest"]
        assert marks == (["anna"] if meanwhile == "another attests" else [])

    @promise(Portal.execute)
    def test_sending_and_approving_are_decided_by_the_facts_of_their_moment(self) -> None:
        stage = self.stage()

        def without_attestants(stage: Stage) -> None:
            for actor in (ATLE, ANNA):
                stage.remove(actor, Role.ATTESTANT)

        assert not self.interrupted(stage, SendOrder(order=stage.draft()), BERTA, without_attestants)
        for actor in (ATLE, ANNA):
            stage.assign(actor, Role.ATTESTANT)
        order = stage.sent(via=AGENT)

        def without_assignment(stage: Stage) -> None:
            _ = stage.portal.execute(EndAssignment(assignment=NPO), OLLE)

        act = ApproveOrder(order=order, attestant=stage.id(ARON), certified=True)
        assert not self.interrupted(stage, act, HANNA, without_assignment)
        assert stage.state(order) is OrderState.AWAITING_AGENT_APPROVAL

    @promise(Portal.execute)
    def test_what_happens_elsewhere_at_the_same_moment_does_no_harm(self) -> None:
        stage = self.stage()
        order = stage.sent()

        def elsewhere(stage: Stage) -> None:
            stage.assign(NORA, Role.ATTESTANT)
            _ = stage.sent()

        evidence = stage.evidence(order, ATLE)
        act = AttestOrder(order=order, method=evidence.method, evidence=evidence)
        assert self.interrupted(stage, act, ATLE, elsewhere)
        assert stage.state(order) is OrderState.ATTESTED

    @promise(Portal.execute)
    def test_a_decision_is_final_and_the_second_is_told_of_the_first(self) -> None:
        stage = self.stage()
        order = stage.sent()
        stage.attest(order, ATLE)
        reasons = stage.refused(RejectOrder(order=order, reason="Fel enhet."), ANNA)
        assert [reason.code for reason in reasons] == [ReasonCode.ALREADY_DECIDED]
        assert dict(reasons[0].params)["trigger"] == "attest"

    @promise(Portal.execute)
    def test_a_case_number_is_never_given_twice(self) -> None:
        repeats = Plan(tuple(Slip(call, Fault.REPEAT, of="case_number") for call in (2, 3, 5)))
        stage = self.stage(ids=FaultyIds(self.make_ids(), repeats))
        orders = [stage.sent() for _ in range(4)]
        numbers = [stage.order(order).case_number for order in orders]
        assert None not in numbers
        assert len(set(numbers)) == len(numbers), f"given twice: {numbers}"
