"""The machine: people at work, each example another course of events."""

from datetime import timedelta
from typing import Final, TypeAlias

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kundorder.catalogue import Catalogue
from kundorder.commands import AssignRole, RemoveRole
from kundorder.model import Rules
from kundorder.sample import CATALOGUE
from kundorder.testing.faults import Fault, FaultyMailer, FaultySigning, Plan, Slip
from kundorder.testing.laws import check_lists
from kundorder.testing.machine.adapters import Factory
from kundorder.testing.machine.stage import Plans, Stage
from kundorder.testing.moves import Move, Scene, hostile_actors, hostile_commands, legal_moves, pasted
from kundorder.vocabulary import Role, Trigger

Faults: TypeAlias = frozenset[Fault]

_STORE: Final = frozenset({Fault.FAIL, Fault.LOSE, Fault.MOVED, Fault.REPEAT, Fault.STALE, Fault.DELAY})
_DELIVERING: Final = _STORE - {Fault.STALE}  # what is owed may be cancelled for a reason that is no longer true
_SO_FAR: Final = st.sampled_from((0, 3, 3, 4, 4, 5, 5, 1, 2, 6, 7, 9))  # steps; mostly to where somebody is asked
_CALLS: Final = 80
_SLIPS: Final = 6
_ON: Final = st.sampled_from(
    (*("an order",) * 4, "a new order", *("a right",) * 3, *("a user",) * 2, "somebody new", *("an agreement",) * 2)
)
_ANY: Final = st.integers(0, 9_999)  # which of those there are; it goes round
_MOSTLY: Final = 5  # of so many moves all but one lead on
_SPREAD: Final = 7_919  # a prime, so that all fields of a command turn
_ACTS: Final = 4  # at a time, at most
_ABOUT: Final = ("the same", "the one who acts")
_MEANWHILE: Final = (
    *("a delivery", "all is done", "a restart"),
    *("time passes", "all is well", "all is ill"),
)
_RIGHTS: Final = (Trigger.ASSIGN_ROLE, Trigger.REMOVE_ROLE, Trigger.GRANT, Trigger.REVOKE)
_GIVES: Final = (AssignRole, RemoveRole)
_ON_ORDERS: Final = (Role.ORDERER, Role.ATTESTANT, Role.AGENT_HANDLER)
_NEW: Final = (Trigger.ADD, Trigger.APPLY, Trigger.REGISTER)
_KEYS: Final = (None, None, "k1", "k2")


def _plan(slips: list[Slip]) -> Plan:
    return Plan(tuple(slips))


def plans(exist: Faults) -> st.SearchStrategy[Plans]:
    """Plans with only these faults: each example has others, so that none hides what another would show."""

    def of(suffers: Faults) -> st.SearchStrategy[Plan]:
        among = sorted(exist & suffers, key=lambda fault: fault.value)
        if not among:
            return st.just(Plan())
        slips = st.builds(
            Slip, st.integers(1, _CALLS), st.sampled_from(among), seconds=st.sampled_from((0, 10, 100, 10_000))
        )
        return st.builds(_plan, st.lists(slips, max_size=_SLIPS))

    return st.builds(
        Plans,
        acting=of(_STORE),
        delivering=of(_DELIVERING),
        mailer=of(FaultyMailer.FAULTS),
        signing=of(FaultySigning.FAULTS),
    )


SWARMS: Final = st.frozensets(st.sampled_from(sorted(Fault, key=lambda fault: fault.value)), max_size=4).flatmap(plans)


