"""Runs migrations on the connection that `sync.central.store.upgrade.migrate` hands over."""

from alembic import context

from sync.central.store import (
    alert_tables,
    first_answers,
    issuing,
    letter_tables,
    letterheads,
    outgoing,
    paper_tables,
    plan_tables,
    sample_tables,
    software,
)
from sync.central.store.schema import metadata

# Their tables join those of schema.py when imported.
ADDED = (
    alert_tables,
    first_answers,
    issuing,
    letter_tables,
    letterheads,
    outgoing,
    paper_tables,
    plan_tables,
    sample_tables,
    software,
)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
