"""Laws 2, 3 and 13: the machines are the rows, no ill-formed table gets through, and the cells are those of the domain.

The cells are written down here a second time, from the domain and not from the rows: only another table can judge one.
"""

import pytest
from transitions import Machine

from kundorder.commands import ApproveAgreement, Command, RejectAgreement, SignAgreement, TerminateAgreement
from kundorder.lifecycles.rows import AnyRow, By, Row, Table
from kundorder.lifecycles.tables import TABLES
from kundorder.model import Agreement
from kundorder.situation import Case
from kundorder.vocabulary import AgreementState, Flow, Lifecycle, Party, Role, Trigger
from kundorder.workflow import (
    AHEAD,
    FINAL,
    GRANTS,
    MACHINES,
    NOWHERE,
    STEPS,
    Cell,
    IllFormed,
    Place,
    capacities,
    checked,
    machine_of,
)

S = AgreementState

ORDER = """
    -                       start          ORDERER          customer DRAFT                    -
    -                       copy_as_draft  ORDERER          customer DRAFT                    -
    DRAFT                   fill_in        ORDERER          customer DRAFT                    -
    DRAFT                   accept_terms   ORDERER          customer DRAFT                    -
    DRAFT                   send           ORDERER          customer AWAITING_CUSTOMER_ATTEST direct
    DRAFT                   send           ORDERER          customer AWAITING_AGENT_APPROVAL  via_agent
    DRAFT                   withdraw       ORDERER          customer WITHDRAWN                -
    DRAFT                   withdraw       CUSTOMER_SERVICE provider WITHDRAWN                -
    AWAITING_AGENT_APPROVAL  approve        AGENT_HANDLER    agent    AWAITING_AGENT_ATTEST    via_agent
    AWAITING_AGENT_APPROVAL  reject         AGENT_HANDLER    agent    REJECTED_BY_AGENT        via_agent
    AWAITING_AGENT_APPROVAL  withdraw       ORDERER          customer WITHDRAWN                via_agent
    AWAITING_AGENT_APPROVAL  withdraw       CUSTOMER_SERVICE provider WITHDRAWN                via_agent
    AWAITING_AGENT_ATTEST    attest         ATTESTANT        agent    AWAITING_CUSTOMER_ATTEST via_agent
    AWAITING_AGENT_ATTEST    pick_attestant AGENT_HANDLER    agent    AWAITING_AGENT_ATTEST    via_agent
    AWAITING_AGENT_ATTEST    reject         ATTESTANT        agent    REJECTED_BY_AGENT        via_agent
    AWAITING_AGENT_ATTEST    withdraw       ORDERER          customer WITHDRAWN                via_agent
    AWAITING_AGENT_ATTEST    withdraw       CUSTOMER_SERVICE provider WITHDRAWN                via_agent
    AWAITING_CUSTOMER_ATTEST attest         ATTESTANT        customer ATTESTED                 -
    AWAITING_CUSTOMER_ATTEST reject         ATTESTANT        customer REJECTED                 -
    AWAITING_CUSTOMER_ATTEST withdraw       ORDERER          customer WITHDRAWN                -
    AWAITING_CUSTOMER_ATTEST withdraw       CUSTOMER_SERVICE provider WITHDRAWN                -
    ATTESTED                hand_over      CUSTOMER_SERVICE provider HANDED_OVER              direct
    ATTESTED                inform_agent   CUSTOMER_SERVICE provider CONNECTION_STARTABLE     via_agent
    ATTESTED                inform_agent   -                system   CONNECTION_STARTABLE     via_agent
    HANDED_OVER             complete       CUSTOMER_SERVICE provider COMPLETED                direct
    CONNECTION_STARTABLE    complete       CUSTOMER_SERVICE provider COMPLETED                via_agent
    CONNECTION_STARTABLE    complete       AGENT_HANDLER    agent    COMPLETED                via_agent
"""

CUSTOMER_AGREEMENT = """
    -                  apply     -                customer APPLIED            -
    -                  register  PROVIDER_OFFICER provider SIGNED             -
    APPLIED            approve   PROVIDER_OFFICER provider AWAITING_SIGNATURE -
    APPLIED            reject    PROVIDER_OFFICER provider REJECTED           -
    AWAITING_SIGNATURE sign      SIGNATORY        customer SIGNED             -
    AWAITING_SIGNATURE decline   SIGNATORY        customer DECLINED           -
    SIGNED             terminate PROVIDER_OFFICER provider TERMINATED         -
"""

