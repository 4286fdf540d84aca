"""Which cells of rights a call touches, whatever kind of portal it is, whoever made it, and however it is asked."""

import ast
import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import attrs
import pytest
from cast import Cast
from proof import count
from world import AGENT, World

import kundorder as ko
from _kundorder_pytest.cells import Cells
from _kundorder_pytest.seen import CREATORS
from _kundorder_pytest.space import LIFECYCLES, Answer, Cell, hidden, permitted, refused
from _kundorder_pytest.watching import Watch
from kundorder.adapters.memory import MemorySigner
from kundorder.adapters.threads import Thread, ThreadedSigning, ThreadedStore
from kundorder.command_line.matrix import cells
from kundorder.commands import COMMANDS
from kundorder.decisions import deciding
from kundorder.portal.acting import Acting
from kundorder.portal.awaited.acting import Acting as AsyncActing
from kundorder.sample import CATALOGUE
from kundorder.testing.moves import Scene, hostile_actors, hostile_commands, legal_moves
from kundorder.testing.populated import PopulatedOrganisation, populate
from kundorder.vocabulary import Lifecycle

PACKAGE = Path(ko.__file__).parent
BANKID = ko.AttestMethod.BANKID
NOBODYS = "o-" + "0" * 26
TOUCHED_BY_THE_STORY = {
    ("order", None, "start", "ORDERER", "customer", "accepted", "DRAFT"),
    ("order", None, "start", None, "customer", "hidden", None),
    ("order", "DRAFT", "withdraw", "ORDERER", "customer", "accepted", "WITHDRAWN"),
    ("order", "DRAFT", "withdraw", "ATTESTANT", "customer", "refused", None),
    ("order", "DRAFT", "withdraw", "AGENT_HANDLER", None, "hidden", None),
    ("order", "DRAFT", "withdraw", None, "customer", "hidden", None),
    ("order", "AWAITING_CUSTOMER_ATTEST", "attest", "ATTESTANT", "customer", "accepted", "ATTESTED"),
    ("order", "AWAITING_CUSTOMER_ATTEST", "attest", "ORDERER", "customer", "refused", None),
    ("order", "AWAITING_CUSTOMER_ATTEST", "attest", None, "customer", "hidden", None),
    ("order", "ATTESTED", "hand_over", "PROVIDER_OFFICER", "provider", "refused", None),
    ("order", "ATTESTED", "hand_over", "ADMINISTRATOR", "provider", "refused", None),
}


@attrs.frozen
class Asked:
    """A portal that a host has made, of either kind."""

    execute: Callable[[ko.Command, ko.Actor], object]
    check: Callable[[ko.Command, ko.Actor], object]
    sign: Callable[[ko.AttestOrder, ko.Actor], object]


def plain(world: World) -> Asked:
    portal = ko.Portal(store=world.store, catalogue=CATALOGUE, signing=MemorySigner(), clock=world.clock)
    return Asked(
        portal.execute, portal.check, lambda command, actor: portal.resume_signing(command, actor, method=BANKID)
    )


def awaited(world: World) -> Asked:
    thread = Thread()
    signing = ThreadedSigning(MemorySigner(), thread)
    store = ThreadedStore(world.store, thread)
    portal = ko.AsyncPortal(store=store, catalogue=CATALOGUE, signing=signing, clock=world.clock)
    return Asked(
        lambda command, actor: asyncio.run(portal.execute(command, actor)),
        lambda command, actor: asyncio.run(portal.check(command, actor)),
        lambda command, actor: asyncio.run(portal.resume_signing(command, actor, method=BANKID)),
    )


KINDS = (plain, awaited)


def told(asked: Asked, people: PopulatedOrganisation, draft: str, sent: str) -> None:
    """What all kinds of people ask for, by each way there is to ask."""
    withdraw, attest = ko.WithdrawOrder(order=draft), ko.AttestOrder(order=sent, method=BANKID)
    start = ko.StartOrder(offer="npo-producent", mode=ko.ConnectionMode.DIRECT)
    asked.execute(start, people.orderer)
    with pytest.raises(ko.NotFound):
        asked.check(start, ko.Actor("frida", people.number))
    with pytest.raises(ko.Refused):
        asked.execute(withdraw, people.attestant)
    for hidden_from in (people.agent.handler, people.without_role):
        with pytest.raises(ko.NotFound):
            asked.check(withdraw, hidden_from)
    asked.check(withdraw, people.orderer)
    with pytest.raises(ko.NotFound):
        asked.execute(ko.WithdrawOrder(order=NOBODYS), people.orderer)
    with pytest.raises(ko.Refused):
        asked.sign(attest, people.orderer)
    with pytest.raises(ko.NotFound):
        asked.sign(attest, people.without_role)
    asked.sign(attest, people.attestant)
    asked.check(ko.HandOverOrder(order=sent, instructions="Logga in."), people.officer)


