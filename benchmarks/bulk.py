"""A million orders, quickly: the rows of one order, as portal and codec have made them, with other ids.

One order goes through all its acts in memory, and is remembered at each stage: its record, its chain in the journal,
the lines it stands on, the mail it owes. In these texts ids, moments and digests are blanks; filled in anew, and every
digest computed anew, they are what a store holds. ``faults`` reads some of it back and verifies the chains.

All orders are one customer's, through one agent: no list can be longer than theirs.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from operator import itemgetter
from random import Random
from typing import Final, TypeAlias, final

import attrs
import msgspec
import scene
from acts import planned, portal_on

from kundorder.adapters.memory import MemoryStore
from kundorder.codec import SCHEMA, as_in_first_format, encode
from kundorder.commands import CompleteOrder, InformAgent
from kundorder.directory import CaseFile, Holder, Holders, Login
from kundorder.events import Entry
from kundorder.identifiers import case_number_from, token
from kundorder.journal import Checking
from kundorder.model import Actor, Member, Order, Organisation, Record
from kundorder.outcomes import Changes, Head, Stored
from kundorder.ports import Store
from kundorder.situation import Key, Kind, case_key, holders_key, login_key, member_key, order_key, organisation_key
from kundorder.vocabulary import Index, Language, OrderState, Role, UserState
from kundorder.worklists import listings

Cell: TypeAlias = str | int | None
Row: TypeAlias = tuple[Cell, ...]
Fill: TypeAlias = Callable[[Sequence[str]], str]

PROVIDER: Final = "999100-0002"
KARIN: Final = Actor("karin", PROVIDER)
"""Customer service: follows every order there is."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "records": ("key", "kind", "version", "number", "digest", "schema", "body"),
    "listings": ("idx", "value", "sort", "key"),
    "journal": ("chain", "number", "body", "remark"),
    "owed": ("id", "state", "due_at", "owed_at", "lease_until", "fence", "attempts", "body"),
}

EVERY: Final = timedelta(seconds=31)
"""Between two orders: a million of them came in within a year."""

REMEMBERED: Final = 7
"""Of every so manieth order the journal is there, too; of all it would take 15 kB an order."""

