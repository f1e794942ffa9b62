"""Runs migrations on the connection that `sync.central.store.upgrade.migrate` hands over."""

from alembic import context

from sync.central.store.all_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
