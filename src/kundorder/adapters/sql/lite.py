"""How SQLite is spoken to.

What is written is guarded by the one lock the file has: it is taken before the guards are looked at, in a transaction
of ours by ``BEGIN IMMEDIATE``, in a host's by a write that changes nothing.
"""

from datetime import datetime
from typing import Final, final

import attrs

from kundorder.adapters.sql.changing import Rows, as_json
from kundorder.adapters.sql.lines import Line, Values
from kundorder.adapters.sql.pages import EntryRow, LineRow, of_all_chains, of_chain, of_owed, of_records, page_of
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

_THERE: Final = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = :name"
_LAYOUT: Final = f"SELECT version_num FROM {VERSIONS}"  # noqa: S608 - a constant
_HOLD: Final = "UPDATE kundorder_records SET version = version WHERE key = ''"

_READ: Final = """
    SELECT key, version, schema, body, number, digest FROM kundorder_records
    WHERE key IN (SELECT value FROM json_each(:keys))
"""
_RECORD: Final = "SELECT schema, body FROM kundorder_records WHERE key = :key AND version = :version"

_MOVED: Final = """
    SELECT count(*) FROM json_each(:guards) AS g LEFT JOIN kundorder_records AS r ON r.key = g.value ->> 'key'
    WHERE g.value ->> 'version' <> ifnull(r.version, 0)
"""
_ENDED: Final = """
    SELECT count(*) FROM json_each(:ends) AS e
    WHERE e.value ->> 'number' <> ifnull(
        (SELECT max(j.number) FROM kundorder_journal AS j WHERE j.chain = e.value ->> 'chain'), 0
    )
"""
_RECORDS: Final = """
    INSERT INTO kundorder_records (key, kind, version, number, digest, schema, body)
    SELECT value ->> 'key', value ->> 'kind', value ->> 'version', value ->> 'number', value ->> 'digest',
        value ->> 'schema', value ->> 'body'
    FROM json_each(:records) WHERE true
    ON CONFLICT (key) DO UPDATE SET version = excluded.version, number = excluded.number, digest = excluded.digest,
        schema = excluded.schema, body = excluded.body
"""
_UNLIST: Final = """
    DELETE FROM kundorder_listings WHERE (idx, value, sort, key) IN (
        SELECT j.value ->> 'idx', j.value ->> 'value', j.value ->> 'sort', j.value ->> 'key' FROM json_each(:gone) AS j
    )
"""
_LIST: Final = """
    INSERT INTO kundorder_listings (idx, value, sort, key)
    SELECT j.value ->> 'idx', j.value ->> 'value', j.value ->> 'sort', j.value ->> 'key'
    FROM json_each(:listed) AS j WHERE true
    ON CONFLICT DO NOTHING
"""
_APPEND: Final = """
    INSERT INTO kundorder_journal (chain, number, body, remark)
    SELECT value ->> 'chain', value ->> 'number', value ->> 'body', value ->> 'remark' FROM json_each(:entries)
"""
_OWE: Final = """
    INSERT INTO kundorder_owed (id, state, due_at, owed_at, lease_until, fence, attempts, body)
    SELECT value ->> 'id', value ->> 'state', value ->> 'due_at', value ->> 'owed_at', '', value ->> 'fence',
        value ->> 'attempts', value ->> 'body'
    FROM json_each(:owed) WHERE true
    ON CONFLICT (id) DO UPDATE
        SET state = excluded.state, due_at = excluded.due_at, owed_at = excluded.owed_at, lease_until = '',
            attempts = excluded.attempts, body = excluded.body
        WHERE kundorder_owed.state = 'cancelled'
            OR (kundorder_owed.state = 'parked' AND kundorder_owed.fence = excluded.fence)
"""
_DROP: Final = "DELETE FROM kundorder_records WHERE key IN (SELECT value FROM json_each(:keys))"
_DROP_OWED: Final = """
    DELETE FROM kundorder_owed WHERE id IN (SELECT value FROM json_each(:ids)) AND state IN ('sent', 'cancelled')
"""

_CLAIM: Final = """
    UPDATE kundorder_owed SET fence = fence + 1, attempts = attempts + 1, lease_until = :until WHERE id IN (
        SELECT id FROM kundorder_owed WHERE state = 'due' AND due_at <= :now AND lease_until <= :now
        ORDER BY owed_at, id LIMIT :limit
    ) RETURNING state, due_at, fence, attempts, body
"""
_CLAIMED: Final = """
    SELECT state, due_at, fence, attempts, body FROM kundorder_owed WHERE id = :id AND fence = :fence AND state = 'due'
"""
_SETTLE: Final = """
    UPDATE kundorder_owed SET state = :state, due_at = :due_at, attempts = :attempts, lease_until = '', body = :body
    WHERE id = :id
"""


def _both(sql: str) -> tuple[str, str]:
    """A statement to go on with, and the one to go back with."""
    return sql.format(than=">", way="ASC"), sql.format(than="<", way="DESC")