class PortalMachine(RuleBasedStateMachine):
    """People at work on a portal; made with ``portal_machine``."""

    def __init__(self, factory: Factory, catalogue: Catalogue = CATALOGUE) -> None:
        super().__init__()
        self.stage = Stage(factory, catalogue)
        self._turn = 0
        self._acts = 0

    @initialize(
        four_eyes=st.booleans(),
        automatic=st.booleans(),
        roles_wait=st.booleans(),
        fails=SWARMS,
        steps=st.tuples(_SO_FAR, _SO_FAR, _SO_FAR),
    )
    def open(
        self, *, four_eyes: bool, automatic: bool, roles_wait: bool, fails: Plans, steps: tuple[int, int, int]
    ) -> None:
        """A host makes its choices, and some orders are under way."""
        rules = Rules(
            four_eyes=four_eyes, inform_agent_automatically=automatic, roles_require_signed_agreement=roles_wait
        )
        self.stage.choose(rules, Plans())
        for start, further in zip(_starts(self.stage.scene, 0), steps, strict=False):
            self._go_on(start, further)
        self.stage.choose(rules, fails)

    def _go_on(self, start: Move, further: int) -> None:
        if not further:
            return
        known = set(self.stage.kept.orders)
        self.stage.act(start, None)
        order = next(each for each in self.stage.kept.orders if each not in known)
        for _ in range(further):
            for move in legal_moves(self.stage.scene, subject=order, onward=True)[:1]:
                self.stage.act(move, None)

    @rule(acts=st.lists(st.tuples(_ON, _ANY, _ANY, st.booleans()), min_size=1, max_size=_ACTS))
    def legal(self, acts: list[tuple[str, int, int, bool]]) -> None:
        """People do what is open to them."""
        for on, subject, which, keyed in acts:
            found = self._open_moves(on, subject, which)
            if found:
                self._acts += 1
                move = found[which % len(found)]
                note(f"  {told(move)}")
                self.stage.act(move, f"act {self._acts}" if keyed else None)

    @rule(who=_ANY, what=_ANY, which=_ANY, key=st.sampled_from(_KEYS))
    def hostile(self, who: int, what: int, which: int, key: str | None) -> None:
        """Anybody tries anything."""
        scene = self.stage.scene
        actors = hostile_actors(scene)
        actor = actors[who % len(actors)]
        pools = tuple(filter(len, hostile_commands(scene, actor)))
        pool = pools[what % len(pools)]
        move = Move(pool.nth(which * _SPREAD % len(pool)), actor)
        note(f"  {told(move)}")
        self.stage.act(move, key)

    @rule(on=_ON, subject=_ANY, which=_ANY, about=st.sampled_from(_ABOUT), quicker=_ANY)
    def two_at_once(self, on: str, subject: int, which: int, about: str, quicker: int) -> None:
        """Two do what is open to both, and one of them is quicker."""
        found = self._open_moves(on, subject, which)
        if found:
            first = found[which % len(found)]
            others = self._quicker(first, about) or found
            second = others[quicker % len(others)]
            note(f"  {told(first)}\n  but quicker is {told(second)}")
            self.stage.both(first, second)

    @rule(what=st.sampled_from(_MEANWHILE), minutes=st.sampled_from((1, 5, 60, 24 * 60, 8 * 24 * 60)))
    def meanwhile(self, what: str, minutes: int) -> None:
        """The system delivers, the host stops and starts, nobody does anything, all is well or ill for a while."""
        match what:
            case "a delivery":
                self.stage.deliver()
            case "all is done":
                self.stage.settle()
            case "a restart":
                self.stage.restart()
            case "all is well":
                self.stage.switch(on=False)
            case "all is ill":
                self.stage.switch(on=True)
            case _:
                _ = self.stage.clock.advance(timedelta(minutes=minutes))

    @invariant()
    def the_laws_hold(self) -> None:
        """What can be told from the store."""
        self.stage.judge()

    @invariant()
    def the_lists_agree_with_what_may_be_seen_and_done(self) -> None:
        """Two readers at a time, in turn."""
        readers = tuple(self.stage.kept.readers())
        for _ in range(2):
            self._turn += 1
            reader = readers[self._turn % len(readers)]
            check_lists(self.stage.kept, self.stage.portal, reader, settled=self.stage.is_settled, page=2)

    def teardown(self) -> None:
        """At last all is well, everything owed is done, and everything is looked at."""
        try:
            self.stage.verify()
        finally:
            self.stage.adapters.close()

    def _quicker(self, first: Move, about: str) -> tuple[Move, ...]:
        """What is open to anybody on the same subject, or on the very one who acts."""
        scene = self.stage.scene
        subject = first.subject if about == "the same" else self.stage.kept.member(first.actor)
        return () if subject is None else legal_moves(scene, subject=subject)

    def _open_moves(self, on: str, subject: int, which: int) -> tuple[Move, ...]:
        """What is open to anybody, on one of the subjects; mostly what leads on."""
        scene = self.stage.scene
        subjects: dict[str, tuple[str, ...]] = {
            "an order": tuple(each.id for each in scene.orders),
            "a user": tuple(each.id for each in scene.members),
            "an agreement": (*(each.id for each in scene.agreements), *(each.id for each in scene.assignments)),
        }
        if on in subjects:
            found = subjects[on]
            onward = bool(which % _MOSTLY)
            return legal_moves(scene, subject=found[subject % len(found)], onward=onward) if found else ()
        match on:
            case "a new order":
                return _starts(scene, subject)
            case "a right":
                return _rights(scene, subject)
            case _:
                return legal_moves(scene, triggers=_NEW)


def _rights(scene: Scene, number: int) -> tuple[Move, ...]:
    """Who may act on orders is changed, by one of the administrators."""
    administrators = scene.holding(Role.ADMINISTRATOR)
    found = legal_moves(scene, triggers=_RIGHTS, actor=administrators[number % len(administrators)])
    return tuple(move for move in found if not isinstance(move.command, _GIVES) or move.command.role in _ON_ORDERS)


def _starts(scene: Scene, number: int) -> tuple[Move, ...]:
    """What one of the orderers could order."""
    orderers = scene.holding(Role.ORDERER)
    return legal_moves(scene, triggers=(Trigger.START,), actor=orderers[number % len(orderers)]) if orderers else ()


def told(move: Move) -> str:
    """A move in one line, as Python that can be pasted."""
    return f"{move.actor.person} of {move.actor.organisation}: {pasted(move.command)}"
