"""Rights with their reasons: what may somebody do with an order, and does it matter how many users there are?"""

from collections.abc import Callable

import scene
from measuring import Sample, Section, at_most, interleaved, measured, microseconds, ratio, worth_knowing

from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.commands import CompleteOrder, PickAttestant, RejectOrder, WithdrawOrder
from kundorder.decisions import check, needs_of_order, options
from kundorder.directory import Holder, Holders, Login
from kundorder.model import Actor, Member
from kundorder.outcomes import Changes, Stored
from kundorder.portal import Portal
from kundorder.sample import CATALOGUE
from kundorder.situation import ABSENT, Fact, Key, Situation, holders_key, login_key, member_key
from kundorder.vocabulary import Language, Role, UserState

FEW, MANY = 10, 100_000
ALL, FOUR, ALLOWED, REFUSED = (
    "options(), every trigger",
    "check(), four triggers",
    "check(), allowed",
    "check(), refused",
)
LOOKUP, LOOKUP_OF_FACTS = "a look-up in a dict", "a look-up of role, state and trigger by their texts"


def section(*, quick: bool) -> Section:
    """Measure."""
    rounds, times = (7, 200) if quick else (41, 500)
    step = scene.seven_acts()[4]  # sent, and waiting for the agent's handler
    order = scene.order_id(step)
    looked = Situation(_looked_at(step, order))
    reject = RejectOrder(order=order, reason="Prov")
    four = (
        step.command,
        reject,
        PickAttestant(order=order, attestant=scene.member_of("aron")),
        CompleteOrder(order=order),
    )
    withdraw = WithdrawOrder(order=order)
    assert check(looked, step.command, step.act).allowed
    assert check(looked, reject, step.act).allowed
    assert not check(looked, withdraw, step.act).allowed
    grants = {(role.value, step.act.actor.organisation, trigger): True for role in Role for trigger in ("a", "b", "c")}
    key = (Role.AGENT_HANDLER.value, step.act.actor.organisation, "a")
    contenders: dict[str, Sample] = {
        ALL: _timed(lambda: options(looked, order, step.act), times),
        FOUR: _timed(lambda: [check(looked, command, step.act) for command in four], times),
        ALLOWED: _timed(lambda: check(looked, reject, step.act), times),
        REFUSED: _timed(lambda: check(looked, withdraw, step.act), times),
        LOOKUP: _timed(lambda: grants[key], times * 10),
        LOOKUP_OF_FACTS: _timed(
            lambda: grants.get((Role.AGENT_HANDLER.value, step.act.actor.organisation, "a")), times * 10
        ),
        **{f"Portal.check, {count:,} users": _among(count, times) for count in (FEW, MANY)},
        **{f"Portal.options, {count:,} users": _among(count, times, all_of=True) for count in (FEW, MANY)},
    }
    samples = interleaved(contenders, rounds)
    triggers = len(options(looked, order, step.act))
    four_of_all = ratio(samples, ALL, LOOKUP) * _median(samples[LOOKUP]) * 4 / triggers
    return Section(
        name="Rights of one actor on one order, with reasons (facts at hand, but for the portal's)",
        unit="µs",
        measured=measured(samples),
        ratios=(
            at_most(f"options(): µs for four triggers (it gives {triggers})", four_of_all, 10, "µs"),
            at_most("check(): µs for four triggers", _median(samples[FOUR]), 10, "µs"),
            at_most("check(), allowed / a look-up in a dict", ratio(samples, ALLOWED, LOOKUP), 4),
            worth_knowing("check(), allowed / a look-up by texts", ratio(samples, ALLOWED, LOOKUP_OF_FACTS)),
            at_most(f"Portal.check, {MANY:,} users / {FEW}", ratio(samples, *_named("check")), 1.5),
            at_most(f"Portal.options, {MANY:,} users / {FEW}", ratio(samples, *_named("options")), 1.5),
        ),
    )


def _named(what: str) -> tuple[str, str]:
    return f"Portal.{what}, {MANY:,} users", f"Portal.{what}, {FEW:,} users"


def _median(samples: list[float]) -> float:
    return measured({"": samples})[0].median


def _timed(act: Callable[[], object], times: int) -> Sample:
    return lambda: microseconds(act, times)


def _looked_at(step: scene.Step, order: str) -> dict[Key, Fact]:
    """Exactly what a portal would read to look at an order."""
    facts: dict[Key, Fact] = {}
    everything = scene.world() | dict(step.situation.facts)
    while wanted := needs_of_order(order, step.act, facts):
        facts |= {key: everything.get(key, ABSENT) for key in wanted}
    return facts


def _among(count: int, times: int, *, all_of: bool = False) -> Sample:
    """Asking for the same order in a store with so many users in the customer's organisation, all of them orderers."""
    store, step = MemoryStore(), scene.seven_acts()[4]
    records = scene.world() | dict(step.situation.facts)
    people = [(f"m-2{number:025d}", f"person{number}") for number in range(count)]
    crowd = Holders(
        organisation=scene.CUSTOMER,
        role=Role.ORDERER,
        holders=tuple(Holder(member=member, person=person, since=scene.START) for member, person in people),
    )
    records[holders_key(scene.CUSTOMER, Role.ORDERER)] = Fact(1, crowd)
    for member, person in people:
        records[member_key(member)] = Fact(1, _orderer(member, person))
        login = Login(organisation=scene.CUSTOMER, person=person, member=member)
        records[login_key(scene.CUSTOMER, person)] = Fact(1, login)
    stored = tuple(
        Stored(key=key, record=fact.record, version=1, number=0, digest="")
        for key, fact in records.items()
        if fact.record is not None
    )
    with store.transaction() as transaction:
        transaction.write(Changes(guards=(), records=stored, entries=(), owed=()))
    portal = Portal(store=store, catalogue=CATALOGUE, signing=MemorySigner())
    order, actor = scene.order_id(step), Actor(people[count // 2][1], scene.CUSTOMER)
    command = WithdrawOrder(order=order)
    return _timed((lambda: portal.options(order, actor)) if all_of else (lambda: portal.check(command, actor)), times)


def _orderer(member: str, person: str) -> Member:
    return Member(
        id=member,
        organisation=scene.CUSTOMER,
        state=UserState.ACTIVE,
        step=1,
        since=scene.START,
        name="Prov Prov",
        email=f"{person}@prov.example",
        phone=None,
        language=Language.SV,
        roles=(Role.ORDERER,),
        person=person,
    )