AGENT_AGREEMENT = """
    -                  apply     -                agent    APPLIED            -
    -                  register  PROVIDER_OFFICER provider SIGNED             -
    APPLIED            approve   PROVIDER_OFFICER provider AWAITING_SIGNATURE -
    APPLIED            reject    PROVIDER_OFFICER provider REJECTED           -
    AWAITING_SIGNATURE sign      SIGNATORY        agent    SIGNED             -
    AWAITING_SIGNATURE decline   SIGNATORY        agent    DECLINED           -
    SIGNED             terminate PROVIDER_OFFICER provider TERMINATED         -
"""

ASSIGNMENT = """
    -                     apply       AGENT_ASSIGNMENT_ORDERER agent    UNDER_REVIEW          -
    UNDER_REVIEW          pass_review PROVIDER_OFFICER         provider AWAITING_AGENT_ATTEST -
    UNDER_REVIEW          reject      PROVIDER_OFFICER         provider REJECTED              -
    AWAITING_AGENT_ATTEST attest      ATTESTANT                agent    ATTESTED              -
    AWAITING_AGENT_ATTEST reject      ATTESTANT                agent    REJECTED              -
    ATTESTED              activate    PROVIDER_OFFICER         provider ACTIVE                -
    ACTIVE                end         PROVIDER_OFFICER         provider ENDED                 -
"""

USER = """
    -       add         ADMINISTRATOR    customer INVITED -
    -       add         ADMINISTRATOR    agent    INVITED -
    -       add         ADMINISTRATOR    provider INVITED -
    INVITED verify      -                customer ACTIVE  -
    INVITED verify      -                agent    ACTIVE  -
    INVITED verify      -                provider ACTIVE  -
    INVITED assign_role ADMINISTRATOR    customer INVITED -
    INVITED assign_role ADMINISTRATOR    agent    INVITED -
    INVITED assign_role ADMINISTRATOR    provider INVITED -
    INVITED remove_role ADMINISTRATOR    customer INVITED -
    INVITED remove_role ADMINISTRATOR    agent    INVITED -
    INVITED remove_role ADMINISTRATOR    provider INVITED -
    ACTIVE  assign_role ADMINISTRATOR    customer ACTIVE  -
    ACTIVE  assign_role ADMINISTRATOR    agent    ACTIVE  -
    ACTIVE  assign_role ADMINISTRATOR    provider ACTIVE  -
    ACTIVE  remove_role ADMINISTRATOR    customer ACTIVE  -
    ACTIVE  remove_role ADMINISTRATOR    agent    ACTIVE  -
    ACTIVE  remove_role ADMINISTRATOR    provider ACTIVE  -
    ACTIVE  grant       ADMINISTRATOR    agent    ACTIVE  -
    ACTIVE  revoke      ADMINISTRATOR    agent    ACTIVE  -
    ACTIVE  delete      ADMINISTRATOR    customer DELETED -
    ACTIVE  delete      ADMINISTRATOR    agent    DELETED -
    ACTIVE  delete      ADMINISTRATOR    provider DELETED -
    DELETED restore     PROVIDER_OFFICER provider ACTIVE  -
"""

PROVIDER = """
    - establish - provider ESTABLISHED -
"""

DOMAIN: dict[Lifecycle, str] = {
    Lifecycle.ORDER: ORDER,
    Lifecycle.CUSTOMER_AGREEMENT: CUSTOMER_AGREEMENT,
    Lifecycle.AGENT_AGREEMENT: AGENT_AGREEMENT,
    Lifecycle.ASSIGNMENT: ASSIGNMENT,
    Lifecycle.USER: USER,
    Lifecycle.PROVIDER: PROVIDER,
}
"""From, by which act, in which role, on whose side, to, in which flow; ``-`` is none, or both flows."""

COUNTS: dict[Lifecycle, int] = {
    Lifecycle.ORDER: 27,
    Lifecycle.CUSTOMER_AGREEMENT: 7,
    Lifecycle.AGENT_AGREEMENT: 7,
    Lifecycle.ASSIGNMENT: 7,
    Lifecycle.USER: 24,
    Lifecycle.PROVIDER: 1,
}