_ACTS: Final = 9
_BEGUN: Final = datetime(2025, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_DIGITS: Final = len("2025-01-01T00:00:00")
_CANONICAL: Final = msgspec.json.Encoder(decimal_format="string", order="sorted")


def world() -> dict[Key, Record]:
    """Everything there is before an order, with the provider's customer service."""
    identifier = f"m-{99:026d}"
    karin = Member(
        id=identifier,
        organisation=PROVIDER,
        state=UserState.ACTIVE,
        step=3,
        since=scene.START,
        name="Karin Prov",
        email="karin@prov.example",
        phone=None,
        language=Language.SV,
        roles=(Role.CUSTOMER_SERVICE,),
        person=KARIN.person,
    )
    holder = Holder(member=identifier, person=KARIN.person, since=scene.START)
    return {
        **scene.records(),
        organisation_key(PROVIDER): Organisation(number=PROVIDER, name="Provleverantören", is_provider=True),
        member_key(identifier): karin,
        login_key(PROVIDER, KARIN.person): Login(organisation=PROVIDER, person=KARIN.person, member=identifier),
        holders_key(PROVIDER, Role.CUSTOMER_SERVICE): Holders(
            organisation=PROVIDER, role=Role.CUSTOMER_SERVICE, holders=(holder,)
        ),
    }


def provided(store: Store) -> None:
    """The same, in a store."""
    put = tuple(Stored(key=key, record=record, version=1, number=0, digest="") for key, record in world().items())
    with store.transaction() as transaction:
        transaction.write(Changes(guards=(), records=put, entries=(), owed=()))


@final
@attrs.frozen
class Chunk:
    """Some rows of each table."""

    records: list[Row] = attrs.field(factory=list)
    listings: list[Row] = attrs.field(factory=list)
    journal: list[Row] = attrs.field(factory=list)
    owed: list[Row] = attrs.field(factory=list)

    def tables(self) -> tuple[tuple[str, list[Row]], ...]:
        """Each table's."""
        return tuple((name, getattr(self, name)) for name in COLUMNS)


@final
@attrs.frozen
class Stage:
    """An order after some of its acts, with blanks."""

    state: OrderState
    body: Fill
    case: Fill | None
    lines: tuple[tuple[str, str, Fill], ...]  # list, value, place
    entries: tuple[tuple[Fill, Fill], ...]  # what the digest is over, and what is stored
    debts: tuple[tuple[Fill, Fill], ...]  # id, and what is stored

    def rows(self, values: list[str], chunk: Chunk, *, remembered: bool) -> None:
        """One order's; ``values`` are those of ``_values``, and get the digests."""
        key, count = order_key(values[0]), len(self.entries)
        if remembered:
            for number, (canonical, body) in enumerate(self.entries, 1):
                values[_digest(number)] = sha256(canonical(values).encode()).hexdigest()
                chunk.journal.append((key, number, body(values), None))
        else:
            values[_digest(count)] = sha256(key.encode()).hexdigest()
        chunk.records.append((key, Kind.ORDER.value, count, count, values[_digest(count)], SCHEMA, self.body(values)))
        if self.case is not None:
            chunk.records.append((case_key(values[1]), Kind.CASE_FILE.value, 1, 0, "", SCHEMA, self.case(values)))
        chunk.listings.extend((index, value, place(values), key) for index, value, place in self.lines)
        at = _text(values[_moment(count)])
        chunk.owed.extend((name(values), "due", at, at, "", 0, 0, body(values)) for name, body in self.debts)


@final
class Orders:
    """So many orders; the same ones every time."""

    def __init__(self, count: int, *, owing: bool = False) -> None:
        """Nothing is made yet.

        Args:
            count: how many.
            owing: whether all of them wait for the agent, and mail is owed for each; otherwise some wait at each stage,
                most are completed, and all mail has been sent and its debts removed.
        """
        self.count = count
        stages = {stage.state: stage for stage in _stages(owing=owing)}
        waiting = [stages[state] for state in stages if state is not OrderState.COMPLETED]
        if owing:
            self._turns = [stages[OrderState.AWAITING_AGENT_APPROVAL]]
        else:
            self._turns = [*waiting, *[stages[OrderState.COMPLETED]] * (15 - len(waiting))]

    def chunks(self, size: int = 5_000) -> Iterator[Chunk]:
        """All rows, by growing keys."""
        chunk = Chunk()
        for number, values in enumerate(_values(self.count)):
            stage = self._turns[number % len(self._turns)]
            stage.rows(values, chunk, remembered=not number % REMEMBERED)
            if number % size == size - 1 or number == self.count - 1:
                yield chunk
                chunk = Chunk()

    def places(self, share: float) -> dict[OrderState | None, str]:
        """Where pages so far down go on from: of the list of all orders, and of those in each state."""
        found: dict[OrderState | None, str] = {}
        for number, values in enumerate(_values(self.count)):
            if number < int(self.count * share):
                continue
            stage = self._turns[number % len(self._turns)]
            _ = found.setdefault(None, f"{_text(values[_moment(1)])} {values[0]}")
            _ = found.setdefault(stage.state, f"{_text(values[_moment(len(stage.entries))])} {values[0]}")
            if len(found) > len({each.state for each in self._turns}):
                break
        return found

    def samples(self) -> dict[OrderState, str]:
        """The ids of some orders whose journal is there, one in each state."""
        last = REMEMBERED * len(self._turns)
        drawn = zip(range(0, last, REMEMBERED), islice(_values(self.count), 0, last, REMEMBERED), strict=False)
        return {self._turns[number % len(self._turns)].state: values[0] for number, values in drawn}


def faults(store: Store, orders: Orders) -> list[str]:
    """What is wrong with some of the orders in a store, read back: nothing, if they are as a portal writes them."""
    found: list[str] = []
    checking = Checking()
    for state, order in sorted(orders.samples().items(), key=itemgetter(1)):
        key = order_key(order)
        with store.transaction() as transaction:
            fact = transaction.read((key,))[key]
            page = transaction.select(Index.JOURNAL, (key,), after=None, limit=100)
            staff = transaction.select(Index.ORDERS, ("staff",), after=None, limit=1000)
        for line in page.items:
            found += [] if line.entry is None else [each.problem for each in checking.entry(key, line.entry)]
        head = Head(chain=key, number=fact.number, digest=fact.digest)
        found += [each.problem for each in checking.end(head, fact.record)]
        if not isinstance(fact.record, Order) or fact.record.state is not state:
            found.append(f"{order} is not {state}")
        if key not in [line.key for line in staff.items]:
            found.append(f"{order} is not on the list")
    return found


def _moment(number: int) -> int:
    return 1 + number


def _digest(number: int) -> int:
    return 1 + _ACTS + number


def _text(at: str) -> str:
    """A moment as the lists have it."""
    return f"{at}.000000+00:00"


def _values(count: int) -> Iterator[list[str]]:
    """Of each order the id, the case number, and when each act was; and room for the digests of its entries."""
    drawn = Random(count)  # noqa: S311 - no secret
    cases: set[str] = set()
    for number in range(count):
        at, case = _BEGUN + number * EVERY, ""
        while not case or case in cases:
            case = case_number_from(drawn.randrange(10**9))
        cases.add(case)
        moments = [(at + second * _SECOND).isoformat()[:_DIGITS] for second in range(_ACTS)]
        yield [token("o", int(at.timestamp() * 1000), drawn.getrandbits(80)), case, *moments, *[""] * _ACTS]


def _stages(*, owing: bool) -> Iterator[Stage]:
    """One order, taken through all its acts."""
    plan, store = planned(1), MemoryStore()
    provided(store)
    portal = portal_on(store, plan.signer)
    order = ""
    for number in range(1, _ACTS + 1):
        if number <= len(plan.calls):
            command, actor, _key = plan.calls[number - 1]
            order = portal.execute(command, actor).order.id
        else:
            _ = portal.execute((InformAgent if number < _ACTS else CompleteOrder)(order=order), KARIN)
        yield _stage(store, order, owing=owing)


def _stage(store: MemoryStore, order: str, *, owing: bool) -> Stage:
    key = order_key(order)
    with store.transaction() as transaction:
        record = transaction.read((key,))[key].record
        chain = transaction.select(Index.JOURNAL, (key,), after=None, limit=100)
        due = transaction.select(Index.OWED, ("due",), after=None, limit=100)
    assert isinstance(record, Order)
    entries = [line.entry for line in chain.items if line.entry is not None]
    debts = [line.owed for line in due.items if line.owed is not None and line.owed.owed_at == record.since]
    places = {order: 0, **{entry.digest: _digest(entry.number) for entry in entries}}
    places |= {entry.event.at.isoformat()[:_DIGITS]: _moment(entry.number) for entry in entries}
    case = record.case_number
    if case is not None:
        places[case] = 1
    return Stage(
        state=record.state,
        body=_blank(encode(record), places),
        case=None if case is None else _blank(encode(CaseFile(case_number=case, order=order)), places),
        lines=tuple((index.value, value, _blank(sort, places)) for index, value, sort in listings(record)),
        entries=tuple((_blank(_linked(entry), places), _blank(encode(entry), places)) for entry in entries),
        debts=tuple((_blank(debt.id, places), _blank(encode(debt), places)) for debt in debts if owing),
    )


def _linked(entry: Entry) -> str:
    """What the digest of an entry is over."""
    link = (entry.chain, entry.number, entry.previous)
    text = as_in_first_format(_CANONICAL.encode((link, entry.event, entry.rules, entry.facts, entry.remark_digest)))
    assert sha256(text).hexdigest() == entry.digest, "the codec makes digests otherwise: do it here as it does"
    return text.decode()


def _blank(text: str, places: Mapping[str, int]) -> Fill:
    """A text with blanks where these stand in it, each to be filled with one of the values."""
    given = re.compile("|".join(map(re.escape, places)))
    wanted = [places[each] for each in given.findall(text)]
    form = given.sub("%s", text.replace("%", "%%"))
    if not wanted:
        return lambda _values: text
    pick = itemgetter(*wanted)
    return lambda values: form % pick(values)