@pytest.fixture
def stage(kundorder_world: World, populated_organisation: PopulatedOrganisation) -> tuple[World, str, str]:
    """A draft, and an order that has been sent."""
    draft, sent = (kundorder_world.draft(populated_organisation.orderer).id for _ in range(2))
    kundorder_world.portal.execute(ko.SendOrder(order=sent), populated_organisation.orderer)
    return kundorder_world, draft, sent


@pytest.fixture
def touched() -> Iterator[set[Cell]]:
    """What is touched while the test runs."""
    found: set[Cell] = set()
    watch = Watch.begun(found)
    yield found
    watch.over()


def rows(cells: set[Cell]) -> set[tuple[str | None, ...]]:
    return {cell.row for cell in cells}


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_touches_what_was_asked_by_whom_and_what_came_of_it(
    stage: tuple[World, str, str],
    populated_organisation: PopulatedOrganisation,
    touched: set[Cell],
    kind: Callable[[World], Asked],
) -> None:
    world, draft, sent = stage
    touched.clear()
    told(kind(world), populated_organisation, draft, sent)
    assert rows(touched) == TOUCHED_BY_THE_STORY
    count("cells of rights that a story touched, one by one", len(touched))


@pytest.mark.parametrize(
    ("kind", "owner", "name"),
    [
        (plain, deciding, "judge"),
        (plain, Acting, "execute"),
        (plain, Acting, "check"),
        (plain, ko.Portal, "resume_signing"),
        (awaited, deciding, "judge"),
        (awaited, AsyncActing, "execute"),
        (awaited, AsyncActing, "check"),
        (awaited, ko.AsyncPortal, "resume_signing"),
    ],
)
def test_what_is_not_looked_at_is_missed(
    stage: tuple[World, str, str],
    populated_organisation: PopulatedOrganisation,
    monkeypatch: pytest.MonkeyPatch,
    kind: Callable[[World], Asked],
    owner: object,
    name: str,
) -> None:
    """Each of the places that are looked at is needed; should one move, the story would touch less."""
    world, draft, sent = stage
    before: object = getattr(owner, name)
    found: set[Cell] = set()
    watch = Watch.begun(found)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, before)
        told(kind(world), populated_organisation, draft, sent)
    watch.over()
    assert rows(found) < TOUCHED_BY_THE_STORY


def test_nobody_asks_the_judge_but_where_it_is_known() -> None:
    """A new way to ask has to be looked at too; then it is named here."""
    asking = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for line in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(line, ast.ImportFrom)
        and (line.module or "").startswith("kundorder.decisions")
        and {alias.name for alias in line.names} & {"check", "decide", "judge"}
        and "testing" not in path.parts
    }
    shell = {"acting.py", "calls.py", "ending.py"}
    assert asking == {
        "decisions/__init__.py",
        "decisions/deciding.py",
        *(f"portal/{name}" for name in shell),
        *(f"portal/awaited/{name}" for name in shell - {"calls.py"}),
    }


def test_when_it_is_over_everything_is_as_it_was() -> None:
    places: list[tuple[object, str]] = [(deciding, "judge")]
    places += [(owner, name) for owner in (Acting, AsyncActing) for name in ("execute", "check")]
    places += [(owner, "resume_signing") for owner in (ko.Portal, ko.AsyncPortal)]
    before: list[object] = [getattr(*place) for place in places]
    watch = Watch.begun(set())
    assert [now for place, each in zip(places, before, strict=True) if (now := getattr(*place)) is each] == []
    watch.over()
    assert [getattr(*place) for place in places] == before


def test_what_the_delivery_does_by_itself_is_touched(touched: set[Cell]) -> None:
    cast = Cast.new(rules=ko.Rules(inform_agent_automatically=True))
    cast.attested(via=AGENT)
    touched.clear()
    cast.portal.deliver()
    informed = ("order", "ATTESTED", "inform_agent", None, "system", "accepted", "CONNECTION_STARTABLE")
    assert rows(touched) == {informed}