_LINES: Final = _both("""
    SELECT l.sort, l.key, r.version, r.schema, r.body, r.number, r.digest
    FROM kundorder_listings AS l JOIN kundorder_records AS r ON r.key = l.key
    WHERE l.idx = :idx AND l.value = :value AND (l.sort, l.key) {than} (:sort, :key)
    ORDER BY l.sort {way}, l.key {way} LIMIT :limit
""")
_HEADS: Final = _both("""
    SELECT key, key, version, schema, body, number, digest FROM kundorder_records
    WHERE number > 0 AND key {than} :sort ORDER BY key {way} LIMIT :limit
""")
_CHAIN: Final = _both("""
    SELECT chain, number, body, remark FROM kundorder_journal
    WHERE chain = :chain AND number {than} :number ORDER BY number {way} LIMIT :limit
""")
_CHAINS: Final = _both("""
    SELECT chain, number, body, remark FROM kundorder_journal
    WHERE (chain, number) {than} (:chain, :number) ORDER BY chain {way}, number {way} LIMIT :limit
""")
_DEBTS: Final = _both("""
    SELECT state, due_at, fence, attempts, body FROM kundorder_owed
    WHERE state = :value AND (owed_at, id) {than} (:sort, :key) ORDER BY owed_at {way}, id {way} LIMIT :limit
""")


@final
@attrs.frozen
class Lite:
    """See ``tongue.Tongue``."""

    begin = "BEGIN IMMEDIATE"
    writes_at_once = False

    def hold(self, line: Line) -> None:
        """Take the lock of the file before anything is looked at."""
        _ = line.do(_HOLD)

    def layout(self, line: Line) -> tuple[str, ...]:
        """See ``tongue.Tongue``."""
        there: list[tuple[int]] = line.rows(_THERE, {"name": VERSIONS})
        if not there[0][0]:
            return ()
        rows: list[tuple[str]] = line.rows(_LAYOUT)
        return tuple(name for (name,) in rows)

    def read(self, line: Line, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        """See ``tongue.Tongue``."""
        facts = dict.fromkeys(keys, ABSENT)
        if facts:
            rows: list[FactRow] = line.rows(_READ, {"keys": as_json([*facts])})
            for row in rows:
                facts[row[0]] = fact(row)
        return facts

    def record(self, line: Line, key: Key, version: int) -> Record:
        """See ``tongue.Tongue``."""
        rows: list[tuple[int, str]] = line.rows(_RECORD, {"key": key, "version": version})
        if not rows:
            raise Conflict
        return decode(key, *rows[0])

    def page(self, line: Line, values: tuple[str, ...], wanted: Stretch) -> Page:
        """See ``tongue.Tongue``."""
        found: dict[tuple[str, str], Listed] = {}
        for value in values:  # one statement for all would sort everything that is left
            found |= {(each.sort, each.key): each for each in _lines(line, value, wanted)}
        places = sorted(found, reverse=wanted.back)[: wanted.limit]
        return page_of([found[place] for place in places], wanted)

    def write(self, line: Line, rows: Rows) -> None:
        """See ``tongue.Tongue``."""
        moved: list[tuple[int]] = line.rows(_MOVED, {"guards": as_json(rows.guards)})
        ended: list[tuple[int]] = line.rows(_ENDED, {"ends": as_json(rows.ends)})
        if moved[0][0] or ended[0][0]:
            raise Conflict
        tables = (
            (_RECORDS, "records", rows.records),
            (_UNLIST, "gone", rows.gone),
            (_LIST, "listed", rows.listed),
            (_APPEND, "entries", rows.entries),
            (_OWE, "owed", rows.owed),
            (_DROP, "keys", rows.dropped),
            (_DROP_OWED, "ids", rows.dropped_owed),
        )
        for sql, name, table in tables:
            if table:
                _ = line.do(sql, {name: as_json(table)})

    def claim(self, line: Line, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        """See ``tongue.Tongue``."""
        values: Values = {"now": moment(now), "until": moment(lease_until), "limit": max(limit, 0)}
        rows: list[OwedRow] = line.rows(_CLAIM, values)
        return tuple(sorted(map(owed_in, rows), key=lambda debt: (debt.owed_at, debt.id)))

    def settle(self, line: Line, owed: Owed, settlement: Settlement) -> bool:
        """See ``tongue.Tongue``."""
        rows: list[OwedRow] = line.rows(_CLAIMED, {"id": owed.id, "fence": owed.fence})
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
        return line.do(_SETTLE, values) == 1


def _lines(line: Line, value: str, wanted: Stretch) -> list[Listed]:
    back, limit, (sort, key) = wanted.back, wanted.limit, wanted.start
    if wanted.index is Index.JOURNAL:
        return _of_journal(line, value, wanted)
    if wanted.index is Index.HEADS:
        heads: list[LineRow] = line.rows(_HEADS[back], {"sort": sort, "limit": limit})
        return of_records(heads)
    if wanted.index is Index.OWED:
        owed_at, _blank, identifier = sort.partition(" ")
        place: Values = {"value": value, "sort": owed_at, "key": identifier, "limit": limit}
        debts: list[OwedRow] = line.rows(_DEBTS[back], place)
        return of_owed(debts)
    lines: list[LineRow] = line.rows(
        _LINES[back], {"idx": wanted.index.value, "value": value, "sort": sort, "key": key, "limit": limit}
    )
    return of_records(lines)


def _of_journal(line: Line, chain: str, wanted: Stretch) -> list[Listed]:
    back, limit = wanted.back, wanted.limit
    if chain:
        number = in_chain(wanted.start, chain, back=back)
        rows: list[EntryRow] = line.rows(_CHAIN[back], {"chain": chain, "number": number, "limit": limit})
        return of_chain(rows)
    last, number = in_all_chains(wanted.start, back=back)
    rows = line.rows(_CHAINS[back], {"chain": last, "number": number, "limit": limit})
    return of_all_chains(rows)