ENDS: dict[Lifecycle, str] = {
    Lifecycle.ORDER: "COMPLETED REJECTED REJECTED_BY_AGENT WITHDRAWN",
    Lifecycle.CUSTOMER_AGREEMENT: "DECLINED REJECTED TERMINATED",
    Lifecycle.AGENT_AGREEMENT: "DECLINED REJECTED TERMINATED",
    Lifecycle.ASSIGNMENT: "ENDED REJECTED",
    Lifecycle.USER: "",
    Lifecycle.PROVIDER: "ESTABLISHED",
}


def written(cell: Cell) -> tuple[str, ...]:
    """A cell as a line of the tables above."""
    parts = (cell.before, cell.trigger, cell.role, cell.party, cell.to, cell.flow)
    return tuple("-" if part is None else part.value for part in parts)


@pytest.mark.parametrize("lifecycle", Lifecycle)
def test_the_permitted_cells_are_those_of_the_domain(lifecycle: Lifecycle) -> None:
    domain = sorted(tuple(line.split()) for line in DOMAIN[lifecycle].strip().splitlines())
    assert sorted(written(cell) for cell in GRANTS if cell.lifecycle is lifecycle) == domain
    assert len(domain) == COUNTS[lifecycle]


@pytest.mark.parametrize("lifecycle", Lifecycle)
def test_a_lifecycle_ends_where_the_domain_says(lifecycle: Lifecycle) -> None:
    assert sorted(FINAL[lifecycle]) == ENDS[lifecycle].split()


def hops(machine: Machine) -> list[tuple[str, str, str]]:
    """Every step a machine knows: from, by which act, to."""
    return sorted(
        (transition.source, name, transition.dest or transition.source)
        for name, event in machine.events.items()
        for transitions in event.transitions.values()
        for transition in transitions
    )


def rows(place: Place) -> list[tuple[str, str, str]]:
    """Every step the compiled table knows, written the same way."""
    return sorted(
        (NOWHERE if at is None else at.value, trigger.value, row.to.value)
        for at, steps in STEPS[place].items()
        for trigger, row in steps.items()
    )


@pytest.mark.parametrize("place", MACHINES)
def test_a_machine_and_its_table_are_the_same_both_ways(place: Place) -> None:
    assert hops(MACHINES[place]) == rows(place)


@pytest.mark.parametrize("place", MACHINES)
def test_a_row_stands_in_the_table_under_its_own_state_and_act(place: Place) -> None:
    for at, steps in STEPS[place].items():
        assert [(at, trigger) for trigger in steps] == [(row.at, row.trigger) for row in steps.values()]


def test_every_row_of_every_lifecycle_is_compiled_in_its_flows() -> None:
    for table in TABLES:
        flows = table.flows or (None,)
        wanted = [(flow, row) for flow in flows for row in table.rows if row.flow in (None, flow)]
        places = [(flow, STEPS[table.lifecycle, flow]) for flow in flows]
        compiled = [(flow, row) for flow, place in places for steps in place.values() for row in steps.values()]
        assert sorted(map(repr, compiled)) == sorted(map(repr, wanted))


@pytest.mark.parametrize("place", MACHINES)
def test_a_machine_decides_nothing_by_itself(place: Place) -> None:
    machine = MACHINES[place]
    assert machine.models == []
    for name, event in machine.events.items():
        assert not name.startswith("to_")
        for transition in (each for each_list in event.transitions.values() for each in each_list):
            assert (transition.conditions, transition.prepare, transition.before, transition.after) == ([], [], [], [])
    for state in machine.states.values():
        assert (state.on_enter, state.on_exit) == ([], [])
    assert (machine.before_state_change, machine.after_state_change, machine.prepare_event) == ([], [], [])
    assert (machine.finalize_event, machine.on_exception, machine.ignore_invalid_triggers) == ([], [], None)


@pytest.mark.parametrize("place", MACHINES)
def test_a_machine_is_named_knows_its_states_and_begins_nowhere(place: Place) -> None:
    machine, rows_of_it = MACHINES[place], [row for steps in STEPS[place].values() for row in steps.values()]
    assert set(machine.states) == {NOWHERE, *(row.to.value for row in rows_of_it)}
    assert machine.initial == NOWHERE
    assert machine.name.startswith(place[0].value)