def test_a_signatory_touches_the_cell_of_a_signatory(kundorder_world: World, touched: set[Cell]) -> None:
    kundorder_world.customer(signed=False)
    touched.clear()
    kundorder_world.sign("customer/999200-0001")
    signed = ("customer_agreement", "AWAITING_SIGNATURE", "sign", "SIGNATORY", "customer", "accepted", "SIGNED")
    assert rows(touched) == {signed}


def test_the_same_key_once_more_touches_nothing(
    portal: ko.Portal, populated_organisation: PopulatedOrganisation, touched: set[Cell]
) -> None:
    start = ko.StartOrder(offer="npo-producent", mode=ko.ConnectionMode.DIRECT)
    for touches in (1, 0):
        touched.clear()
        portal.execute(start, populated_organisation.orderer, key="once")
        assert len(touched) == touches


def test_what_is_made_aside_is_not_counted(kundorder_world: World) -> None:
    counted = Cells.begun()
    made = counted.aside(lambda: populate(kundorder_world))
    assert counted.touched == set()
    kundorder_world.draft(made.orderer)
    before = set(counted.touched)
    assert before
    counted.aside(lambda: kundorder_world.draft(made.orderer))
    assert counted.touched == before
    counted.end()


def test_the_permitted_cells_are_those_of_the_matrix() -> None:
    published = [(c.lifecycle, c.before, c.trigger, c.role, c.party, "accepted", c.to) for c in cells()]
    assert [tuple(cell) for cell in permitted()] == published


def test_every_cell_there_is_has_one_answer() -> None:
    kinds = (set(permitted()), refused(), hidden())
    assert [{cell.answer for cell in kind} for kind in kinds] == [{answer} for answer in Answer]
    assert all((cell.to is None) is (cell.answer is not Answer.ACCEPTED) for kind in kinds for cell in kind)


def test_every_trigger_from_every_state_by_everybody_is_a_question() -> None:
    """Somebody on a side can be refused, whatever is asked, and whatever state it is in."""
    for table in LIFECYCLES:
        mine = [cell for cell in permitted() if cell.lifecycle == table.lifecycle]
        asked = {(cell.before, cell.trigger) for cell in refused() if cell.lifecycle == table.lifecycle}
        moved = {cell.trigger for cell in mine if cell.before is not None}
        assert asked == {(state, trigger) for state in table.states for trigger in moved} | {
            (None, cell.trigger) for cell in mine if cell.before is None
        }
        who = {(cell.role, cell.party) for cell in refused() if cell.lifecycle == table.lifecycle}
        assert {(cell.role, cell.party) for cell in mine if cell.role != ko.Role.SIGNATORY} <= who


def test_every_command_about_nothing_that_is_there_creates_something_known() -> None:
    about_something = ("order", "agreement", "assignment", "member")
    fields = {command: {field.name for field in attrs.fields(command)} for command in COMMANDS}
    creating = {command for command, names in fields.items() if names.isdisjoint(about_something)}
    assert set(CREATORS) == creating - {ko.EstablishProvider}
    for command, lifecycle in CREATORS.items():
        assert any((each.lifecycle, each.before) == (lifecycle, None) for each in cells()), command


def test_whatever_anybody_tries_touches_only_cells_there_are(touched: set[Cell]) -> None:
    cast = Cast.new()
    for order in (cast.draft(), cast.sent(via=AGENT), cast.approved(), cast.sent(), cast.attested(), cast.informed()):
        assert cast.state(order)
    cast.world.customer("999300-0000", administrator="otto", signed=False)
    scene = Scene.of_world(cast.world)
    for actor in hostile_actors(scene):
        for pool in hostile_commands(scene, actor):
            for number in range(0, len(pool), 1 + len(pool) // 12):
                with suppress(ko.NotFound, ko.Malformed):
                    cast.portal.check(pool.nth(number), actor)
    for move in legal_moves(scene):
        cast.portal.check(move.command, move.actor)
    assert touched <= {*permitted(), *refused(), *hidden()}
    lifecycles = {cell.lifecycle for cell in touched}
    assert lifecycles == {each.value for each in Lifecycle if each is not Lifecycle.PROVIDER}
    assert all(sum(cell.answer == answer for cell in touched) > 30 for answer in Answer), len(touched)
    count("cells of rights touched by anybody who tries anything", len(touched))
