"""The statements of PostgreSQL.

A write is one statement. Its first part locks, in the order of their keys, so that no two writers ever wait for each
other in a ring: a row that is to be written against everybody, a row that was only looked at against those who would
write it. So a right that is being taken away is never acted on: it is either still held when all is kept, or the write
is refused. The second part checks the versions that the locks have fixed, and all that follows happens only if every
one is right. What PostgreSQL's isolation levels do is not relied on: the level of a host's transaction is the host's.

Rows are found one by one through the index, whatever the planner thinks of the sizes of lists and tables: it plans
once, maybe while the tables are still empty, and a plan that reads a whole table would be kept until they are large.
That is what ``LATERAL (... OFFSET 0)`` and ``ctid`` are for, and why our own connections are told not to read whole
tables. Between its lock and its change a row does not move.
"""

from typing import Final

from kundorder.adapters.sql.tables import VERSIONS

THERE: Final = "SELECT to_regclass(%(name)s) IS NOT NULL"
LAYOUT: Final = f"SELECT version_num FROM {VERSIONS}"  # noqa: S608 - a constant

READ: Final = """
    SELECT key, version, schema, body, number, digest FROM kundorder_records WHERE key = ANY(%(keys)s)
"""
RECORD: Final = "SELECT schema, body FROM kundorder_records WHERE key = %(key)s AND version = %(version)s"

WRITE: Final = """
    WITH asked AS MATERIALIZED (
        SELECT key COLLATE "C" AS key, version, written
        FROM json_to_recordset(%(guards)s::json) AS g (key text, version bigint, written boolean) ORDER BY 1
    ), here AS MATERIALIZED (
        SELECT asked.version AS wanted, coalesce(w.version, l.version, 0) AS found
        FROM asked
        LEFT JOIN LATERAL (
            SELECT r.version FROM kundorder_records AS r WHERE r.key = asked.key AND asked.written
            FOR NO KEY UPDATE
        ) AS w ON true
        LEFT JOIN LATERAL (
            SELECT r.version FROM kundorder_records AS r WHERE r.key = asked.key AND NOT asked.written
            FOR SHARE
        ) AS l ON true
    ), stands AS MATERIALIZED (
        SELECT NOT EXISTS (
            SELECT FROM here WHERE wanted <> found
        ) AND NOT EXISTS (
            SELECT FROM json_to_recordset(%(ends)s::json) AS e (chain text, number bigint)
            WHERE e.number <> coalesce((
                SELECT j.number FROM kundorder_journal AS j WHERE j.chain = e.chain ORDER BY j.number DESC LIMIT 1
            ), 0)
        ) AS so
    ), records AS (
        SELECT * FROM json_to_recordset(%(records)s::json) AS r (
            key text, kind text, version bigint, number bigint, digest text, schema int, body text
        ) WHERE (SELECT so FROM stands)
    ), altered AS (
        UPDATE kundorder_records AS k
        SET version = r.version, number = r.number, digest = r.digest, schema = r.schema, body = r.body
        FROM records AS r
        WHERE r.version > 1 AND k.key = r.key AND k.ctid = ANY(ARRAY(
            SELECT found.ctid FROM records AS n CROSS JOIN LATERAL (
                SELECT s.ctid FROM kundorder_records AS s WHERE s.key = n.key OFFSET 0
            ) AS found WHERE n.version > 1
        ))
    ), added AS (
        INSERT INTO kundorder_records (key, kind, version, number, digest, schema, body)
        SELECT key, kind, version, number, digest, schema, body FROM records WHERE version = 1 ORDER BY key
    ), unlisted AS (
        DELETE FROM kundorder_listings
        WHERE ctid = ANY(ARRAY(
            SELECT found.ctid
            FROM json_to_recordset(%(gone)s::json) AS g (idx text, value text, sort text, key text)
            CROSS JOIN LATERAL (
                SELECT l.ctid FROM kundorder_listings AS l
                WHERE l.idx = g.idx AND l.value = g.value AND l.sort = g.sort AND l.key = g.key OFFSET 0
            ) AS found
            WHERE (SELECT so FROM stands)
        ))
    ), listed AS (
        INSERT INTO kundorder_listings (idx, value, sort, key)
        SELECT idx, value, sort, key
        FROM json_to_recordset(%(listed)s::json) AS g (idx text, value text, sort text, key text)
        WHERE (SELECT so FROM stands)
        ON CONFLICT DO NOTHING
    ), appended AS (
        INSERT INTO kundorder_journal (chain, number, body, remark)
        SELECT chain, number, body, remark
        FROM json_to_recordset(%(entries)s::json) AS e (chain text, number bigint, body text, remark text)
        WHERE (SELECT so FROM stands)
    ), owing AS (
        INSERT INTO kundorder_owed AS o (id, state, due_at, owed_at, lease_until, fence, attempts, body)
        SELECT id, state, due_at, owed_at, '', fence, attempts, body
        FROM json_to_recordset(%(owed)s::json) AS d (
            id text, state text, due_at text, owed_at text, fence bigint, attempts int, body text
        ) WHERE (SELECT so FROM stands) ORDER BY id
        ON CONFLICT (id) DO UPDATE
            SET state = excluded.state, due_at = excluded.due_at, owed_at = excluded.owed_at, lease_until = '',
                attempts = excluded.attempts, body = excluded.body
            WHERE o.state = 'cancelled' OR (o.state = 'parked' AND o.fence = excluded.fence)
    )
    SELECT so FROM stands
"""
HOLD_ABSENT: Final = """
    INSERT INTO kundorder_records (key, kind, version, number, digest, schema, body)
    SELECT key, '', 0, 0, '', 0, '' FROM unnest(%(keys)s::text[]) AS k (key) ORDER BY key
    ON CONFLICT DO NOTHING
"""
DROP: Final = "DELETE FROM kundorder_records WHERE key = ANY(%(keys)s)"
DROP_OWED: Final = "DELETE FROM kundorder_owed WHERE id = ANY(%(ids)s) AND state IN ('sent', 'cancelled')"