@pytest.mark.parametrize("place", MACHINES)
def test_a_step_of_a_machine_has_one_target(place: Place) -> None:
    for event in MACHINES[place].events.values():
        assert all(len(transitions) == 1 for transitions in event.transitions.values())


@pytest.mark.parametrize("place", MACHINES)
def test_every_state_that_is_no_end_leads_to_one(place: Place) -> None:
    ends = FINAL[place[0]]
    reached = {row.to for steps in STEPS[place].values() for row in steps.values()}
    for state in reached - ends if ends else ():
        assert AHEAD[place][state] & ends, state


@pytest.mark.parametrize("lifecycle", Lifecycle)
def test_every_state_of_a_lifecycle_is_reached(lifecycle: Lifecycle) -> None:
    states = next(set(table.states) for table in TABLES if table.lifecycle is lifecycle)
    assert {cell.to for cell in GRANTS if cell.lifecycle is lifecycle} == states


@pytest.mark.parametrize("trigger", Trigger)
@pytest.mark.parametrize("place", MACHINES)
def test_the_capacities_of_an_act_are_its_cells(place: Place, trigger: Trigger) -> None:
    lifecycle, flow = place
    cells = {
        (cell.before, cell.role, cell.party)
        for cell in GRANTS
        if (cell.lifecycle, cell.trigger) == (lifecycle, trigger) and cell.flow in (None, flow)
    }
    assert {(at, by.role, by.party) for at, by in capacities(place, trigger)} == cells


def same(case: Case, _command: Command, _by: By) -> Agreement:
    """A row's whole next record: the one there was."""
    return case.agreement


OFFICER = (By(Role.PROVIDER_OFFICER, Party.PROVIDER),)
APPLY: AnyRow = Row(at=None, command=ApproveAgreement, by=OFFICER, to=S.APPLIED, sets=same)
APPROVE: AnyRow = Row(at=S.APPLIED, command=ApproveAgreement, by=OFFICER, to=S.AWAITING_SIGNATURE, sets=same)
SIGN: AnyRow = Row(at=S.AWAITING_SIGNATURE, command=SignAgreement, by=OFFICER, to=S.SIGNED, sets=same)
REJECT: AnyRow = Row(at=S.APPLIED, command=RejectAgreement, by=OFFICER, to=S.REJECTED, sets=same)
GOOD: tuple[AnyRow, ...] = (APPLY, APPROVE, SIGN, REJECT)
SIGN_VIA_AGENT: AnyRow = Row(
    at=S.AWAITING_SIGNATURE, command=SignAgreement, by=OFFICER, to=S.SIGNED, flow=Flow.VIA_AGENT, sets=same
)


def approve_in(flow: Flow) -> AnyRow:
    """An approval there is in one flow only."""
    return Row(at=S.APPLIED, command=ApproveAgreement, by=OFFICER, to=S.AWAITING_SIGNATURE, flow=flow, sets=same)


def table(*rows_of_it: AnyRow, flows: tuple[Flow, ...] = ()) -> Table:
    """A small lifecycle that ends when signed or rejected."""
    return Table(
        lifecycle=Lifecycle.CUSTOMER_AGREEMENT,
        states=AgreementState,
        flows=flows,
        final=frozenset((S.SIGNED, S.REJECTED)),
        rows=rows_of_it,
    )


def test_a_well_formed_table_passes_as_it_is() -> None:
    good = table(*GOOD)
    assert checked(good) is good
    assert hops(machine_of(good, None)) == [
        ("APPLIED", "approve", "AWAITING_SIGNATURE"),
        ("APPLIED", "reject", "REJECTED"),
        ("AWAITING_SIGNATURE", "sign", "SIGNED"),
        (NOWHERE, "approve", "APPLIED"),
    ]


