"""The tables, as SQLAlchemy knows them: for the migrations, and for hosts that want to see what is in their database.

All names begin with ``kundorder_``, since they stand among a host's own. Texts are compared byte for byte: SQLite does
that by itself, PostgreSQL where it is told so.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, PrimaryKeyConstraint, Table, Text
from sqlalchemy.types import TypeEngine

TEXT: Final[TypeEngine[str]] = Text().with_variant(Text(collation="C"), "postgresql")
METADATA: Final = MetaData()

VERSIONS: Final = "kundorder_version"
"""Where Alembic notes which migrations have been made; a host's own Alembic has another table."""

RECORDS: Final = Table(
    "kundorder_records",
    METADATA,
    Column("key", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("digest", TEXT, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("body", TEXT, nullable=False),
    PrimaryKeyConstraint("key", name="kundorder_records_pk"),
)

LISTINGS: Final = Table(
    "kundorder_listings",
    METADATA,
    Column("idx", TEXT, nullable=False),
    Column("value", TEXT, nullable=False),
    Column("sort", TEXT, nullable=False),
    Column("key", TEXT, nullable=False),
    PrimaryKeyConstraint("idx", "value", "sort", "key", name="kundorder_listings_pk"),
    sqlite_with_rowid=False,
)

JOURNAL: Final = Table(
    "kundorder_journal",
    METADATA,
    Column("chain", TEXT, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("body", TEXT, nullable=False),
    Column("remark", TEXT),
    PrimaryKeyConstraint("chain", "number", name="kundorder_journal_pk"),
)

OWED: Final = Table(
    "kundorder_owed",
    METADATA,
    Column("id", TEXT, nullable=False),
    Column("state", TEXT, nullable=False),
    Column("due_at", TEXT, nullable=False),
    Column("owed_at", TEXT, nullable=False),
    Column("lease_until", TEXT, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("body", TEXT, nullable=False),
    PrimaryKeyConstraint("id", name="kundorder_owed_pk"),
    Index("kundorder_owed_by_age", "state", "owed_at", "id"),
)
