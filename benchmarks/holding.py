"""What an order takes in memory: ours, its bare fields in slotted objects, and a ``transitions`` model."""

import gc
import tracemalloc
from collections.abc import Callable
from typing import TypeAlias, TypeGuard

import attrs
import by_transitions
import scene
from measuring import Section, at_most, measured, worth_knowing

from kundorder.codec import decode, encode
from kundorder.decisions import decide
from kundorder.evidence import Evidence
from kundorder.model import AcceptedTerms, Answer, Content, Mark, Notice, Order
from kundorder.situation import Act, Fact, Key, Situation, order_key

Make: TypeAlias = Callable[[int], object]

OURS, STORED, BARE = (
    "Order, as a store decodes it",
    "Order, Fact and key, as MemoryStore holds them",
    "its fields, slotted",
)
OWN, SHARED = "transitions: Order, model and machine", "transitions: Order and model on one machine"


class Bare:
    """So many slots and nothing else."""

    __slots__ = ()


def _slotted(name: str, count: int) -> type[Bare]:
    return type(name, (Bare,), {"__slots__": tuple(f"f{number}" for number in range(count))})


NAMES: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in attrs.fields(kind))
    for kind in (Order, Content, AcceptedTerms, Answer, Mark, Notice, Evidence)
}
BARE_OF = {count: _slotted(f"Bare{count}", count) for count in range(1, 30)}


def section(*, quick: bool) -> Section:
    """Measure."""
    count, rounds = (200, 3) if quick else (2000, 7)
    step = scene.seven_acts()[-1]
    decided = decide(step.situation, step.command, step.act).subject
    assert isinstance(decided, Order)
    text, key = encode(decided), order_key(decided.id)

    def ours(_number: int) -> object:
        return decode(key, 1, text)

    def stored(number: int) -> object:
        return Key(f"order:o-{number:026d}"), Fact(7, decode(key, 1, text), 7, f"{number:064d}")

    def with_machine(_number: int) -> object:
        return by_transitions.with_machine(_model(step, decode(key, 1, text)))

    def on_shared(_number: int) -> object:
        return by_transitions.on_shared_machine(_model(step, decode(key, 1, text)))

    makers: dict[str, Make] = {
        BARE: lambda _number: bare(decode(key, 1, text)),
        OURS: ours,
        STORED: stored,
        SHARED: on_shared,
        OWN: with_machine,
    }
    samples = {
        name: [_bytes_of(make, 100 if make is with_machine else count) for _ in range(rounds)]
        for name, make in makers.items()
    }
    middle = {each.name: each.median for each in measured(samples)}
    return Section(
        name="Memory of one live order (via agent, attested by both; strings of its own)",
        unit="bytes",
        measured=measured(samples),
        ratios=(
            at_most("Order / its fields in slotted objects", middle[OURS] / middle[BARE], 1.5),
            worth_knowing("Order, Fact and key / its fields in slotted objects", middle[STORED] / middle[BARE]),
            worth_knowing("transitions, a machine for each order / Order", middle[OWN] / middle[OURS]),
            worth_knowing("transitions, one machine / Order", middle[SHARED] / middle[OURS]),
        ),
        notes=(f"{len(text)} characters as JSON.",),
    )


def _model(step: scene.Step, order: object) -> by_transitions.OrderModel:
    assert isinstance(order, Order)
    facts = {**step.situation.facts, order_key(order.id): Fact(7, order)}
    act = step.act
    return by_transitions.model_of(
        Situation(facts), step.command, Act(act.actor, act.now, act.fresh, act.rules, act.catalogue)
    )


def bare(record: object) -> object:
    """The same values in objects with as many slots as there are fields."""
    if is_tuple(record):
        return tuple(map(bare, record))
    names = NAMES.get(type(record))
    if names is None:
        return record
    made = BARE_OF[len(names)]()
    for number, name in enumerate(names):
        setattr(made, f"f{number}", bare(getattr(record, name)))
    return made


def is_tuple(record: object) -> TypeGuard[tuple[object, ...]]:
    """Whether it is one; what is in it may be anything."""
    return isinstance(record, tuple)


def _bytes_of(make: Make, count: int) -> float:
    kept = [make(number) for number in range(5)]  # what is only made once is made now
    kept.clear()
    _ = gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept.extend(make(number) for number in range(count))
        _ = gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (after - before) / count
