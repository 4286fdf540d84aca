"""How PostgreSQL is spoken to; what its statements do, and why so, stands beside them."""

from datetime import datetime
from typing import final

import attrs

from kundorder.adapters.sql.changing import Rows, as_json
from kundorder.adapters.sql.lines import Line, Values
from kundorder.adapters.sql.pages import EntryRow, LineRow, of_all_chains, of_chain, of_owed, of_records, page_of
from kundorder.adapters.sql.postgres_statements import (
    CHAIN,
    CHAINS,
    CLAIM,
    CLAIMED,
    DEBTS,
    DROP,
    DROP_OWED,
    HEADS,
    HOLD_ABSENT,
    LAYOUT,
    LINES,
    READ,
    RECORD,
    SETTLE,
    THERE,
    WRITE,
)
from kundorder.adapters.sql.tables import VERSIONS
from kundorder.codec import decode, encode
from kundorder.errors import Conflict
from kundorder.events import Owed, Settlement, settled
from kundorder.layout import FactRow, OwedRow, Stretch, fact, moment
from kundorder.layout import owed as owed_in
from kundorder.layout.places import in_all_chains, in_chain
from kundorder.model import Record
from kundorder.ports import Listed, Page
from kundorder.situation import ABSENT, Fact, Key
from kundorder.vocabulary import Index


@final
@attrs.frozen
class Postgres:
    """See ``tongue.Tongue``."""

    begin = "BEGIN"
    writes_at_once = True

    def hold(self, line: Line) -> None:
        """See ``tongue.Tongue``; the write itself locks all it rests on."""
        del line

    def layout(self, line: Line) -> tuple[str, ...]:
        """See ``tongue.Tongue``."""
        there: list[tuple[bool]] = line.rows(THERE, {"name": VERSIONS})
        if not there[0][0]:
            return ()
        rows: list[tuple[str]] = line.rows(LAYOUT)
        return tuple(name for (name,) in rows)

    def read(self, line: Line, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        """See ``tongue.Tongue``."""
        facts = dict.fromkeys(keys, ABSENT)
        if facts:
            rows: list[FactRow] = line.rows(READ, {"keys": list(facts)})
            for row in rows:
                facts[row[0]] = fact(row)
        return facts

    def record(self, line: Line, key: Key, version: int) -> Record:
        """See ``tongue.Tongue``."""
        rows: list[tuple[int, str]] = line.rows(RECORD, {"key": key, "version": version})
        if not rows:
            raise Conflict
        return decode(key, *rows[0])

    def page(self, line: Line, values: tuple[str, ...], wanted: Stretch) -> Page:
        """See ``tongue.Tongue``; one statement, so lines and records are of one moment."""
        found = self._lines(line, list(dict.fromkeys(values)), wanted) if values else []
        return page_of(found, wanted)

    def _lines(self, line: Line, values: list[str], wanted: Stretch) -> list[Listed]:
        back, limit, (sort, key) = wanted.back, wanted.limit, wanted.start
        if wanted.index is Index.JOURNAL:
            return _of_journal(line, values, wanted)
        if wanted.index is Index.HEADS:
            heads: list[LineRow] = line.rows(HEADS[back], {"sort": sort, "limit": limit})
            return of_records(heads)
        if wanted.index is Index.OWED:
            owed_at, _blank, identifier = sort.partition(" ")
            place: Values = {"values": values, "sort": owed_at, "key": identifier, "limit": limit}
            debts: list[OwedRow] = line.rows(DEBTS[back], place)
            return of_owed(debts)
        lines: list[LineRow] = line.rows(
            LINES[back],
            {"idx": wanted.index.value, "values": values, "sort": sort, "key": key, "limit": limit},
        )
        return of_records(lines)

    def write(self, line: Line, rows: Rows) -> None:
        """See ``tongue.Tongue``."""
        if rows.absent:
            _hold_absent(line, rows)
        found: list[tuple[bool]] = line.rows(WRITE, _values(rows))
        if not found[0][0]:
            raise Conflict
        if rows.dropped or rows.absent:
            _ = line.do(DROP, {"keys": [*rows.dropped, *rows.absent]})
        if rows.dropped_owed:
            _ = line.do(DROP_OWED, {"ids": rows.dropped_owed})

    def claim(self, line: Line, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        """See ``tongue.Tongue``."""
        values: Values = {"now": moment(now), "until": moment(lease_until), "limit": max(limit, 0)}
        rows: list[OwedRow] = line.rows(CLAIM, values)
        return tuple(sorted(map(owed_in, rows), key=lambda debt: (debt.owed_at, debt.id)))

    def settle(self, line: Line, owed: Owed, settlement: Settlement) -> bool:
        """See ``tongue.Tongue``."""
        rows: list[OwedRow] = line.rows(CLAIMED, {"id": owed.id, "fence": owed.fence})
        if not rows:
            return False
        after = settled(owed_in(rows[0]), settlement)
        values: Values = {
            "id": after.id,
            "state": after.state.value,
            "due_at": moment(after.due_at),
            "attempts": after.attempts,
            "body": encode(after),
        }
        return line.do(SETTLE, values) == 1


def _hold_absent(line: Line, rows: Rows) -> None:
    """Take the place of what must not be there, until all is kept; and of what is created, for the order of keys."""
    new = [str(each["key"]) for each in rows.records if each["version"] == 1]
    if line.do(HOLD_ABSENT, {"keys": [*rows.absent, *new]}) != len(rows.absent) + len(new):
        raise Conflict
    _ = line.do(DROP, {"keys": new})  # its place is ours all the same


def _values(rows: Rows) -> Values:
    return {
        "guards": as_json(rows.guards),
        "ends": as_json(rows.ends),
        "records": as_json(rows.records),
        "gone": as_json(rows.gone),
        "listed": as_json(rows.listed),
        "entries": as_json(rows.entries),
        "owed": as_json(rows.owed),
    }


def _of_journal(line: Line, values: list[str], wanted: Stretch) -> list[Listed]:
    back, limit = wanted.back, wanted.limit
    found: dict[tuple[str, str], Listed] = {}
    for chain in values:
        if chain:
            number = in_chain(wanted.start, chain, back=back)
            rows: list[EntryRow] = line.rows(CHAIN[back], {"chain": chain, "number": number, "limit": limit})
            lines = of_chain(rows)
        else:
            last, number = in_all_chains(wanted.start, back=back)
            rows = line.rows(CHAINS[back], {"chain": last, "number": number, "limit": limit})
            lines = of_all_chains(rows)
        found |= {(each.sort, each.key): each for each in lines}
    return [found[place] for place in sorted(found, reverse=back)][:limit]
