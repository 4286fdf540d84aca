"""Records, lists, the journal and what is owed."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")  # compared byte for byte, as SQLite does
    _ = op.create_table(
        "kundorder_records",
        sa.Column("key", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("digest", text, nullable=False),
        sa.Column("schema", sa.Integer, nullable=False),
        sa.Column("body", text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="kundorder_records_pk"),
    )
    _ = op.create_table(
        "kundorder_listings",
        sa.Column("idx", text, nullable=False),
        sa.Column("value", text, nullable=False),
        sa.Column("sort", text, nullable=False),
        sa.Column("key", text, nullable=False),
        sa.PrimaryKeyConstraint("idx", "value", "sort", "key", name="kundorder_listings_pk"),
        sqlite_with_rowid=False,
    )
    _ = op.create_table(
        "kundorder_journal",
        sa.Column("chain", text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("body", text, nullable=False),
        sa.Column("remark", text),
        sa.PrimaryKeyConstraint("chain", "number", name="kundorder_journal_pk"),
    )
    _ = op.create_table(
        "kundorder_owed",
        sa.Column("id", text, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("due_at", text, nullable=False),
        sa.Column("owed_at", text, nullable=False),
        sa.Column("lease_until", text, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("body", text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="kundorder_owed_pk"),
    )
    op.create_index("kundorder_owed_by_age", "kundorder_owed", ["state", "owed_at", "id"])
    if op.get_context().dialect.name == "postgresql":  # a changed row finds room beside itself, and no index is touched
        for name in ("kundorder_records", "kundorder_owed"):
            op.execute(f"ALTER TABLE {name} SET (fillfactor = 80)")


def downgrade() -> None:
    """Drop the tables, and all that is in them."""
    for name in ("kundorder_owed", "kundorder_journal", "kundorder_listings", "kundorder_records"):
        op.drop_table(name)
