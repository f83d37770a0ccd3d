"""Alembic's entry: it is handed a connection that already holds the lock and the transaction (`db.schema`)."""

from alembic import context

from db.tables import Tables

context.configure(connection=context.config.attributes["connection"], target_metadata=Tables.metadata)
with context.begin_transaction():
    context.run_migrations()