ILL_FORMED: dict[str, tuple[Table, str]] = {
    "no start": (table(APPROVE, SIGN, REJECT), "customer_agreement: no row creates one"),
    "no row at all": (table(), "customer_agreement: no row creates one"),
    "exit from a final state": (
        table(*GOOD, Row(at=S.SIGNED, command=TerminateAgreement, by=OFFICER, to=S.TERMINATED, sets=same)),
        "customer_agreement: SIGNED -terminate-> TERMINATED leaves a final state",
    ),
    "circle at a final state": (
        table(*GOOD, Row(at=S.SIGNED, command=TerminateAgreement, by=OFFICER, to=S.SIGNED, sets=same)),
        "customer_agreement: SIGNED -terminate-> SIGNED leaves a final state",
    ),
    "a row nothing leads to": (
        table(*GOOD, Row(at=S.DECLINED, command=TerminateAgreement, by=OFFICER, to=S.SIGNED, sets=same)),
        "customer_agreement: DECLINED -terminate-> SIGNED can never be taken",
    ),
    "two rows only each other lead to": (
        table(
            *GOOD,
            Row(at=S.DECLINED, command=TerminateAgreement, by=OFFICER, to=S.TERMINATED, sets=same),
            Row(at=S.TERMINATED, command=ApproveAgreement, by=OFFICER, to=S.DECLINED, sets=same),
        ),
        "customer_agreement: DECLINED -terminate-> TERMINATED can never be taken",
    ),
    "a state without a way out": (
        table(*GOOD, Row(at=S.APPLIED, command=TerminateAgreement, by=OFFICER, to=S.TERMINATED, sets=same)),
        "customer_agreement: APPLIED -terminate-> TERMINATED leads into a trap",
    ),
    "a state that leads only to itself": (
        table(
            *GOOD,
            Row(at=S.APPLIED, command=TerminateAgreement, by=OFFICER, to=S.TERMINATED, sets=same),
            Row(at=S.TERMINATED, command=TerminateAgreement, by=OFFICER, to=S.TERMINATED, sets=same),
        ),
        "customer_agreement: APPLIED -terminate-> TERMINATED leads into a trap",
    ),
    "two states that lead only to each other": (
        table(
            *GOOD,
            Row(at=S.APPLIED, command=TerminateAgreement, by=OFFICER, to=S.TERMINATED, sets=same),
            Row(at=S.TERMINATED, command=TerminateAgreement, by=OFFICER, to=S.DECLINED, sets=same),
            Row(at=S.DECLINED, command=TerminateAgreement, by=OFFICER, to=S.TERMINATED, sets=same),
        ),
        "customer_agreement: APPLIED -terminate-> TERMINATED leads into a trap",
    ),
    "two rows for one state and act": (
        table(*GOOD, Row(at=S.APPLIED, command=ApproveAgreement, by=OFFICER, to=S.SIGNED, sets=same)),
        "customer_agreement: APPLIED -approve-> SIGNED is there twice",
    ),
    "two rows that create by one act": (
        table(*GOOD, Row(at=None, command=ApproveAgreement, by=OFFICER, to=S.SIGNED, sets=same)),
        "customer_agreement: NOWHERE -approve-> SIGNED is there twice",
    ),
    "a row nobody may take": (
        table(APPLY, APPROVE, SIGN, Row(at=S.APPLIED, command=RejectAgreement, by=(), to=S.REJECTED, sets=same)),
        "customer_agreement: APPLIED -reject-> REJECTED is permitted to nobody",
    ),
    "a flow without a way out": (
        table(APPLY, REJECT, approve_in(Flow.DIRECT), flows=(Flow.VIA_AGENT, Flow.DIRECT)),
        "customer_agreement (direct): APPLIED -approve-> AWAITING_SIGNATURE leads into a trap",
    ),
}


@pytest.mark.parametrize("fault", ILL_FORMED)
def test_an_ill_formed_table_is_refused_and_the_row_is_named(fault: str) -> None:
    wrong, message = ILL_FORMED[fault]
    with pytest.raises(IllFormed) as caught:
        checked(wrong)
    assert str(caught.value) == message


def test_one_act_may_lead_elsewhere_in_another_flow() -> None:
    other = Row(at=S.APPLIED, command=ApproveAgreement, by=OFFICER, to=S.SIGNED, flow=Flow.DIRECT, sets=same)
    both = table(APPLY, REJECT, other, approve_in(Flow.VIA_AGENT), SIGN_VIA_AGENT, flows=tuple(Flow))
    assert checked(both) is both