OWED_COLUMNS: Final = "state, due_at, fence, attempts, body"
CLAIM: Final = """
    UPDATE kundorder_owed AS o
    SET fence = o.fence + 1, attempts = o.attempts + 1, lease_until = %(until)s
    FROM (
        SELECT id FROM kundorder_owed WHERE state = 'due' AND due_at <= %(now)s AND lease_until <= %(now)s
        ORDER BY owed_at, id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
    ) AS d
    WHERE o.id = d.id
    RETURNING o.state, o.due_at, o.fence, o.attempts, o.body
"""
CLAIMED: Final = f"""
    SELECT {OWED_COLUMNS} FROM kundorder_owed WHERE id = %(id)s AND fence = %(fence)s AND state = 'due'
    FOR NO KEY UPDATE
"""  # noqa: S608 - constants
SETTLE: Final = """
    UPDATE kundorder_owed
    SET state = %(state)s, due_at = %(due_at)s, attempts = %(attempts)s, lease_until = '', body = %(body)s
    WHERE id = %(id)s
"""


def _both(sql: str) -> tuple[str, str]:
    """A statement to go on with, and the one to go back with."""
    return sql.format(than=">", way="ASC"), sql.format(than="<", way="DESC")


LINES: Final = _both("""
    SELECT l.sort, l.key, r.version, r.schema, r.body, r.number, r.digest
    FROM (
        SELECT DISTINCT s.sort, s.key FROM unnest(%(values)s::text[]) AS v (value)
        CROSS JOIN LATERAL (
            SELECT sort, key FROM kundorder_listings
            WHERE idx = %(idx)s AND value = v.value AND (sort, key) {than} (%(sort)s, %(key)s)
            ORDER BY sort {way}, key {way} LIMIT %(limit)s
        ) AS s
        ORDER BY s.sort {way}, s.key {way} LIMIT %(limit)s
    ) AS l
    JOIN kundorder_records AS r ON r.key = l.key
    ORDER BY l.sort {way}, l.key {way}
""")
HEADS: Final = _both("""
    SELECT key, key, version, schema, body, number, digest FROM kundorder_records
    WHERE number > 0 AND key {than} %(sort)s ORDER BY key {way} LIMIT %(limit)s
""")
CHAIN: Final = _both("""
    SELECT chain, number, body, remark FROM kundorder_journal
    WHERE chain = %(chain)s AND number {than} %(number)s ORDER BY number {way} LIMIT %(limit)s
""")
CHAINS: Final = _both("""
    SELECT chain, number, body, remark FROM kundorder_journal
    WHERE (chain, number) {than} (%(chain)s, %(number)s) ORDER BY chain {way}, number {way} LIMIT %(limit)s
""")
DEBTS: Final = _both("""
    SELECT s.state, s.due_at, s.fence, s.attempts, s.body FROM unnest(%(values)s::text[]) AS v (value)
    CROSS JOIN LATERAL (
        SELECT state, due_at, fence, attempts, body, owed_at, id FROM kundorder_owed
        WHERE state = v.value AND (owed_at, id) {than} (%(sort)s, %(key)s)
        ORDER BY owed_at {way}, id {way} LIMIT %(limit)s
    ) AS s
    ORDER BY s.owed_at {way}, s.id {way} LIMIT %(limit)s
""")
