"""What Alembic runs: on a connection it has been given, or into a text of plain SQL."""

from alembic import context
from sqlalchemy import Connection

from kundorder.adapters.sql.tables import METADATA, VERSIONS

given: object = context.config.attributes.get("connection")
if not isinstance(given, Connection):
    kind: object = context.config.attributes.get("dialect")
    context.configure(
        dialect_name=str(kind),
        target_metadata=METADATA,
        version_table=VERSIONS,
        literal_binds=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    context.configure(connection=given, target_metadata=METADATA, version_table=VERSIONS, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
